//! A sysroot overlay from Debian's `rustc-web`: the standard library for wasm is built once from the packaged source
//! and laid beside links to the rest. Afterwards plain cargo, clippy and trunk need nothing but PATH. It writes only
//! into the tools folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::apt;
use super::target::{TARGET, has_target};
use crate::fail::Fail;
use crate::files;
use crate::sha256;
use crate::shell::Program;

/// Compiler, cargo, the library's source, lints, formatter, the linker for wasm and LLVM's tools.
const PACKAGES: [&str; 7] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "rustfmt-web", "lld-22", "rust-web-llvm"];

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

/// Whether this is a system whose packages can do it.
pub(super) fn possible() -> bool {
    Path::new("/etc/debian_version").exists() && (apt::installed(PACKAGES[0]) || apt::offers(PACKAGES[0]))
}

/// Installs the packages and builds the overlay unless both are there; returns its folder of programs.
pub(super) fn ensure(home: &Path) -> Result<PathBuf, Fail> {
    apt::install(&PACKAGES, "the wasm target")?;
    let about = Program::new(RUSTC).arg("-vV").output()?;
    let place = home.join(format!("rust-{}", key(&about)?));
    let done = place.join(".ok");
    if !done.exists() {
        println!(
            "wasm target: building the standard library for {TARGET} (half a minute to two minutes, once)"
        );
        build(&place, &field(&about, "host")?)?;
        files::write(&done, b"")?;
    }
    let programs = place.join("bin");
    if has_target(&programs.join("rustc")) {
        return Ok(programs);
    }
    Err(Fail::Invalid {
        what: place.display().to_string(),
        why: format!("has no {TARGET}; remove the folder and try again"),
    })
}

/// Names the overlay after the compiler it was made by: an update of the package makes a new one.
fn key(about: &str) -> Result<String, Fail> {
    let package = apt::version(PACKAGES[0]).unwrap_or_default();
    let digest = sha256::hex(format!("{about} {package}").as_bytes());
    Ok(format!("{}-{}", field(about, "release")?, &digest[..12]))
}

/// One line of `rustc -vV`.
fn field(about: &str, name: &str) -> Result<String, Fail> {
    let wanted = format!("{name}: ");
    let found = about.lines().find_map(|line| line.strip_prefix(&wanted));
    found.map(str::to_owned).ok_or_else(|| Fail::Invalid {
        what: format!("{RUSTC} -vV"),
        why: format!("does not name its {name}"),
    })
}

fn build(place: &Path, host: &str) -> Result<(), Fail> {
    // What an interrupted attempt left is of no use.
    if place.exists() {
        fs::remove_dir_all(place).map_err(Fail::io(format!("clearing {}", place.display())))?;
    }
    let base =
        PathBuf::from(Program::new(RUSTC).args(["--print", "sysroot"]).output()?.trim()).join("lib/rustlib");
    let work = place.join("build");
    compile_std(&work, &base.join("src/rust/library"))?;
    let libraries = place.join("lib/rustlib").join(TARGET).join("lib");
    take_libraries(&work, &libraries)?;
    fs::remove_dir_all(&work).map_err(Fail::io(format!("clearing {}", work.display())))?;
    link_host(place, &base, host)?;
    write_programs(place)
}

