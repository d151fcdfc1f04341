//! Whatever comes from outside: bytes that nobody of ours wrote are an error and never a panic, and what one of ours
//! wrote is read back as it was. One table of all readers of this crate.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::han::Han;
use crate::import::bytes::guess_encoding;
use crate::import::columns::{self, Mapping, Remembered};
use crate::import::dates::{DateOrder, guess_order, parse};
use crate::import::delimited::{self, Delimiter};
use crate::import::rows::{Plan, preview};
use crate::import::words;
use crate::kernel::access::{Role, Scope};
use crate::kernel::decide::{Hold, Outcome, Parked, Quarantined, RefusalBody};
use crate::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId, Uuid};
use crate::kernel::money::Currency;
use crate::kernel::number;
use crate::kernel::record::{Change, KindName, Record};
use crate::kernel::time::{Timestamp, Zone};
use crate::kernel::{Exception, Input};
use crate::members::application::{Rules, is_email};
use crate::members::{DocumentKind, Region, identity, phone};
use crate::passes::cards;
use crate::registry::catalogue;
use crate::sync::backup::{Blob, Decided, Header, Line, Reader, Shell, Writer};
use crate::sync::envelope::{Cursor, Entry, Envelope};
use crate::sync::wire::{
    About, Answered, AskChallenge, Challenge, Claim, DeviceRow, Fork, GoOn, Join, Joined, Known, LoginRow,
    Mark, News, OutcomeOrHold, Pairing, Problem, ProblemCode, Prove, Pull, PullAnswer, Push, PushAnswer,
    Receipt, Row, SetPassword, SignIn, StartPairing, Status, SyncException, SyncRefusal, Told, Uploaded,
};

/// A reader of bytes. What it makes of them does not matter here; that it comes back does.
type Read = fn(&[u8]);

fn json_of<T: DeserializeOwned>(bytes: &[u8]) {
    let _ = serde_json::from_slice::<T>(bytes);
}

fn text_of(bytes: &[u8], read: impl FnOnce(&str)) {
    read(&String::from_utf8_lossy(bytes));
}

/// Every reader of what arrives: from the wire, out of a file, off a card, from a keyboard.
const READERS: &[Read] = &[
    json_of::<Status>,
    json_of::<Claim>,
    json_of::<Joined>,
    json_of::<Uploaded>,
    json_of::<StartPairing>,
    json_of::<Pairing>,
    json_of::<Join>,
    json_of::<AskChallenge>,
    json_of::<Challenge>,
    json_of::<Prove>,
    json_of::<SignIn>,
    json_of::<SetPassword>,
    json_of::<Vec<LoginRow>>,
    json_of::<Push>,
    json_of::<PushAnswer>,
    json_of::<Pull>,
    json_of::<PullAnswer>,
    json_of::<News>,
    json_of::<Vec<DeviceRow>>,
    json_of::<About>,
    json_of::<GoOn>,
    json_of::<Problem>,
    json_of::<Known>,
    json_of::<SyncException>,
    json_of::<SyncRefusal>,
    json_of::<Exception>,
    json_of::<Envelope>,
    json_of::<Line>,
    |bytes| text_of(bytes, entry),
    |bytes| text_of(bytes, backup),
    |bytes| text_of(bytes, command_of_each_kind),
    |bytes| text_of(bytes, record_of_each_kind),
    |bytes| text_of(bytes, card),
    |bytes| text_of(bytes, typed),
    list,
    han,
    #[cfg(feature = "sealing")]
    |bytes| text_of(bytes, sealed),
];

fn entry(text: &str) {
    let entry =
        Entry { envelope: text.to_owned(), payload: text.to_owned(), personal: Some(text.to_owned()) };
    let _ = (entry.open(), entry.cover(), entry.hash());
}

fn backup(text: &str) {
    let mut fresh = Reader::new();
    let mut begun = Reader::new();
    let _ = begun.line(&first_line());
    for line in text.lines() {
        let _ = (fresh.line(line), begun.line(line));
    }
    assert!(!fresh.is_whole() && !begun.is_whole());
}

