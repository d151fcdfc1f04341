//! `cargo xtask bench`: builds the measuring page and lets a browser drive it. The figures are the script's to print.

use crate::args::Args;
use crate::fail::Fail;
use crate::house::{self, App};
use crate::shell::Program;
use crate::toolchain::{browsers, node};

pub(crate) fn command(mut args: Args) -> Result<(), Fail> {
    let members = args.number("--members")?;
    args.finish()?;
    let browser = browsers::chromium()?;
    let folder = node::packages()?;
    let app = house::app(App::Bench)?;
    let mut script = Program::new(node::need()?)
        .arg(folder.join("bench.mjs"))
        .env("CHROMIUM", browser.browser)
        .env("ROLLCALL_APP", app);
    if let Some(members) = members {
        script = script.env("ROLLCALL_MEMBERS", members.to_string());
    }
    script.run()
}
