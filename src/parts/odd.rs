//! An item of the exceptions desk on the screen: its sentence and its buttons, wherever it is shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use rollcall_domain::kernel::Exception;
use rollcall_domain::kernel::exceptions::{OPEN_KEY, SettleException};
use rollcall_domain::kernel::order;

use super::exceptions::{Choice, Orders, telling};
use super::refusals::say_run_error;
use crate::shell::use_shell;
use crate::studio::{Order, RunError, Studio, use_studio};
use crate::tr::exceptions as t;
use crate::ui::{Answer, Banner, Button, ButtonKind, ButtonLink};

/// What waits for whoever is here, newest first; not what this device foresees of other people's matters.
#[must_use]
pub fn open_items(studio: &Studio) -> Vec<Exception> {
    let Some(me) = studio.me() else { return Vec::new() };
    let mut items = studio.live().by_key::<Exception>(OPEN_KEY, Exception::open_value());
    items.retain(|item| item.is_for(me.person, me.role));
    order::by_key(&mut items, |item| std::cmp::Reverse(item.raised_at));
    items
}

/// How many of them wait.
#[must_use]
pub fn open_count(studio: &Studio) -> u64 {
    u64::try_from(open_items(studio).len()).unwrap_or(u64::MAX)
}

/// The slice's sentence, or plainly that this build has none.
#[must_use]
pub fn sentence(studio: &Studio, item: &Exception) -> String {
    telling(&item.slice)
        .and_then(|telling| (telling.sentence)(studio, item))
        .unwrap_or_else(|| t::unknown().to_owned())
}

/// The slice's buttons, or one that only closes the item.
#[must_use]
pub fn choices(studio: &Studio, item: &Exception) -> Vec<Choice> {
    match telling(&item.slice).and_then(|telling| (telling.choices)(studio, item)) {
        Some(two) => two.into(),
        None => vec![Choice::new("done", t::done())],
    }
}

/// One item as a row: sentence and buttons; what else is known goes below as children.
#[component]
pub fn OddItem(item: Exception, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let studio = use_studio();
    let item = StoredValue::new(item);
    let trouble = RwSignal::new(None::<RunError>);
    let said = move || item.with_value(|item| sentence(&studio, item));
    view! {
        <li class="odd">
            <p class="odd__said mark mark--warn">{said}</p>
            <Choices item trouble />
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say_run_error(&error) /> })}
            {children.map(|children| children())}
        </li>
    }
}

/// What a pressed button hands over.
type Press = (&'static str, Option<Orders>, Option<String>);

#[component]
fn Choices(item: StoredValue<Exception>, trouble: RwSignal<Option<RunError>>) -> impl IntoView {
    let (studio, shell, navigate) = (use_studio(), use_shell(), use_navigate());
    let busy = RwSignal::new(false);
    let for_press = studio.clone();
    let press = Callback::new(move |(code, orders, go): Press| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let (studio, navigate, item) = (for_press.clone(), navigate.clone(), item.get_value());
        spawn_local(async move {
            match settle(&studio, &item, code, orders).await {
                Ok(()) => {
                    shell.say(t::settled_said());
                    if let Some(path) = go {
                        navigate(&path, NavigateOptions::default());
                    }
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    });
    let button = move |(at, choice): (usize, Choice)| {
        let Choice { code, label, orders, go, lead } = choice;
        let kind = if at == 0 { ButtonKind::Primary } else { ButtonKind::Plain };
        match lead {
            Some(path) => view! { <ButtonLink href=path kind>{label}</ButtonLink> }.into_any(),
            None => {
                view! { <Button kind busy on_press=move |()| press.run((code, orders, go.clone()))>{label}</Button> }
                    .into_any()
            }
        }
    };
    let all = move || {
        item.with_value(|item| choices(&studio, item)).into_iter().enumerate().map(button).collect_view()
    };
    view! { <div class="odd__acts">{all}</div> }
}

/// The follow-up first, then the settling, in one group; a refusal leaves the item open.
async fn settle(
    studio: &Studio,
    item: &Exception,
    code: &str,
    orders: Option<Orders>,
) -> Result<(), RunError> {
    let group = studio.mint();
    for order in orders.map(|make| make(studio, item)).unwrap_or_default() {
        studio.run(order.group(group)).await?;
    }
    let settle = SettleException { exception_id: item.id, choice: code.to_owned() };
    studio.run(Order::new(studio.intent(), &settle, &()).group(group)).await?;
    Ok(())
}
