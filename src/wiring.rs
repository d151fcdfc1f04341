//! What features give to the parts: how each slice tells its exceptions and refusals, and the pages of the settings.
//!
//! One line each; given before anything is shown. A feature never finds another one except through here.

use crate::features::settings as own;
use crate::features::{
    appointments, balance, bookings, checkin, feeds, kiosk, members, plans, receipts, sell, timetable,
};
use crate::parts::answers::{Asking, set_askings};
use crate::parts::exceptions::{Telling, set_tellings};
use crate::parts::member_file::{FileParts, set_file_parts};
use crate::parts::one_to_one::set_one_to_one;
use crate::parts::pages::{SettingsPage, set_pages};
use crate::parts::refusals::{Saying, set_sayings};
use crate::parts::session::{SessionParts, set_session_acts, set_session_parts};

/// Who tells the exceptions of a slice.
static TELLINGS: &[Telling] = &[
    members::TELLING,
    members::KERNEL_TELLING,
    sell::TELLING,
    receipts::TELLING,
    checkin::TELLING,
    bookings::TELLING,
    appointments::TELLING,
    own::TELLING,
];

/// Who says the refusals of a slice.
static SAYINGS: &[Saying] = &[
    members::SAYING,
    plans::SAYING,
    timetable::SAYING,
    bookings::SAYING,
    feeds::SAYING,
    balance::SAYING,
    appointments::SAYING,
];

/// Who says what was asked for, where the hub refused it later.
static ASKINGS: &[Asking] = &[bookings::ASKING, timetable::ASKING, appointments::ASKING];

/// What features add to a member's file, in the order in which it is shown.
static FILE_PARTS: &[FileParts] = &[sell::FILE, receipts::FILE, checkin::FILE, own::FILE];

/// What features add to a session of the timetable, in the order in which it is shown.
static SESSION_PARTS: &[SessionParts] = &[bookings::SESSION];

/// The pages of the settings, in the order of the list.
static SETTINGS_PAGES: &[SettingsPage] = &[
    own::STUDIO,
    plans::PAGE,
    timetable::PAGE,
    feeds::PAGE,
    appointments::PAGE,
    members::TERMS_PAGE,
    balance::PAGE,
    own::ME,
    own::PEOPLE,
    own::LOOK,
    own::DEVICE,
    kiosk::PAGE,
    own::HUB,
    own::DEVICES,
    own::BACKUP,
    own::ABOUT,
];

/// Called once, before anything is shown.
pub(crate) fn give() {
    set_tellings(TELLINGS);
    set_sayings(SAYINGS);
    set_askings(ASKINGS);
    set_pages(SETTINGS_PAGES);
    set_file_parts(FILE_PARTS);
    set_session_parts(SESSION_PARTS);
    set_session_acts(timetable::ACTS);
    set_one_to_one(appointments::PARTS);
}
