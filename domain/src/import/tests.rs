use chrono::NaiveDate;
use proptest::prelude::*;

use super::bytes::{Encoding, Guess, guess_encoding};
use super::columns::{Column, Mapping, Remembered};
use super::dates::{DateOrder, OrderGuess, guess_order, parse};
use super::delimited::{Delimiter, Table, TableFlaw, guess_delimiter, read};
use super::rows::{BadRow, ImportRow, Plan, Preview, RowFlaw, preview};
use super::*;
use crate::flow::import::PassPart;
use crate::han;
use crate::kernel::command::Input;
use crate::kernel::decide::{Hold, Outcome, Quarantined, Verdict};
use crate::kernel::exceptions::Exception;
use crate::kernel::facts::Want;
use crate::kernel::ids::{Id, Uuid};
use crate::kernel::keys::KeyValue;
use crate::members::application::{Field, Rules};
use crate::members::identity::NumberFlaw;
use crate::members::*;
use crate::passes::{self, Pass};
use crate::studio::Section;
use crate::testing::Room;

const GB: &[u8] = include_bytes!("fixtures/desk-gb18030.csv");
const BIG5: &[u8] = include_bytes!("fixtures/desk-big5.csv");
const UTF8: &[u8] = include_bytes!("fixtures/desk-utf8-bom.csv");
const TSV: &str = include_str!("fixtures/names-apart.tsv");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rules(home: Region) -> Rules {
    Rules { today: day("2026-11-22"), home, guardian_may_sign: true }
}

fn read_all(text: &str, home: Region, order: DateOrder) -> Preview {
    let table = read(text, guess_delimiter(text)).unwrap();
    let mapping = Mapping::guess(&table.header, &Remembered::new());
    let han = han::tests::table();
    preview(
        &table,
        &Plan { mapping: &mapping, order, rules: rules(home), sections: &[Section::Indoor], han: &han },
    )
}

fn utf8() -> &'static str {
    std::str::from_utf8(UTF8).unwrap()
}

mod encodings {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], encoding: Encoding, is_sure: bool) {
        assert_eq!(guess_encoding(bytes), Guess { encoding, is_sure });
    }

    #[test]
    fn files_are_told_apart() {
        check(GB, Encoding::Gb18030, true);
        check(BIG5, Encoding::Big5, true);
        check(UTF8, Encoding::Utf8, true);
        check(TSV.as_bytes(), Encoding::Utf8, true);
        check(&UTF8[3..], Encoding::Utf8, true);
        check(b"plain", Encoding::Utf8, true);
        check(b"", Encoding::Utf8, true);
        check(&[0xFF, 0xFE, b'a', 0], Encoding::Utf16Le, true);
        check(&[0xFE, 0xFF, 0, b'a'], Encoding::Utf16Be, true);
    }

    #[test]
    fn a_few_characters_are_only_a_guess() {
        // 张三 in GB 18030.
        check(b"\xD5\xC5\xC8\xFD", Encoding::Gb18030, false);
    }

    #[test]
    fn four_byte_forms_are_gb18030() {
        check(b"\xD5\xC5\x81\x30\x81\x30", Encoding::Gb18030, true);
    }
}

mod tables {
    use super::*;

    #[test]
    fn delimiters_are_recognised() {
        assert_eq!(guess_delimiter("a,b\n1,2\n"), Delimiter::Comma);
        assert_eq!(guess_delimiter(TSV), Delimiter::Tab);
        assert_eq!(guess_delimiter("name;note\nA;x, y\nB;z\n"), Delimiter::Semicolon);
        assert_eq!(guess_delimiter("a|b\n1|2\n"), Delimiter::Pipe);
        assert_eq!(guess_delimiter("just one column\nx\n"), Delimiter::Comma);
    }

