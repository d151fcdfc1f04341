//! Hub processes: started, found, killed, started again. Knows the program's output, not its protocol.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::Wish;

/// A hub while it runs, and where it is or was.
type Slot = (Option<Child>, SocketAddr);

/// The hubs of a run.
pub(crate) struct Hubs {
    program: PathBuf,
    place: [String; 2],
    running: Mutex<Vec<Slot>>,
    /// The folder, gone with the run.
    _folder: tempfile::TempDir,
}

impl Hubs {
    pub(crate) async fn start(wish: &Wish) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = match &wish.server {
            Some(server) => ["--database".to_owned(), format!("{server}/postgres")],
            None => ["--data".to_owned(), folder.path().display().to_string()],
        };
        let hubs = Self { program: wish.hub.clone(), place, running: Mutex::default(), _folder: folder };
        for _ in 0..wish.processes {
            let started = hubs.one().await;
            hubs.running().push(started);
        }
        hubs
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Vec<Slot>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn one(&self) -> Slot {
        let mut child = Command::new(&self.program)
            .args(["serve", "--listen", "127.0.0.1:0", "--app", "/nonexistent"])
            .args(&self.place)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        loop {
            let line = lines.next_line().await.unwrap().expect("a hub ended before it listened");
            if let Some(at) = line.strip_prefix("listening on http://") {
                let at = at.parse().unwrap();
                // What it says later must not stop it.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return (Some(child), at);
            }
        }
    }

    /// Where the n-th of them listens, counted round and round.
    pub(crate) fn at(&self, n: usize) -> SocketAddr {
        let running = self.running();
        running[n % running.len()].1
    }

    /// A code for one more studio.
    pub(crate) async fn code(&self) -> String {
        let mut command = Command::new(&self.program);
        let output = command.args(["claim-code", "--another"]).args(&self.place).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.trim().strip_prefix("claim code: ").expect("no claim code").to_owned()
    }

    /// Kills the n-th as a power cut would, and starts another in its place; until then devices knock at a closed door.
    pub(crate) async fn kill(&self, n: usize) {
        let slot = n % self.running().len();
        let old = self.running()[slot].0.take();
        if let Some(mut old) = old {
            old.kill().await.unwrap();
        }
        let started = self.one().await;
        self.running()[slot] = started;
    }
}
