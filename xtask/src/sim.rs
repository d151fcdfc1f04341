//! `cargo xtask sim`: the simulator, in a release build; with `--planted` in a second one that has bugs built in.
//!
//! It only builds and starts: what it takes and says is in `tools/src/sim`.

use crate::args::Args;
use crate::fail::Fail;
use crate::shell::Program;

/// Seeds that every change must pass.
const SEEDS: &str = "2000";

pub(crate) fn command(args: Args) -> Result<(), Fail> {
    let rest = args.rest();
    start(&rest.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The seeds, as a step of the tests.
pub(crate) fn check() -> Result<(), Fail> {
    start(&["--seeds", SEEDS])
}

/// Compiles it and does not start it.
pub(crate) fn build() -> Result<(), Fail> {
    Program::new("cargo").arg("build").args(WHICH).run()
}

const WHICH: [&str; 6] = ["--release", "--quiet", "-p", "rollcall-tools", "--bin", "rollcall-sim"];

fn start(args: &[&str]) -> Result<(), Fail> {
    let mut cargo = Program::new("cargo").arg("run").args(WHICH);
    if args.contains(&"--planted") {
        cargo = cargo.args(["--features", "planted"]);
    }
    cargo.arg("--").args(args.iter().copied()).run()
}
