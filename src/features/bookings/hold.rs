//! Seats this device holds by itself, asked for before it goes where there is no network (docs/leases.md).

use leptos::prelude::*;
use rollcall_domain::bookings::{LEASED_MAX, SeatLease, leases_of_session};
use rollcall_domain::classes::{Session, SessionKey};
use rollcall_domain::flow::booking::{LeaseSeats, ReleaseSeats, ReturnSeats};
use rollcall_domain::kernel::Timestamp;

use super::state::may;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::settings::{device_name, moment};
use crate::shell::use_shell;
use crate::studio::{Authority, Order, Studio, use_studio};
use crate::tr::hold as t;
use crate::ui::{Actions, Button, ButtonKind, ButtonRole, NumberField};

/// The lease of this device that promises one more seat of a session now.
pub(super) fn own_lease(studio: &Studio, key: SessionKey) -> Option<SeatLease> {
    let device = studio.me_now()?.device;
    let all = studio.live().all::<SeatLease>(&leases_of_session(key.id()));
    all.into_iter().find(|lease| lease.device == device && lease.promises(1, studio.now()))
}

/// The panel. Where there is no hub, whatever is booked here is booked.
#[component]
pub(super) fn Hold(session: Session) -> impl IntoView {
    let studio = use_studio();
    let me = studio.me_now()?;
    if me.authority != Authority::Hub || !may::<LeaseSeats>(&studio) || session.has_begun(studio.now()) {
        return None;
    }
    let (key, device) = (session.key, me.device);
    let all = Memo::new(move |_| studio.live().all::<SeatLease>(&leases_of_session(key.id())));
    let own = Memo::new(move |_| all.with(|all| all.iter().find(|lease| lease.device == device).cloned()));
    let others = move || {
        let rest = all.get().into_iter().filter(move |lease| lease.device != device);
        rest.map(|lease| view! { <Others lease /> }).collect_view()
    };
    Some(view! {
        <details class="hold">
            <summary>{t::title}</summary>
            <div class="stack">
                {move || match own.get() {
                    Some(lease) => view! { <Held lease /> }.into_any(),
                    None => view! { <Ask key /> }.into_any(),
                }}
                {others}
            </div>
        </details>
    })
}

#[component]
fn Ask(key: SessionKey) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let seats = RwSignal::new(None::<i64>);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let wanted = seats.get_untracked().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
        let (Some(seats), Some(me)) = (wanted, studio.me_now()) else { return };
        let command = LeaseSeats { session: key, device: me.device, seats, not_after: None };
        doing.run(
            &studio,
            |id| Order::new(id, &command, &()),
            move |done| shell.say(if done.predicted { t::held_said() } else { t::held_now_said() }),
        );
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <p class="quiet">{t::none}</p>
            <div class="cluster">
                <NumberField label=t::seats value=seats min=1 max=i64::from(LEASED_MAX) />
                <Button role=ButtonRole::Submit busy=doing.busy()>{t::hold}</Button>
            </div>
            <Trouble doing />
        </form>
    }
}

#[component]
fn Held(lease: SeatLease) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let SeatLease { id, guessed, .. } = lease;
    let (left, until, now): (u32, Timestamp, Timestamp) =
        (lease.left(), lease.promises_until(), studio.now());
    let for_words = studio.clone();
    let words = move || match (guessed, now < until) {
        (true, _) => t::asked().to_owned(),
        (false, true) => t::held(u64::from(left), moment(&for_words, until)),
        (false, false) => t::over().to_owned(),
    };
    let back = move |()| {
        let command = ReturnSeats { lease_id: id };
        doing.run(&studio, |id| Order::new(id, &command, &()), move |_| shell.say(t::given_back_said()));
    };
    view! {
        <p>{words}</p>
        <Trouble doing />
        <Actions><Button kind=ButtonKind::Quiet busy=doing.busy() on_press=back>{t::give_back}</Button></Actions>
    }
}

/// Seats another device holds. An owner may take them away, and is told what that can cost.
#[component]
fn Others(lease: SeatLease) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (for_name, id, device, left) = (studio.clone(), lease.id, lease.device, lease.left());
    let words = move || {
        let name = device_name(&for_name, device).unwrap_or_else(|| t::some_device().to_owned());
        t::others(u64::from(left), name)
    };
    let may_release = may::<ReleaseSeats>(&studio);
    let take = move |()| {
        let command = ReleaseSeats { lease_id: id };
        doing.run(&studio, |id| Order::new(id, &command, &()), move |_| shell.say(t::released_said()));
    };
    view! {
        <p>{words}</p>
        <Trouble doing />
        {may_release.then(|| view! {
            <p class="quiet">{t::release_note}</p>
            <Actions><Button kind=ButtonKind::Stop busy=doing.busy() on_press=take>{t::release}</Button></Actions>
        })}
    }
}
