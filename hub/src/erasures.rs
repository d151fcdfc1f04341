//! The list of who was erased, outside of the database: after an older state was put back, everybody on it is erased
//! again before anybody is served. Ids and instants only.
//!
//! An erasure is noted as begun before its transaction commits, and as done after. What was begun counts only where the
//! database says so as well: a transaction that failed, and was perhaps refused the second time, erases nobody later.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rollcall_domain::kernel::command::Input;
use rollcall_domain::kernel::erasure::{EraseAgain, Erased};
use rollcall_domain::kernel::ids::{self, CommandId, DeviceId, Id, StudioId};
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::registry;
use serde::{Deserialize, Serialize};

use crate::accept::{AcceptError, Request};
use crate::clockwork::own_hand;
use crate::hub::{Hub, STUDIOS, StartError};
use crate::outside::Outside;
use crate::storage::{Look, Storage, StorageError};

/// The list's name in the data folder.
pub const FILE: &str = "erased.list";
/// Erasures of one transaction when they are carried out again, and records read in one go.
const AT_ONCE: usize = 100;
const PAGE: u32 = 1_000;

/// Why the list could not be kept or read. Nobody is erased without it.
#[derive(Debug, thiserror::Error)]
#[error("the list of who was erased: {}: {error}", path.display())]
pub struct ListError {
    path: PathBuf,
    error: std::io::Error,
}

/// An erasure in a studio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// In which studio.
    pub studio: StudioId,
    /// Who, when, by whom.
    pub erased: Erased,
}

/// How an erasure on the list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// About to be committed.
    Begun,
    /// Committed.
    Done,
    /// It never was.
    Void,
}

/// Everybody on the list, and how their erasure stands; nobody whose erasure came to nothing.
pub type Everybody = BTreeMap<(StudioId, Id), (Erased, Stands)>;

/// Where the list is kept. What it was told is durable when it returns.
pub trait List: Send + Sync + std::fmt::Debug {
    /// Notes how these stand from now on.
    fn note(&self, listed: &[Listed], stands: Stands) -> Result<(), ListError>;
    /// Everybody.
    fn everybody(&self) -> Result<Everybody, ListError>;
}

fn take(everybody: &mut Everybody, listed: Listed, stands: Stands) {
    let key = (listed.studio, listed.erased.subject);
    let before = everybody.get(&key).map(|(_, stands)| *stands);
    match (before, stands) {
        // Done once is done for ever.
        (Some(Stands::Done), _) => {}
        (_, Stands::Void) => {
            everybody.remove(&key);
        }
        (_, stands) => {
            everybody.insert(key, (listed.erased, stands));
        }
    }
}

/// No list: what a hub over a server without a folder has. Devices give the commands back.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoList;

impl List for NoList {
    fn note(&self, _: &[Listed], _: Stands) -> Result<(), ListError> {
        Ok(())
    }
    fn everybody(&self) -> Result<Everybody, ListError> {
        Ok(Everybody::new())
    }
}

/// A list in memory, for tests and the simulator: it outlives the hub as a file would.
#[cfg(any(test, feature = "memory"))]
#[derive(Debug, Clone, Default)]
pub struct MemoryList(Arc<Mutex<Everybody>>);

#[cfg(any(test, feature = "memory"))]
impl List for MemoryList {
    fn note(&self, listed: &[Listed], stands: Stands) -> Result<(), ListError> {
        let mut everybody = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for one in listed {
            take(&mut everybody, one.clone(), stands);
        }
        Ok(())
    }
    fn everybody(&self) -> Result<Everybody, ListError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// A file that is only ever added to, a line for each word. It is small: a line is three hundred bytes.
#[derive(Debug)]
pub struct FileList {
    path: PathBuf,
    /// One word at a time.
    turn: Mutex<()>,
}

#[derive(Serialize, Deserialize)]
struct LineOfList {
    is: Stands,
    #[serde(flatten)]
    listed: Listed,
}

impl FileList {
    /// The list of a data folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join(FILE), turn: Mutex::new(()) }
    }

