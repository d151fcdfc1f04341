//! Gives the primitives the few words they say by themselves.

use crate::tr::ui as t;
use crate::ui::{Words, set_words};

/// Called once, before anything is shown.
pub(crate) fn give() {
    set_words(Words {
        close: t::close,
        clear: t::clear,
        required: t::required,
        choose: t::choose,
        loading: t::loading,
        busy: t::busy,
        undo: t::undo,
        nothing_found: t::nothing_found,
        less: t::less,
        more: t::more,
        not_a_number: t::not_a_number,
        not_an_amount: t::not_an_amount,
        not_a_date: t::not_a_date,
        date_too_early: |day| t::date_too_early(day),
        date_too_late: |day| t::date_too_late(day),
        number_between: |min, max| t::number_between(min, max),
        photo_take: t::photo_take,
        photo_choose: t::photo_choose,
        photo_remove: t::photo_remove,
        photo_unreadable: t::photo_unreadable,
        photo_none: t::photo_none,
        sign_here: t::sign_here,
        sign_done: t::sign_done,
        sign_by_name: t::sign_by_name,
        sign_by_hand: t::sign_by_hand,
        sign_name: t::sign_name,
        sign_name_hint: t::sign_name_hint,
        print: t::print,
        scan_open: t::scan_open,
        scan_close: t::scan_close,
        scan_again: t::scan_again,
        scan_picture: t::scan_picture,
        scan_starting: t::scan_starting,
        scan_aim: t::scan_aim,
        scan_light: t::scan_light,
        scan_insecure: t::scan_insecure,
        scan_missing: t::scan_missing,
        scan_refused: t::scan_refused,
        scan_in_use: t::scan_in_use,
        scan_no_reader: t::scan_no_reader,
    });
}
