//! `cargo xtask test`: every check of the project as a named step with its time, and a last line that counts them.
//! A step that cannot run has failed; none is ever passed over.

use std::collections::BTreeMap;
use std::thread::{self, ScopedJoinHandle};
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
    when: When,
    job: fn() -> Result<(), Fail>,
}

/// When a step begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// When the one before has ended.
    InTurn,
    /// As soon as what it needs is there; the others go on meanwhile, and it is waited for at its turn.
    Beside,
}

/// In the order they run: what fails quickly comes first. Linking the app keeps one core busy for minutes, so it goes on
/// beside the native tests.
const STEPS: [Step; 18] = [
    Step { name: "fmt", about: "every Rust file is formatted", needs: &[], when: When::InTurn, job: fmt },
    Step {
        name: "tidy",
        about: "walls, first sentences, locales, style",
        needs: &[],
        when: When::InTurn,
        job: tidy::check,
    },
    Step {
        name: "tools",
        about: "wasm target, trunk, wasm-bindgen, wasm-opt",
        needs: &[],
        when: When::InTurn,
        job: tools,
    },
    Step {
        name: "unit",
        about: "native tests of domain, hub, tools, xtask",
        needs: &[],
        when: When::InTurn,
        job: unit,
    },
    Step {
        name: "postgres",
        about: "the hub's storage and journeys over a real PostgreSQL",
        needs: &[],
        when: When::InTurn,
        job: over_postgres,
    },
    Step { name: "clippy", about: "lints of the native crates", needs: &[], when: When::InTurn, job: clippy },
    Step {
        name: "clippy-app",
        about: "lints of the app, for wasm",
        needs: &["tools"],
        when: When::InTurn,
        job: clippy_app,
    },
    Step {
        name: "web",
        about: "store, journal and the app's own units in a real Chromium",
        needs: &["tools"],
        when: When::InTurn,
        job: web,
    },
    Step { name: "app", about: "the app as it is shipped", needs: &["tools"], when: When::Beside, job: app },
    Step {
        name: "size",
        about: "bytes of a first visit",
        needs: &["app"],
        when: When::InTurn,
        job: size::print,
    },
    Step { name: "hub", about: "the hub as it is shipped", needs: &[], when: When::InTurn, job: hub },
    Step {
        name: "pack",
        about: "the app's files made small",
        needs: &["app", "hub"],
        when: When::InTurn,
        job: pack,
    },
    Step {
        name: "sim",
        about: "2,000 worlds of devices, faults and a hub",
        needs: &[],
        when: When::InTurn,
        job: sim::check,
    },
    Step {
        name: "node",
        about: "packages of the browser tests",
        needs: &[],
        when: When::InTurn,
        job: packages,
    },
    Step {
        name: "types",
        about: "types of the browser tests",
        needs: &["node"],
        when: When::InTurn,
        job: types,
    },
    Step {
        name: "e2e",
        about: "journeys in Chromium",
        needs: &["pack", "node"],
        when: When::InTurn,
        job: e2e,
    },
    Step {
        name: "firefox",
        about: "the core journey in Firefox",
        needs: &["pack", "node"],
        when: When::InTurn,
        job: firefox,
    },
    Step {
        name: "webkit",
        about: "the core journey in WebKit",
        needs: &["pack", "node"],
        when: When::InTurn,
        job: webkit,
    },
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
    thread::scope(|scope| {
        let mut beside: BTreeMap<&str, ScopedJoinHandle<'_, Ran>> = BTreeMap::new();
        let mut ran: Vec<Ran> = Vec::new();
        for (at, step) in steps.iter().copied().enumerate() {
            for early in steps.iter().copied().filter(|early| begins_beside(early, &ran)) {
                beside.entry(early.name).or_insert_with(|| scope.spawn(move || run(early)));
            }
            println!("\n== {} ({} of {}): {}", step.name, at + 1, steps.len(), step.about);
            let one = match (broken_need(step, &ran), beside.remove(step.name)) {
                (Some(need), _) => Ran {
                    name: step.name,
                    took: Duration::ZERO,
                    failed: Some(format!("could not run: {need} failed")),
                },
                (None, Some(begun)) => begun.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                (None, None) => run(step),
            };
            match &one.failed {
                None => println!("== {} ok in {}", one.name, seconds(one.took)),
                Some(why) => println!("== {} FAILED in {}: {why}", one.name, seconds(one.took)),
            }
            ran.push(one);
        }
        ran
    })
}

fn run(step: &Step) -> Ran {
    let started = Instant::now();
    let failed = (step.job)().err().map(|why| why.to_string());
    Ran { name: step.name, took: started.elapsed(), failed }
}

/// True for a step that does not wait for its turn, has not had it, and has what it needs.
fn begins_beside(step: &Step, ran: &[Ran]) -> bool {
    let is_done = |name: &str| ran.iter().any(|one| one.name == name && one.failed.is_none());
    step.when == When::Beside
        && !ran.iter().any(|one| one.name == step.name)
        && step.needs.iter().all(|need| is_done(need))
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
    fn what_takes_long_begins_when_it_can_and_once() {
        let app = STEPS.iter().find(|step| step.name == "app").unwrap();
        let ran = |name, failed| Ran { name, took: Duration::ZERO, failed };
        assert!(!begins_beside(app, &[]));
        assert!(begins_beside(app, &[ran("tools", None)]));
        assert!(!begins_beside(app, &[ran("tools", Some("why".into()))]));
        assert!(!begins_beside(app, &[ran("tools", None), ran("app", None)]));
        assert!(!begins_beside(
            STEPS.iter().find(|step| step.name == "unit").unwrap(),
            &[ran("tools", None)]
        ));
    }

    #[test]
    fn a_step_does_not_run_on_a_broken_one() {
        let broken = Ran { name: "app", took: Duration::ZERO, failed: Some("why".into()) };
        let step = STEPS.iter().find(|step| step.name == "size").unwrap();
        assert_eq!(broken_need(step, &[broken]), Some("app"));
        assert_eq!(broken_need(step, &[]), None);
    }
}
