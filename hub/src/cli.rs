//! The command line: what it takes and what it says. What the commands do is elsewhere.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use rollcall_domain::kernel::ids::{Id, StudioId};

use crate::backup::{self, BackupError};
use crate::erasures::{self, FileList, ReconcileError};
use crate::http::Pages;
use crate::hub::{StartError, another_claim_code, claim_codes};
use crate::outside::Machine;
use crate::pack::{Packed, pack};
use crate::serve::{self, DATABASE, Folder, Home, ServeError, Serving};
use crate::storage::{MoveError, Moved, Postgres, Sqlite, Storage, StorageError, move_to};
use crate::verify::{verify, verify_list};

/// The hub of Rollcall: devices sync through it and load the app from it.
///
/// One process, one folder of data, one port. The first device that opens the page types the claim code printed at
/// the first start and brings its studio along; every other device is let in by the owner, with a code or a link.
#[derive(Debug, Parser)]
#[command(name = "rollcall-hub", version, after_help = AFTER)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "First steps:
  rollcall-hub serve --data ./rollcall-data --app ./dist
  Open the printed address, make a studio, and under Settings claim this hub with the printed code.

Every night:
  rollcall-hub backup --data ./rollcall-data --out hub-2027-01-31.rollcall --passphrase-file key.txt

More than one machine, or more studios than one file takes well:
  rollcall-hub migrate-to postgres://hub@db/rollcall --data ./rollcall-data
  rollcall-hub serve --database postgres://hub@db/rollcall --app ./dist

After a broken disk:
  rollcall-hub restore --data ./new-data --from hub-2027-01-31.rollcall --passphrase-file key.txt
  rollcall-hub verify --data ./new-data";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the app, the API and live news, until it is told to stop (Ctrl+C, SIGTERM).
    Serve(Serve),
    /// Saves everything into one sealed file; the hub may run meanwhile.
    Backup(Backup),
    /// Puts a backup back; devices then push again what it forgot. The hub must be stopped.
    Restore(Restore),
    /// Reads everything and says whether it is what was put there.
    Verify(Place),
    /// Moves everything from the folder to an empty PostgreSQL database. The hub must be stopped; devices notice nothing.
    MigrateTo(MigrateTo),
    /// Makes the files of a built app small beforehand, so that no first visitor waits for it.
    Pack(PackApp),
    /// Prints the claim codes that wait: each moves one studio in. --another makes one more.
    ClaimCode(ClaimCode),
}

#[derive(Debug, Args)]
struct DataArg {
    /// The folder with the hub's data.
    #[arg(long, env = "ROLLCALL_DATA", value_name = "DIR")]
    data: PathBuf,
}

#[derive(Debug, Args)]
struct Place {
    /// The folder with the hub's data.
    #[arg(long, env = "ROLLCALL_DATA", value_name = "DIR", required_unless_present = "database")]
    data: Option<PathBuf>,
    /// A PostgreSQL database instead of a folder; any number of hubs may share one. It goes before --data, which then
    /// only keeps the list of who was erased. Better set ROLLCALL_DATABASE where others could read the password on a command line.
    #[arg(long, env = "ROLLCALL_DATABASE", hide_env_values = true, value_name = "postgres://…")]
    database: Option<String>,
}

#[derive(Debug, Args)]
struct MigrateTo {
    /// The empty database everything goes to.
    #[arg(value_name = "postgres://…")]
    to: String,
    #[command(flatten)]
    data: DataArg,
}

#[derive(Debug, Args)]
struct PackApp {
    /// The folder with the built app.
    #[arg(value_name = "DIR")]
    app: PathBuf,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    place: Place,
    /// The address to listen on. Beyond this machine it needs HTTPS in front: see docs/hub.md.
    #[arg(long, env = "ROLLCALL_LISTEN", default_value = "127.0.0.1:8787", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// The folder with the built app; without it the one in the program is served, if it has one.
    #[arg(long, env = "ROLLCALL_APP", value_name = "DIR")]
    app: Option<PathBuf>,
    /// Start although this machine's clock is behind the last change.
    #[arg(long)]
    trust_clock: bool,
    /// Say more on the error stream. Never anything about people.
    #[arg(long, short)]
    verbose: bool,
}

#[derive(Debug, Args)]
struct Passphrase {
    /// A file whose first line is the passphrase; or set ROLLCALL_PASSPHRASE.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Backup {
    #[command(flatten)]
    place: Place,
    /// The file to write; an existing one is not written over.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Which studio; needed only where several live.
    #[arg(long, value_name = "ID")]
    studio: Option<Id>,
    #[command(flatten)]
    passphrase: Passphrase,
}

