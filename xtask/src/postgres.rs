//! A PostgreSQL server for as long as something needs one: in a folder of its own, on a free port, gone afterwards.
//! Knows how a server is started, not what is kept in it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use crate::fail::Fail;
use crate::shell::{Program, which};
use crate::toolchain::apt;

/// What is promised to survive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Every commit is on the disk: for figures.
    Kept,
    /// Nothing survives the machine: for tests, which throw it all away.
    Thrown,
}

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Server {
    /// Starts one. Programs come from PATH, from Debian's folder, or are installed.
    pub(crate) fn start(durability: Durability) -> Result<Self, Fail> {
        let bin = programs()?;
        let folder = env::temp_dir().join(format!("rollcall-postgres-{}", process::id()));
        fs::create_dir_all(&folder).map_err(Fail::io("making a folder for PostgreSQL"))?;
        if is_root() {
            // The server refuses to run as root.
            Program::new("chown").arg("postgres").arg(&folder).run()?;
        }
        let server = Self { bin, folder, port: free_port()? };
        let init = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"];
        server.program("initdb").args(init).arg(server.data()).run_quiet()?;
        let mut options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=300 \
             -c shared_buffers=256MB -c max_wal_size=4GB",
            server.port,
            server.folder.display()
        );
        if durability == Durability::Thrown {
            options.push_str(" -c fsync=off -c synchronous_commit=off -c full_page_writes=off");
        }
        server
            .program("pg_ctl")
            .args(["start", "-w", "-s", "-o", &options, "-D"])
            .arg(server.data())
            .arg("-l")
            .arg(server.folder.join("log"))
            .run_quiet()?;
        Ok(server)
    }

    /// Where it is, without a database's name.
    pub(crate) fn address(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Program {
        as_server(&self.bin.join(name)).folder(Path::new("/"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped =
            self.program("pg_ctl").args(["stop", "-s", "-m", "immediate", "-D"]).arg(self.data()).run();
        if let Err(why) = stopped {
            println!("PostgreSQL could not be stopped: {why}");
            return;
        }
        // A folder that stays is in nobody's way.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A program as somebody who is not root.
fn as_server(program: &Path) -> Program {
    if !is_root() {
        return Program::new(program);
    }
    Program::new("setpriv")
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"])
        .arg(program)
}

fn is_root() -> bool {
    Program::new("id").arg("-u").ask().is_some_and(|id| id == "0")
}

/// The folder with `initdb` and its like.
fn programs() -> Result<PathBuf, Fail> {
    if find().is_none() {
        apt::install(&["postgresql"], "PostgreSQL")?;
    }
    find().ok_or_else(|| Fail::Missing {
        what: "PostgreSQL".into(),
        hint: "install it, or put the folder with initdb on PATH".into(),
    })
}

fn find() -> Option<PathBuf> {
    if let Some(initdb) = which("initdb", &[]) {
        return initdb.parent().map(Path::to_path_buf);
    }
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin"));
    versions.filter(|bin| bin.join("initdb").is_file()).max()
}

fn free_port() -> Result<u16, Fail> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Fail::io("finding a free port"))?;
    Ok(listener.local_addr().map_err(Fail::io("finding a free port"))?.port())
}