/// Every command, with this as its payload and as its personal block.
fn command_of_each_kind(text: &str) {
    let facts = crate::kernel::Facts::default();
    for command in catalogue().commands() {
        for (payload, personal) in [(text, None), ("{}", Some(text)), (text, Some(text))] {
            let input = Input {
                kind: command.kind.to_owned(),
                kind_version: command.version,
                payload: payload.to_owned(),
                personal: personal.map(str::to_owned),
            };
            let id = CommandId(Uuid::from_u128(1));
            let _ = (command.wants)(&input, id, &facts);
            let _ = (command.circles)(&input);
            let subjects = (command.subjects)(&input, id);
            let _ = (command.without)(&input, id, &subjects);
        }
    }
}

fn record_of_each_kind(text: &str) {
    for kind in catalogue().kinds() {
        let kind_version = kind.version;
        let record =
            Record { kind: kind.name.into(), kind_version, id: Id::nil(), version: 1, body: text.into() };
        let _ = catalogue().describe(&record);
        let change = Change { kind: record.kind, kind_version, id: record.id, body: Some(record.body) };
        let _ = catalogue().views(&change);
    }
}

fn card(text: &str) {
    let studio = StudioId(Uuid::from_u128(7));
    let _ = (cards::read_scan(studio, text), cards::looks_mistyped(text), cards::number_value(text));
    // A number that a printer and a scanner know is read off its code again.
    let number = crate::kernel::text::tidy_code(text);
    if number.is_ascii() && !number.is_empty() {
        let code = cards::code(studio, text);
        assert_eq!(cards::read_scan(studio, &code), cards::Scan::Ours { number });
    }
}

fn typed(text: &str) {
    let today = day();
    for region in [Region::Mainland, Region::HongKong, Region::Taiwan, Region::Elsewhere] {
        let _ = (phone::normalise(text, region), phone::shown(text, region));
    }
    for kind in
        [DocumentKind::ResidentId, DocumentKind::Passport, DocumentKind::TaiwanId, DocumentKind::Other]
    {
        let _ = identity::read(kind, text, today);
    }
    let _ = (identity::recognise(text, today), identity::masked(text), is_email(text), phone::digits(text));
    let _ = (number::series_count(text), number::damm(text), Zone::named(text), Currency::from_code(text));
    let _ = (words::sex(text), words::sections(text), words::visits(text), words::tags(text));
    for order in [DateOrder::DayFirst, DateOrder::MonthFirst] {
        let _ = parse(text, order);
    }
    let _ = guess_order(text.lines());
}

/// A list of members, from its bytes to the rows that would be written down.
fn list(bytes: &[u8]) {
    let _ = guess_encoding(bytes);
    text_of(bytes, |text| {
        let guessed = delimited::guess_delimiter(text);
        for delimiter in Delimiter::ALL.into_iter().chain([guessed]) {
            let Ok(table) = delimited::read(text, delimiter) else { continue };
            assert!(table.rows.len() <= delimited::ROWS_MAX);
            let mapping = Mapping::guess(&table.header, &Remembered::default());
            let _ = (mapping.names_people(), columns::by_name(text));
            let rules = Rules { today: day(), home: Region::Mainland, guardian_may_sign: true };
            let han = Han::default();
            let plan =
                Plan { mapping: &mapping, order: DateOrder::DayFirst, rules, sections: &[], han: &han };
            let seen = preview(&table, &plan);
            assert!(seen.ready.len() + seen.bad.len() <= table.rows.len());
        }
    });
}

fn han(bytes: &[u8]) {
    if let Ok(table) = Han::read(bytes.to_vec()) {
        let _ = crate::han::name_keys("张三 Zhang", &table);
    }
}

/// A sealed file whose key costs little, with this as its header and as its lines.
#[cfg(feature = "sealing")]
fn sealed(text: &str) {
    use crate::sync::backup::sealed::Opener;
    // What a header may ask for is bounded; trying the dear ones belongs to its own test.
    if !text.contains("memory_kib") {
        let _ = Opener::start("correct horse", text);
    }
    let header = json!({ "rollcall_sealed": 1, "memory_kib": 8, "passes": 1, "salt": "AAAAAAAAAAA=", "nonce": "AAAAAAAAAA==" });
    let mut opener = Opener::start("correct horse", &header.to_string()).unwrap();
    for line in text.lines() {
        assert!(opener.line(line).is_err());
    }
}

fn day() -> chrono::NaiveDate {
    Zone::default().day(Timestamp(1_795_309_200_000))
}

