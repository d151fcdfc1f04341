//! Builds the two halves of the product: the app by Trunk, the hub by cargo. Skips the app when nothing it is made of
//! has changed. Knows where they are built, not what they do.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use crate::fail::Fail;
use crate::files;
use crate::precache;
use crate::shell::Program;
use crate::toolchain::{self, Web};

/// What the app is made of. A change of time or size in any of these builds it again.
const APP_INPUTS: [&str; 14] = [
    "src",
    "domain/src",
    "domain/data",
    "domain/Cargo.toml",
    "style",
    "locales",
    "public",
    "index.html",
    "bench.html",
    "build.rs",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    ".cargo/config.toml",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum App {
    /// What users get: small, with a precache list.
    Release,
    /// Built quickly, for looking at a change.
    Dev,
    /// The measuring page.
    Bench,
}

impl App {
    /// Where it lands, from the root.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Release => "dist",
            Self::Dev => "target/dist-dev",
            Self::Bench => "dist-bench",
        }
    }

    fn page(self) -> &'static str {
        match self {
            Self::Release | Self::Dev => "index.html",
            Self::Bench => "bench.html",
        }
    }

    fn takes(self) -> &'static str {
        match self {
            Self::Release | Self::Bench => "about two minutes the first time, one after a change",
            Self::Dev => "about two minutes the first time, seconds after a change",
        }
    }
}

/// Builds the app unless it stands already. Tools are only asked for when there is something to build.
pub(crate) fn app(kind: App) -> Result<PathBuf, Fail> {
    let dist = files::root().join(kind.folder());
    let stamp = stamp_path(kind);
    let before = files::fingerprint(&APP_INPUTS, kind.folder())?;
    let stands = dist.join(kind.page()).is_file();
    if stands && fs::read_to_string(&stamp).is_ok_and(|written| written == before) {
        println!("app: unchanged since the last build, in {}", kind.folder());
        return Ok(dist);
    }
    let web = toolchain::ensure()?;
    println!("app: building into {} ({})", kind.folder(), kind.takes());
    let started = Instant::now();
    fetch(&web)?;
    trunk(&web, kind, &dist)?;
    if kind == App::Release {
        precache::check(&dist)?;
    }
    files::write(&stamp, before.as_bytes())?;
    println!("app: built in {} s", started.elapsed().as_secs());
    Ok(dist)
}

fn stamp_path(kind: App) -> PathBuf {
    let name = kind.folder().replace('/', "-");
    toolchain::native_target_dir().join("xtask").join(format!("{name}.stamp"))
}

/// Gets the crates first, so that Trunk can be told to stay offline: then a missing tool is an error, not a download.
fn fetch(web: &Web) -> Result<(), Fail> {
    web.program("cargo").args(["fetch", "--quiet", "--locked"]).run()
}

fn trunk(web: &Web, kind: App, dist: &Path) -> Result<(), Fail> {
    let mut trunk = trunk_program(web)?.args(["build", kind.page(), "--offline", "true", "--dist"]).arg(dist);
    if kind == App::Bench {
        trunk = trunk.args(["--features", "bench", "--html-output", "bench.html"]);
    }
    trunk = match kind {
        App::Dev => trunk,
        _ if web.wasm_opt => trunk.arg("--release"),
        // Trunk asks for wasm-opt in every release build. This is the same profile without asking.
        _ => trunk.args(["--cargo-profile", "web-release", "--minify", "true"]),
    };
    trunk.run()
}

/// Rebuilds the app at every change and serves it until it is stopped.
pub(crate) fn watch() -> Result<(), Fail> {
    let web = toolchain::ensure()?;
    trunk_program(&web)?.args(["serve", "--dist"]).arg(files::root().join(App::Dev.folder())).become_it()
}

/// Trunk, with a cargo of its own: it cannot say which package it means, and the app is no default member, so that a
/// plain `cargo build` leaves it alone.
fn trunk_program(web: &Web) -> Result<Program, Fail> {
    let cargo = web.find("cargo").ok_or_else(|| Fail::Missing {
        what: "cargo".into(),
        hint: "install rustup (https://rustup.rs)".into(),
    })?;
    let folder = toolchain::native_target_dir().join("xtask").join("trunk");
    let script = folder.join("cargo");
    let text = format!(
        "#!/bin/sh\n[ \"$1\" = build ] && shift && exec '{0}' build -p rollcall \"$@\"\nexec '{0}' \"$@\"\n",
        cargo.display()
    );
    files::write(&script, text.as_bytes())?;
    files::make_executable(&script)?;
    // Trunk takes only `true` and `false` for NO_COLOR and stops at anything else.
    Ok(web.program_after("trunk", &folder).env_remove("NO_COLOR").env("RUST_BACKTRACE", "0"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hub {
    Release,
    Dev,
}

/// Builds the hub; cargo itself knows whether there is something to do.
pub(crate) fn hub(kind: Hub) -> Result<PathBuf, Fail> {
    let folder = match kind {
        Hub::Release => "release",
        Hub::Dev => "debug",
    };
    let binary = toolchain::native_target_dir().join(folder).join(binary_name("rollcall-hub"));
    if !binary.is_file() {
        println!("hub: compiling it ({folder}; about two minutes the first time)");
    }
    let cargo = Program::new("cargo").args(["build", "--quiet", "--locked", "-p", "rollcall-hub"]);
    match kind {
        Hub::Release => cargo.arg("--release").run()?,
        Hub::Dev => cargo.run()?,
    }
    Ok(binary)
}

/// Both halves at once: linking the app keeps one core busy for minutes, and the hub is compiled on the others.
pub(crate) fn both(app_kind: App, hub_kind: Hub) -> Result<(PathBuf, PathBuf), Fail> {
    thread::scope(|scope| {
        let other = scope.spawn(|| hub(hub_kind));
        let dist = app(app_kind)?;
        match other.join() {
            Ok(binary) => Ok((dist, binary?)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Has the hub make the app's files small, so that no first visitor waits for it. A second time it has nothing to do.
pub(crate) fn pack(dist: &Path, hub: &Path) -> Result<(), Fail> {
    Program::new(hub).arg("pack").arg(dist).run()
}

fn binary_name(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
