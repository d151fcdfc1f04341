//! Backups and restores: a sealed file of lines that any Rollcall reads, and plain copies of the database beside it.
//!
//! A restore begins a new life of the history, so that devices notice and push again what it forgot. Knows no kind of
//! record.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{Hash, PersonId, StudioId};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::registry;
use rollcall_domain::sync::backup::sealed::{self, BadSeal, Opener, Sealer, Seeds};
use rollcall_domain::sync::backup::{BadBackup, Blob, Decided, Header, Line, Shell, Writer};
use rollcall_domain::sync::wire::Answered;
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, BufWriter};

use crate::erasures::{self, FileList, ListError, ReconcileError};
use crate::hub::{Hub, SECRET, STUDIOS, Secret, put_claim_codes};
use crate::intake::{Ground, Intake, IntakeError, Shells};
use crate::outside::{NoRandomness, Outside, mint, random};
use crate::serve::Folder;
use crate::storage::{Device, Lane, Login, Look, Sqlite, Storage, StorageError, Stored, Studio, Work};
use crate::sync::history;

/// Rows read in one go.
const PAGE: u32 = 500;
/// Studios named to somebody who must choose one.
const NAMED: u32 = 20;
/// Days between copies, and how many are kept.
const COPY_EVERY_MS: i64 = Timestamp::DAY_MS;
const COPIES_KEPT: usize = 7;
const COPIES: &str = "snapshots";

/// Why there is no backup, or none could be put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The file's content.
    #[error(transparent)]
    Format(#[from] BadBackup),
    /// The seal.
    #[error(transparent)]
    Seal(#[from] BadSeal),
    /// Taking it over.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The machine.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The file.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// Nothing to save.
    #[error("no studio lives in this folder yet")]
    NotClaimed,
    /// Several live here.
    #[error("several studios live here; name one with --studio: {}", .0.join(" "))]
    Which(Vec<String>),
    /// No such studio.
    #[error("studio {0} does not live here")]
    NoStudio(StudioId),
    /// Its seals could not be read among those of the studios that are here.
    #[error(
        "this backup was made by another hub, and other studios live here: restore it into an empty folder"
    )]
    OtherHub,
    /// A copy of a file has no place on a server.
    #[error("this is a copy of a database file: restore it into a folder, then use migrate-to")]
    Copy,
    /// The file would hold people's data in plain text.
    #[error(
        "a backup holds people's data and is sealed under a passphrase: give one by --passphrase-file or ROLLCALL_PASSPHRASE"
    )]
    NoPassphrase,
    /// A device's own backup: it has no hub's devices.
    #[error("this backup was made on a device, not by a hub: load it in the app, then claim an empty hub")]
    FromDevice,
    /// A file that exists is not written over.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// Who was erased.
    #[error(transparent)]
    List(#[from] ListError),
    /// A value that cannot be written or read.
    #[error("a line of the hub's own cannot be read")]
    Shell,
}

fn on(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let name = path.display().to_string();
    move |error| BackupError::File(name, error)
}

/// The hub's own part.
#[derive(Serialize, Deserialize)]
struct HubLine {
    secret: String,
    series_next: u32,
    claimed_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct PersonLine {
    person: PersonId,
    role: Role,
}

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Records.
    pub records: u64,
    /// Commands.
    pub entries: u64,
    /// Photos.
    pub blobs: u64,
}

/// Writes everything a studio has into a sealed file. The hub may go on meanwhile: one moment of it is saved.
/// The studio need not be named where only one lives.
pub async fn save(
    storage: &dyn Storage,
    outside: &dyn Outside,
    studio: Option<StudioId>,
    passphrase: &str,
    to: &Path,
) -> Result<Counts, BackupError> {
    if passphrase.is_empty() {
        return Err(BackupError::NoPassphrase);
    }
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let mut look = storage.read().await?;
    let studio = chosen(&mut *look, studio).await?;
    let (records, entries, blobs) = look.counts(studio.studio).await?;
    let header = Header {
        rollcall_backup: 0,
        studio: studio.studio,
        hub_epoch: Some(studio.hub_epoch),
        head: studio.head,
        head_hash: studio.hash.clone(),
        created_at: outside.now(),
        sample: false,
        records,
        entries,
        blobs,
    };
    let seeds = Seeds { salt: random(outside)?, nonce: random(outside)? };
    let (sealer, first) = Sealer::start(passphrase, &seeds)?;
    let (writer, line) = Writer::start(header)?;
    // A file that breaks off never has the name of a whole one.
    let part = to.with_extension("part");
    let file = File::create(&part).await.map_err(on(&part))?;
    let mut out = Out { file: BufWriter::new(file), sealer, writer, path: part.clone() };
    out.raw(&first).await?;
    out.sealed(&line).await?;
    out.everything(&mut *look, &studio).await?;
    out.end().await?;
    tokio::fs::rename(&part, to).await.map_err(on(to))?;
    Ok(Counts { records, entries, blobs })
}