/// Builds an empty crate with the unstable `build-std`, which leaves the standard library behind.
fn compile_std(work: &Path, library: &Path) -> Result<(), Fail> {
    let real = fs::canonicalize(library).map_err(Fail::io(format!("finding {}", library.display())))?;
    let vendor = fs::canonicalize(library.join("vendor"))
        .map_err(Fail::io(format!("finding {}", library.join("vendor").display())))?;
    files::write(&work.join("src/lib.rs"), b"")?;
    files::write(
        &work.join("Cargo.toml"),
        b"[package]\nname = \"wasm_std\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n\n\
          [profile.release]\nopt-level = 3\ncodegen-units = 1\ndebug = 0\n",
    )?;
    // Bitcode stays in, so that link-time optimisation can see into the library as it can into rustup's.
    let flags = format!(
        "-Cembed-bitcode=yes --remap-path-prefix={}=/rustc/library --remap-path-prefix={}=/rustc/library",
        real.display(),
        library.display()
    );
    Program::new(CARGO)
        .folder(work)
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_BUILD_TARGET")
        .env("CARGO_HOME", work.join("home"))
        .env("CARGO_NET_OFFLINE", "true")
        .env("RUSTC", RUSTC)
        // Only in this one build: nothing of the project is compiled with unstable features.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", flags)
        .args(["build", "--quiet", "--release", "--target", TARGET])
        .args(["--config", "source.crates-io.replace-with=\"std-vendor\""])
        .args(["--config", &format!("source.std-vendor.directory=\"{}\"", vendor.display())])
        .arg("-Zbuild-std=std,panic_abort,panic_unwind,test,proc_macro")
        .run()
}

fn take_libraries(work: &Path, into: &Path) -> Result<(), Fail> {
    fs::create_dir_all(into).map_err(Fail::io(format!("making {}", into.display())))?;
    let built = work.join("target").join(TARGET).join("release/deps");
    for file in files::walk_plain(&built)? {
        let Some(name) = file.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        if name.ends_with(".rlib") && !name.starts_with("libwasm_std-") {
            fs::copy(&file, into.join(&name)).map_err(Fail::io(format!("copying {name}")))?;
        }
    }
    Ok(())
}

/// The host's own library, the source and the linkers are the packages'.
fn link_host(place: &Path, base: &Path, host: &str) -> Result<(), Fail> {
    let rustlib = place.join("lib/rustlib");
    let programs = rustlib.join(host).join("bin");
    fs::create_dir_all(&programs).map_err(Fail::io(format!("making {}", programs.display())))?;
    link(&base.join(host).join("lib"), &rustlib.join(host).join("lib"))?;
    link(&base.join("src"), &rustlib.join("src"))?;
    if let Ok(entries) = fs::read_dir(base.join(host).join("bin")) {
        for entry in entries.flatten() {
            link(&entry.path(), &programs.join(entry.file_name()))?;
        }
    }
    let linker = programs.join("rust-lld");
    if fs::symlink_metadata(&linker).is_err() {
        link(Path::new("/usr/bin/rust-lld"), &linker)?;
    }
    Ok(())
}

/// Wrappers that name the sysroot: a linked compiler would take its own place for it.
fn write_programs(place: &Path) -> Result<(), Fail> {
    let programs = place.join("bin");
    fs::create_dir_all(&programs).map_err(Fail::io(format!("making {}", programs.display())))?;
    let sysroot = place.display();
    for name in ["rustc", "rustdoc"] {
        script(&programs.join(name), &format!("exec /usr/bin/{name} --sysroot \"{sysroot}\" \"$@\""))?;
    }
    for name in ["cargo-clippy", "clippy-driver"] {
        script(&programs.join(name), &format!("SYSROOT=\"{sysroot}\" exec /usr/bin/{name} \"$@\""))?;
    }
    for name in ["cargo", "rustfmt", "cargo-fmt"] {
        link(&Path::new("/usr/bin").join(name), &programs.join(name))?;
    }
    Ok(())
}

fn script(path: &Path, line: &str) -> Result<(), Fail> {
    files::write(path, format!("#!/bin/sh\n{line}\n").as_bytes())?;
    files::make_executable(path)
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> Result<(), Fail> {
    std::os::unix::fs::symlink(to, at).map_err(Fail::io(format!("linking {}", at.display())))
}

#[cfg(not(unix))]
fn link(_to: &Path, at: &Path) -> Result<(), Fail> {
    Err(Fail::Invalid { what: at.display().to_string(), why: "the overlay exists on Debian only".into() })
}
