//! Running: the data folder, the port, the schedule, and a stop that finishes what is under way.

use std::fs::{File, TryLockError};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rollcall_domain::registry;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::backup::{self, BackupError};
use crate::clockwork;
use crate::erasures::{FileList, List, NoList};
use crate::http::{Pages, router};
use crate::hub::{Hub, StartError};
use crate::outside::Outside;
use crate::relay;
use crate::storage::{Postgres, Sqlite, Storage, StorageError};

/// The database's name in the data folder.
pub const DATABASE: &str = "hub.db";
/// Held while a hub runs over the folder.
const LOCK: &str = "hub.lock";
/// Calls under way have this long to finish once the hub stops.
const GRACE: Duration = Duration::from_secs(10);
/// How often the schedule of copies is looked at.
const SCHEDULE: Duration = Duration::from_secs(3_600);

/// Why the hub does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The folder or the port.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the machine said.
        error: std::io::Error,
    },
    /// Another hub runs over this folder.
    #[error("another hub runs over {}; stop it first", .0.display())]
    Locked(PathBuf),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The hub itself.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The schedule.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

impl ServeError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}

/// The folder, held by this process until dropped.
#[derive(Debug)]
pub struct Folder {
    /// Where.
    pub path: PathBuf,
    lock: File,
}

impl Folder {
    /// Makes the folder if needed and takes hold of it.
    pub fn hold(path: &Path) -> Result<Self, ServeError> {
        let name = |what: &str| format!("{what} {}", path.display());
        make_private(path).map_err(ServeError::io(name("cannot make the folder")))?;
        let lock = File::create(path.join(LOCK)).map_err(ServeError::io(name("cannot write to")))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => Err(ServeError::Locked(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(ServeError::io(name("cannot hold"))(error)),
        }
    }

    /// The database in it.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }
}

impl Drop for Folder {
    /// Let go in so many words: a child process that was just started holds a copy of the handle for a moment.
    fn drop(&mut self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the folder could not be let go");
        }
    }
}

/// People's data is in it: a folder made here is nobody else's to read.
pub(crate) fn make_private(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// A running hub with its port.
#[derive(Debug)]
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    hub: Hub,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
    rest: Vec<JoinHandle<()>>,
    _home: Home,
}

/// Where the data is.
#[derive(Debug)]
pub enum Home {
    /// In a folder that this process alone holds.
    Folder(Folder),
    /// On a PostgreSQL server, shared with any number of other hubs: `postgres://…`.
    Server(String),
    /// The same, and a folder in which the list of who was erased is kept.
    ServerAnd(String, PathBuf),
}

impl From<Folder> for Home {
    fn from(folder: Folder) -> Self {
        Self::Folder(folder)
    }
}

impl Home {
    async fn open(&self) -> Result<Arc<dyn Storage>, StorageError> {
        Ok(match self {
            Self::Folder(folder) => Arc::new(Sqlite::open(&folder.database()).await?),
            Self::Server(address) | Self::ServerAnd(address, _) => Arc::new(Postgres::open(address).await?),
        })
    }

    /// Where it is kept who was erased: beside the database, never in it.
    #[must_use]
    pub fn list(&self) -> Arc<dyn List> {
        match self {
            Self::Folder(folder) => Arc::new(FileList::of(&folder.path)),
            Self::ServerAnd(_, folder) => Arc::new(FileList::of(folder)),
            Self::Server(_) => Arc::new(NoList),
        }
    }
}

/// Opens the database and listens.
pub async fn start(
    home: impl Into<Home>,
    outside: Arc<dyn Outside>,
    listen: SocketAddr,
    pages: Pages,
    trust_clock: bool,
) -> Result<Serving, ServeError> {
    let home = home.into();
    let storage = home.open().await?;
    let hub = Hub::start_with(storage, outside, registry::catalogue(), trust_clock, home.list()).await?;
    let listener =
        TcpListener::bind(listen).await.map_err(ServeError::io(format!("cannot listen on {listen}")))?;
    let address = listener.local_addr().map_err(ServeError::io("the port"))?;
    let (stop, stopped) = oneshot::channel::<()>();
    let service = router(hub.clone(), pages).into_make_service_with_connect_info::<SocketAddr>();
    let closing = hub.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // A sender that was dropped means the same.
        let _ = stopped.await;
        closing.news.close();
    });
    let mut rest = relay::start(&hub).await?;
    rest.push(tokio::spawn(clockwork::run(hub.weak())));
    // A server is copied by whoever looks after it.
    if let Home::Folder(folder) = &home {
        rest.push(tokio::spawn(copies(hub.clone(), folder.path.clone())));
    }
    let server = tokio::spawn(server.into_future());
    Ok(Serving { address, hub, stop: Some(stop), server, rest, _home: home })
}

impl Serving {
    /// The hub itself.
    #[must_use]
    pub const fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Stops taking calls, finishes those under way, closes the database.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if tokio::time::timeout(GRACE, &mut self.server).await.is_err() {
            tracing::warn!("calls that did not end were cut off");
            self.server.abort();
        }
        for task in &self.rest {
            task.abort();
        }
        self.hub.storage.close().await;
    }
}

async fn copies(hub: Hub, folder: PathBuf) {
    let mut period = tokio::time::interval(SCHEDULE);
    loop {
        period.tick().await;
        match backup::snapshot_if_due(&hub, &folder).await {
            Ok(Some(file)) => tracing::info!(file = %file.display(), "copied the database"),
            Ok(None) => {}
            Err(fault) => tracing::error!(%fault, "the database could not be copied"),
        }
    }
}

/// What people must know when the port can be reached from a network without TLS.
#[must_use]
pub fn warning(address: SocketAddr) -> Option<String> {
    let ip: IpAddr = address.ip().to_canonical();
    (!ip.is_loopback()).then(|| {
        "warning: this is plain HTTP on a network. Anybody on it can read what is sent. On other devices browsers \
         will not keep the app offline, open the camera or make a device key: these need HTTPS. Put a proxy with a \
         certificate in front of this port (docs/hub.md shows one)."
            .to_owned()
    })
}
