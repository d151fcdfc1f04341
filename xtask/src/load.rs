//! `cargo xtask load`: builds the hub and the tool that loads it, gives it a database, passes the wish on. The figures
//! are the tool's to print.

use crate::args::Args;
use crate::fail::Fail;
use crate::house::{self, Hub};
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
    let hub = house::hub(Hub::Release)?;
    println!("load: compiling the tool (a minute the first time)");
    Program::new("cargo").args(["build", "--quiet", "--release", "--locked", "-p", "rollcall-load"]).run()?;
    let tool = toolchain::native_target_dir().join("release").join("rollcall-load");
    let mut load = Program::new(tool).args(args.rest()).arg("--hub").arg(hub);
    if let Some(server) = &server {
        load = load.arg("--server").arg(server.address());
    }
    load.run()
}
