//! A hub that was put back to an older state: whom it waits for, and the owner's word that it shall wait no longer.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::Timestamp;

use crate::hub::{self, DeviceRow, JoinError, Recovering, use_link};
use crate::parts::settings::moment;
use crate::shell::use_shell;
use crate::studio::{Studio, use_studio};
use crate::tr::sync as t;
use crate::ui::{Answer, Banner, Button, List, Row, Section};

/// The card; nothing in ordinary times, and while the hub cannot say.
#[component]
pub(super) fn PutBack() -> impl IntoView {
    let studio = use_studio();
    let (waits, devices) = (RwSignal::new(None::<Recovering>), RwSignal::new(Vec::<DeviceRow>::new()));
    let ask = Callback::new(move |()| {
        let studio = studio.clone();
        spawn_local(async move {
            let Ok(found) = hub::recovering(&studio).await else { return };
            if found.is_some()
                && let Ok(rows) = hub::devices(&studio).await
            {
                devices.try_set(rows);
            }
            waits.try_set(found);
        });
    });
    // Asked again whenever a round of syncing ended: devices may have come meanwhile.
    let state = use_link().state();
    let ended = Memo::new(move |_| state.get().synced_at);
    Effect::new(move |_| {
        // Read, not only tracked: a memo that nobody reads hears of nothing.
        ended.get();
        ask.run(());
    });
    move || waits.get().map(|waits| view! { <Missing waits devices=devices.get() on_gone_on=ask /> })
}

#[component]
fn Missing(waits: Recovering, devices: Vec<DeviceRow>, on_gone_on: Callback<()>) -> impl IntoView {
    let studio = use_studio();
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<JoinError>));
    let rows = missing_rows(&studio, &waits, devices);
    let for_good = waits.gone_on;
    let (lead, act): (fn() -> &'static str, fn() -> &'static str) = match for_good {
        false => (t::back_lead, t::back_go_on),
        true => (t::back_open, t::back_for_good),
    };
    let go_on = go_on(studio, waits.since, for_good, busy, trouble, on_gone_on);
    view! {
        <Section title=t::back_title>
            <div class="stack">
                <Banner answer=Answer::Warn text=lead />
                <List label=t::back_list>
                    {rows.into_iter().map(|(name, seen)| view! { <Row><b>{name}</b> <small>{seen}</small></Row> }).collect_view()}
                </List>
                {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=hub::say(&error) /> })}
                {(!for_good).then(|| view! { <p class="quiet">{t::back_note}</p> })}
                <div class="cluster"><Button busy on_press=go_on>{act}</Button></div>
            </div>
        </Section>
    }
}

/// The devices waited for, by name, and when they were last heard of.
fn missing_rows(studio: &Studio, waits: &Recovering, devices: Vec<DeviceRow>) -> Vec<(String, String)> {
    let missing = devices.into_iter().filter(|row| waits.missing.contains(&row.device));
    missing.map(|row| (row.name, t::back_seen(moment(studio, row.seen_at)))).collect()
}

fn go_on(
    studio: Studio,
    since: Timestamp,
    for_good: bool,
    busy: RwSignal<bool>,
    trouble: RwSignal<Option<JoinError>>,
    on_gone_on: Callback<()>,
) -> impl Fn(()) + Clone + Send + Sync + 'static {
    let shell = use_shell();
    move |()| {
        busy.set(true);
        let studio = studio.clone();
        spawn_local(async move {
            match hub::go_on(&studio, since, for_good).await {
                Ok(()) => {
                    shell.say(t::back_done());
                    on_gone_on.try_run(());
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    }
}
