//! The studio's devices: who is at which, when the hub last heard of it, and shutting one out.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::devices::Standing;
use rollcall_domain::kernel::{Role, Timestamp};

use super::pair::Pair;
use super::studio::role_name;
use crate::hub::{self, DeviceRow, JoinError};
use crate::parts::settings::{moment, person_name};
use crate::shell::use_shell;
use crate::studio::{Authority, Studio, use_studio};
use crate::tr::sync as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonLink, ButtonSize, Dialog, DialogWidth, List, Mark,
    Row, Section, Skeleton,
};

type Listed = Result<Vec<DeviceRow>, JoinError>;

/// The page.
#[component]
pub fn DevicesPage() -> impl IntoView {
    let studio = use_studio();
    let place = Memo::new(move |_| studio.me().map(|me| (me.authority, me.role)));
    move || {
        match place.get() {
        Some((Authority::Hub, Role::Owner)) => view! { <Devices /> }.into_any(),
        Some((Authority::Hub, _)) => view! { <p>{t::devices_only_owner}</p> }.into_any(),
        _ => view! {
            <div class="stack">
                <p>{t::devices_solo}</p>
                <div class="cluster"><ButtonLink href="/settings/hub" kind=ButtonKind::Primary>{t::devices_to_hub}</ButtonLink></div>
            </div>
        }
        .into_any(),
    }
    }
}

#[component]
fn Devices() -> impl IntoView {
    let studio = use_studio();
    let listed = RwSignal::new(None::<Listed>);
    let for_ask = studio.clone();
    let ask = Callback::new(move |()| {
        let studio = for_ask.clone();
        spawn_local(async move {
            let found = hub::devices(&studio).await;
            listed.try_set(Some(found));
        });
    });
    ask.run(());
    let adding = RwSignal::new(false);
    let rows = move || {
        match listed.get() {
        None => view! { <div><p class="only-read" role="status">{t::devices_loading}</p><Skeleton rows=3 /></div> }.into_any(),
        Some(Err(error)) => view! {
            <div class="stack">
                <p>{if error == JoinError::Offline { t::devices_failed() } else { hub::say(&error) }}</p>
                <div class="cluster"><Button on_press=move |()| ask.run(())>{crate::tr::common::retry}</Button></div>
            </div>
        }
        .into_any(),
        Some(Ok(rows)) => {
            let studio = studio.clone();
            let one = move |row: DeviceRow| view! { <OneDevice row studio=studio.clone() on_changed=ask /> };
            view! { <List label=t::devices_list>{rows.into_iter().map(one).collect_view()}</List> }.into_any()
        }
    }
    };
    view! {
        <div class="stack stack--wide">
            <div class="cluster"><Button kind=ButtonKind::Primary on_press=move |()| adding.set(true)>{t::devices_add}</Button></div>
            <Section title=t::devices_list>{rows}</Section>
            <Dialog title=t::pair_title open=adding width=DialogWidth::Wide on_close=move |()| ask.run(())>
                <Pair />
            </Dialog>
        </div>
    }
}

#[component]
fn OneDevice(row: DeviceRow, studio: Studio, on_changed: Callback<()>) -> impl IntoView {
    let asking = RwSignal::new(None::<Leaving>);
    let open = RwSignal::new(false);
    let ask = move |how| {
        asking.set(Some(how));
        open.set(true);
    };
    let DeviceRow { device, name, person, role, series, seen_at, standing, waiting, .. } = row;
    let is_this = studio.me_now().is_some_and(|me| me.device == device);
    let title = StoredValue::new(name.clone());
    let for_note = studio.clone();
    let note = move || {
        let who = person_name(&for_note, person).unwrap_or_else(|| role_name(role).to_owned());
        let seen = if seen_at == Timestamp(0) {
            t::devices_never().to_owned()
        } else {
            t::devices_seen(moment(&for_note, seen_at))
        };
        let waits = waiting
            .filter(|count| *count > 0)
            .map(|count| format!(" · {}", t::devices_waiting(u64::from(count))));
        format!("{who} · {series} · {seen}{}", waits.unwrap_or_default())
    };
    let after = match (is_this, standing) {
        (true, _) => view! { <span>{t::devices_this}</span> }.into_any(),
        (false, Standing::ShutOut) => view! { <Mark answer=Answer::Stop text=t::devices_revoked /> }.into_any(),
        (false, Standing::Retired) => view! {
            <div class="cluster">
                <Mark answer=Answer::Plain text=t::devices_retired />
                <Button kind=ButtonKind::Quiet size=ButtonSize::Small on_press=move |()| ask(Leaving::ShutOut)>{t::devices_revoke}</Button>
            </div>
        }.into_any(),
        (false, Standing::InUse) => view! {
            <div class="cluster">
                <Button kind=ButtonKind::Quiet size=ButtonSize::Small on_press=move |()| ask(Leaving::Retire)>{t::devices_retire}</Button>
                <Button kind=ButtonKind::Quiet size=ButtonSize::Small on_press=move |()| ask(Leaving::ShutOut)>{t::devices_revoke}</Button>
            </div>
        }.into_any(),
    };
    view! {
        <Row after><b>{name}</b> <small>{note}</small></Row>
        <Dialog title=move || asking.get().unwrap_or_default().title(title.get_value()) open>
            {move || asking.get().map(|how| view! {
                <Leave device how name=title.get_value() on_done=move |()| { open.set(false); on_changed.run(()); } on_keep=move |()| open.set(false) />
            })}
        </Dialog>
    }
}

/// How a device leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Leaving {
    /// Another one takes its place.
    #[default]
    Retire,
    /// It is lost.
    ShutOut,
}

impl Leaving {
    fn title(self, device: String) -> String {
        match self {
            Self::Retire => t::devices_retire_title(device),
            Self::ShutOut => t::devices_revoke_title(device),
        }
    }

    const fn words(self) -> (fn() -> &'static str, fn() -> &'static str) {
        match self {
            Self::Retire => (t::devices_retire_lead, t::devices_retire),
            Self::ShutOut => (t::devices_revoke_lead, t::devices_revoke),
        }
    }
}

#[component]
fn Leave(
    how: Leaving,
    device: rollcall_domain::kernel::ids::DeviceId,
    name: String,
    #[prop(into)] on_done: Callback<()>,
    #[prop(into)] on_keep: Callback<()>,
) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<JoinError>));
    let (lead, act) = how.words();
    let leave = move |()| {
        busy.set(true);
        let (studio, name) = (studio.clone(), name.clone());
        spawn_local(async move {
            let done = match how {
                Leaving::Retire => hub::retire(&studio, device).await,
                Leaving::ShutOut => hub::revoke(&studio, device).await,
            };
            match done {
                Ok(()) => {
                    shell.say(match how {
                        Leaving::Retire => t::devices_retire_said(name),
                        Leaving::ShutOut => t::devices_revoke_said(name),
                    });
                    on_done.try_run(());
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <p>{lead}</p>
        {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=hub::say(&error) /> })}
        <Actions>
            <Button on_press=move |()| on_keep.run(())>{crate::tr::common::cancel}</Button>
            <Button kind=ButtonKind::Stop busy on_press=leave>{act}</Button>
        </Actions>
    }
}
