use std::sync::Arc;

use super::*;
use crate::kernel::ids::Uuid;
use crate::kernel::record::KindName;

fn header(records: u64, blobs: u64) -> Header {
    Header {
        rollcall_backup: 0,
        studio: StudioId(Uuid::from_u128(7)),
        hub_epoch: None,
        head: 3,
        head_hash: Hash::of(b"x"),
        created_at: Timestamp(1_795_000_000_000),
        sample: false,
        records,
        entries: 0,
        blobs,
    }
}

fn record(body: &str) -> Line {
    Line::Record(Record {
        kind: KindName::Borrowed("towel"),
        kind_version: 1,
        id: Uuid::from_u128(1),
        version: 2,
        body: Arc::from(body),
    })
}

fn file() -> Vec<String> {
    let (mut writer, first) = Writer::start(header(2, 1)).unwrap();
    let mut lines = vec![first];
    for line in [
        record("{\"a\":\"\u{1F9D7} \\\"quoted\\\"\\n\"}"),
        Line::Shell(Shell { name: "device".to_owned(), body: serde_json::json!({ "n": 1 }) }),
        record("{}"),
        Line::Blob(Blob::of(&[0, 255, 10, 13])),
    ] {
        lines.push(writer.line(&line).unwrap());
    }
    lines.push(writer.finish().unwrap());
    lines
}

fn read(lines: &[String]) -> Result<(Vec<Item>, bool), BadBackup> {
    let mut reader = Reader::new();
    let mut items = Vec::new();
    for line in lines {
        items.extend(reader.line(line.trim_end_matches('\n'))?);
    }
    Ok((items, reader.is_whole()))
}

#[test]
fn what_is_written_is_read() {
    let (items, whole) = read(&file()).unwrap();
    assert!(whole);
    assert_eq!(items.len(), 6);
    assert!(matches!(&items[0], Item::Header(h) if h.rollcall_backup == 1 && h.records == 2));
    assert!(matches!(&items[4], Item::Line(Line::Blob(b)) if b.bytes().unwrap() == [0, 255, 10, 13]));
}

#[test]
fn the_first_line_has_golden_bytes() {
    let (_, first) = Writer::start(header(2, 1)).unwrap();
    assert!(first.starts_with(
        "{\"rollcall_backup\":1,\"studio\":\"00000000-0000-0000-0000-000000000007\",\"head\":3,\"head_hash\":"
    ));
}

#[test]
fn a_changed_missing_or_added_line_is_seen() {
    let mut changed = file();
    changed[1] = changed[1].replace("quoted", "Quoted");
    assert_eq!(read(&changed).unwrap_err(), BadBackup::Checksum);
    let mut missing = file();
    missing.remove(2);
    assert_eq!(read(&missing).unwrap_err(), BadBackup::Checksum);
    let mut added = file();
    added.push("{}\n".to_owned());
    assert_eq!(read(&added).unwrap_err(), BadBackup::AfterEnd);
    let mut cut = file();
    cut.pop();
    assert!(!read(&cut).unwrap().1);
}

#[test]
fn what_is_no_backup_is_said_to_be_none() {
    assert_eq!(read(&["name,phone\n".to_owned()]).unwrap_err(), BadBackup::NoBackup);
    assert_eq!(read(&["{\"rollcall_backup\":9}\n".to_owned()]).unwrap_err(), BadBackup::Newer(9));
    let mut odd = file();
    odd[1] = "{\"surprise\":1}\n".to_owned();
    assert_eq!(read(&odd).unwrap_err(), BadBackup::Line(2));
}

#[test]
fn a_writer_keeps_what_its_header_promised() {
    let (mut writer, _) = Writer::start(header(2, 0)).unwrap();
    writer.line(&record("{}")).unwrap();
    assert_eq!(writer.finish().unwrap_err(), BadBackup::Counts);
}

#[test]
fn a_blob_under_a_false_name_is_refused() {
    let blob = Blob { hash: Hash::of(b"other"), ..Blob::of(b"bytes") };
    assert_eq!(blob.bytes(), Err(BadBackup::Blob));
}