#[derive(Debug, Args)]
struct ClaimCode {
    #[command(flatten)]
    place: Place,
    /// Make a further code, for one more studio in this hub. The hub may run meanwhile.
    #[arg(long)]
    another: bool,
}

#[derive(Debug, Args)]
struct Restore {
    #[command(flatten)]
    place: Place,
    /// A file of `backup`, or one of the daily copies in the folder `snapshots`.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    passphrase: Passphrase,
}

/// Why a command failed, as it is told.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Code(#[from] StartError),
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    #[error(transparent)]
    Move(#[from] MoveError),
    #[error(transparent)]
    Erasures(#[from] ReconcileError),
    #[error("give --data or --database")]
    NoPlace,
    #[error("there is no hub in {}", .0.display())]
    NoHub(PathBuf),
    #[error("{0} things are wrong")]
    Wrong(usize),
}

/// Runs what the command line asks for.
pub async fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Serve(args) => serve(args).await,
        Command::Backup(args) => save(args).await,
        Command::Restore(args) => restore(args).await,
        Command::Verify(args) => check(args).await,
        Command::MigrateTo(args) => migrate(args).await,
        Command::Pack(args) => pack_app(&args.app),
        Command::ClaimCode(args) => claim_code(args).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say_error(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

/// One line on the output, at once: whoever started the hub may be waiting for it.
fn say(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    // A closed output is nobody listening, and no reason to stop.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn say_error(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "rollcall-hub: {line}");
}

async fn serve(args: Serve) -> Result<(), Failure> {
    log(args.verbose);
    let pages = pages(args.app);
    let home = args.place.home()?;
    let data = args.place.shown();
    let serving = serve::start(home, Arc::new(Machine), args.listen, pages, args.trust_clock).await?;
    say(&format!("data in {data}"));
    say(&format!("listening on http://{}", serving.address));
    if let Some(code) = serving.hub().claim_code().await? {
        say(&format!("claim code: {code}"));
    }
    if let Some(warning) = serve::warning(serving.address) {
        say(&warning);
    }
    wait_for_stop().await;
    say("stopping: calls under way are finished first");
    Serving::stop(serving).await;
    Ok(())
}

#[cfg(feature = "embed")]
fn pages(app: Option<PathBuf>) -> Pages {
    match app {
        Some(folder) => folder_pages(folder),
        None => Pages::embedded(),
    }
}

#[cfg(not(feature = "embed"))]
fn pages(app: Option<PathBuf>) -> Pages {
    folder_pages(app.unwrap_or_else(|| PathBuf::from("dist")))
}

fn folder_pages(folder: PathBuf) -> Pages {
    if !folder.join("index.html").is_file() {
        say(&format!("no app in {} yet: serving the API only until there is one", folder.display()));
    }
    Pages::folder(folder)
}

fn log(verbose: bool) {
    let level = if verbose { tracing::Level::DEBUG } else { tracing::Level::INFO };
    // What a panic says may quote what somebody typed: only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        tracing::error!(at, "a panic was caught");
    }));
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).finish();
    // A second subscriber in one process is a test's, and keeps the first.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

#[cfg(unix)]
async fn wait_for_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn wait_for_stop() {
    let _ = tokio::signal::ctrl_c().await;
}

async fn save(args: Backup) -> Result<(), Failure> {
    let storage = args.place.open().await?;
    let passphrase = args.passphrase.read()?.unwrap_or_default();
    let counts = backup::save(&*storage, &Machine, args.studio.map(StudioId), &passphrase, &args.out).await?;
    storage.close().await;
    let (records, entries, blobs) = (counts.records, counts.entries, counts.blobs);
    say(&format!("saved {records} records, {entries} commands, {blobs} photos to {}", args.out.display()));
    Ok(())
}

async fn restore(args: Restore) -> Result<(), Failure> {
    let passphrase = args.passphrase.read()?;
    let home = args.place.home()?;
    let storage: Arc<dyn Storage> = match &home {
        Home::Folder(folder) => {
            let aside = backup::restore(folder, &Machine, passphrase.as_deref(), &args.from).await?;
            if let Some(aside) = aside {
                say(&format!("the database that was here is now {}", aside.display()));
            }
            Arc::new(Sqlite::open(&folder.database()).await?)
        }
        Home::Server(address) | Home::ServerAnd(address, _) => {
            let storage = Arc::new(Postgres::open(address).await?);
            backup::restore_into(storage.clone(), &Machine, passphrase.as_deref(), &args.from).await?;
            storage
        }
    };
    let again = erasures::after_restore(storage.clone(), Arc::new(Machine), home.list()).await?;
    storage.close().await;
    if again > 0 {
        say(&format!("{again} people who had been erased since that backup were erased again"));
    }
    say("restored. The history begins a new life: devices will push again what it forgot");
    say("devices that were let in after this backup must be paired again");
    Ok(())
}

