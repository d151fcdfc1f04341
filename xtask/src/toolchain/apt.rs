//! Debian's and Ubuntu's packages: is one there, can one be had, install some. Knows no package by name.

use std::sync::OnceLock;

use crate::fail::Fail;
use crate::shell::{Program, which};

pub(crate) fn installed(package: &str) -> bool {
    let asked = Program::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]).ask();
    asked.is_some_and(|status| status == "installed")
}

pub(crate) fn version(package: &str) -> Option<String> {
    Program::new("dpkg-query").args(["-W", "-f=${Version}", package]).ask()
}

/// Whether the package lists of this system know it; they are read anew first if they do not.
pub(crate) fn offers(package: &str) -> bool {
    if which("apt-cache", &[]).is_none() {
        return false;
    }
    let known = || {
        let asked = Program::new("apt-cache").args(["policy", package]).env("LC_ALL", "C").ask();
        asked.is_some_and(|text| text.contains("Candidate:") && !text.contains("Candidate: (none)"))
    };
    known() || (update().is_ok() && known())
}

/// Installs what is missing of `packages`. `purpose` says what for.
pub(crate) fn install(packages: &[&str], purpose: &str) -> Result<(), Fail> {
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if which("apt-get", &[]).is_none() {
        return Err(Fail::Missing {
            what: purpose.to_owned(),
            hint: format!("install it by hand; on Debian it is the packages {list}"),
        });
    }
    println!("{purpose}: apt-get install {list} (up to some minutes)");
    let by_hand = |_| Fail::Missing {
        what: purpose.to_owned(),
        hint: format!("run `sudo apt-get update && sudo apt-get install {list}`"),
    };
    update().map_err(by_hand)?;
    as_root("apt-get")?
        .args(["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"])
        .args(missing)
        .run_quiet()
        .map_err(by_hand)
}

/// Reads the package lists, once per run.
fn update() -> Result<(), Fail> {
    static DONE: OnceLock<bool> = OnceLock::new();
    if DONE.get().is_some() {
        return Ok(());
    }
    as_root("apt-get")?.args(["update", "-qq", "-o", "DPkg::Lock::Timeout=300"]).run_quiet()?;
    DONE.get_or_init(|| true);
    Ok(())
}

/// A program with the rights to install: as it is for root, else through sudo, which may not ask for a password when
/// nobody is there to type it.
fn as_root(program: &str) -> Result<Program, Fail> {
    if Program::new("id").arg("-u").ask().is_some_and(|id| id == "0") {
        return Ok(Program::new(program).env("DEBIAN_FRONTEND", "noninteractive"));
    }
    if which("sudo", &[]).is_some() {
        return Ok(Program::new("sudo").args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", program]));
    }
    Err(Fail::Missing {
        what: "the right to install packages".into(),
        hint: "become root, or install sudo".into(),
    })
}
