//! `cargo xtask test`: every check of the project as a named step with its time, and a last line that counts them.
//! A step that cannot run has failed; none is ever passed over.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::fail::Fail;
use crate::files;
use crate::house::{self, App, Hub};
use crate::postgres::{Durability, Server};
use crate::shell::Program;
use crate::toolchain::{self, browsers, node};
use crate::{sim, size, tidy};

/// One thing that must hold.
struct Step {
    name: &'static str,
    about: &'static str,
    /// Steps without which this one cannot say anything.
    needs: &'static [&'static str],
    job: fn() -> Result<(), Fail>,
}

/// In the order they run: what fails quickly comes first.
const STEPS: [Step; 18] = [
    Step { name: "fmt", about: "every Rust file is formatted", needs: &[], job: fmt },
    Step { name: "tidy", about: "walls, first sentences, locales, style", needs: &[], job: tidy::check },
    Step { name: "unit", about: "native tests of domain, hub, tools, xtask", needs: &[], job: unit },
    Step {
        name: "postgres",
        about: "the hub's storage and journeys over a real PostgreSQL",
        needs: &[],
        job: over_postgres,
    },
    Step { name: "clippy", about: "lints of the native crates", needs: &[], job: clippy },
    Step { name: "tools", about: "wasm target, trunk, wasm-bindgen, wasm-opt", needs: &[], job: tools },
    Step { name: "clippy-app", about: "lints of the app, for wasm", needs: &["tools"], job: clippy_app },
    Step {
        name: "web",
        about: "store, journal and the app's own units in a real Chromium",
        needs: &["tools"],
        job: web,
    },
    Step { name: "app", about: "the app as it is shipped", needs: &["tools"], job: app },
    Step { name: "size", about: "bytes of a first visit", needs: &["app"], job: size::print },
    Step { name: "hub", about: "the hub as it is shipped", needs: &[], job: hub },
    Step { name: "pack", about: "the app's files made small", needs: &["app", "hub"], job: pack },
    Step { name: "sim", about: "2,000 worlds of devices, faults and a hub", needs: &[], job: sim::check },
    Step { name: "node", about: "packages of the browser tests", needs: &[], job: packages },
    Step { name: "types", about: "types of the browser tests", needs: &["node"], job: types },
    Step { name: "e2e", about: "journeys in Chromium", needs: &["pack", "node"], job: e2e },
    Step { name: "firefox", about: "the core journey in Firefox", needs: &["pack", "node"], job: firefox },
    Step { name: "webkit", about: "the core journey in WebKit", needs: &["pack", "node"], job: webkit },
];

struct Ran {
    name: &'static str,
    took: Duration,
    failed: Option<String>,
}

pub(crate) fn command(mut args: Args) -> Result<(), Fail> {
    let list = args.flag("--list");
    let only = args.value("--only")?;
    args.finish()?;
    if list {
        for step in &STEPS {
            println!("{:<11} {}", step.name, step.about);
        }
        return Ok(());
    }
    let chosen = choose(only.as_deref())?;
    let started = Instant::now();
    let ran = run_all(&chosen);
    report(&ran, started.elapsed())
}

/// The steps to run: all, or the named ones and what they rest on.
fn choose(only: Option<&str>) -> Result<Vec<&'static Step>, Fail> {
    let Some(only) = only else {
        return Ok(STEPS.iter().collect());
    };
    let mut wanted: Vec<&str> = Vec::new();
    for name in only.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let Some(step) = STEPS.iter().find(|step| step.name == name) else {
            return Err(Fail::Usage { problem: format!("there is no step `{name}`; see --list") });
        };
        with_needs(step, &mut wanted);
    }
    Ok(STEPS.iter().filter(|step| wanted.contains(&step.name)).collect())
}

fn with_needs(step: &'static Step, wanted: &mut Vec<&str>) {
    wanted.push(step.name);
    for need in STEPS.iter().filter(|other| step.needs.contains(&other.name)) {
        with_needs(need, wanted);
    }
}

