//! Erasing a person: what will go and what stays, a word to be typed, and afterwards where it is gone.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::devices::Standing;
use rollcall_domain::kernel::erasure::AboutErased;
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::kernel::{Erased, Exception, Role, Timestamp};
use rollcall_domain::members::{EraseMember, Member, MemberId};

use super::words;
use crate::hub::{self, DeviceRow};
use crate::parts::exceptions::{Choice, read};
use crate::parts::refusals::say_run_error;
use crate::parts::{members, passes, settings};
use crate::shell::use_shell;
use crate::studio::{Authority, Order, Studio, use_studio};
use crate::tr::members as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, Dialog, Fact, Facts, Mark, Need, Section, TextField,
};

/// How it is told at the exceptions desk that somebody had been erased.
pub(super) fn sentence(studio: &Studio, item: &Exception) -> Option<String> {
    Some(match read::<AboutErased>(item)? {
        AboutErased::ErasedSubject => {
            let name = item.about.first().map(|id| words::name_of(studio, *id)).unwrap_or_default();
            t::odd_erased_subject(name)
        }
        AboutErased::Erased | AboutErased::WasErased => t::odd_erased_item().to_owned(),
    })
}

/// Its two buttons.
pub(super) fn choices(_: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let [seen, look] = read::<AboutErased>(item)?.choices();
    let file = item.about.first().map(|id| members::href(MemberId(*id))).unwrap_or_default();
    Some([Choice::new(seen, t::odd_erased_seen()), Choice::new(look, t::odd_look()).go(file)])
}

/// The dialog.
#[component]
pub(super) fn EraseDialog(
    id: MemberId,
    #[prop(into)] name: Signal<String>,
    open: RwSignal<bool>,
) -> impl IntoView {
    view! { <Dialog title=move || t::erase_title(name.get()) open><Erase id open /></Dialog> }
}

#[component]
fn Erase(id: MemberId, open: RwSignal<bool>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let typed = RwSignal::new(String::new());
    let (busy, tried, trouble) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<String>));
    let intent = studio.intent();
    let is_typed = move || typed.with(|typed| typed.trim().to_lowercase() == t::erase_word().to_lowercase());
    let error = move || (tried.get() && !is_typed()).then(|| t::erase_not_typed().to_owned());
    // Whom the word is typed for: what is joined with this file later was not shown, and does not go.
    let whom = EraseMember::of(&untrack(|| members::circle(&studio, id)));
    let others: Vec<String> = whom.also.iter().map(|id| untrack(|| words::own_name(&studio, *id))).collect();
    let others = (!others.is_empty()).then(|| crate::fmt::list(&others));
    let for_costs = studio.clone();
    let erase = move |()| {
        tried.set(true);
        if !untrack(is_typed) {
            return;
        }
        busy.set(true);
        let (studio, order) = (studio.clone(), Order::new(intent, &whom, &()));
        spawn_local(async move {
            let done = studio.run(order).await;
            busy.try_set(false);
            match done {
                Ok(_) => {
                    shell.say(t::erase_said(Member::number_of(id)));
                    open.try_set(false);
                }
                Err(error) => {
                    trouble.try_set(Some(say_run_error(&error)));
                }
            }
        });
    };
    view! {
        <div class="stack">
            <p>{t::erase_lead}</p>
            <Facts>
                <Fact name=t::erase_goes>{t::erase_goes_words}</Fact>
                <Fact name=t::erase_stays>{move || t::erase_stays_words(Member::number_of(id))}</Fact>
            </Facts>
            {others.map(|names| view! { <Banner answer=Answer::Warn text=t::erase_entries(names) /> })}
            {move || costs(&for_costs, id).into_iter().map(|text| view! { <Banner answer=Answer::Warn text /> }).collect_view()}
            <p class="quiet">{t::erase_copies}</p>
            <TextField label=move || t::erase_type(t::erase_word()) value=typed need=Need::Required error />
            {move || trouble.get().map(|why| view! { <Banner answer=Answer::Stop text=why /> })}
        </div>
        <Actions>
            <Button on_press=move |()| open.set(false)>{crate::tr::common::cancel}</Button>
            <Button kind=ButtonKind::Stop busy on_press=erase>{t::erase_act}</Button>
        </Actions>
    }
}

