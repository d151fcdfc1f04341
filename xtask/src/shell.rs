//! Running other programs: what they inherit, what is caught, what a failure is called. Knows no program by name.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use crate::fail::Fail;
use crate::files;

/// A program about to run: in the work tree's root, without standard input.
pub(crate) struct Program {
    command: Command,
    line: String,
}

impl Program {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program.as_ref());
        command.current_dir(files::root()).stdin(Stdio::null());
        forget_cargo(&mut command);
        let name = Path::new(program.as_ref()).file_name().unwrap_or(program.as_ref());
        Self { command, line: name.to_string_lossy().into_owned() }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.line.push(' ');
        self.line.push_str(&arg.as_ref().to_string_lossy());
        self.command.arg(arg);
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(self, args: impl IntoIterator<Item = S>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn env_remove(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Puts folders before the inherited PATH.
    pub(crate) fn path_first(self, folders: &[PathBuf]) -> Self {
        let path = path_with(folders);
        self.env("PATH", path)
    }

    /// Runs it with our own output; anything but success is a failure.
    pub(crate) fn run(mut self) -> Result<(), Fail> {
        let status = self.command.status().map_err(Fail::io(format!("starting `{}`", self.line)))?;
        self.judge(status)
    }

    /// Runs it in silence; its output is shown only if it fails.
    pub(crate) fn run_quiet(mut self) -> Result<(), Fail> {
        let output = self.command.output().map_err(Fail::io(format!("starting `{}`", self.line)))?;
        if !output.status.success() {
            print!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        }
        self.judge(output.status)
    }

    /// What it prints.
    pub(crate) fn output(mut self) -> Result<String, Fail> {
        self.command.stderr(Stdio::inherit());
        let output = self.command.output().map_err(Fail::io(format!("starting `{}`", self.line)))?;
        self.judge(output.status)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// What it prints, or nothing if it is not there or fails: for asking whether something exists.
    pub(crate) fn ask(mut self) -> Option<String> {
        let output = self.command.stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Runs it, and ends it when it takes longer than `limit`. For what may hang on a network that is not there.
    pub(crate) fn run_within(mut self, limit: Duration) -> Result<(), Fail> {
        let mut child = self.command.spawn().map_err(Fail::io(format!("starting `{}`", self.line)))?;
        let started = Instant::now();
        loop {
            let waited = child.try_wait().map_err(Fail::io(format!("waiting for `{}`", self.line)))?;
            if let Some(status) = waited {
                return self.judge(status);
            }
            if started.elapsed() > limit {
                // It may have ended by itself in between; either way it is over.
                let _ = child.kill();
                let _ = child.wait();
                let status = format!("no end after {} s", limit.as_secs());
                return Err(Fail::Program { line: self.line, status });
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Becomes the program: signals such as Ctrl+C then reach it directly, and its exit is ours.
    pub(crate) fn become_it(mut self) -> Result<(), Fail> {
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            let why = self.command.exec();
            Err(Fail::Io { doing: format!("starting `{}`", self.line), source: why })
        }
        #[cfg(not(unix))]
        self.run()
    }

    fn judge(&self, status: ExitStatus) -> Result<(), Fail> {
        if status.success() {
            return Ok(());
        }
        Err(Fail::Program { line: self.line.clone(), status: status.to_string() })
    }
}

/// PATH with some folders before the inherited ones.
pub(crate) fn path_with(folders: &[PathBuf]) -> OsString {
    let inherited = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&inherited));
    // A folder with the separator in its name cannot be on a PATH; then the inherited one stands.
    env::join_paths(all).unwrap_or(inherited)
}

/// Finds a program on PATH, with `folders` before it.
pub(crate) fn which(program: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    env::split_paths(&path_with(folders)).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// `cargo xtask` runs us with cargo's own variables set; another cargo must not see them, or it builds twice.
fn forget_cargo(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let ours = text == "CARGO" || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_");
        if ours {
            command.env_remove(&name);
        }
    }
    let Some(libraries) = env::var_os("LD_LIBRARY_PATH") else {
        return;
    };
    // Cargo put the compiler's libraries here; the distribution's compiler would load the wrong ones.
    let foreign = |path: &PathBuf| {
        let text = path.to_string_lossy();
        !path.starts_with(files::root()) && !text.contains("/rustlib/") && !text.contains("/toolchains/")
    };
    let kept: Vec<PathBuf> = env::split_paths(&libraries).filter(foreign).collect();
    match env::join_paths(&kept) {
        Ok(kept) if !kept.is_empty() => command.env("LD_LIBRARY_PATH", kept),
        _ => command.env_remove("LD_LIBRARY_PATH"),
    };
}
