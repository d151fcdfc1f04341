//! `rollcall-agree`: opens the hub's backup and those of its devices, and says whether all of them tell the same story and
//! whether everything that was ever called saved is in it.
//!
//! It knows backup files and who reads what; no network, no database, no slice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rollcall_domain::kernel::access::{Principal, Scope, scopes_of};
use rollcall_domain::kernel::ids::{CommandId, Hash, Id};
use rollcall_domain::kernel::record::Record;
use rollcall_domain::registry;
use rollcall_domain::sync::backup::sealed::{BadSeal, Opener};
use rollcall_domain::sync::backup::{BadBackup, Decided, Item, Line, Reader};
use serde::Deserialize;

const HELP: &str = "\
rollcall-agree FILE: compares backups that were made at rest

  FILE is JSON:
  { \"passphrase\": …, \"hub\": file, \"devices\": [{ \"name\", \"file\", \"who\": { \"device\", \"person\", \"role\" } }],
    \"saved\": [ids of commands that were called saved] }
";

/// Differences told at most; one is enough to fail.
const TOLD_MAX: usize = 20;

/// What to compare.
#[derive(Deserialize)]
struct Wish {
    passphrase: String,
    hub: PathBuf,
    devices: Vec<Device>,
    saved: Vec<CommandId>,
}

#[derive(Deserialize)]
struct Device {
    name: String,
    file: PathBuf,
    who: Principal,
}

/// Why nothing could be compared.
enum Fault {
    File { path: PathBuf, why: io::Error },
    Wish(serde_json::Error),
    Seal { path: PathBuf, why: BadSeal },
    Backup { path: PathBuf, why: BadBackup },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, why } => write!(f, "{}: {why}", path.display()),
            Self::Wish(why) => write!(f, "what to compare cannot be read: {why}"),
            Self::Seal { path, why } => write!(f, "{}: {why}", path.display()),
            Self::Backup { path, why } => write!(f, "{}: {why}", path.display()),
        }
    }
}

/// What a backup holds, in an order of its own.
#[derive(Default)]
struct Story {
    records: BTreeMap<(String, Id), Record>,
    commands: BTreeMap<CommandId, Decided>,
    /// Commands that are in it more than once.
    twice: Vec<CommandId>,
}

fn text_of(path: &Path) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|why| Fault::File { path: path.to_owned(), why })
}

fn story(path: &Path, passphrase: &str) -> Result<Story, Fault> {
    let seal = |why| Fault::Seal { path: path.to_owned(), why };
    let bad = |why| Fault::Backup { path: path.to_owned(), why };
    let text = text_of(path)?;
    let mut sealed = text.lines();
    let mut opener = Opener::start(passphrase, sealed.next().unwrap_or_default()).map_err(seal)?;
    let (mut reader, mut story) = (Reader::new(), Story::default());
    for line in sealed {
        for plain in opener.line(line).map_err(seal)? {
            match reader.line(&plain).map_err(bad)? {
                Some(Item::Line(Line::Record(record))) => {
                    story.records.insert((record.kind.to_string(), record.id), record);
                }
                Some(Item::Line(Line::Entry(entry))) => story.take(entry).map_err(bad)?,
                _ => {}
            }
        }
    }
    if reader.is_whole() { Ok(story) } else { Err(bad(BadBackup::Counts)) }
}

impl Story {
    fn take(&mut self, decided: Decided) -> Result<(), BadBackup> {
        let id = decided.entry.cover().ok_or(BadBackup::Line(0))?.id;
        if self.commands.insert(id, decided).is_some() {
            self.twice.push(id);
        }
        Ok(())
    }

    /// What somebody reads of it, as lines: kind, id, version and the body's hash.
    fn seen_by(&self, scopes: &[Scope]) -> BTreeSet<String> {
        let reads = |record: &&Record| {
            let described = registry::catalogue().describe(record);
            described.is_ok_and(|d| d.scopes.iter().any(|scope| scopes.contains(scope)))
        };
        self.records.values().filter(reads).map(line_of).collect()
    }

    fn all(&self) -> BTreeSet<String> {
        self.records.values().map(line_of).collect()
    }
}

