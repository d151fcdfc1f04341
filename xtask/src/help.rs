//! What `cargo xtask help` prints. Text only.

pub(crate) const TEXT: &str = "\
cargo xtask <command>

  run [--port 8787] [--data DIR] [--dev]
      Installs what is missing, builds the app and the hub, and serves both on http://127.0.0.1:8787.
      Records live in DIR (./data unless named). --dev builds quickly instead of small.
      The first time takes some minutes and says what it is doing; after that it starts in seconds.

  watch
      Rebuilds the app at every change and serves it on http://127.0.0.1:8788; what it asks of the hub goes to
      port 8787, where `run --dev` listens.

  test [--only STEP,STEP] [--list]
      Everything that must hold, step by step with times: format, walls, lints, native tests, tests in a real
      browser, the hub over a PostgreSQL of its own, the built app, its size, and whole journeys in Chromium, Firefox and WebKit. What a step needs is
      installed; a browser that cannot be had fails its step by name. --only runs the named steps and what they
      rest on.

  tidy
      Fails on a broken wall, a module without its first sentence, locales with unequal keys, inline style, a
      skipped test. Prints the longest files, functions and components, for a look.

  size
      Brotli bytes of what a first visit loads, file by file, and bytes per crate inside the wasm.

  demo --members N --seed S [--on DAY] [--language L] [--week usual|full] [--out FILE]
      A made-up studio as a backup file the app can load, ending on DAY. The same wish gives the same bytes.

  screens
      Takes pictures of every screen into target/screens from the real app.

  bench
      Builds the measuring page into dist-bench/ and prints its figures.

  frames
      Opens a week of 200 classes and a roster of 60 people in the real app on a CPU slowed down four times, and
      prints how many frames came late.

  load [--studios S] [--devices D] [--seconds N] [--database sqlite|postgres] [--processes P] [--kill]
      Starts real hub processes, lets S studios with D devices each work at them for N seconds with real signed
      pushes, kills and starts hubs meanwhile with --kill, and compares everything at the end. Then the two benches
      of accepting. Prints figures of this machine.

  sim [--seeds N] [--from N] [--steps N] [--replay SEED[:i,i,…]] [--commands] [--planted]
      The simulator: worlds of devices, faults and one real hub, each out of a seed, and every law after each step.
      A seed that breaks a law is shrunk and printed as a line to run again. With --commands it also says how often
      each command came up. With --planted, a build with bugs built in, one at a time: each must be found.

  soak [--minutes N] [--seed S]
      The long run: three Chromium browsers at two hubs over one PostgreSQL database, with hubs and browsers killed,
      wires cut, slowed and switched, and clocks that jump. At the end everything heals, all backups are compared, and
      whatever a screen ever called saved must be at the hub, once. N is 5 unless named.

  precache
      For Trunk's hook: writes the list of built files into sw.js.

Environment
  ROLLCALL_TOOLS            where tools are kept (else $XDG_CACHE_HOME/rollcall-tools or ~/.cache/rollcall-tools)
  ROLLCALL_FORCE_OVERLAY=1  take the wasm target from Debian's packages even where rustup has it
  CHROMIUM, CHROMEDRIVER, FIREFOX   another browser than the system's";
