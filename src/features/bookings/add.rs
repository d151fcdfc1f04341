//! One more on the roster: booked beforehand, a walk-in once people come.

use leptos::prelude::*;
use rollcall_domain::bookings::{Booking, Mark, REASON_CHARS_MAX, State};
use rollcall_domain::classes::SessionKey;
use rollcall_domain::flow::booking::{BookSeats, IfFull, OverWhy, WalkIn};
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::members::MemberId;

use super::hold::own_lease;
use super::state::{may, seats};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::members::{Somebody, find_somebody, phone_of};
use crate::shell::use_shell;
use crate::studio::{Done, Order, use_studio};
use crate::tr::bookings as t;
use crate::ui::{Need, PickOption, Picker, TextField};

/// People offered for what was typed.
const HITS_MAX: usize = 8;

/// How somebody gets on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Asked for beforehand.
    Booked,
    /// Somebody who stands there.
    WalkIn,
}

/// The field; nothing for whoever may not add anybody in that way.
#[component]
pub(super) fn Add(
    key: SessionKey,
    how: How,
    /// Runs once somebody is on the roster.
    #[prop(optional, into)]
    on_done: Option<Callback<()>>,
) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let begun = how == How::WalkIn;
    let may_add = if begun { may::<WalkIn>(&studio) } else { may::<BookSeats>(&studio) };
    if !may_add {
        return None;
    }
    let (query, reason, missing) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(false));
    let (for_hits, for_full) = (studio.clone(), studio.clone());
    let options = Signal::derive(move || {
        let found = query.with(|text| match text.trim() {
            "" => Vec::new(),
            _ => find_somebody(&for_hits, text, HITS_MAX),
        });
        let option = |who: Somebody| PickOption {
            id: who.id.to_string(),
            note: phone_of(&for_hits, who.id).unwrap_or_default(),
            title: who.name,
        };
        found.into_iter().map(option).collect::<Vec<_>>()
    });
    let is_full = Memo::new(move |_| begun && seats(&for_full, key).is_some_and(|seats| seats.free() == 0));
    let doing = Doing::new(&studio);
    let pick = move |option: PickOption| {
        let Ok(member_id) = option.id.parse().map(MemberId) else { return };
        let why = reason.get_untracked();
        missing.set(is_full.get_untracked() && why.trim().is_empty());
        if missing.get_untracked() {
            return;
        }
        let name = option.title;
        // Seats this device holds are given first: they are certain.
        let lease_id = own_lease(&studio, key).map(|lease| lease.id);
        let then = move |done: Done| {
            query.try_set(String::new());
            reason.try_set(String::new());
            shell.say(said(&done, name));
            on_done.into_iter().for_each(|done| {
                done.try_run(());
            });
        };
        if begun {
            let command = WalkIn { session: key, member_id, mark: Mark::Present, lease_id };
            doing.run(&studio, |id| Order::new(id, &command, &OverWhy { reason: why }), then);
        } else {
            let command =
                BookSeats { session: key, members: vec![member_id], if_full: IfFull::Wait, lease_id };
            doing.run(&studio, |id| Order::new(id, &command, &()), then);
        }
    };
    let label: fn() -> &'static str = if begun { t::add_walk_in } else { t::add };
    let chars = u32::try_from(REASON_CHARS_MAX).unwrap_or(200);
    let error = Signal::derive(move || missing.get().then(|| t::refused_reason_missing().to_owned()));
    Some(view! {
        <div class="stack">
            <Show when=move || is_full.get()>
                <TextField label=t::over_why value=reason length_max=chars need=Need::Required error placeholder=t::over_why_example />
            </Show>
            <Picker label query options on_pick=pick placeholder=t::add_hint />
            <Trouble doing />
        </div>
    })
}

/// What became of it, in the words of the one who was booked.
fn said(done: &Done, name: String) -> String {
    let bodies = done.changes.iter().filter(|change| change.kind == Booking::KIND);
    let mut read = bodies.filter_map(|change| serde_json::from_str::<Booking>(change.body.as_deref()?).ok());
    let own = read.find(|booking| booking.booked_at.0 > 0 && booking.mark.is_none() || booking.walk_in);
    let of_lease = own.as_ref().is_some_and(|booking| booking.lease_id.is_some());
    match own.map(|booking| booking.state) {
        Some(State::Waiting { position, .. }) => t::waitlisted_said(name, position),
        _ if done.predicted && !of_lease => t::requested_said(name),
        _ => t::booked_said(name),
    }
}