    #[test]
    fn a_header_is_recognised_and_lines_are_counted() {
        let table = read("sep=,\nname,phone\n\n\"Ann\nLee\",13812345678\nBo,1\n", Delimiter::Comma).unwrap();
        assert_eq!(table.header, ["name", "phone"]);
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.rows[0].cells[0], "Ann\nLee");
        let bare = read("Ann,13812345678\nBo,13812345679\n", Delimiter::Comma).unwrap();
        assert_eq!(
            (bare.header, bare.rows.len(), bare.rows[0].line),
            (vec!["1".to_owned(), "2".to_owned()], 2, 1)
        );
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(read("", Delimiter::Comma), Err(TableFlaw::Empty));
        assert_eq!(read(" \n,,\n", Delimiter::Comma), Err(TableFlaw::Empty));
        assert_eq!(read("PK\u{3}\u{4}rest", Delimiter::Comma), Err(TableFlaw::NotText));
        assert_eq!(read(&"\0".repeat(20), Delimiter::Comma), Err(TableFlaw::NotText));
        assert_eq!(read("\u{89}PNG\r\n\u{1a}\n\0\0\0\r", Delimiter::Comma), Err(TableFlaw::NotText));
        assert_eq!(read(&",".repeat(200), Delimiter::Comma).unwrap_err(), TableFlaw::Empty);
        assert_eq!(
            read(&"a,".repeat(201), Delimiter::Comma).unwrap_err(),
            TableFlaw::TooManyColumns { columns_max: 200 }
        );
        assert_eq!(
            read(&"a,b\n".repeat(50_002), Delimiter::Comma).unwrap_err(),
            TableFlaw::TooManyRows { rows_max: 50_000 }
        );
    }

    #[test]
    fn columns_are_matched_by_name_and_remembered() {
        let table = read(utf8(), Delimiter::Comma).unwrap();
        let wanted = [
            Column::Card,
            Column::Name,
            Column::Sex,
            Column::BirthOn,
            Column::Phone,
            Column::Plan,
            Column::VisitsLeft,
            Column::ValidUntil,
        ];
        let mapping = Mapping::guess(&table.header, &Remembered::new());
        assert_eq!(mapping.0, wanted.map(Some));
        assert!(mapping.names_people());
        let changed = mapping.with(1, None).with(0, Some(Column::Name));
        assert_eq!(changed.0[..2], [Some(Column::Name), None]);
        let again = Mapping::guess(&table.header, &changed.remembered(&table.header));
        assert_eq!(again, changed);
        assert_eq!(mapping.with(2, Some(Column::Name)).place(Column::Name), Some(2));
        let names = ["First_Name", "LAST NAME", "Birth Date (M/D/Y)", "E-mail"].map(str::to_owned);
        let mapping = Mapping::guess(&names, &Remembered::new());
        assert_eq!(
            mapping.0,
            [Column::GivenName, Column::FamilyName, Column::BirthOn, Column::Email].map(Some)
        );
    }
}

mod calendar {
    use super::*;

    #[track_caller]
    fn check(cell: &str, want: Option<&str>) {
        assert_eq!(parse(cell, DateOrder::DayFirst), want.map(day), "{cell}");
    }

    #[test]
    fn dates_in_many_forms() {
        for cell in [
            "2008-09-01",
            "20080901",
            "2008-9-1 ",
            "2008/9/1",
            "2008.09.01",
            "2008年9月1日",
            "2008年09月01号",
            "1/9/2008",
            "01.09.2008",
            "２００８－９－１",
            "2008-09-01 00:00:00",
            "2008-09-01T08:30",
            "39692",
            "民國97年9月1日",
            "097/09/01",
            "0970901",
            "1 Sep 2008",
            "September 1, 2008",
        ] {
            check(cell, Some("2008-09-01"));
        }
        check("29/2/2008", Some("2008-02-29"));
    }

    #[test]
    fn impossible_dates_are_none() {
        for cell in [
            "2008-25-1",
            "29/2/2007",
            "2008-02-30",
            "20081301",
            "1/9/08",
            "99999",
            "12345678901",
            "soon",
            "",
            "-",
            "2008",
            "2008-9",
            "97年9月1日",
            "1-2-3-4",
        ] {
            check(cell, None);
        }
    }

    #[test]
    fn the_order_is_read_from_the_whole_list_or_asked() {
        let guess = |cells: &[&str]| guess_order(cells.iter().copied());
        assert_eq!(guess(&["1/2/2008", "13/2/2008"]), OrderGuess::Clear(DateOrder::DayFirst));
        assert_eq!(guess(&["1/2/2008", "2/13/2008"]), OrderGuess::Clear(DateOrder::MonthFirst));
        assert_eq!(guess(&["1/2/2008", "3/4/2009"]), OrderGuess::Ambiguous);
        assert_eq!(guess(&["13/2/2008", "2/13/2008"]), OrderGuess::Mixed);
        assert_eq!(guess(&["2008-09-01", "5/5/2008", ""]), OrderGuess::Clear(DateOrder::DayFirst));
        assert_eq!(parse("2/13/2008", DateOrder::MonthFirst), Some(day("2008-02-13")));
    }
}