async fn migrate(args: MigrateTo) -> Result<(), Failure> {
    // Held, so that no hub writes to the file meanwhile.
    let folder = Folder::hold(&args.data.data)?;
    if !folder.database().is_file() {
        return Err(Failure::NoHub(args.data.data));
    }
    let from = Sqlite::open(&folder.database()).await?;
    let to = Postgres::open(&args.to).await?;
    let shown = Postgres::shown(&args.to);
    let moved = move_to(&from, &to, &shown).await;
    from.close().await;
    to.close().await;
    let Moved { studios, commands, records, blobs } = moved?;
    say(&format!(
        "moved {studios} studios, {commands} commands, {records} records, {blobs} photos to {shown}"
    ));
    say("counts and the heads of all histories are the same there; the folder will not be served any more");
    say("start the hub with --database, or with ROLLCALL_DATABASE set");
    Ok(())
}

fn pack_app(app: &Path) -> Result<(), Failure> {
    let Packed { files, plain_bytes, small_bytes } =
        pack(app).map_err(|error| Failure::File(app.display().to_string(), error))?;
    say(&format!("packed {files} files: {} KB to {} KB", plain_bytes / 1024, small_bytes / 1024));
    Ok(())
}

async fn check(args: Place) -> Result<(), Failure> {
    let storage = args.open().await?;
    let mut report = verify(&*storage).await?;
    if let Some(data) = &args.data {
        verify_list(&*storage, &FileList::of(data), &mut report).await?;
    }
    storage.close().await;
    if report.studios > 1 {
        say(&format!("{} studios", report.studios));
    }
    say(&format!("{} records, {} commands, {} links", report.records, report.commands, report.links));
    if report.erased > 0 {
        say(&format!("{} people were erased", report.erased));
    }
    for wrong in &report.wrong {
        say(&format!("wrong: {wrong}"));
    }
    if report.wrong.is_empty() {
        say("all is as it was put there");
        return Ok(());
    }
    Err(Failure::Wrong(report.wrong.len()))
}

async fn claim_code(args: ClaimCode) -> Result<(), Failure> {
    let storage = args.place.open().await?;
    let codes = match args.another {
        true => vec![another_claim_code(&*storage, &Machine).await?],
        false => claim_codes(&mut *storage.read().await?).await?,
    };
    storage.close().await;
    if codes.is_empty() {
        say("this hub is claimed: the owner's device lets others in");
        say("claim-code --another prints a code for one more studio");
    }
    for code in codes {
        say(&format!("claim code: {code}"));
    }
    Ok(())
}

impl Place {
    /// Where a hub runs, made if it is a folder that is not there.
    fn home(&self) -> Result<Home, Failure> {
        match (&self.database, &self.data) {
            (Some(address), None) => Ok(Home::Server(address.clone())),
            (Some(address), Some(data)) => {
                serve::make_private(data)
                    .map_err(ServeError::io(format!("cannot make {}", data.display())))?;
                Ok(Home::ServerAnd(address.clone(), data.clone()))
            }
            (None, Some(data)) => Ok(Home::Folder(Folder::hold(data)?)),
            (None, None) => Err(Failure::NoPlace),
        }
    }

    /// What is there, without holding it.
    async fn open(&self) -> Result<Arc<dyn Storage>, Failure> {
        match (&self.database, &self.data) {
            (Some(address), _) => Ok(Arc::new(Postgres::open(address).await?)),
            (None, Some(data)) if data.join(DATABASE).is_file() => {
                Ok(Arc::new(Sqlite::open(&data.join(DATABASE)).await?))
            }
            (None, Some(data)) => Err(Failure::NoHub(data.clone())),
            (None, None) => Err(Failure::NoPlace),
        }
    }

    /// As people may see it.
    fn shown(&self) -> String {
        match (&self.database, &self.data) {
            (Some(address), _) => Postgres::shown(address),
            (None, Some(data)) => data.display().to_string(),
            (None, None) => String::new(),
        }
    }
}

impl Passphrase {
    fn read(&self) -> Result<Option<String>, Failure> {
        let Some(file) = &self.passphrase_file else {
            return Ok(std::env::var("ROLLCALL_PASSPHRASE").ok());
        };
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::File(file.display().to_string(), error))?;
        Ok(text.lines().next().map(str::to_owned))
    }
}
