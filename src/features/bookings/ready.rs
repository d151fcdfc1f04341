//! Is this phone ready for a class without a network? Preparing fetches what the roster shows and then really decides, for
//! every row and by nothing but what is here, that somebody came. Only then there is a tick, with the time it holds for.
//!
//! What is kept of it are ids and a time: who is ready is asked again of the records.

use std::cell::RefCell;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use rollcall_domain::bookings::{Booking, Mark};
use rollcall_domain::classes::SessionKey;
use rollcall_domain::flow::booking::{MarkRoster, MarkRow};
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::record::RecordBody as _;
use serde::{Deserialize, Serialize};

use super::state::{Flag, flags, name_of, roster};
use crate::hub::{self, Link, Phase};
use crate::live::Live;
use crate::parts::members::somebody;
use crate::parts::session::PACK_KEY;
use crate::parts::settings::clock;
use crate::studio::{Authority, Order, Studio, use_studio};
use crate::tr::bookings as t;
use crate::ui::{Answer, Mark as Line};
use crate::{device, fmt, remember};

/// How long a meeting with the hub is waited for.
const MEET_MS_MAX: u32 = 15_000;
/// Between two looks at it.
const LOOK_MS: u32 = 100;
/// Names said of those who are not ready; the others are counted.
const NAMED_MAX: usize = 4;

/// A session this phone is ready for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Packed {
    /// Which one.
    pub(super) session: SessionKey,
    /// The records are as they were at that time.
    pub(super) at: Timestamp,
    /// The bookings for which it was proven.
    pub(super) rows: Vec<Id>,
}

thread_local! {
    static PACKS: RefCell<Option<ArcRwSignal<Vec<Packed>>>> = const { RefCell::new(None) };
}

/// What this phone is ready for, as it was kept. What cannot be read counts as nothing.
fn packs() -> ArcRwSignal<Vec<Packed>> {
    let kept = || remember::read(PACK_KEY).and_then(|text| serde_json::from_str(&text).ok());
    PACKS.with_borrow_mut(|packs| {
        packs.get_or_insert_with(|| ArcRwSignal::new(kept().unwrap_or_default())).clone()
    })
}

fn keep(all: Vec<Packed>) {
    if let Ok(text) = serde_json::to_string(&all) {
        remember::write(PACK_KEY, &text);
    }
    packs().set(all);
}

/// Why a phone is not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lacking {
    /// The page itself would not open.
    Page,
    /// The hub was not met, now or ever.
    Hub,
    /// Rows whose name is not here.
    Names(u32),
    /// People whose photo is not here.
    Photos(Vec<String>),
    /// People for whom it could not be decided that they came.
    Undecided(Vec<String>),
}

impl Lacking {
    /// The sentence.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Page => t::lacking_page().to_owned(),
            Self::Hub => t::lacking_hub().to_owned(),
            Self::Names(count) => t::lacking_names(u64::from(*count)),
            Self::Photos(names) => t::lacking_photos(some_of(names)),
            Self::Undecided(names) => t::lacking_undecided(some_of(names)),
        }
    }
}

fn some_of(names: &[String]) -> String {
    let mut some: Vec<String> = names.iter().take(NAMED_MAX).cloned().collect();
    let rest = names.len() - some.len();
    if rest > 0 {
        some.push(t::lacking_more(u64::try_from(rest).unwrap_or(u64::MAX)));
    }
    fmt::list(&some)
}

/// Makes this phone ready for these sessions; says what is lacking, and nothing where it is.
pub(super) async fn prepare(studio: &Studio, link: &Link, sessions: Vec<SessionKey>) -> Vec<Lacking> {
    let mut lacking = Vec::new();
    if !device::opens_offline() {
        lacking.push(Lacking::Page);
    }
    let Some(at) = meet(studio, link).await else {
        lacking.push(Lacking::Hub);
        return lacking;
    };
    let mut packed = Vec::new();
    let mut all = Row::default();
    for session in sessions {
        let rows = untrack(|| roster(studio, session));
        for booking in &rows {
            all.prove(studio, booking).await;
        }
        packed.push(Packed { session, at, rows: rows.iter().map(|booking| booking.id.raw()).collect() });
    }
    lacking.extend(all.lacking());
    keep(if lacking.is_empty() { packed } else { Vec::new() });
    lacking
}

/// What was found out about rows.
#[derive(Debug, Default)]
struct Row {
    unnamed: u32,
    no_photo: Vec<String>,
    undecided: Vec<String>,
}