    fn add(&self, text: &str) -> std::io::Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = !self.path.exists();
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&self.path)?;
        // A line that broke off with the power must not swallow this one.
        if ends_in_a_line(&mut file)? {
            file.write_all(text.as_bytes())?;
        } else {
            file.write_all(format!("\n{text}").as_bytes())?;
        }
        file.sync_all()?;
        match self.path.parent().filter(|_| fresh) {
            // That there is a file at all must be on the disk as well.
            Some(folder) => sync_folder(folder),
            None => Ok(()),
        }
    }

    fn on(&self) -> impl FnOnce(std::io::Error) -> ListError + use<> {
        let path = self.path.clone();
        move |error| ListError { path, error }
    }
}

fn ends_in_a_line(file: &mut File) -> std::io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file; the file system keeps names with their files.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

impl List for FileList {
    fn note(&self, listed: &[Listed], stands: Stands) -> Result<(), ListError> {
        let line =
            |listed: &Listed| serde_json::to_string(&LineOfList { is: stands, listed: listed.clone() });
        let lines: Result<Vec<String>, _> = listed.iter().map(line).collect();
        let text: String = lines.map_err(|e| self.on()(e.into()))?.iter().map(|l| format!("{l}\n")).collect();
        if text.is_empty() { Ok(()) } else { self.add(&text).map_err(self.on()) }
    }

    fn everybody(&self) -> Result<Everybody, ListError> {
        let mut everybody = Everybody::new();
        if !self.path.exists() {
            return Ok(everybody);
        }
        let text = std::fs::read_to_string(&self.path).map_err(self.on())?;
        for line in text.lines().filter(|line| !line.is_empty()) {
            match serde_json::from_str::<LineOfList>(line) {
                Ok(LineOfList { is, listed }) => take(&mut everybody, listed, is),
                Err(_) => tracing::warn!("a line of the list of who was erased cannot be read"),
            }
        }
        Ok(everybody)
    }
}

/// Everybody whom a database says to be erased, and the studios that live in it.
async fn in_database(
    storage: &dyn Storage,
) -> Result<(BTreeMap<(StudioId, Id), Erased>, BTreeSet<StudioId>), StorageError> {
    let mut look = storage.read().await?;
    let (mut found, mut here, mut after) = (BTreeMap::new(), BTreeSet::new(), None);
    loop {
        let studios = look.studios_after(after, STUDIOS).await?;
        let Some(last) = studios.last() else { return Ok((found, here)) };
        after = Some(last.studio);
        for studio in studios.into_iter().map(|s| s.studio) {
            here.insert(studio);
            let erased = erased_of(&mut *look, studio).await?;
            found.extend(erased.into_iter().map(|erased| ((studio, erased.subject), erased)));
        }
    }
}

/// Everybody who was erased in a studio.
pub(crate) async fn erased_of(look: &mut dyn Look, studio: StudioId) -> Result<Vec<Erased>, StorageError> {
    let (mut found, mut at) = (Vec::new(), 0);
    loop {
        let records = look.records_of(studio, Erased::KIND, at, PAGE).await?;
        let full = records.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
        // A page may end within a change, and begins with all of it the next time.
        at = records.last().map_or(at, |last| last.version.saturating_sub(1).max(at + 1));
        for record in records {
            found.push(record.read().map_err(|_| StorageError::Damaged("erasure"))?);
        }
        if !full {
            return Ok(found);
        }
    }
}

