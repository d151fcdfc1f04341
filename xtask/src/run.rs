//! `cargo xtask run`: from an empty machine to the app in a browser. Builds, names what it does, becomes the hub.

use std::path::PathBuf;

use crate::args::Args;
use crate::fail::Fail;
use crate::files;
use crate::house::{self, App, Hub};
use crate::shell::Program;

const PORT: u64 = 8787;

pub(crate) fn command(mut args: Args) -> Result<(), Fail> {
    let port = args.number("--port")?.unwrap_or(PORT);
    let port = u16::try_from(port).map_err(|_| Fail::Usage { problem: format!("{port} is not a port") })?;
    let data = args.value("--data")?.unwrap_or_else(|| "data".to_owned());
    let (app, hub) = if args.flag("--dev") { (App::Dev, Hub::Dev) } else { (App::Release, Hub::Release) };
    args.finish()?;

    let (dist, binary) = house::both(app, hub)?;
    if app == App::Release {
        house::pack(&dist, &binary)?;
    }
    let data = absolute(&data)?;
    println!();
    println!("Rollcall  http://127.0.0.1:{port}");
    println!("records   {}", data.display());
    println!("stop      Ctrl+C");
    println!();
    Program::new(binary)
        .arg("serve")
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .arg("--data")
        .arg(&data)
        .arg("--app")
        .arg(&dist)
        .become_it()
}

/// A folder as the user meant it: from where the command was typed, which `cargo` passes on.
fn absolute(folder: &str) -> Result<PathBuf, Fail> {
    let here = std::env::current_dir().unwrap_or_else(|_| files::root().to_path_buf());
    std::path::absolute(here.join(folder)).map_err(Fail::io(format!("reading {folder}")))
}
