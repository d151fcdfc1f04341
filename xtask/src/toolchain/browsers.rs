//! The three browsers the app is tried in. One that cannot be had is a failure with its name, never a test less.

use std::env;
use std::path::{Path, PathBuf};

use super::apt;
use crate::fail::Fail;
use crate::shell::which;

/// Chromium and its driver.
pub(crate) struct Chromium {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

pub(crate) fn chromium() -> Result<Chromium, Fail> {
    let browser = || found("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"]);
    let driver = || found("CHROMEDRIVER", &["chromedriver"]);
    if browser().is_none() || driver().is_none() {
        apt::install(&["chromium", "chromium-driver"], "Chromium")?;
    }
    match (browser(), driver()) {
        (Some(browser), Some(driver)) => Ok(Chromium { browser, driver }),
        (None, _) => Err(missing("Chromium", "CHROMIUM")),
        (_, None) => Err(missing("Chromium's driver", "CHROMEDRIVER")),
    }
}

pub(crate) fn firefox() -> Result<PathBuf, Fail> {
    let browser = || found("FIREFOX", &["firefox-esr", "firefox"]);
    if browser().is_none() {
        apt::install(&["firefox-esr"], "Firefox")?;
    }
    browser().ok_or_else(|| missing("Firefox", "FIREFOX"))
}

/// WebKit has no headless mode: its driver, its small browser and a display that nobody sees.
pub(crate) struct WebKit {
    pub(crate) driver: PathBuf,
    pub(crate) browser: PathBuf,
    pub(crate) display: PathBuf,
}

pub(crate) fn webkit() -> Result<WebKit, Fail> {
    let parts = || Some((which("WebKitWebDriver", &[])?, mini_browser()?, which("xvfb-run", &[])?));
    if parts().is_none() || which("xauth", &[]).is_none() {
        apt::install(&["webkit2gtk-driver", "xvfb", "xauth"], "WebKit")?;
    }
    let (driver, browser, display) = parts().ok_or_else(|| missing("WebKit", "PATH"))?;
    Ok(WebKit { driver, browser, display })
}

/// The packages keep it in a folder named after the machine and the library's version.
fn mini_browser() -> Option<PathBuf> {
    let machines = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
    let homes = machines.chain([PathBuf::from("/usr/libexec")]);
    let versions = ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"];
    let mut places = homes.flat_map(|home| versions.map(|version| home.join(version).join("MiniBrowser")));
    places.find(|place| place.is_file())
}

/// A program that a variable names, else the first of some names on PATH.
fn found(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(named) = env::var_os(variable).filter(|name| !name.is_empty()) {
        return Path::new(&named).is_file().then(|| PathBuf::from(named));
    }
    names.iter().find_map(|name| which(name, &[]))
}

fn missing(what: &str, variable: &str) -> Fail {
    Fail::Missing { what: what.into(), hint: format!("install it, or set {variable} to where it is") }
}