fn run_all(steps: &[&'static Step]) -> Vec<Ran> {
    let mut ran: Vec<Ran> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        println!("\n== {} ({} of {}): {}", step.name, at + 1, steps.len(), step.about);
        let started = Instant::now();
        let failed = match broken_need(step, &ran) {
            Some(need) => Some(format!("could not run: {need} failed")),
            None => (step.job)().err().map(|why| why.to_string()),
        };
        let took = started.elapsed();
        match &failed {
            None => println!("== {} ok in {}", step.name, seconds(took)),
            Some(why) => println!("== {} FAILED in {}: {why}", step.name, seconds(took)),
        }
        ran.push(Ran { name: step.name, took, failed });
    }
    ran
}

fn broken_need(step: &Step, ran: &[Ran]) -> Option<&'static str> {
    let failed: BTreeMap<&str, bool> = ran.iter().map(|ran| (ran.name, ran.failed.is_some())).collect();
    step.needs.iter().copied().find(|need| failed.get(need).copied().unwrap_or(false))
}

fn report(ran: &[Ran], took: Duration) -> Result<(), Fail> {
    println!("\n{:<11} {:>8}", "step", "time");
    for one in ran {
        let word = one.failed.as_deref().map_or("ok".to_owned(), |why| format!("FAILED: {why}"));
        println!("{:<11} {:>8}  {word}", one.name, seconds(one.took));
    }
    println!("{:<11} {:>8}", "all", seconds(took));
    let failed = ran.iter().filter(|one| one.failed.is_some()).count();
    println!("\n{} passed, {failed} failed", ran.len() - failed);
    if failed == 0 {
        return Ok(());
    }
    Err(Fail::Found { count: failed, what: "steps failed" })
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

fn fmt() -> Result<(), Fail> {
    Program::new("cargo").args(["fmt", "--all", "--check"]).run()
}

const NATIVE: [&str; 10] = [
    "-p",
    "rollcall-domain",
    "-p",
    "rollcall-hub",
    "-p",
    "rollcall-tools",
    "-p",
    "rollcall-load",
    "-p",
    "xtask",
];

fn unit() -> Result<(), Fail> {
    Program::new("cargo").args(["test", "--quiet", "--locked"]).args(NATIVE).run()
}

/// The whole of the hub's tests again, over a server that is thrown away afterwards; each test has its own database.
fn over_postgres() -> Result<(), Fail> {
    let server = Server::start(Durability::Thrown)?;
    Program::new("cargo")
        .args(["test", "--quiet", "--locked", "-p", "rollcall-hub", "--features", "server-tests"])
        .args(["--lib", "--test", "it"])
        .env("ROLLCALL_TEST_POSTGRES", server.address())
        .run()
}

fn clippy() -> Result<(), Fail> {
    let cargo = Program::new("cargo").args(["clippy", "--quiet", "--locked", "--all-targets"]);
    cargo.args(NATIVE).args(["--features", "rollcall-hub/server-tests", "--", "-D", "warnings"]).run()
}

fn tools() -> Result<(), Fail> {
    let web = toolchain::ensure()?;
    for (tool, flag) in [("rustc", "--version"), ("trunk", "--version"), ("wasm-bindgen", "--version")] {
        println!("{}", web.program(tool).arg(flag).output()?.trim());
    }
    if web.wasm_opt {
        println!("{}", web.program("wasm-opt").arg("--version").output()?.trim());
    }
    Ok(())
}

/// Twice: what only the measuring page uses must be clean, and what only it uses must not hide dead code.
fn clippy_app() -> Result<(), Fail> {
    let web = toolchain::ensure()?;
    for features in [&[][..], &["--features", "bench"][..]] {
        web.program("cargo")
            .args(["clippy", "--quiet", "--locked", "-p", "rollcall", "--target", "wasm32-unknown-unknown"])
            .args(["--lib", "--bins", "--tests"])
            .args(features)
            .args(["--", "-D", "warnings"])
            .run()?;
    }
    Ok(())
}

fn web() -> Result<(), Fail> {
    let browser = browsers::chromium()?;
    let web = toolchain::ensure()?;
    let runner = web.find("wasm-bindgen-test-runner").ok_or_else(|| Fail::Missing {
        what: "wasm-bindgen-test-runner".into(),
        hint: "remove the tools folder and run this again".into(),
    })?;
    // Not --quiet: cargo would hand that to the runner, which does not know it.
    // webdriver.json in the root names the browser's flags; the driver finds the browser by its own rules.
    web.program("cargo")
        .args(["test", "--locked", "-p", "rollcall", "--target", "wasm32-unknown-unknown"])
        .args(["--lib", "--test", "web"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", browser.driver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300")
        .run()
}

/// What two later steps need is compiled beside it: linking the app keeps one core busy for minutes. Whether that went
/// well is theirs to say.
fn app() -> Result<(), Fail> {
    thread::scope(|scope| {
        scope.spawn(|| house::hub(Hub::Release).and_then(|_| sim::build()));
        house::app(App::Release).map(drop)
    })
}

fn hub() -> Result<(), Fail> {
    house::hub(Hub::Release).map(drop)
}

fn pack() -> Result<(), Fail> {
    house::pack(&files::root().join(App::Release.folder()), &house::hub(Hub::Release)?)
}

fn packages() -> Result<(), Fail> {
    node::packages().map(drop)
}

fn types() -> Result<(), Fail> {
    let folder = files::root().join("tests/e2e");
    let compiler = folder.join("node_modules/typescript/bin/tsc");
    Program::new(node::need()?).folder(&folder).arg(compiler).arg("--noEmit").run()
}

/// A script over the built house: told where the app and the hub are, so that it never tests another build.
fn script(program: Program) -> Result<Program, Fail> {
    Ok(program
        .folder(&files::root().join("tests/e2e"))
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("ROLLCALL_HUB", house::hub(Hub::Release)?)
        .env("ROLLCALL_APP", files::root().join(App::Release.folder())))
}

fn e2e() -> Result<(), Fail> {
    let browser = browsers::chromium()?;
    let playwright = files::root().join("tests/e2e/node_modules/@playwright/test/cli.js");
    script(Program::new(node::need()?).arg(playwright).arg("test"))?.env("CHROMIUM", browser.browser).run()
}

fn firefox() -> Result<(), Fail> {
    let browser = browsers::firefox()?;
    script(Program::new(node::need()?).arg("smoke/firefox.mjs"))?.env("FIREFOX", browser).run()
}

fn webkit() -> Result<(), Fail> {
    let parts = browsers::webkit()?;
    script(Program::new(parts.display).arg("-a").arg(node::need()?).arg("smoke/webkit.mjs"))?
        .env("WEBKIT_DRIVER", parts.driver)
        .env("WEBKIT_BROWSER", parts.browser)
        .run()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: Option<&str>) -> Vec<&'static str> {
        choose(only).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn a_chosen_step_brings_what_it_rests_on_in_order() {
        assert_eq!(names(Some("size,fmt")), ["fmt", "tools", "app", "size"]);
        assert_eq!(names(None).len(), STEPS.len());
        assert!(choose(Some("no-such-step")).is_err());
    }

    #[test]
    fn every_need_is_a_step_that_runs_before() {
        for (at, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                assert!(STEPS[..at].iter().any(|other| other.name == *need), "{} needs {need}", step.name);
            }
        }
    }

    #[test]
    fn a_step_does_not_run_on_a_broken_one() {
        let broken = Ran { name: "app", took: Duration::ZERO, failed: Some("why".into()) };
        let step = STEPS.iter().find(|step| step.name == "size").unwrap();
        assert_eq!(broken_need(step, &[broken]), Some("app"));
        assert_eq!(broken_need(step, &[]), None);
    }
}