mod rows_of_people {
    use super::*;

    fn reasons(bad: &BadRow) -> Vec<(Option<Column>, RowFlaw)> {
        bad.problems.iter().map(|p| (p.column, p.why.clone())).collect()
    }

    #[test]
    fn a_mainland_list() {
        let preview = read_all(utf8(), Region::Mainland, DateOrder::DayFirst);
        assert_eq!(preview.ready.len(), 3);
        let row = &preview.ready[0];
        assert_eq!((row.line, row.new.name.as_str(), row.new.sex), (2, "张三", Some(Sex::Male)));
        assert!(row.new.name_keys.contains(" zs"));
        assert_eq!(
            row.pass,
            Some(PassPart {
                plan: "十次卡".to_owned(),
                valid_until: Some(day("2027-03-31")),
                visits_left: Some(8),
                card_number: "A001".to_owned()
            })
        );
        assert_eq!(preview.ready[1].new.phone.as_deref(), Some("+8613900001111"));
        assert_eq!(preview.ready[2].pass.as_ref().unwrap().valid_until, Some(day("2026-12-31")));
        assert_eq!(preview.bad.iter().map(|b| b.line).collect::<Vec<_>>(), [5, 6, 7]);
        assert_eq!(reasons(&preview.bad[0]), [(Some(Column::BirthOn), RowFlaw::NotADate)]);
        assert_eq!(preview.bad[0].problems[0].cell, "1990-13-01");
        assert_eq!(
            reasons(&preview.bad[1]),
            [(Some(Column::Phone), RowFlaw::Person { field: Field::Phone, why: Flaw::NotAPhone })]
        );
        assert_eq!(
            reasons(&preview.bad[2]),
            [(Some(Column::Name), RowFlaw::Person { field: Field::Name, why: Flaw::Missing })]
        );
    }

    #[test]
    fn a_taiwan_list() {
        let text = "會員編號;姓名;性別;生日;行動電話;方案;剩餘堂數;到期日\nT1;陳怡君;女;079/05/01;0912-345-678;十堂課;6堂;2027/03/31\nT3;林志明;男;1985/10/24;0933-222-11;月會籍;;2026/12/31\n";
        let preview = read_all(text, Region::Taiwan, DateOrder::DayFirst);
        assert_eq!(preview.ready[0].new.birth_on, Some(day("1990-05-01")));
        assert_eq!(preview.ready[0].pass.as_ref().unwrap().visits_left, Some(6));
        assert_eq!(preview.bad.len(), 1);
    }

    #[test]
    fn names_in_two_columns() {
        let preview = read_all(TSV, Region::Elsewhere, DateOrder::MonthFirst);
        assert_eq!(preview.ready.len(), 1);
        assert_eq!(
            (preview.ready[0].new.name.as_str(), preview.ready[0].new.birth_on),
            ("Ann Lee", Some(day("1990-12-31")))
        );
        assert_eq!(
            reasons(&preview.bad[0]),
            [(Some(Column::Email), RowFlaw::Person { field: Field::Email, why: Flaw::NotAnEmail })]
        );
        assert_eq!(reasons(&preview.bad[1]), [(Some(Column::Sex), RowFlaw::UnknownSex)]);
        let han = read_all("姓,名,手机\n欧阳,雪,13812345678\n", Region::Mainland, DateOrder::DayFirst);
        assert_eq!(han.ready[0].new.name, "欧阳雪");
    }

    #[test]
    fn a_resident_id_fills_birth_date_and_sex_and_a_wrong_one_is_named() {
        let preview = read_all(
            "姓名,身份证号\n张三,11010519491231002X\n李四,110105194912310021\n",
            Region::Mainland,
            DateOrder::DayFirst,
        );
        assert_eq!(
            (preview.ready[0].new.birth_on, preview.ready[0].new.sex),
            (Some(day("1949-12-31")), Some(Sex::Female))
        );
        let why = Flaw::BadNumber { why: NumberFlaw::BadCheckDigit };
        assert_eq!(
            reasons(&preview.bad[0]),
            [(Some(Column::Document), RowFlaw::Person { field: Field::DocumentNumber, why })]
        );
    }