fn first_line() -> String {
    let header = Header {
        rollcall_backup: 1,
        studio: StudioId(Uuid::from_u128(1)),
        hub_epoch: None,
        head: 1,
        head_hash: Hash::of(b"x"),
        created_at: Timestamp(1),
        sample: false,
        records: 1,
        entries: 0,
        blobs: 0,
    };
    Writer::start(header).unwrap().1.trim_end().to_owned()
}

// What one of ours writes.

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn hash() -> impl Strategy<Value = Hash> {
    any::<u64>().prop_map(|n| Hash::of(&n.to_le_bytes()))
}

fn words_of() -> impl Strategy<Value = String> {
    // Anything people and other people's programs write, quotes, signs that cannot be seen and other scripts among it.
    prop_oneof!["[ -~]{0,12}", "\\PC{0,8}", Just("\u{0}\u{202e}\"\\\n😀".to_owned())]
}

fn at() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp)
}

fn some_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words_of().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn input() -> impl Strategy<Value = Input> {
    let personal = prop::option::of(some_json().prop_map(|v| v.to_string()));
    ("[a-z.]{1,20}", any::<u16>(), some_json(), personal).prop_map(
        |(kind, kind_version, payload, personal)| Input {
            kind,
            kind_version,
            payload: payload.to_string(),
            personal,
        },
    )
}

fn envelope() -> impl Strategy<Value = Envelope> {
    let who = (uuid(), uuid(), uuid(), uuid(), uuid(), any::<u32>(), any::<u64>(), hash());
    let links = (prop::option::of(uuid()), prop::collection::vec(uuid(), 0..3), uuid(), any::<u64>());
    let times = (at(), prop::option::of(any::<i64>()), prop::option::of(at()), words_of());
    (who, links, times, prop::option::of(words_of())).prop_map(|(who, links, times, seen)| Envelope {
        v: 1,
        id: CommandId(who.0),
        studio: StudioId(who.1),
        device: DeviceId(who.2),
        epoch: who.5,
        seq: who.6,
        prev_hash: who.7,
        actor: PersonId(who.3),
        session: who.4,
        group: links.0,
        depends_on: links.1.into_iter().map(CommandId).collect(),
        kind: String::new(),
        kind_version: 0,
        base_cursor: Cursor { hub_epoch: links.2, hub_seq: links.3 },
        seen,
        claimed_at: times.0,
        mono_since_sync_ms: times.1,
        hub_time_at_sync: times.2,
        tz: times.3,
        payload_hash: Hash::default(),
        personal_hash: None,
    })
}

fn sealed_entry() -> impl Strategy<Value = Entry> {
    (envelope(), input()).prop_map(|(envelope, input)| Entry::seal(envelope, input).unwrap())
}

fn refusal() -> impl Strategy<Value = RefusalBody> {
    (words_of(), some_json()).prop_map(|(slice, why)| RefusalBody { slice, why })
}

fn answer() -> impl Strategy<Value = OutcomeOrHold> {
    let outcome = prop_oneof![
        Just(Outcome::Accepted),
        refusal().prop_map(|what| Outcome::Changed { what }),
        refusal().prop_map(|why| Outcome::Refused { why }),
        prop::collection::vec(uuid(), 0..3).prop_map(|exceptions| Outcome::Recorded { exceptions }),
    ];
    let parked = prop::sample::select(vec![Parked::UnknownKind, Parked::Dependency, Parked::Recovering]);
    let quarantined = prop::sample::select(vec![Quarantined::Malformed, Quarantined::BadSeal]);
    prop_oneof![
        outcome.prop_map(OutcomeOrHold::Outcome),
        parked.prop_map(|why| OutcomeOrHold::Hold(Hold::Parked { why })),
        quarantined.prop_map(|why| OutcomeOrHold::Hold(Hold::Quarantined { why })),
    ]
}

fn answered() -> impl Strategy<Value = Answered> {
    let receipt =
        (uuid(), any::<u64>(), at(), words_of()).prop_map(|(hub_epoch, hub_seq, effective_at, mac)| {
            Receipt { hub_epoch, hub_seq, effective_at, mac }
        });
    (uuid(), answer(), receipt).prop_map(|(id, answer, receipt)| Answered {
        id: CommandId(id),
        answer,
        receipt,
    })
}

fn mark() -> impl Strategy<Value = Mark> {
    (uuid(), any::<u64>(), hash(), words_of()).prop_map(|(hub_epoch, seq, hash, mac)| Mark {
        hub_epoch,
        seq,
        hash,
        mac,
    })
}

