//! `cargo xtask demo`: a made-up studio as a backup file. Passes the wish on to the tool that knows studios.

use crate::args::Args;
use crate::fail::Fail;
use crate::shell::Program;
use crate::toolchain;

/// A fixed last day: the same wish gives the same bytes, whenever it is asked.
const LAST_DAY: &str = "2026-11-22";

pub(crate) fn command(mut args: Args) -> Result<(), Fail> {
    let on = args.value("--on")?.unwrap_or_else(|| LAST_DAY.to_owned());
    let here = std::env::current_dir().map_err(Fail::io("finding the current folder"))?;
    println!("demo: compiling the tool (a minute the first time)");
    Program::new("cargo")
        .args(["build", "--quiet", "--release", "--locked", "-p", "rollcall-tools", "--bin", "rollcall-demo"])
        .run()?;
    let tool = toolchain::native_target_dir().join("release").join("rollcall-demo");
    Program::new(tool).folder(&here).args(args.rest()).args(["--on", &on]).run()
}