    #[test]
    fn every_other_reason() {
        let check = |text: &str, column: Option<Column>, why: RowFlaw| {
            let preview = read_all(text, Region::Mainland, DateOrder::DayFirst);
            assert_eq!(reasons(&preview.bad[0]), [(column, why)], "{text}");
        };
        check("name,section\nA,roof\n", Some(Column::Sections), RowFlaw::UnknownSection);
        check("name,plan,visits left\nA,Ten,many\n", Some(Column::VisitsLeft), RowFlaw::NotVisits);
        check("name,plan,visits left\nA,Ten,10001\n", Some(Column::VisitsLeft), RowFlaw::NotVisits);
        check("name,valid until\nA,2026-12-31\n", Some(Column::Plan), RowFlaw::PlanMissing);
        check(
            &format!("name,plan\nA,{}\n", "x".repeat(81)),
            Some(Column::Plan),
            RowFlaw::TooLong { chars_max: crate::plans::NAME_CHARS_MAX },
        );
        check(
            &format!("name,card\nA,{}\n", "x".repeat(81)),
            Some(Column::Card),
            RowFlaw::TooLong { chars_max: passes::cards::NUMBER_CHARS_MAX },
        );
        check("name,address\nA,1 Main St, left\n", None, RowFlaw::CellsShifted { expected: 2, found: 3 });
        check("name,address\nA\u{FFFD},x\n", None, RowFlaw::Unreadable);
        check("name,phone\nA,13812345678\na,+86 13812345678\n", None, RowFlaw::SameAsLine { line: 2 });
    }

    #[test]
    fn words_for_sex_sections_and_visits() {
        assert_eq!(words::sex("FEMALE"), Some(Sex::Female));
        assert_eq!(words::sex("先生"), Some(Sex::Male));
        assert_eq!(words::sex("1"), None);
        assert_eq!(words::sections("室内/户外"), Some(vec![Section::Indoor, Section::Outdoor]));
        assert_eq!(words::sections("roof"), None);
        assert_eq!(words::visits("8.0"), Some(8));
        assert_eq!(words::visits("12次"), Some(12));
        assert_eq!(words::visits("-1"), None);
        assert_eq!(words::tags("VIP、早班，"), ["VIP", "早班"]);
    }
}

mod commands {
    use super::*;

    fn import_id() -> Id {
        Uuid::from_u128(0x11)
    }

    fn command(part: u32) -> ImportRows {
        ImportRows { import_id: import_id(), part, file_name: "desk.csv".to_owned() }
    }

    fn personal(rows: Vec<ImportRow>) -> ImportPersonal {
        ImportPersonal { rows }
    }

    fn desk_rows() -> Vec<ImportRow> {
        read_all(utf8(), Region::Mainland, DateOrder::DayFirst).ready
    }

    fn batch(room: &Room, part: u32) -> ImportBatch {
        room.get(ImportBatch::id_of(import_id(), part))
    }

