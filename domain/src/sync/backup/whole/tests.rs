use uuid::Uuid;

use super::*;
use crate::demo::{Sample, Wish, sample};
use crate::han::Han;
use crate::kernel::command::{Command, Input};
use crate::kernel::ids::{CommandId, DeviceId, Hash};
use crate::kernel::record::RecordBody as _;
use crate::kernel::time::Timestamp;
use crate::plans::{Plan, PlanId, RestorePlan, RetirePlan};
use crate::registry;
use crate::sync::backup::{Shell, Writer};
use crate::sync::envelope::{Cursor, Entry, Envelope};
use crate::sync::wire::Receipt;

const NOW: Timestamp = Timestamp(1_795_320_000_000);

fn studio() -> Sample {
    sample(&Wish { seed: 3, members: 4, now: NOW, language: "en", han: &Han::default() })
}

fn waiting<C: Command<Personal = ()>>(studio: &Sample, n: u128, command: &C) -> Decided {
    let envelope = Envelope {
        v: 1,
        id: CommandId(Uuid::from_u128(n)),
        studio: studio.studio,
        device: DeviceId(Uuid::from_u128(3)),
        epoch: 1,
        seq: u64::try_from(n).unwrap(),
        prev_hash: Hash::default(),
        actor: studio.owner,
        session: Uuid::from_u128(5),
        group: None,
        depends_on: Vec::new(),
        kind: String::new(),
        kind_version: 0,
        base_cursor: Cursor::default(),
        seen: None,
        claimed_at: NOW,
        mono_since_sync_ms: None,
        hub_time_at_sync: None,
        tz: "Asia/Shanghai".to_owned(),
        payload_hash: Hash::default(),
        personal_hash: None,
    };
    let entry = Entry::seal(envelope, Input::encode(command, &()).unwrap()).unwrap();
    Decided { entry, decision: None, answer: None, receipt: None, lane: None, effective_at: None }
}

/// The lines of a backup with these commands in it.
fn lines(studio: &Sample, entries: Vec<Decided>, shell: Option<Shell>) -> Vec<String> {
    let count = |n: usize| u64::try_from(n).unwrap();
    let header = Header {
        rollcall_backup: 0,
        studio: studio.studio,
        hub_epoch: None,
        head: 0,
        head_hash: Hash::default(),
        created_at: NOW,
        sample: false,
        records: count(studio.records.len()),
        entries: count(entries.len()),
        blobs: 0,
    };
    let (mut writer, first) = Writer::start(header).unwrap();
    let body = (studio.records.iter().cloned().map(Line::Record))
        .chain(entries.into_iter().map(Line::Entry))
        .chain(shell.map(Line::Shell));
    let mut lines = vec![first];
    lines.extend(body.map(|line| writer.line(&line).unwrap()));
    lines.push(writer.finish().unwrap());
    lines
}

fn read(lines: &[String]) -> Result<Whole, BadBackup> {
    Whole::read(lines.iter().map(|line| line.trim_end_matches('\n')))
}

fn first_plan(records: &[Record]) -> Plan {
    records.iter().find(|r| r.kind == Plan::KIND).unwrap().read().unwrap()
}

#[test]
fn what_was_decided_comes_back_as_it_was() {
    let studio = studio();
    let whole = read(&lines(&studio, Vec::new(), None)).unwrap();
    assert_eq!(whole.waiting(), 0);
    let settled = whole.settle(registry::catalogue());
    assert_eq!(settled.records, studio.records);
    assert_eq!((settled.decided, settled.left_out), (0, 0));
}

#[test]
fn what_still_waited_for_a_hub_is_decided_in_its_order() {
    let studio = studio();
    let plan_id = first_plan(&studio.records).id;
    let first = waiting(&studio, 1, &RetirePlan { plan_id });
    let unknown = PlanId(Uuid::from_u128(99));
    let refused = waiting(&studio, 2, &RetirePlan { plan_id: unknown });
    let whole = read(&lines(&studio, vec![first, refused], None)).unwrap();
    assert_eq!(whole.waiting(), 2);
    let settled = whole.settle(registry::catalogue());
    assert_eq!(first_plan(&settled.records).retired_at, Some(NOW));
    assert_eq!((settled.decided, settled.left_out), (1, 1));
}

#[test]
fn what_the_hub_answered_counts_once() {
    let studio = studio();
    let newest = 0;
    let receipt =
        |hub_seq| Receipt { hub_epoch: Uuid::nil(), hub_seq, effective_at: NOW, mac: String::new() };
    let answered = |n, hub_seq| Decided {
        answer: Some(OutcomeOrHold::Outcome(Outcome::Accepted)),
        receipt: Some(receipt(hub_seq)),
        ..waiting(&studio, n, &RestorePlan { plan_id: PlanId(Uuid::from_u128(9)) })
    };
    // Its effect is among the records; and the hub decided it, but the records had not come back yet.
    let whole = read(&lines(&studio, vec![answered(1, newest), answered(2, newest + 1)], None)).unwrap();
    assert_eq!(whole.waiting(), 1);
}

#[test]
fn a_backup_that_is_cut_short_is_none() {
    let mut cut = lines(&studio(), Vec::new(), None);
    cut.pop();
    assert_eq!(read(&cut).unwrap_err(), BadBackup::Counts);
    assert_eq!(read(&[]).unwrap_err(), BadBackup::Counts);
}

#[test]
fn letters_begin_after_those_in_use() {
    let studio = studio();
    let with = |series: &str| {
        let body = serde_json::json!({ "series": series });
        read(&lines(&studio, Vec::new(), Some(Shell { name: "device".to_owned(), body }))).unwrap()
    };
    assert_eq!(read(&lines(&studio, Vec::new(), None)).unwrap().next_series(), "A");
    assert_eq!(with("A").next_series(), "B");
    assert_eq!(with("Z").next_series(), "AA");
    // Inside a record's body the same marks are escaped; inside a text of it, twice.
    assert_eq!(series_in(r#"{"body":"{\"receipt\":{\"series\":\"C\",\"n\":1}}"}"#), 3);
    assert_eq!(series_in(r#"{"body":"{\"note\":\"{\\\"series\\\":\\\"Q\\\"}\"}"}"#), 0);
}