/// Brings list and database together as far as words can: what was begun is done or void, by the database's word; who is
/// erased there and not on the list is put on it. Says who is on the list and not erased in a studio that lives there.
pub async fn reconcile(storage: &dyn Storage, list: &dyn List) -> Result<Vec<Listed>, ReconcileError> {
    let (there, here) = in_database(storage).await?;
    let everybody = list.everybody()?;
    let settled = |key: &(StudioId, Id)| everybody.get(key).is_some_and(|(_, s)| *s == Stands::Done);
    let done = there.iter().filter(|(key, _)| !settled(key));
    let done: Vec<Listed> =
        done.map(|((studio, _), erased)| Listed { studio: *studio, erased: erased.clone() }).collect();
    list.note(&done, Stands::Done)?;
    let open = |key: &(StudioId, Id), stands: Stands| {
        stands == Stands::Begun && here.contains(&key.0) && !there.contains_key(key)
    };
    let void = everybody.iter().filter(|(key, (_, stands))| open(key, *stands));
    let void: Vec<Listed> =
        void.map(|((studio, _), (erased, _))| Listed { studio: *studio, erased: erased.clone() }).collect();
    list.note(&void, Stands::Void)?;
    missing(storage, list).await
}

/// Who is on the list for sure and not erased in a studio that lives in the database.
pub(crate) async fn missing(storage: &dyn Storage, list: &dyn List) -> Result<Vec<Listed>, ReconcileError> {
    let (there, here) = in_database(storage).await?;
    let gone = |(key, (_, stands)): &(&(StudioId, Id), &(Erased, Stands))| {
        *stands == Stands::Done && here.contains(&key.0) && !there.contains_key(key)
    };
    let everybody = list.everybody()?;
    let missing = everybody.iter().filter(gone);
    Ok(missing.map(|((studio, _), (erased, _))| Listed { studio: *studio, erased: erased.clone() }).collect())
}

/// Why list and database could not be brought together.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The list.
    #[error(transparent)]
    List(#[from] ListError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Carrying it out.
    #[error(transparent)]
    Accept(#[from] AcceptError),
}

/// Erases again whoever is on the list and came back with an older state; says how many.
pub(crate) async fn again(hub: &Hub) -> Result<usize, ReconcileError> {
    let missing = reconcile(&*hub.storage, &*hub.list).await?;
    let mut studios: BTreeMap<StudioId, Vec<Erased>> = BTreeMap::new();
    for listed in &missing {
        studios.entry(listed.studio).or_default().push(listed.erased.clone());
    }
    for (studio, erased) in studios {
        for erased in erased.chunks(AT_ONCE) {
            carry_out(hub, studio, erased).await?;
        }
    }
    if !missing.is_empty() {
        tracing::warn!(
            count = missing.len(),
            "people who had come back with an older state were erased again"
        );
    }
    Ok(missing.len())
}

async fn carry_out(hub: &Hub, studio: StudioId, erased: &[Erased]) -> Result<(), ReconcileError> {
    let here = hub.storage.read().await?.studio(studio).await?;
    let Some(studio) = here else { return Ok(()) };
    let command = |erased: &Erased| {
        let input = Input::encode(&EraseAgain { erased: erased.clone() }, &()).ok()?;
        // The same erasure in the same history is one command; a state that was put back twice is another history.
        let name = format!("erase again {}", studio.hub_epoch);
        let id = CommandId(ids::named(erased.subject, name.as_bytes()));
        own_hand(&studio, id, erased.at, hub.now(), input)
    };
    let incoming: Option<Vec<_>> = erased.iter().map(command).collect();
    let incoming = incoming.ok_or(AcceptError::Encoding)?;
    let request = Request { studio: studio.studio, device: DeviceId::default(), incoming, fired: Vec::new() };
    hub.door.accept(hub, request).await?;
    Ok(())
}

/// After an older state was put back by the tool: erases again whoever is on the list, before any hub serves it. Says
/// how many came back.
pub async fn after_restore(
    storage: Arc<dyn Storage>,
    outside: Arc<dyn Outside>,
    list: Arc<dyn List>,
) -> Result<usize, StartError> {
    let missing = reconcile(&*storage, &*list).await?.len();
    if missing > 0 {
        Hub::start_with(storage, outside, registry::catalogue(), true, list).await?;
    }
    Ok(missing)
}

#[cfg(test)]
mod tests;
