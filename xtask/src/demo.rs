//! `cargo xtask demo`: a made-up studio as a backup file. Passes the wish on to the tool that knows studios.

use crate::args::Args;
use crate::fail::Fail;
use crate::shell::Program;

const MEMBERS: u64 = 200;
const SEED: u64 = 1;

pub(crate) fn command(mut args: Args) -> Result<(), Fail> {
    let members = args.number("--members")?.unwrap_or(MEMBERS);
    let seed = args.number("--seed")?.unwrap_or(SEED);
    let out = args.value("--out")?.unwrap_or_else(|| format!("demo-{members}-{seed}.ndjson"));
    args.finish()?;
    let here = std::env::current_dir().map_err(Fail::io("finding the current folder"))?;
    Program::new("cargo")
        .args([
            "run",
            "--quiet",
            "--release",
            "--locked",
            "-p",
            "rollcall-tools",
            "--bin",
            "rollcall-demo",
            "--",
        ])
        .args(["--members", &members.to_string(), "--seed", &seed.to_string(), "--out"])
        .arg(here.join(out))
        .run()
}