fn line_of(record: &Record) -> String {
    format!("{} {} {} {}", record.kind, record.id, record.version, Hash::of(record.body.as_bytes()).0)
}

/// What does not agree, in words.
fn differences(wish: &Wish, hub: &Story, devices: &[Story]) -> Vec<String> {
    let mut found: Vec<String> =
        hub.twice.iter().map(|id| format!("the hub has command {id} twice")).collect();
    for id in wish.saved.iter().filter(|id| !hub.commands.contains_key(id)) {
        found.push(format!("command {id} was called saved, and the hub does not have it"));
    }
    for (device, story) in wish.devices.iter().zip(devices) {
        found.extend(differs(device, hub, story));
    }
    found
}

fn differs(device: &Device, hub: &Story, story: &Story) -> Vec<String> {
    let (ours, theirs) = (story.all(), hub.seen_by(&scopes_of(&device.who)));
    let name = &device.name;
    let more =
        ours.difference(&theirs).map(|line| format!("{name} has, and the hub does not show it: {line}"));
    let less = theirs.difference(&ours).map(|line| format!("{name} does not have: {line}"));
    let mut found: Vec<String> = more.chain(less).collect();
    for (id, here) in &story.commands {
        match (&here.answer, hub.commands.get(id)) {
            (None, _) => found.push(format!("{name} still waits with command {id}")),
            (Some(_), None) => found.push(format!("{name} was answered {id}, and the hub does not have it")),
            (Some(answer), Some(there)) if there.answer.as_ref() != Some(answer) => {
                found.push(format!("{name} was answered {id} otherwise than the hub has it"));
            }
            _ => {}
        }
    }
    found
}

fn run(file: &Path) -> Result<bool, Fault> {
    let wish: Wish = serde_json::from_str(&text_of(file)?).map_err(Fault::Wish)?;
    let hub = story(&wish.hub, &wish.passphrase)?;
    let devices = wish.devices.iter().map(|device| story(&device.file, &wish.passphrase));
    let devices = devices.collect::<Result<Vec<_>, _>>()?;
    let found = differences(&wish, &hub, &devices);
    for difference in found.iter().take(TOLD_MAX) {
        println!("{difference}");
    }
    println!(
        "{} records and {} commands at the hub, {} devices, {} commands called saved: {} differences",
        hub.records.len(),
        hub.commands.len(),
        devices.len(),
        wish.saved.len(),
        found.len()
    );
    Ok(found.is_empty())
}

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1).filter(|word| !word.starts_with('-')) else {
        print!("{HELP}");
        return ExitCode::FAILURE;
    };
    match run(Path::new(&file)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("rollcall-agree: {fault}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use rollcall_domain::kernel::access::Role;
    use rollcall_domain::kernel::ids::{DeviceId, PersonId, Uuid};

    use super::*;

    fn record(kind: &'static str, n: u128, body: &str) -> Record {
        let id = Uuid::from_u128(n);
        Record { kind: kind.into(), kind_version: 1, id, version: 3, body: body.into() }
    }

    fn told(records: &[Record]) -> Story {
        let records = records.iter().map(|r| ((r.kind.to_string(), r.id), r.clone())).collect();
        Story { records, ..Story::default() }
    }

    fn device() -> Device {
        let (device, person) = (DeviceId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
        Device {
            name: "one".into(),
            file: PathBuf::new(),
            who: Principal { device, person, role: Role::Desk },
        }
    }

    #[test]
    fn a_record_only_one_of_them_has_is_told() {
        let card = record("no-such-kind", 1, "{}");
        assert_eq!(differs(&device(), &told(&[]), &told(&[card])).len(), 1);
        assert!(differs(&device(), &told(&[]), &told(&[])).is_empty());
    }

    #[test]
    fn what_was_called_saved_and_is_nowhere_is_told() {
        let lost = CommandId(Uuid::from_u128(7));
        let wish =
            Wish { passphrase: String::new(), hub: PathBuf::new(), devices: Vec::new(), saved: vec![lost] };
        assert_eq!(differences(&wish, &told(&[]), &[]).len(), 1);
    }
}
