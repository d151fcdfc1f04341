//! `rollcall-demo`: writes a sample studio as a backup file that the app can load. Knows files; the studio itself is made by
//! the domain out of a seed.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{NaiveDate, NaiveTime};
use rollcall_domain::demo::{MEMBERS_MAX, Sample, Wish, full_sample, sample};
use rollcall_domain::han::Han;
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::ids::Hash;
use rollcall_domain::sync::backup::{BadBackup, FORMAT, Header, Line, Writer};

const HELP: &str = "\
rollcall-demo: writes a sample studio as a backup file

  --members N     how many members, 1 to 100000 (200)
  --seed S        the same seed gives the same studio (1)
  --on DAY        the day it ends on, as 2026-11-22 (today); name it to get the same file tomorrow
  --language L    en, zh-Hans or zh-Hant (zh-Hans)
  --week W        usual, or full: 200 classes a week and one of 60 people tomorrow evening (usual)
  --out FILE      where to write (demo.ndjson)
";

const HAN: &[u8] = include_bytes!("../../domain/data/han.bin");

/// Why there is no file.
enum Fault {
    Unknown(String),
    NoValue(String),
    BadValue { option: String, value: String },
    Table,
    Backup(BadBackup),
    File { path: PathBuf, why: io::Error },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(option) => write!(f, "{option} is not an option; --help names them"),
            Self::NoValue(option) => write!(f, "{option} needs a value"),
            Self::BadValue { option, value } => {
                write!(f, "{option} cannot be {value}; --help says what it can be")
            }
            Self::Table => write!(f, "the table of Han characters cannot be read"),
            Self::Backup(why) => write!(f, "the backup cannot be written: {why}"),
            Self::File { path, why } => write!(f, "{}: {why}", path.display()),
        }
    }
}

struct Asked {
    members: u32,
    seed: u64,
    on: Option<NaiveDate>,
    language: String,
    made: fn(&Wish<'_>) -> Sample,
    out: PathBuf,
}

fn asked(mut args: impl Iterator<Item = String>) -> Result<Option<Asked>, Fault> {
    let mut asked = Asked {
        members: 200,
        seed: 1,
        on: None,
        language: "zh-Hans".to_owned(),
        made: sample,
        out: PathBuf::from("demo.ndjson"),
    };
    while let Some(option) = args.next() {
        if matches!(option.as_str(), "--help" | "-h") {
            return Ok(None);
        }
        if !matches!(option.as_str(), "--members" | "--seed" | "--on" | "--language" | "--week" | "--out") {
            return Err(Fault::Unknown(option));
        }
        let value = args.next().ok_or_else(|| Fault::NoValue(option.clone()))?;
        let bad = || Fault::BadValue { option: option.clone(), value: value.clone() };
        match option.as_str() {
            "--members" => {
                asked.members =
                    value.parse().ok().filter(|n| (1..=MEMBERS_MAX).contains(n)).ok_or_else(bad)?;
            }
            "--seed" => asked.seed = value.parse().map_err(|_| bad())?,
            "--on" => asked.on = Some(value.parse().map_err(|_| bad())?),
            "--language" if matches!(value.as_str(), "en" | "zh-Hans" | "zh-Hant") => asked.language = value,
            "--week" if value == "usual" => asked.made = sample,
            "--week" if value == "full" => asked.made = full_sample,
            "--language" | "--week" => return Err(bad()),
            _ => asked.out = PathBuf::from(value),
        }
    }
    Ok(Some(asked))
}

/// Noon in Shanghai of the day asked for, or of today.
fn now(on: Option<NaiveDate>) -> Timestamp {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let today_ms = i64::try_from(since_1970.as_millis()).unwrap_or(0) / Timestamp::DAY_MS * Timestamp::DAY_MS;
    let midnight_ms = on.map_or(today_ms, |on| on.and_time(NaiveTime::MIN).and_utc().timestamp_millis());
    Timestamp(midnight_ms + 4 * 3_600_000)
}

fn write(asked: &Asked) -> Result<(usize, usize), Fault> {
    let han = Han::read(HAN).map_err(|_| Fault::Table)?;
    let now = now(asked.on);
    let wish = Wish { seed: asked.seed, members: asked.members, now, language: &asked.language, han: &han };
    let made = (asked.made)(&wish);
    let in_file = |why| Fault::File { path: asked.out.clone(), why };
    let mut file = BufWriter::new(File::create(&asked.out).map_err(in_file)?);
    let header = Header {
        rollcall_backup: FORMAT,
        studio: made.studio,
        hub_epoch: None,
        head: 0,
        head_hash: Hash::default(),
        created_at: now,
        sample: true,
        records: u64::try_from(made.records.len()).unwrap_or(u64::MAX),
        entries: 0,
        blobs: 0,
    };
    let records = made.records.len();
    let (mut writer, first) = Writer::start(header).map_err(Fault::Backup)?;
    file.write_all(first.as_bytes()).map_err(in_file)?;
    for record in made.records {
        let line = writer.line(&Line::Record(record)).map_err(Fault::Backup)?;
        file.write_all(line.as_bytes()).map_err(in_file)?;
    }
    let last = writer.finish().map_err(Fault::Backup)?;
    file.write_all(last.as_bytes()).and_then(|()| file.flush()).map_err(in_file)?;
    Ok((records, usize::try_from(asked.members).unwrap_or(usize::MAX)))
}

fn main() -> ExitCode {
    match asked(std::env::args().skip(1)) {
        Ok(None) => print!("{HELP}"),
        Ok(Some(asked)) => match write(&asked) {
            Ok((records, members)) => {
                println!("{}: {members} members, {records} records", asked.out.display());
            }
            Err(fault) => {
                eprintln!("{fault}");
                return ExitCode::FAILURE;
            }
        },
        Err(fault) => {
            eprintln!("{fault}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
