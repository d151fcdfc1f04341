//! Which device holds the right to spend without asking: taken here, given back here, or taken away by an owner.

use leptos::prelude::*;
use rollcall_domain::flow::money::{LeaseMoney, ReleaseMoney, ReturnMoney};
use rollcall_domain::kernel::access::OWNER;
use rollcall_domain::payments::MoneyLease;

use crate::parts::doing::{Doing, Trouble};
use crate::parts::purse::{is_read, offline_rules, running_lease, watch_right};
use crate::parts::settings::{device_name, moment, money};
use crate::shell::use_shell;
use crate::studio::{Authority, Order, use_studio};
use crate::tr::balance as t;
use crate::ui::{Actions, Button, ButtonKind};

/// The right as it stands.
#[component]
pub(super) fn Right() -> impl IntoView {
    let studio = use_studio();
    let me = studio.me_now()?;
    if me.authority != Authority::Hub {
        return Some(view! { <p class="quiet">{t::take_solo}</p> }.into_any());
    }
    watch_right();
    let for_lease = studio.clone();
    let lease = Memo::new(move |_| running_lease(&for_lease));
    let inside = move || match lease.get() {
        Some(lease) if lease.device == me.device => view! { <Held lease /> }.into_any(),
        Some(lease) => view! { <Elsewhere lease /> }.into_any(),
        None => view! { <Nobody /> }.into_any(),
    };
    Some(view! { <div class="stack" data-testid="right">{inside}</div> }.into_any())
}

/// Takes it, or begins anew.
#[component]
fn Take(label: fn() -> &'static str) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let take = move |()| {
        let Some(me) = studio.me_now() else { return };
        let command = LeaseMoney { device: me.device, not_after: None };
        doing.run(&studio, |id| Order::new(id, &command, &()), move |_| shell.say(t::taken_said()));
    };
    view! {
        <Trouble doing />
        <Button busy=doing.busy() on_press=take>{label}</Button>
    }
}

#[component]
fn Nobody() -> impl IntoView {
    let studio = use_studio();
    let allowed = Memo::new(move |_| offline_rules(&studio).allowed);
    view! {
        <p>{t::none}</p>
        {move || if allowed.get() {
            view! { <Actions><Take label=t::take /></Actions> }.into_any()
        } else {
            view! { <p class="quiet">{t::take_off}</p> }.into_any()
        }}
    }
}

#[component]
fn Held(lease: MoneyLease) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (for_words, lease_id) = (studio.clone(), lease.id);
    let words = move || {
        let until = lease.spends_until();
        if lease.guessed || !is_read(&lease) {
            return t::asked().to_owned();
        }
        if for_words.now() >= until {
            return t::over().to_owned();
        }
        let sum = |cents| money(&for_words, cents);
        t::held(
            moment(&for_words, until),
            sum(lease.left_cents()),
            sum(lease.in_all_cents),
            sum(lease.member_cents),
        )
    };
    let back = move |()| {
        let command = ReturnMoney { lease_id };
        doing.run(&studio, |id| Order::new(id, &command, &()), move |_| shell.say(t::given_back_said()));
    };
    view! {
        <p>{words}</p>
        <Trouble doing />
        <Actions>
            <Take label=t::again />
            <Button kind=ButtonKind::Quiet busy=doing.busy() on_press=back>{t::give_back}</Button>
        </Actions>
    }
}

/// Another device has it. An owner may take it away, and is told what that can cost.
#[component]
fn Elsewhere(lease: MoneyLease) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (for_words, for_note) = (studio.clone(), studio.clone());
    let (lease_id, left) = (lease.id, lease.left_cents());
    let words = move || {
        let name = device_name(&for_words, lease.device).unwrap_or_else(|| t::some_device().to_owned());
        t::others(name, money(&for_words, left), money(&for_words, lease.in_all_cents))
    };
    let note = move || t::release_note(money(&for_note, left));
    let may_release = studio.me_now().is_some_and(|me| OWNER.contains(&me.role));
    let take = move |()| {
        let command = ReleaseMoney { lease_id };
        doing.run(&studio, |id| Order::new(id, &command, &()), move |_| shell.say(t::released_said()));
    };
    view! {
        <p>{words}</p>
        <Trouble doing />
        {may_release.then(|| view! {
            <p class="quiet">{note}</p>
            <Actions><Button kind=ButtonKind::Stop busy=doing.busy() on_press=take>{t::release}</Button></Actions>
        })}
    }
}
