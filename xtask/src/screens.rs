//! `cargo xtask screens`: the pictures of the documentation, taken from the real app over a real hub.

use crate::args::Args;
use crate::fail::Fail;
use crate::files;
use crate::house::{self, App, Hub};
use crate::shell::Program;
use crate::toolchain::{apt, browsers, node};

pub(crate) fn command(args: Args) -> Result<(), Fail> {
    args.finish()?;
    let browser = browsers::chromium()?;
    // Without a Chinese font two of the three languages would be pictures of empty boxes.
    let fonts = Program::new("fc-list").arg(":lang=zh-tw").ask().unwrap_or_default();
    if fonts.is_empty() {
        apt::install(&["fonts-noto-cjk", "fontconfig"], "Chinese fonts")?;
    }
    let folder = node::packages()?;
    let app = house::app(App::Release)?;
    let hub = house::hub(Hub::Release)?;
    println!("screens: taking the pictures (some minutes)");
    let over = |program: Program| {
        program.env("CHROMIUM", &browser.browser).env("ROLLCALL_HUB", &hub).env("ROLLCALL_APP", &app)
    };
    over(Program::new(node::need()?).arg(folder.join("screens.mjs"))).run()?;
    // Phones of coaches and members are in no sample studio: their journeys take the pictures on the way.
    let journeys = Program::new(node::need()?)
        .arg(folder.join("node_modules/@playwright/test/cli.js"))
        .args(["test", "coach.spec.ts", "member.spec.ts"])
        .folder(&folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("ROLLCALL_PICTURES", files::root().join("docs/screens"));
    over(journeys).run()
}
