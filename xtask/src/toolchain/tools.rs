//! trunk, wasm-bindgen and wasm-opt at exact versions, in the tools folder. Reuses what is there; installs nothing
//! twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::node;
use crate::fail::Fail;
use crate::files;
use crate::shell::{Program, which};

/// The newest that our rust-version can build.
const TRUNK_VERSION: &str = "0.21.14";
/// npm's package; wasm-opt itself says 132. Distributions have one that is years older and rejects our wasm.
const BINARYEN_VERSION: &str = "132.0.0";

/// Installs what is missing. Returns whether there is a wasm-opt.
pub(super) fn ensure(home: &Path) -> Result<bool, Fail> {
    let bin = [home.join("bin")];
    let bindgen = locked_version("wasm-bindgen")?;
    if !has("wasm-bindgen", &bindgen, &bin) || which("wasm-bindgen-test-runner", &bin).is_none() {
        install(home, "wasm-bindgen-cli", &bindgen, &[], "1", "two to four minutes")?;
    }
    if !has("trunk", TRUNK_VERSION, &bin) {
        // Its default features bring a second TLS stack that needs a system library.
        let features = ["--no-default-features", "--features", "rustls"];
        install(home, "trunk", TRUNK_VERSION, &features, "0", "two to five minutes")?;
    }
    wasm_opt(home, &bin)
}

/// Compiles a tool from the registry. Quick rather than optimised: trunk's own profile would take five times as long.
fn install(
    home: &Path,
    name: &str,
    version: &str,
    more: &[&str],
    level: &str,
    takes: &str,
) -> Result<(), Fail> {
    println!("{name} {version}: compiling it ({takes}, once)");
    let started = Instant::now();
    Program::new("cargo")
        .env_remove("CARGO_BUILD_TARGET")
        .env("CARGO_TARGET_DIR", home.join("build"))
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level)
        // Outside the work tree, so that the project's own cargo settings do not reach the tool.
        .folder(&make(home)?)
        .args(["install", "--quiet", "--locked", "--force", "--root"])
        .arg(home)
        .args([name, "--version", version])
        .args(more)
        .run()?;
    let build = home.join("build");
    if build.exists() {
        fs::remove_dir_all(&build).map_err(Fail::io(format!("clearing {}", build.display())))?;
    }
    println!("{name} {version}: done in {} s", started.elapsed().as_secs());
    Ok(())
}

fn make(folder: &Path) -> Result<PathBuf, Fail> {
    fs::create_dir_all(folder).map_err(Fail::io(format!("making {}", folder.display())))?;
    Ok(folder.to_path_buf())
}

fn wasm_opt(home: &Path, bin: &[PathBuf]) -> Result<bool, Fail> {
    let major = BINARYEN_VERSION.split('.').next().unwrap_or(BINARYEN_VERSION);
    if has("wasm-opt", major, bin) {
        return Ok(true);
    }
    if node::find().is_none() || which("npm", &[]).is_none() {
        println!(
            "wasm-opt: there is no Node 20 with npm to install it with; the app is built without, about a tenth larger"
        );
        return Ok(false);
    }
    println!("wasm-opt {major}: installing npm's binaryen (some seconds)");
    let folder = make(&home.join("npm"))?;
    node::npm()
        .folder(&folder)
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
        .arg(&folder)
        .arg(format!("binaryen@{BINARYEN_VERSION}"))
        .run()?;
    let link = home.join("bin/wasm-opt");
    let target = folder.join("node_modules/.bin/wasm-opt");
    files::write(&link, format!("#!/bin/sh\nexec \"{}\" \"$@\"\n", target.display()).as_bytes())?;
    files::make_executable(&link)?;
    if has("wasm-opt", major, bin) {
        return Ok(true);
    }
    Err(Fail::Invalid { what: link.display().to_string(), why: format!("is not wasm-opt {major}") })
}

/// Whether a program answers with exactly this version.
fn has(program: &str, version: &str, folders: &[PathBuf]) -> bool {
    let Some(path) = which(program, folders) else {
        return false;
    };
    let Some(says) = Program::new(path).arg("--version").ask() else {
        return false;
    };
    first_version(&says).is_some_and(|found| found == version)
}

/// The first run of digits and dots in a line like `wasm-opt version 132 (version_132)`.
fn first_version(text: &str) -> Option<&str> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let rest = &text[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    Some(rest[..end].trim_end_matches('.'))
}

/// The version of a package in Cargo.lock: app and tool must speak the same one.
fn locked_version(package: &str) -> Result<String, Fail> {
    let path = files::root().join("Cargo.lock");
    let text = files::read_text(&path)?;
    version_in_lock(&text, package)
        .map(str::to_owned)
        .ok_or_else(|| Fail::Invalid { what: files::shown(&path), why: format!("has no {package}") })
}

fn version_in_lock<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == name)?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_a_tool_says() {
        assert_eq!(first_version("trunk 0.21.14"), Some("0.21.14"));
        assert_eq!(first_version("wasm-opt version 132 (version_132)"), Some("132"));
        assert_eq!(first_version("no digits"), None);
    }

    #[test]
    fn a_version_is_found_in_the_lock_by_the_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen"), Some("0.2.129"));
        assert_eq!(version_in_lock(lock, "trunk"), None);
    }
}