/// The named studio, or the only one.
async fn chosen(look: &mut dyn Look, named: Option<StudioId>) -> Result<Studio, BackupError> {
    if let Some(named) = named {
        return look.studio(named).await?.ok_or(BackupError::NoStudio(named));
    }
    let mut studios = look.studios_after(None, NAMED).await?;
    match studios.len() {
        0 | 1 => studios.pop().ok_or(BackupError::NotClaimed),
        _ => Err(BackupError::Which(studios.into_iter().map(|s| s.studio.to_string()).collect())),
    }
}

struct Out {
    file: BufWriter<File>,
    sealer: Sealer,
    writer: Writer,
    path: PathBuf,
}

impl Out {
    async fn raw(&mut self, text: &str) -> Result<(), BackupError> {
        self.file.write_all(text.as_bytes()).await.map_err(on(&self.path))
    }

    async fn sealed(&mut self, text: &str) -> Result<(), BackupError> {
        let lines = self.sealer.push(text)?;
        self.raw(&lines).await
    }

    async fn line(&mut self, line: &Line) -> Result<(), BackupError> {
        let text = self.writer.line(line)?;
        self.sealed(&text).await
    }

    async fn shell(&mut self, name: &str, body: &impl Serialize) -> Result<(), BackupError> {
        let body = serde_json::to_value(body).map_err(|_| BackupError::Shell)?;
        self.line(&Line::Shell(Shell { name: name.to_owned(), body })).await
    }

    async fn everything(&mut self, look: &mut dyn Look, studio: &Studio) -> Result<(), BackupError> {
        let secret = look.setting(SECRET).await?.unwrap_or_default();
        let own = HubLine { secret, series_next: studio.series_next, claimed_at: studio.claimed_at };
        self.shell("hub", &own).await?;
        for (person, role) in look.people(studio.studio).await? {
            self.shell("person", &PersonLine { person, role }).await?;
        }
        for device in look.devices(studio.studio).await? {
            self.shell("device", &device).await?;
            for lane in look.lanes(device.device).await? {
                self.shell("lane", &lane).await?;
            }
        }
        for login in look.logins(studio.studio).await? {
            self.shell("login", &login).await?;
        }
        self.records(look, studio).await?;
        self.entries(look, studio).await?;
        self.blobs(look, studio).await
    }

    async fn records(&mut self, look: &mut dyn Look, studio: &Studio) -> Result<(), BackupError> {
        let mut after = None;
        loop {
            let records = look.records_after(studio.studio, after.as_ref(), PAGE).await?;
            let Some(last) = records.last() else { return Ok(()) };
            after = Some((last.kind.clone(), last.id));
            for record in records {
                self.line(&Line::Record(record)).await?;
            }
        }
    }

    async fn entries(&mut self, look: &mut dyn Look, studio: &Studio) -> Result<(), BackupError> {
        let mut after = 0;
        loop {
            let commands = look.commands_after(studio.studio, after, PAGE).await?;
            let Some(last) = commands.last() else { return Ok(()) };
            after = last.hub_seq;
            for command in commands {
                self.line(&Line::Entry(decided(command)?)).await?;
            }
        }
    }

    async fn blobs(&mut self, look: &mut dyn Look, studio: &Studio) -> Result<(), BackupError> {
        let mut after = Hash::default();
        loop {
            let blobs = look.blobs_after(studio.studio, &after, 20).await?;
            let Some((last, _)) = blobs.last() else { return Ok(()) };
            after = last.clone();
            for (_, bytes) in blobs {
                self.line(&Line::Blob(Blob::of(&bytes))).await?;
            }
        }
    }

