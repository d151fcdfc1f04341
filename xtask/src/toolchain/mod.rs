//! What must be on the machine before anything can be built or tried: the wasm target, the tools around it, Node and
//! the browsers. Installs what is missing once, into a folder outside the work tree; knows nothing of the app.

pub(crate) mod apt;
pub(crate) mod browsers;
pub(crate) mod node;
mod overlay;
mod target;
mod tools;

use std::env;
use std::path::{Path, PathBuf};

use crate::fail::Fail;
use crate::files;
use crate::shell::Program;

/// A machine that can build the app.
pub(crate) struct Web {
    /// Folders that go before PATH: tools, and the overlay's compiler where there is one.
    path: Vec<PathBuf>,
    /// The overlay's compiler is another one than the system's: it gets a target folder of its own, or each build
    /// would throw away the other's.
    target_dir: Option<PathBuf>,
    /// Without wasm-opt the app works and is about a tenth larger.
    pub(crate) wasm_opt: bool,
}

impl Web {
    /// A program that sees the wasm target and the tools.
    pub(crate) fn program(&self, name: &str) -> Program {
        self.with_path(name, &self.path)
    }

    /// The same, with one more folder that goes before all others.
    pub(crate) fn program_after(&self, name: &str, first: &Path) -> Program {
        let mut path = vec![first.to_path_buf()];
        path.extend_from_slice(&self.path);
        self.with_path(name, &path)
    }

    fn with_path(&self, name: &str, path: &[PathBuf]) -> Program {
        let program = Program::new(self.find(name).unwrap_or_else(|| PathBuf::from(name))).path_first(path);
        match &self.target_dir {
            Some(folder) => program.env_remove("RUSTUP_TOOLCHAIN").env("CARGO_TARGET_DIR", folder),
            None => program,
        }
    }

    /// Where a program is that `program` would start.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        crate::shell::which(name, &self.path)
    }
}

/// Where cargo puts what it builds for this machine.
pub(crate) fn native_target_dir() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => files::root().join(folder),
        None => files::root().join("target"),
    }
}

/// Makes the machine able to build the app, or says in one line what to install.
pub(crate) fn ensure() -> Result<Web, Fail> {
    let home = tools_dir()?;
    let overlay = target::ensure(&home)?;
    let wasm_opt = tools::ensure(&home)?;
    let mut path = vec![home.join("bin")];
    let target_dir = overlay.as_ref().map(|_| files::root().join("target").join("overlay"));
    path.extend(overlay);
    Ok(Web { path, target_dir, wasm_opt })
}

/// The one folder for tools: outside `target/`, so that `cargo clean` and a second clone keep them.
pub(crate) fn tools_dir() -> Result<PathBuf, Fail> {
    if let Some(named) = env::var_os("ROLLCALL_TOOLS").filter(|name| !name.is_empty()) {
        return std::path::absolute(&named).map_err(Fail::io("reading ROLLCALL_TOOLS"));
    }
    if let Some(cache) = env::var_os("XDG_CACHE_HOME").filter(|name| !name.is_empty()) {
        return Ok(PathBuf::from(cache).join("rollcall-tools"));
    }
    match env::var_os("HOME").filter(|name| !name.is_empty()) {
        Some(home) => Ok(PathBuf::from(home).join(".cache").join("rollcall-tools")),
        None => Err(Fail::Missing {
            what: "a home folder".into(),
            hint: "set ROLLCALL_TOOLS to a folder where tools may be kept".into(),
        }),
    }
}
