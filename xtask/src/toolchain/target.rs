//! The compiler's wasm target: as it is, by rustup, or from Debian's packages. Knows three ways and tries them in order.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::overlay;
use crate::fail::Fail;
use crate::shell::{Program, which};

pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Downloading the target takes seconds; a network that swallows packets must not hold a newcomer for ever.
const RUSTUP_WAIT_MAX: Duration = Duration::from_secs(180);

/// Makes the target usable. Returns the overlay's folder of programs if that was the way.
pub(super) fn ensure(home: &Path) -> Result<Option<PathBuf>, Fail> {
    if env::var_os("ROLLCALL_FORCE_OVERLAY").is_some_and(|value| !value.is_empty() && value != "0") {
        println!("wasm target: from Debian's packages, as ROLLCALL_FORCE_OVERLAY asks");
        return overlay::ensure(home).map(Some);
    }
    if has_target(Path::new("rustc")) {
        return Ok(None);
    }
    if which("rustup", &[]).is_some() {
        println!("wasm target: rustup target add {TARGET} (half a minute)");
        let added = Program::new("rustup").args(["target", "add", TARGET]).run_within(RUSTUP_WAIT_MAX);
        if added.is_ok() && has_target(Path::new("rustc")) {
            return Ok(None);
        }
        println!("wasm target: rustup could not add it");
    }
    if overlay::possible() {
        return overlay::ensure(home).map(Some);
    }
    Err(Fail::Missing {
        what: format!("the compiler's target {TARGET}"),
        hint: format!("install rustup (https://rustup.rs), then run `rustup target add {TARGET}`"),
    })
}

/// Whether this compiler has a standard library for the target.
pub(super) fn has_target(rustc: &Path) -> bool {
    let Some(sysroot) = Program::new(rustc).args(["--print", "sysroot"]).ask() else {
        return false;
    };
    let folder = Path::new(&sysroot).join("lib/rustlib").join(TARGET).join("lib");
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}
