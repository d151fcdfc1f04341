//! `cargo xtask soak`: builds what the long run needs, gives it a database, and lets it run. The verdict is the script's.

use crate::args::Args;
use crate::fail::Fail;
use crate::house::{self, App, Hub};
use crate::postgres::{Durability, Server};
use crate::shell::Program;
use crate::toolchain::{self, browsers, node};

/// Minutes unless told otherwise.
const MINUTES: u64 = 5;

pub(crate) fn command(mut args: Args) -> Result<(), Fail> {
    let minutes = args.number("--minutes")?.unwrap_or(MINUTES);
    let seed = args.number("--seed")?;
    args.finish()?;
    let browser = browsers::chromium()?;
    let folder = node::packages()?;
    let (app, hub) = house::both(App::Release, Hub::Release)?;
    house::pack(&app, &hub)?;
    println!("soak: compiling what compares at the end");
    Program::new("cargo")
        .args(["build", "--quiet", "--locked", "-p", "rollcall-tools", "--bin", "rollcall-agree"])
        .run()?;
    // Hubs are killed, and what they answered must be there: commits are on the disk.
    let server = Server::start(Durability::Kept)?;
    let mut script = Program::new(node::need()?)
        .arg("soak/main.mjs")
        .folder(&folder)
        .env("ROLLCALL_DATABASE", format!("{}/postgres", server.address()))
        .env("ROLLCALL_AGREE", toolchain::native_target_dir().join("debug/rollcall-agree"))
        .env("ROLLCALL_HUB", hub)
        .env("ROLLCALL_APP", app)
        .env("CHROMIUM", browser.browser)
        .env("SOAK_MINUTES", minutes.to_string());
    if let Some(seed) = seed {
        script = script.env("SOAK_SEED", seed.to_string());
    }
    script.run()
}
