//! People as several screens need them: found by what somebody typed, shown in one line, opened by their address.

use leptos::prelude::*;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::members::region::Region;
use rollcall_domain::members::{Contact, Member, MemberId, phone};

use super::{han, settings};
use crate::studio::Studio;
use crate::tr::members as t;

/// Where a half-filled application is kept; goes when the device is emptied.
pub const DRAFT_KEY: &str = "rollcall.draft.member";

/// Members whom a search finds, in name order; everybody for an empty one. Follows changes.
#[must_use]
pub fn find(studio: &Studio, typed: &str, limit: usize) -> Vec<Id> {
    let words = han::folded_query(typed);
    if words.is_empty() && !typed.trim().is_empty() {
        return Vec::new();
    }
    studio.live().search(&words, limit)
}

/// The same as members, for short lists.
#[must_use]
pub fn find_members(studio: &Studio, typed: &str, limit: usize) -> Vec<Member> {
    find(studio, typed, limit).into_iter().filter_map(|id| studio.live().get::<Member>(id)).collect()
}

/// What somebody is called; the number that is left of somebody who was erased.
#[must_use]
pub fn called(member: &Member) -> String {
    if member.erased { t::file_erased_name(Member::number_of(member.id)) } else { member.name.clone() }
}

/// The address of a member's file.
#[must_use]
pub fn href(member: MemberId) -> String {
    format!("/members/{member}")
}

/// Whose telephone habits hold here.
#[must_use]
pub fn home(studio: &Studio) -> Region {
    Region::of_studio(settings::studio_settings(studio).as_ref())
}

/// A member's number as it is dialled at home.
#[must_use]
pub fn phone_of(studio: &Studio, member: MemberId) -> Option<String> {
    let contact = studio.live().get::<Contact>(Contact::id_of(member))?;
    contact.phone.map(|number| phone::shown(&number, home(studio)))
}

/// A member's photo as an address the browser can show.
#[must_use]
pub fn photo_of(studio: &Studio, member: &Member) -> Signal<Option<String>> {
    studio.live().photo(member.photo.clone())
}
