//! The few words that primitives say by themselves, given once by the app in its languages.

use std::sync::OnceLock;

type Word = fn() -> &'static str;

/// Every word that a primitive needs without its user having to pass it.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub close: Word,
    pub clear: Word,
    pub required: Word,
    pub choose: Word,
    pub loading: Word,
    pub busy: Word,
    pub undo: Word,
    pub nothing_found: Word,
    pub less: Word,
    pub more: Word,
    pub not_a_number: Word,
    pub not_an_amount: Word,
    pub not_a_date: Word,
    pub date_too_early: fn(&str) -> String,
    pub date_too_late: fn(&str) -> String,
    pub number_between: fn(&str, &str) -> String,
    pub photo_take: Word,
    pub photo_choose: Word,
    pub photo_remove: Word,
    pub photo_unreadable: Word,
    pub photo_none: Word,
    pub sign_here: Word,
    pub sign_done: Word,
    pub sign_by_name: Word,
    pub sign_by_hand: Word,
    pub sign_name: Word,
    pub sign_name_hint: Word,
    pub print: Word,
    pub scan_open: Word,
    pub scan_close: Word,
    pub scan_again: Word,
    pub scan_picture: Word,
    pub scan_starting: Word,
    pub scan_aim: Word,
    pub scan_light: Word,
    pub scan_insecure: Word,
    pub scan_missing: Word,
    pub scan_refused: Word,
    pub scan_in_use: Word,
    pub scan_no_reader: Word,
}

static WORDS: OnceLock<Words> = OnceLock::new();

/// Gives the words. The first call counts; the app makes it before anything is shown.
pub fn set_words(words: Words) {
    let _ = WORDS.set(words);
}

/// The words, empty where the app gave none (a test of one primitive).
pub fn words() -> Words {
    fn none() -> &'static str {
        ""
    }
    *WORDS.get_or_init(|| Words {
        close: none,
        clear: none,
        required: none,
        choose: none,
        loading: none,
        busy: none,
        undo: none,
        nothing_found: none,
        less: none,
        more: none,
        not_a_number: none,
        not_an_amount: none,
        not_a_date: none,
        date_too_early: |day| day.to_owned(),
        date_too_late: |day| day.to_owned(),
        number_between: |min, max| format!("{min}–{max}"),
        photo_take: none,
        photo_choose: none,
        photo_remove: none,
        photo_unreadable: none,
        photo_none: none,
        sign_here: none,
        sign_done: none,
        sign_by_name: none,
        sign_by_hand: none,
        sign_name: none,
        sign_name_hint: none,
        print: none,
        scan_open: none,
        scan_close: none,
        scan_again: none,
        scan_picture: none,
        scan_starting: none,
        scan_aim: none,
        scan_light: none,
        scan_insecure: none,
        scan_missing: none,
        scan_refused: none,
        scan_in_use: none,
        scan_no_reader: none,
    })
}
