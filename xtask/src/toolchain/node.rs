//! Node and the npm packages of the browser tests. Knows where they live, not what they test.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fail::Fail;
use crate::files;
use crate::shell::{Program, which};

/// Playwright's floor.
const NODE_MAJOR_MIN: u32 = 20;

/// Node's path if it is new enough.
pub(crate) fn find() -> Option<PathBuf> {
    let version = Program::new("node").arg("--version").ask()?;
    let major: u32 = version.trim_start_matches('v').split('.').next()?.parse().ok()?;
    if major < NODE_MAJOR_MIN {
        return None;
    }
    which("node", &[])
}

pub(crate) fn need() -> Result<PathBuf, Fail> {
    find().ok_or_else(|| Fail::Missing {
        what: format!("Node {NODE_MAJOR_MIN} or newer"),
        hint: "install it from your distribution or https://nodejs.org, with npm".into(),
    })
}

/// The folder of the browser tests, its packages installed as the lock file says.
pub(crate) fn packages() -> Result<PathBuf, Fail> {
    need()?;
    let folder = files::root().join("tests/e2e");
    if !up_to_date(&folder) {
        println!("npm: installing the browser tests' packages (some seconds)");
        // No package may run a script of its own: nothing is downloaded behind our back.
        npm()
            .folder(&folder)
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .run()?;
    }
    Ok(folder)
}

/// npm, by its name on PATH.
pub(crate) fn npm() -> Program {
    Program::new("npm").env("npm_config_update_notifier", "false")
}

/// npm writes its own lock last; if it is not older than ours, what it lists is installed.
fn up_to_date(folder: &Path) -> bool {
    let written = |path: PathBuf| fs::metadata(path).and_then(|about| about.modified()).ok();
    match (written(folder.join("node_modules/.package-lock.json")), written(folder.join("package-lock.json")))
    {
        (Some(installed), Some(wanted)) => installed >= wanted,
        _ => false,
    }
}
