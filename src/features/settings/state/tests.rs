use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::money::Currency;
use rollcall_domain::kernel::time::Zone;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn settings() -> Settings {
    Settings {
        id: Id::nil(),
        revision: 4,
        name: "River Gym".to_owned(),
        zone: Zone::default(),
        currency: Currency::Cny,
        language: "en".to_owned(),
        sections: vec![Section::Indoor],
        window_minutes: 180,
        closing_minute: 60,
        guardian_may_sign: true,
        sample: false,
    }
}

#[test]
fn an_untouched_draft_asks_for_what_is_there() {
    let command = Draft::of(&settings()).command().unwrap();
    assert_eq!((command.seen_revision, command.window_minutes, command.closing_minute), (4, 180, 60));
    assert_eq!(command.sections, [Section::Indoor]);
}

#[test]
fn every_flaw_is_found_and_makes_no_command() {
    let draft =
        Draft { name: " ".to_owned(), indoor: false, window_minutes: Some(1_441), ..Draft::of(&settings()) };
    assert_eq!(draft.flaws(), [Flaw::Name, Flaw::Sections, Flaw::Window]);
    assert!(draft.command().is_none());
    assert_eq!(Draft { window_minutes: None, ..Draft::of(&settings()) }.flaws(), [Flaw::Window]);
}

#[test]
fn figures_read_well() {
    assert_eq!(size_text(999), "999 B");
    assert_eq!(size_text(1_250_000), "1.2 MB");
    assert_eq!(size_text(64_000_000_000), "64 GB");
    assert_eq!(spaced("ABCDE12345"), "ABCDE 12345");
    assert_eq!(minutes_left(545_000), "9:05");
    assert_eq!(minutes_left(-1), "0:00");
    assert_eq!(clock_of(90), "01:30");
}