    async fn end(mut self) -> Result<(), BackupError> {
        let last = self.writer.finish()?;
        let mut text = self.sealer.push(&last)?;
        text.push_str(&self.sealer.finish()?);
        self.file.write_all(text.as_bytes()).await.map_err(on(&self.path))?;
        self.file.flush().await.map_err(on(&self.path))?;
        self.file.get_ref().sync_all().await.map_err(on(&self.path))
    }
}

fn decided(command: Stored) -> Result<Decided, BackupError> {
    let answered: Answered = serde_json::from_str(&command.answer).map_err(|_| BackupError::Shell)?;
    Ok(Decided {
        entry: command.entry,
        decision: None,
        answer: Some(answered.answer),
        receipt: Some(answered.receipt),
        lane: (command.lane != command.epoch).then_some(command.lane),
        effective_at: Some(command.effective_at),
    })
}

/// Puts a backup back: the old database is moved aside, the history begins a new life. Says where the old one is.
pub async fn restore(
    folder: &Folder,
    outside: &dyn Outside,
    passphrase: Option<&str>,
    from: &Path,
) -> Result<Option<PathBuf>, BackupError> {
    let fresh = folder.path.join("restoring.db");
    discard(&fresh)?;
    if is_database(from)? {
        std::fs::copy(from, &fresh).map_err(on(from))?;
        let storage = Sqlite::open(&fresh).await?;
        new_lives(&storage, outside).await?;
        storage.close().await;
    } else {
        let target = Target::File { database: folder.database(), fresh: fresh.clone() };
        read_lines(&target, outside, passphrase, from).await?.close().await;
    }
    // Only now that what comes is whole: a backup that cannot be put back leaves everything as it was.
    remember_erasures(folder).await?;
    let aside = move_aside(&folder.database(), outside.now())?;
    rename(&fresh, &folder.database())?;
    Ok(aside)
}

