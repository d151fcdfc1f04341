//! People as several screens need them: found by what somebody typed, shown in one line, opened by their address.

use std::collections::BTreeSet;

use leptos::prelude::*;
use rollcall_domain::kernel::RecordBody;
use rollcall_domain::kernel::access::Reader;
use rollcall_domain::kernel::alias::{Alias, Circle};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{Hash, Id};
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::members::cards::{Alert, NameCard, RosterCard};
use rollcall_domain::members::region::Region;
use rollcall_domain::members::{Contact, Health, Member, MemberId, phone};

use super::{han, settings};
use crate::studio::Studio;
use crate::tr::members as t;

/// Where a half-filled application is kept; goes when the device is emptied.
pub const DRAFT_KEY: &str = "rollcall.draft.member";

/// All ids of a member, the one they go by first. Follows changes.
#[must_use]
pub fn circle(studio: &Studio, member: MemberId) -> Circle {
    Circle::from_alias(member.raw(), studio.live().get::<Alias>(member).as_ref())
}

/// The entry that stands for a member: another one where two were merged. Follows changes.
#[must_use]
pub fn stands(studio: &Studio, member: MemberId) -> MemberId {
    MemberId(circle(studio, member).root())
}

/// A member as they are known by now. Follows changes.
#[must_use]
pub fn person(studio: &Studio, member: MemberId) -> Option<Member> {
    studio.live().get::<Member>(stands(studio, member))
}

/// What a hot kind keeps for a member under any of their ids. Follows changes.
#[must_use]
pub fn kept<T: RecordBody>(studio: &Studio, member: MemberId, key: &'static str) -> Vec<T> {
    let circle = circle(studio, member);
    circle.ids().iter().flat_map(|id| studio.live().by_key::<T>(key, KeyValue::of(*id))).collect()
}

/// The wants for what a kind keeps for a member under any of their ids. Follows changes.
#[must_use]
pub fn kept_wants<T: RecordBody>(studio: &Studio, member: MemberId, key: &'static str) -> Vec<Want> {
    circle(studio, member).ids().iter().map(|id| Want::key::<T>(key, KeyValue::of(*id))).collect()
}

/// How many people there are. Follows changes.
#[must_use]
pub fn count(studio: &Studio) -> usize {
    let aliases = studio.live().of_kind::<Alias>();
    let absorbed = aliases.iter().filter(|alias| alias.circle().root() != alias.id).count();
    studio.live().count(Member::KIND).saturating_sub(absorbed)
}

/// Members whom a search finds, in name order; everybody for an empty one. Follows changes.
#[must_use]
pub fn find(studio: &Studio, typed: &str, limit: usize) -> Vec<Id> {
    let words = han::folded_query(typed);
    if words.is_empty() && !typed.trim().is_empty() {
        return Vec::new();
    }
    let found = studio.live().search(&words, limit);
    if studio.live().count(Alias::KIND) == 0 {
        return found;
    }
    // Whoever is found by what an absorbed entry says is shown as the one who stands, once.
    let mut seen = BTreeSet::new();
    let stand = found.into_iter().map(|id| stands(studio, MemberId(id)).raw());
    stand.filter(|id| seen.insert(*id)).collect()
}

/// The same as members, for short lists.
#[must_use]
pub fn find_members(studio: &Studio, typed: &str, limit: usize) -> Vec<Member> {
    find(studio, typed, limit).into_iter().filter_map(|id| studio.live().get::<Member>(id)).collect()
}

/// Somebody as everybody knows them who works with people: the whole entry is not for every role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Somebody {
    /// Under the entry that stands for them.
    pub id: MemberId,
    /// What they are called.
    pub name: String,
    /// The photo.
    pub photo: Option<Hash>,
    /// The version of the newest terms they signed.
    pub signed_version: Option<u32>,
    /// There is something to ask about before they train.
    pub asks_first: bool,
}

/// Somebody, from the whole entry or from what is cut from it for a roster. Follows changes.
#[must_use]
pub fn somebody(studio: &Studio, member: MemberId) -> Option<Somebody> {
    let (id, live) = (stands(studio, member), studio.live());
    if let Some(member) = live.get::<Member>(id) {
        let health = live.get::<Health>(Health::id_of(id));
        return Some(Somebody {
            id,
            name: called(&member),
            signed_version: member.signed.map(|signed| signed.version),
            asks_first: health.is_some_and(|health| health.says_something()),
            photo: member.photo,
        });
    }
    let card = live.get::<NameCard>(id)?;
    Some(Somebody {
        id,
        name: card.name,
        photo: card.photo,
        signed_version: live.get::<RosterCard>(id).and_then(|card| card.signed_version),
        asks_first: live.get::<Alert>(Health::id_of(id)).is_some(),
    })
}

/// Whom a search finds, as every role may see them. Follows changes.
#[must_use]
pub fn find_somebody(studio: &Studio, typed: &str, limit: usize) -> Vec<Somebody> {
    find(studio, typed, limit).into_iter().filter_map(|id| somebody(studio, MemberId(id))).collect()
}

/// True for whoever may open the files of others.
#[must_use]
pub fn reads_files(studio: &Studio) -> bool {
    studio.me().is_some_and(|me| me.role.reads(Reader::Desk))
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
