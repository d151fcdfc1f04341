//! `cargo xtask frames`: the heaviest screens of the real app, with a studio made for it, on a CPU that is slowed down.
//! The figures are the script's to print.

use crate::args::Args;
use crate::fail::Fail;
use crate::files;
use crate::house::{self, App, Hub};
use crate::shell::Program;
use crate::toolchain::{self, browsers, node};

pub(crate) fn command(args: Args) -> Result<(), Fail> {
    args.finish()?;
    let browser = browsers::chromium()?;
    let folder = node::packages()?;
    let (app, hub) = house::both(App::Release, Hub::Release)?;
    Program::new("cargo")
        .args(["build", "--quiet", "--release", "--locked", "-p", "rollcall-tools", "--bin", "rollcall-demo"])
        .run()?;
    let studio = files::root().join("target/frames.ndjson");
    Program::new(toolchain::native_target_dir().join("release").join("rollcall-demo"))
        .args(["--members", "200", "--language", "en", "--week", "full", "--out"])
        .arg(&studio)
        .run()?;
    Program::new(node::need()?)
        .arg(folder.join("frames.mjs"))
        .env("CHROMIUM", browser.browser)
        .env("ROLLCALL_HUB", hub)
        .env("ROLLCALL_APP", app)
        .env("ROLLCALL_STUDIO", studio)
        .run()
}