impl Row {
    /// The name, the photo, and the decision itself.
    async fn prove(&mut self, studio: &Studio, booking: &Booking) {
        let who = untrack(|| somebody(studio, booking.member_id)).filter(|who| !who.name.is_empty());
        let Some(who) = who else {
            self.unnamed += 1;
            return;
        };
        if let Some(photo) = &who.photo
            && !Live::keep_photo(studio, photo).await
        {
            self.no_photo.push(who.name.clone());
        }
        if booking.has_seat() && !decides(studio, booking).await {
            self.undecided.push(who.name);
        }
    }

    fn lacking(self) -> Vec<Lacking> {
        let Self { unnamed, no_photo, undecided } = self;
        let names = (unnamed > 0).then_some(Lacking::Names(unnamed));
        let photos = (!no_photo.is_empty()).then_some(Lacking::Photos(no_photo));
        let undecided = (!undecided.is_empty()).then_some(Lacking::Undecided(undecided));
        [names, photos, undecided].into_iter().flatten().collect()
    }
}

/// True when this device can decide by itself that somebody came.
async fn decides(studio: &Studio, booking: &Booking) -> bool {
    let rows = vec![MarkRow { booking_id: booking.id, mark: Some(Mark::Present) }];
    let command = MarkRoster { session: booking.session, rows };
    let Ok(done) = studio.foresee(&Order::new(studio.intent(), &command, &())).await else { return false };
    let nothing_odd =
        matches!(&done.outcome, Some(Outcome::Recorded { exceptions }) if exceptions.is_empty());
    let own =
        done.changes.iter().find(|change| change.kind == Booking::KIND && change.id == booking.id.raw());
    let after = own.and_then(|change| serde_json::from_str::<Booking>(change.body.as_deref()?).ok());
    nothing_odd && after.is_some_and(|after| after.mark.is_some_and(|marked| marked.mark == Mark::Present))
}

/// Meets the hub; the time for which the records then hold. A device that decides by itself needs none.
async fn meet(studio: &Studio, link: &Link) -> Option<Timestamp> {
    if studio.me_now()?.authority == Authority::Solo {
        return Some(studio.now());
    }
    hub::status().await?;
    let asked_at = studio.now();
    link.ring();
    let mut waited_ms = 0;
    while waited_ms < MEET_MS_MAX {
        let state = link.state().get_untracked();
        if state.phase == Phase::UpToDate
            && let Some(at) = state.synced_at.filter(|at| *at >= asked_at)
        {
            return Some(at);
        }
        TimeoutFuture::new(LOOK_MS).await;
        waited_ms += LOOK_MS;
    }
    None
}

/// How this phone stands with one class. Follows changes.
fn standing(studio: &Studio, key: SessionKey) -> Option<(Answer, String)> {
    let packed = packs().get().into_iter().find(|packed| packed.session == key)?;
    let rows = roster(studio, key);
    let new = rows.iter().filter(|booking| !packed.rows.contains(&booking.id.raw()));
    // Whoever was put on the roster here is here.
    let elsewhere = new.filter(|booking| !studio.live().is_pending(Booking::KIND, booking.id.raw())).count();
    Some(match u64::try_from(elsewhere).unwrap_or(u64::MAX) {
        0 => (Answer::Ok, t::ready_since(clock(studio, packed.at))),
        more => (Answer::Warn, t::ready_no_more(more)),
    })
}

/// The tick of one class.
#[component]
pub(super) fn Readiness(key: SessionKey) -> impl IntoView {
    let studio = use_studio();
    let standing = Memo::new(move |_| standing(&studio, key));
    move || standing.get().map(|(answer, text)| view! { <Line answer text /> })
}

/// What the rosters of these classes hold, in a sentence. Follows changes.
pub(super) fn summary(studio: &Studio, sessions: &[SessionKey]) -> String {
    let rows: Vec<Booking> = sessions.iter().flat_map(|key| roster(studio, *key)).collect();
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let seated = rows.iter().filter(|booking| booking.has_seat()).count();
    let with = |flag: Flag| rows.iter().filter(move |booking| flags(studio, booking).contains(&flag));
    let mut parts = vec![t::pack_booked(number(seated))];
    let waiting = rows.len() - seated;
    if waiting > 0 {
        parts.push(t::pack_waiting(number(waiting)));
    }
    for (flag, say) in [
        (Flag::NotSigned, t::pack_not_signed as fn(String) -> String),
        (Flag::AsksFirst, t::pack_asks_first as fn(String) -> String),
    ] {
        let names: Vec<String> = with(flag).map(|booking| name_of(studio, booking)).collect();
        if !names.is_empty() {
            parts.push(say(some_of(&names)));
        }
    }
    fmt::list(&parts)
}
