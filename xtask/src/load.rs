//! `cargo xtask load`: builds the hub and the tool that loads it, gives it a database, passes the wish on. The figures
//! are the tool's to print.

use crate::args::Args;
use crate::fail::Fail;
use crate::postgres::{Durability, Server};
use crate::shell::Program;
use crate::toolchain;

pub(crate) fn command(mut args: Args) -> Result<(), Fail> {
    let database = args.value("--database")?.unwrap_or_else(|| "sqlite".to_owned());
    let server = match database.as_str() {
        "sqlite" => None,
        // Figures are of commits that are on the disk.
        "postgres" => Some(Server::start(Durability::Kept)?),
        other => {
            return Err(Fail::Usage { problem: format!("--database is sqlite or postgres, not `{other}`") });
        }
    };
    println!("load: compiling the hub and the tool (some minutes the first time)");
    // In one go: built by itself the hub would have its libraries compiled a second time.
    Program::new("cargo")
        .args(["build", "--quiet", "--release", "--locked", "-p", "rollcall-hub", "-p", "rollcall-load"])
        .run()?;
    let built = toolchain::native_target_dir().join("release");
    let load = Program::new(built.join("rollcall-load")).args(args.rest());
    let mut load = load.arg("--hub").arg(built.join("rollcall-hub"));
    if let Some(server) = &server {
        load = load.arg("--server").arg(server.address());
    }
    load.run()
}