fn known() -> impl Strategy<Value = Known> {
    let told = (hash(), answered()).prop_map(|(envelope, answered)| Told { envelope, answered });
    (uuid(), prop::option::of(mark()), prop::option::of(told)).prop_map(|(hub_epoch, read, told)| Known {
        hub_epoch,
        read,
        told,
    })
}

fn row() -> impl Strategy<Value = Row> {
    let body = prop::option::of(some_json().prop_map(|v| v.to_string().into()));
    ("[a-z_]{1,12}", any::<u16>(), uuid(), any::<u64>(), body).prop_map(
        |(kind, kind_version, id, version, body)| Row {
            kind: KindName::Owned(kind),
            kind_version,
            id,
            version,
            body,
        },
    )
}

fn cursors() -> impl Strategy<Value = BTreeMap<Scope, u64>> {
    prop::collection::btree_map(words_of().prop_map(Scope), any::<u64>(), 0..4)
}

fn push() -> impl Strategy<Value = Push> {
    let entries = prop::collection::vec(sealed_entry(), 0..3);
    let receipts = prop::collection::vec(answered(), 0..2);
    (uuid(), uuid(), any::<u32>(), entries, words_of(), receipts, prop::option::of(known())).prop_map(
        |(studio, device, epoch, entries, signature, receipts, known)| Push {
            studio: StudioId(studio),
            device: DeviceId(device),
            epoch,
            entries,
            signature,
            receipts,
            known,
        },
    )
}

fn push_answer() -> impl Strategy<Value = PushAnswer> {
    let fork = (any::<u32>(), words_of()).prop_map(|(epoch, series)| Fork { epoch, series });
    let answers = prop::collection::vec(answered(), 0..3);
    (uuid(), at(), answers, prop::option::of(fork), prop::option::of(any::<u32>())).prop_map(
        |(hub_epoch, hub_time, answers, fork, retry_after_ms)| PushAnswer {
            hub_epoch,
            hub_time,
            answers,
            fork,
            retry_after_ms,
            wipe: None,
        },
    )
}

fn pull_answer() -> impl Strategy<Value = PullAnswer> {
    let gone = (
        prop::collection::vec(row(), 0..3),
        any::<u64>(),
        prop::collection::vec(words_of().prop_map(Scope), 0..3),
    );
    let rows = prop::collection::vec(row(), 0..4);
    let rest = (prop::option::of(mark()), prop::collection::vec(answered(), 0..2));
    (uuid(), at(), gone, rows, cursors(), any::<bool>(), rest).prop_map(
        |(hub_epoch, hub_time, (erased, erased_to, left), rows, cursors, more, (mark, answers))| PullAnswer {
            hub_epoch,
            hub_time,
            erased,
            erased_to,
            left,
            rows,
            cursors,
            more,
            mark,
            answers,
        },
    )
}

fn backup_line() -> impl Strategy<Value = Line> {
    let record = row().prop_filter_map("a record has a body", |row| {
        let (kind, kind_version, id, version) = (row.kind, row.kind_version, row.id, row.version);
        row.body.map(|body| Line::Record(Record { kind, kind_version, id, version, body }))
    });
    let decision = prop::option::of(prop::collection::vec(row(), 0..3).prop_map(|rows| {
        let change = |r: Row| Change { kind: r.kind, kind_version: r.kind_version, id: r.id, body: r.body };
        rows.into_iter().map(change).collect()
    }));
    let decided = (sealed_entry(), decision, prop::option::of(answered()), prop::option::of(any::<u32>()))
        .prop_map(|(entry, decision, answered, lane)| {
            let (answer, receipt) = answered.map(|a| (a.answer, a.receipt)).unzip();
            Line::Entry(Decided { entry, decision, answer, receipt, lane, effective_at: None })
        });
    let blob = prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| Line::Blob(Blob::of(&bytes)));
    let shell = (words_of(), some_json()).prop_map(|(name, body)| Line::Shell(Shell { name, body }));
    prop_oneof![record, decided, blob, shell]
}

/// Encoded and read back it is the same; so it is when a newer build added a field that we do not know.
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(what: &T) {
    let text = serde_json::to_string(what).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), what, "{text}");
    let mut newer: Value = serde_json::from_str(&text).unwrap();
    if let Some(fields) = newer.as_object_mut().filter(|fields| fields.len() > 1) {
        fields.insert("zz_newer".to_owned(), json!({ "deep": [1, null] }));
        assert_eq!(&serde_json::from_str::<T>(&newer.to_string()).unwrap(), what);
    }
}