/// What the database that is moved aside says of erasures the list is not sure of. One that cannot be opened says
/// nothing; the list keeps what it knows.
async fn remember_erasures(folder: &Folder) -> Result<(), BackupError> {
    if !folder.database().exists() {
        return Ok(());
    }
    let Ok(storage) = Sqlite::open(&folder.database()).await else { return Ok(()) };
    let compared = erasures::reconcile(&storage, &FileList::of(&folder.path)).await;
    storage.close().await;
    match compared {
        Err(ReconcileError::List(fault)) => Err(fault.into()),
        // A database that is damaged is no reason not to put a whole one in its place.
        Err(fault) => {
            tracing::warn!(%fault, "the database that was here could not be read");
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}

/// Where a backup goes.
enum Target {
    File {
        /// The database that is there, not to be touched.
        database: PathBuf,
        /// The one that will take its place.
        fresh: PathBuf,
    },
    /// Beside whatever else is there.
    Server(Arc<dyn Storage>),
}

impl Target {
    /// What a studio's backup is laid over: the other studios that live here, or nothing.
    async fn ground(&self, studio: StudioId) -> Result<Arc<dyn Storage>, BackupError> {
        let (database, fresh) = match self {
            Self::File { database, fresh } => (database, fresh),
            Self::Server(storage) => return Ok(storage.clone()),
        };
        for (from, to) in parts(database).iter().zip(parts(fresh)) {
            if from.exists() {
                std::fs::copy(from, &to).map_err(on(from))?;
            }
        }
        // One that cannot be opened has nothing to keep; it is moved aside as it is.
        if let Ok(storage) = Sqlite::open(fresh).await {
            let studios = storage.read().await?.studios_after(None, 2).await?;
            if studios.iter().any(|other| other.studio != studio) {
                return Ok(Arc::new(storage));
            }
            storage.close().await;
        }
        discard(fresh)?;
        Ok(Arc::new(Sqlite::open(fresh).await?))
    }
}

/// Puts a studio's backup back on a server, in one transaction; hubs over it may run meanwhile.
pub async fn restore_into(
    storage: Arc<dyn Storage>,
    outside: &dyn Outside,
    passphrase: Option<&str>,
    from: &Path,
) -> Result<(), BackupError> {
    if is_database(from)? {
        return Err(BackupError::Copy);
    }
    read_lines(&Target::Server(storage), outside, passphrase, from).await?;
    Ok(())
}

async fn read_lines(
    target: &Target,
    outside: &dyn Outside,
    passphrase: Option<&str>,
    from: &Path,
) -> Result<Arc<dyn Storage>, BackupError> {
    let file = File::open(from).await.map_err(on(from))?;
    let mut lines = BufReader::new(file).lines();
    let mut next = async || lines.next_line().await.map_err(on(from));
    let first = next().await?.ok_or(BadBackup::NoBackup)?;
    let mut opener = match sealed::is_sealed(&first) {
        true => Some(Opener::start(passphrase.ok_or(BackupError::NoPassphrase)?, &first)?),
        false => None,
    };
    let mut plain = if opener.is_some() { Vec::new() } else { vec![first] };
    let mut intake: Option<(Arc<dyn Storage>, Intake)> = None;
    loop {
        for line in plain.drain(..) {
            let mut ready = match intake.take() {
                Some(ready) => ready,
                None => begin(target, outside, &line).await?,
            };
            ready.1.line(&line).await?;
            intake = Some(ready);
        }
        let Some(line) = next().await? else { break };
        match &mut opener {
            Some(opener) => plain.extend(opener.line(&line)?),
            None => plain.push(line),
        }
    }
    if opener.is_some_and(|opener| !opener.is_whole()) {
        return Err(IntakeError::BrokenOff.into());
    }
    let (storage, intake) = intake.ok_or(BadBackup::NoBackup)?;
    let (mut work, studio, _, shells) = intake.finish().await?;
    let id = studio.studio;
    furnish(&mut *work, studio, shells).await?;
    new_life(&mut *work, outside, id).await?;
    work.commit().await?;
    Ok(storage)
}

async fn begin(
    target: &Target,
    outside: &dyn Outside,
    first: &str,
) -> Result<(Arc<dyn Storage>, Intake), BackupError> {
    let header: Header = serde_json::from_str(first).map_err(|_| BadBackup::NoBackup)?;
    let hub_epoch = header.hub_epoch.ok_or(BackupError::FromDevice)?;
    let storage = target.ground(header.studio).await?;
    let mut work = storage.write(header.studio).await?;
    work.forget(header.studio).await?;
    let studio = Studio {
        studio: header.studio,
        hub_epoch,
        head: 0,
        hash: Hash::default(),
        genesis: Hash::default(),
        series_next: 0,
        claimed_at: header.created_at,
    };
    work.put_studio(&studio).await?;
    // Receipts are kept as they are: no secret is needed to read them.
    let ground =
        Ground { catalogue: registry::catalogue(), secret: Secret::none(), now: outside.now(), keep: true };
    Ok((storage, Intake::new(ground, work, studio)))
}

/// The hub's own lines: its secret, people, devices and how far it had their chains.
async fn furnish(work: &mut dyn Work, mut studio: Studio, shells: Shells) -> Result<(), BackupError> {
    fn read<T: serde::de::DeserializeOwned>(body: serde_json::Value) -> Result<T, BackupError> {
        serde_json::from_value(body).map_err(|_| BackupError::Shell)
    }
    let mut furnished = false;
    for (name, body) in shells {
        match name.as_str() {
            "hub" => {
                let own: HubLine = read(body)?;
                if work.setting(SECRET).await?.is_some_and(|here| here != own.secret) {
                    return Err(BackupError::OtherHub);
                }
                if URL_SAFE_NO_PAD.decode(&own.secret).is_ok_and(|s| s.len() == 32) {
                    work.set(SECRET, Some(&own.secret)).await?;
                }
                studio.series_next = own.series_next;
                studio.claimed_at = own.claimed_at;
                furnished = true;
            }
            "person" => {
                let line: PersonLine = read(body)?;
                work.put_person(studio.studio, line.person, line.role).await?;
            }
            "device" => work.put_device(&read::<Device>(body)?).await?,
            "login" => {
                let login: Login = read(body)?;
                // A name that somebody of another studio has taken since stays theirs; this person chooses another.
                let taken =
                    work.login(&login.login).await?.is_some_and(|other| other.studio != studio.studio);
                if !taken {
                    work.put_login(&login).await?;
                }
            }
            "lane" => work.put_lane(&read::<Lane>(body)?).await?,
            // A newer build's: nothing this one could use.
            _ => {}
        }
    }
    if !furnished {
        return Err(BackupError::FromDevice);
    }
    work.put_studio(&studio).await?;
    Ok(())
}

/// A new life for every studio of a copy.
pub async fn new_lives(storage: &dyn Storage, outside: &dyn Outside) -> Result<(), BackupError> {
    let mut after = None;
    loop {
        let studios = storage.read().await?.studios_after(after, STUDIOS).await?;
        let Some(last) = studios.last() else { break };
        after = Some(last.studio);
        for studio in studios {
            let mut work = storage.write(studio.studio).await?;
            new_life(&mut *work, outside, studio.studio).await?;
            put_claim_codes(&mut *work, &[]).await?;
            work.commit().await?;
        }
    }
    if after.is_none() { Err(BackupError::NotClaimed) } else { Ok(()) }
}

/// After a restore the history is another one, whatever its numbers say.
async fn new_life(work: &mut dyn Work, outside: &dyn Outside, studio: StudioId) -> Result<(), BackupError> {
    let studio = work.studio(studio).await?.ok_or(BackupError::NotClaimed)?;
    for device in work.devices(studio.studio).await? {
        work.end_sessions(device.device).await?;
    }
    history::begin_life(work, studio, mint(outside)?, outside.now()).await?;
    Ok(())
}

fn is_database(file: &Path) -> Result<bool, BackupError> {
    let mut head = [0u8; 16];
    let mut file_in = std::fs::File::open(file).map_err(on(file))?;
    let read = file_in.read(&mut head).map_err(on(file))?;
    Ok(read == 16 && &head == b"SQLite format 3\0")
}

/// A database is up to three files.
fn parts(file: &Path) -> [PathBuf; 3] {
    let with = |end: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    [file.to_owned(), with("-wal"), with("-shm")]
}

fn discard(file: &Path) -> Result<(), BackupError> {
    for part in parts(file) {
        if part.exists() {
            std::fs::remove_file(&part).map_err(on(&part))?;
        }
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<(), BackupError> {
    for (from, to) in parts(from).iter().zip(parts(to)) {
        if from.exists() {
            std::fs::rename(from, to).map_err(on(from))?;
        }
    }
    Ok(())
}

fn move_aside(database: &Path, now: Timestamp) -> Result<Option<PathBuf>, BackupError> {
    if !database.exists() {
        return Ok(None);
    }
    let mut name = database.as_os_str().to_owned();
    name.push(format!(".before-restore-{}", now.0));
    let aside = PathBuf::from(name);
    rename(database, &aside)?;
    Ok(Some(aside))
}

/// A copy a day, the newest seven of them, in the data folder itself: against mistakes, not against a broken disk.
pub async fn snapshot_if_due(hub: &Hub, folder: &Path) -> Result<Option<PathBuf>, BackupError> {
    if hub.storage.read().await?.studios_after(None, 1).await?.is_empty() {
        return Ok(None);
    }
    let copies = folder.join(COPIES);
    std::fs::create_dir_all(&copies).map_err(on(&copies))?;
    let mut kept = copies_in(&copies)?;
    let now = hub.now().0;
    if kept.last().is_some_and(|(at, _)| now - at < COPY_EVERY_MS && *at <= now) {
        return Ok(None);
    }
    let file = copies.join(format!("hub-{now}.db"));
    discard(&file)?;
    hub.storage.snapshot(&file).await?;
    kept.push((now, file.clone()));
    let surplus = kept.len().saturating_sub(COPIES_KEPT);
    for (_, old) in kept.into_iter().take(surplus) {
        std::fs::remove_file(&old).map_err(on(&old))?;
    }
    Ok(Some(file))
}

/// The copies, oldest first.
fn copies_in(folder: &Path) -> Result<Vec<(i64, PathBuf)>, BackupError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(on(folder))? {
        let path = entry.map_err(on(folder))?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let at = name.strip_prefix("hub-").and_then(|n| n.strip_suffix(".db")).and_then(|n| n.parse().ok());
        found.extend(at.map(|at: i64| (at, path)));
    }
    found.sort();
    Ok(found)
}
