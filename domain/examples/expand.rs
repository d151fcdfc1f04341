//! Prints what a calendar file holds between two points in time: `expand FILE.ics FROM TO [ZONE]`.
//!
//! One occurrence a line, `start end summary`, in the order of their starts; those that overlap [FROM, TO) are printed.
//! Times are RFC 3339 with the offset of the event's zone. FROM and TO are RFC 3339 instants, or days, which begin at
//! midnight. Whole days, times without a zone, and FROM and TO given as days are read in ZONE, else in the calendar's own
//! X-WR-TIMEZONE, else in UTC. An event that cannot be read is named on the error stream and left out; a file that is no
//! calendar, or a wrong argument, ends with code 2. How the standard is read where it leaves room: `calendar::set`.

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;
use std::rc::Rc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeZone as _};
use rollcall_domain::calendar::clock::{self, Clock, Fixed};
use rollcall_domain::calendar::event::{self, events};
use rollcall_domain::calendar::set::{self, Span};
use rollcall_domain::calendar::text::{self, NoCalendar};
use rollcall_domain::calendar::zones::{SharedClock, Zones};
use rollcall_domain::kernel::time::Zone;

/// Why nothing is printed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("usage: expand FILE.ics FROM TO [ZONE]")]
    Usage,
    #[error("{0}: {1}")]
    Unreadable(String, std::io::Error),
    #[error("{0}: {1}")]
    NoCalendar(String, NoCalendar),
    #[error("{0} is neither a day nor an RFC 3339 time")]
    NoTime(String),
    #[error("TO must be later than FROM")]
    Backwards,
    #[error("there is no zone {0}")]
    NoZone(String),
    #[error("cannot write: {0}")]
    Unwritable(std::io::Error),
}

/// Any zone there is; the crate's own list is shorter.
struct EveryZone(every_zone::Tz);

impl Clock for EveryZone {
    fn offset_s(&self, utc: NaiveDateTime) -> i32 {
        self.0.offset_from_utc_datetime(&utc).fix().local_minus_utc()
    }
}

fn known(name: &str) -> Option<SharedClock> {
    let own = || name.parse().ok().map(|zone| Rc::new(Zone(zone)) as SharedClock);
    let every = || name.parse().ok().map(|zone| Rc::new(EveryZone(zone)) as SharedClock);
    own().or_else(every)
}

/// A point in time as an argument.
enum Point {
    Instant(NaiveDateTime),
    Day(NaiveDate),
}

impl Point {
    fn read(text: &str) -> Result<Self, Trouble> {
        let instant = DateTime::parse_from_rfc3339(text).ok().map(|at| Self::Instant(at.naive_utc()));
        let day = || text.parse().ok().map(Self::Day);
        instant.or_else(day).ok_or_else(|| Trouble::NoTime(text.to_owned()))
    }

    fn utc(&self, floating: &dyn Clock) -> NaiveDateTime {
        match self {
            Self::Instant(at) => *at,
            Self::Day(on) => clock::utc(floating, on.and_time(NaiveTime::MIN)),
        }
    }
}

fn run(args: &[String]) -> Result<(), Trouble> {
    let (file, from, to, zone) = match args {
        [file, from, to] => (file, from, to, None),
        [file, from, to, zone] => (file, from, to, Some(zone)),
        _ => return Err(Trouble::Usage),
    };
    let (from, to) = (Point::read(from)?, Point::read(to)?);
    let zone = match zone {
        Some(name) => Some(known(name).ok_or_else(|| Trouble::NoZone(name.clone()))?),
        None => None,
    };
    #[allow(clippy::disallowed_methods, reason = "a program for the shell reads the file it is given")]
    let bytes = std::fs::read(file).map_err(|why| Trouble::Unreadable(file.clone(), why))?;
    let calendars = text::calendars(&bytes).map_err(|why| Trouble::NoCalendar(file.clone(), why))?;
    let mut found = Vec::new();
    for calendar in &calendars {
        let mut zones = Zones::of(calendar, &known, Rc::new(Fixed(0)));
        if let Some(zone) = &zone {
            zones.floating = zone.clone();
        }
        let span = Span { from: from.utc(&*zones.floating), to: to.utc(&*zones.floating) };
        if span.from >= span.to {
            return Err(Trouble::Backwards);
        }
        if calendar.cut_off {
            eprintln!("{file}: the file ends before its calendar does");
        }
        let (good, bad) = events(calendar, &zones);
        for (called, fault) in bad {
            eprintln!("left out {called}: {fault}");
        }
        let (occurrences, endless) = set::occurrences(&good, span);
        for summary in endless {
            eprintln!("cut short \"{summary}\": it repeats too often");
        }
        found.extend(occurrences);
    }
    // Several calendars in one file are one list.
    found.sort_by_cached_key(|one| (one.start.utc(), one.end.utc()));
    print(&found).map_err(Trouble::Unwritable)
}

fn print(found: &[set::Occurrence]) -> Result<(), std::io::Error> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for one in found {
        let (start, end) = (one.start.rfc3339(), one.end.rfc3339());
        writeln!(out, "{start} {end} {}", event::one_line(&one.summary))?;
    }
    out.flush()
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has read enough.
        Err(Trouble::Unwritable(why)) if why.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::from(2)
        }
    }
}