/// A proper message with one thing wrong: cut off, doubled, a sign changed, a number out of bounds.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let proper = prop_oneof![
        push().prop_map(|p| serde_json::to_vec(&p).unwrap()),
        push_answer().prop_map(|p| serde_json::to_vec(&p).unwrap()),
        pull_answer().prop_map(|p| serde_json::to_vec(&p).unwrap()),
        backup_line().prop_map(|p| serde_json::to_vec(&p).unwrap()),
        Just(first_line().into_bytes()),
        Just("姓名,电话,生日\n张三,13800000001,1990-01-01\n\"a\"\"b\",x".as_bytes().to_vec()),
    ];
    (proper, any::<prop::sample::Index>(), any::<u8>(), 0..4u8).prop_map(|(mut bytes, index, byte, how)| {
        let at = index.index(bytes.len().max(1));
        match how {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, byte),
            2 => bytes[at] = byte,
            _ => {
                let huge = b"99999999999999999999999";
                bytes.splice(at..at, huge.iter().copied());
            }
        }
        bytes
    })
}

fn garbage() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        some_json().prop_map(|v| v.to_string().into_bytes()),
        words_of().prop_map(String::into_bytes),
        damaged(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_reader_breaks_on_what_nobody_of_ours_wrote(bytes in garbage()) {
        for read in READERS {
            read(&bytes);
        }
    }

    #[test]
    fn what_is_said_on_the_wire_is_heard_as_it_was_said(
        push in push(), answer in push_answer(), pulled in pull_answer(), known in known(),
    ) {
        comes_back(&push);
        comes_back(&answer);
        comes_back(&pulled);
        comes_back(&known);
        for entry in &push.entries {
            let envelope = entry.open().unwrap();
            prop_assert_eq!(&entry.cover().unwrap(), &envelope);
            prop_assert_eq!(&Entry::seal(envelope.clone(), entry.input(&envelope)).unwrap(), entry);
        }
    }

    #[test]
    fn a_backup_reads_back_line_by_line(lines in prop::collection::vec(backup_line(), 0..6)) {
        let count = |fits: fn(&Line) -> bool| u64::try_from(lines.iter().filter(|l| fits(l)).count()).unwrap();
        let header = Header {
            records: count(|l| matches!(l, Line::Record(_))),
            entries: count(|l| matches!(l, Line::Entry(_))),
            blobs: count(|l| matches!(l, Line::Blob(_))),
            ..serde_json::from_str(&first_line()).unwrap()
        };
        let (mut writer, first) = Writer::start(header).unwrap();
        let mut text = first;
        for line in &lines {
            text.push_str(&writer.line(line).unwrap());
        }
        text.push_str(&writer.finish().unwrap());
        let mut reader = Reader::new();
        let mut read = Vec::new();
        for line in text.lines() {
            if let Some(crate::sync::backup::Item::Line(line)) = reader.line(line).unwrap() {
                read.push(line);
            }
        }
        prop_assert!(reader.is_whole());
        prop_assert_eq!(read, lines);
    }

    #[test]
    fn a_counted_number_reads_back(count in 0..2_000_000u32) {
        prop_assert_eq!(number::series_count(&number::series(count)), Some(count));
    }
}

/// Words of a newer build, where ours reads them as "something else" and goes on.
#[test]
fn a_newer_builds_words_do_not_stop_us() {
    let hold = |why: &str| json!({ "hold": { "is": "parked", "why": why } });
    let newer: OutcomeOrHold = serde_json::from_value(hold("eclipse")).unwrap();
    assert_eq!(newer, OutcomeOrHold::Hold(Hold::Parked { why: Parked::Other }));
    assert_eq!(serde_json::from_value::<Role>(json!("janitor")).unwrap(), Role::Unknown);
    assert_eq!(serde_json::from_value::<ProblemCode>(json!("moon")).unwrap(), ProblemCode::Other);
}

/// A nesting without end is refused where it is read, long before it could cost a stack.
#[test]
fn nesting_ends_somewhere() {
    let deep = |sign: &str| sign.repeat(4_000).into_bytes();
    for text in [deep("["), deep("{\"a\":"), deep("\"")] {
        for read in READERS {
            read(&text);
        }
    }
}