    fn codes(exceptions: &[Exception]) -> Vec<String> {
        exceptions.iter().map(|e| e.what["code"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_row_has_a_result_and_the_pass_it_named() {
        let mut room = Room::empty();
        assert!(room.fact(&command(0), &personal(desk_rows())).is_empty());
        let batch = batch(&room, 0);
        assert_eq!(batch.rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 3, 4]);
        let member: Member = room.get(batch.added().next().unwrap());
        assert_eq!((member.name.as_str(), member.import), ("张三", Some(import_id())));
        assert_eq!(
            room.all::<Pass>(&Want::key::<Pass>(passes::MEMBER_KEY, KeyValue::of(member.id.raw()))).len(),
            1
        );
        assert!(
            batch
                .rows
                .iter()
                .all(|r| r.pass.is_some_and(|p| p.pass_id.is_some() && p.card_id.is_some() && !p.card_taken))
        );
    }

    #[test]
    fn the_same_batch_twice_is_one_and_a_second_import_knows_the_people() {
        let mut room = Room::empty();
        room.fact(&command(0), &personal(desk_rows()));
        room.fact(&command(0), &personal(desk_rows()));
        room.fact(&command(1), &personal(desk_rows()));
        let known: Vec<_> = batch(&room, 0).added().map(|known| RowOutcome::KnownBefore { known }).collect();
        assert_eq!(batch(&room, 1).rows.iter().map(|r| r.outcome.clone()).collect::<Vec<_>>(), known);
    }

    #[test]
    fn lookalikes_are_written_down_and_shown_on_one_card() {
        let mut room = Room::empty();
        room.fact(&command(0), &personal(desk_rows()));
        let text = "姓名,手机\n别人,13812345678\n";
        let rows = read_all(text, Region::Mainland, DateOrder::DayFirst).ready;
        let raised = room.fact(&command(1), &personal(rows));
        assert_eq!(codes(&raised), ["imported_lookalikes"]);
        assert!(
            matches!(batch(&room, 1).rows[0].outcome, RowOutcome::AddedLookalike { ref reasons, .. } if *reasons == [Reason::SamePhone])
        );
    }

    #[test]
    fn undo_archives_what_nobody_touched_and_says_what_it_left() {
        let mut room = Room::empty();
        room.fact(&command(0), &personal(desk_rows()));
        let people: Vec<MemberId> = batch(&room, 0).added().collect();
        room.granted(&ArchiveMember { member_id: people[0] }, &());
        room.granted(&RestoreMember { member_id: people[0] }, &());
        let outcome = room.granted(&UndoImport { import_id: import_id(), part: 0 }, &());
        assert!(
            matches!(outcome, Outcome::Changed { what } if what.why == serde_json::json!({ "code": "left_behind", "count": 1 }))
        );
        let undone = batch(&room, 0).undone.unwrap();
        assert_eq!((undone.archived, undone.left), (2, vec![people[0]]));
        assert!(room.get::<Member>(people[0]).archived.is_none());
        assert!(room.get::<Member>(people[1]).archived.is_some());
        assert!(
            room.all::<Pass>(&Want::key::<Pass>(passes::MEMBER_KEY, KeyValue::of(people[1].raw())))
                .is_empty()
        );
    }

    #[test]
    fn undo_refuses_what_is_not_there_or_was_undone() {
        let mut room = Room::empty();
        let undo = UndoImport { import_id: import_id(), part: 0 };
        assert_eq!(room.refused(&undo, &()), UndoRefusal::UnknownImport);
        room.fact(&command(0), &personal(desk_rows()));
        assert_eq!(room.granted(&undo, &()), Outcome::Accepted);
        assert_eq!(room.refused(&undo, &()), UndoRefusal::UndoneBefore { at: room.now });
    }

    #[test]
    fn a_full_batch_fits_one_push_and_more_rows_are_quarantined() {
        let row = |n: u32| ImportRow { line: n + 2, ..desk_rows()[2].clone() };
        let full = personal((0..200).map(row).collect());
        let size = serde_json::to_string(&full).unwrap().len();
        assert!(size < 256 * 1024, "{size} bytes");
        for rows in [Vec::new(), (0..201).map(row).collect()] {
            let verdict = Room::empty().run(Input::encode(&command(0), &personal(rows)).unwrap());
            assert_eq!(verdict, Verdict::Held(Hold::Quarantined { why: Quarantined::Malformed }));
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _guess = guess_encoding(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        for delimiter in Delimiter::ALL {
            let _table: Result<Table, TableFlaw> = read(&text, delimiter);
        }
    }

    #[test]
    fn no_cells_break_the_preview(text in "name,phone,birthday,plan,visits left,id\n([a\"',;\n0-9/张年月-]{0,12},?){0,20}") {
        read_all(&text, Region::Mainland, DateOrder::MonthFirst);
    }

    #[test]
    fn every_day_reads_back_in_every_form(days in 0u32..70_000) {
        let on = NaiveDate::from_ymd_opt(1928, 1, 1).unwrap() + chrono::Days::new(u64::from(days));
        for form in ["%Y-%m-%d", "%Y/%-m/%-d", "%Y%m%d", "%Y年%-m月%-d日", "%d/%m/%Y", "%-d %b %Y", "%B %-d, %Y"] {
            prop_assert_eq!(parse(&on.format(form).to_string(), DateOrder::DayFirst), Some(on));
        }
    }
}
