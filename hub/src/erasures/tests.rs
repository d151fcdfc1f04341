use rollcall_domain::kernel::ids::{PersonId, Uuid};
use rollcall_domain::kernel::time::Timestamp;

use super::*;

fn listed(studio: u128, subject: u128) -> Listed {
    let erased = Erased {
        subject: Uuid::from_u128(subject),
        at: Timestamp(1_795_309_200_000),
        by: PersonId(Uuid::from_u128(3)),
        command: CommandId(Uuid::from_u128(subject + 100)),
    };
    Listed { studio: StudioId(Uuid::from_u128(studio)), erased }
}

fn stands(list: &dyn List) -> Vec<(u128, Stands)> {
    list.everybody().unwrap().iter().map(|((_, id), (_, stands))| (id.as_u128(), *stands)).collect()
}

fn both() -> (tempfile::TempDir, [Box<dyn List>; 2]) {
    let dir = tempfile::tempdir().unwrap();
    let lists: [Box<dyn List>; 2] = [Box::new(FileList::of(dir.path())), Box::new(MemoryList::default())];
    (dir, lists)
}

#[test]
fn what_was_begun_is_done_or_came_to_nothing() {
    let (_dir, lists) = both();
    for list in lists {
        assert!(stands(&*list).is_empty());
        list.note(&[listed(1, 1), listed(1, 2), listed(2, 3)], Stands::Begun).unwrap();
        list.note(&[listed(1, 1)], Stands::Done).unwrap();
        list.note(&[listed(1, 2)], Stands::Void).unwrap();
        assert_eq!(stands(&*list), [(1, Stands::Done), (3, Stands::Begun)]);
    }
}

/// A hub that was put back erases somebody again: their line says "begun" once more, and that takes nothing back.
#[test]
fn done_once_is_done_for_ever() {
    let (_dir, lists) = both();
    for list in lists {
        list.note(&[listed(1, 1)], Stands::Done).unwrap();
        list.note(&[listed(1, 1)], Stands::Begun).unwrap();
        list.note(&[listed(1, 1)], Stands::Void).unwrap();
        assert_eq!(stands(&*list), [(1, Stands::Done)]);
    }
}

#[test]
fn a_line_that_broke_off_costs_itself_alone() {
    let dir = tempfile::tempdir().unwrap();
    let list = FileList::of(dir.path());
    list.note(&[listed(1, 1)], Stands::Done).unwrap();
    let file = dir.path().join(FILE);
    let whole = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{whole}{}", &whole[..40])).unwrap();
    list.note(&[listed(1, 2)], Stands::Done).unwrap();
    assert_eq!(stands(&FileList::of(dir.path())), [(1, Stands::Done), (2, Stands::Done)]);
}

#[test]
fn a_list_that_cannot_be_kept_says_so() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(FILE)).unwrap();
    let list = FileList::of(dir.path());
    assert!(list.note(&[listed(1, 1)], Stands::Begun).is_err());
    assert!(list.everybody().is_err());
}

#[test]
fn it_holds_ids_and_instants_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    FileList::of(dir.path()).note(&[listed(1, 1)], Stands::Begun).unwrap();
    let text = std::fs::read_to_string(dir.path().join(FILE)).unwrap();
    let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    let mut fields: Vec<&String> = line.as_object().unwrap().keys().collect();
    fields.extend(line["erased"].as_object().unwrap().keys());
    assert_eq!(fields, ["erased", "is", "studio", "at", "by", "command", "subject"]);
}