/// What nobody can settle any more once they are erased.
fn costs(studio: &Studio, id: MemberId) -> Vec<String> {
    let mut costs = Vec::new();
    match passes::owed_cents(studio, id) {
        0 => {}
        cents if cents > 0 => costs.push(t::erase_owes(settings::money(studio, cents))),
        cents => costs.push(t::erase_we_owe(settings::money(studio, -cents))),
    }
    let held = passes::held(studio, id);
    let value_cents = passes::stored_value_cents(&held);
    if value_cents > 0 {
        costs.push(t::erase_we_owe(settings::money(studio, value_cents)));
    }
    let today = studio.today();
    let is_open = |h: &rollcall_domain::passes::Holding| {
        h.pass.opens_doors() && !h.is_used_up() && h.pass.valid_until.is_none_or(|until| until >= today)
    };
    let open = held.iter().filter(|h| is_open(h)).count();
    if open > 0 {
        costs.push(t::erase_passes(u64::try_from(open).unwrap_or(u64::MAX)));
    }
    costs
}

/// What is left of somebody: since when, under which number, and where they are gone.
#[component]
pub(super) fn ErasedFile(id: MemberId) -> impl IntoView {
    let studio = use_studio();
    let for_erased = studio.clone();
    let erased = Memo::new(move |_| for_erased.live().get::<Erased>(Erased::id_of(id.raw())));
    let banner = move || {
        let day = crate::fmt::day(studio.zone().day(erased.get()?.at));
        let text = t::file_erased_banner(day, Member::number_of(id));
        Some(view! { <Banner answer=Answer::Plain text /> })
    };
    view! {
        {banner}
        <Section title=t::erase_where>
            {move || erased.get().map(|erased| view! { <Where erased /> })}
        </Section>
    }
}

#[component]
fn Where(erased: Erased) -> impl IntoView {
    let studio = use_studio();
    let record = Erased::id_of(erased.subject);
    let for_pending = studio.clone();
    let waits = Memo::new(move |_| for_pending.live().is_pending(Erased::KIND, record));
    let place = Memo::new({
        let studio = studio.clone();
        move |_| studio.me().map(|me| (me.authority, me.role))
    });
    let at = erased.at;
    move || match place.get() {
        Some((Authority::Hub, _)) if waits.get() => view! { <p>{t::erase_waits}</p> }.into_any(),
        Some((Authority::Hub, Role::Owner)) => view! {
            <p><Mark answer=Answer::Ok text=t::erase_hub /></p>
            <NotYet at />
        }
        .into_any(),
        Some((Authority::Hub, _)) => view! {
            <p><Mark answer=Answer::Ok text=t::erase_hub /></p>
            <p class="quiet">{t::erase_only_owner}</p>
        }
        .into_any(),
        _ => view! { <p><Mark answer=Answer::Ok text=t::erase_here /></p> }.into_any(),
    }
}

/// The devices that the hub has not heard of since, with their last contact.
#[component]
fn NotYet(at: Timestamp) -> impl IntoView {
    let studio = use_studio();
    let rows = RwSignal::new(None::<Option<Vec<DeviceRow>>>);
    let for_ask = studio.clone();
    spawn_local(async move {
        // Whoever cannot be asked now is asked when the file is opened again.
        let found = hub::devices(&for_ask).await.ok();
        rows.try_set(Some(found));
    });
    let line = move |row: DeviceRow| {
        let text = if row.seen_at == Timestamp(0) {
            t::erase_not_yet_never(row.name)
        } else {
            t::erase_not_yet_row(row.name, settings::moment(&studio, row.seen_at))
        };
        view! { <li>{text}</li> }
    };
    move || match rows.get() {
        None => ().into_any(),
        Some(None) => view! { <p class="quiet">{t::erase_no_answer}</p> }.into_any(),
        Some(Some(rows)) => {
            let behind = |row: &DeviceRow| row.standing == Standing::InUse && row.seen_at < at;
            let behind: Vec<DeviceRow> = rows.into_iter().filter(behind).collect();
            if behind.is_empty() {
                return view! { <p>{t::erase_everywhere}</p> }.into_any();
            }
            let lines = behind.into_iter().map(line.clone()).collect_view();
            view! { <p>{t::erase_not_yet}</p><ul data-testid="erase-not-yet">{lines}</ul> }.into_any()
        }
    }
}
