//! Things that only show: facts, emptiness, waiting, progress.

use std::time::Duration;

use leptos::prelude::*;

use super::text::Text;
use super::words::words;

/// A list of names and values.
#[component]
pub fn Facts(children: Children) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}

/// One name and its value.
#[component]
pub fn Fact(#[prop(into)] name: Text, children: Children) -> impl IntoView {
    view! {
        <div class="facts__one">
            <dt>{move || name.get()}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

/// What stands where a list would be: a sentence, and what to do about it. `heading` where it is the whole screen.
#[component]
pub fn Empty(
    #[prop(into)] title: Text,
    #[prop(optional)] heading: bool,
    #[prop(optional, into)] note: Option<Text>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {if heading {
                view! { <h1 class="empty__title">{move || title.get()}</h1> }.into_any()
            } else {
                view! { <p class="empty__title">{move || title.get()}</p> }.into_any()
            }}
            {note.map(|note| view! { <p class="empty__note">{move || note.get()}</p> })}
            {children.map(|children| view! { <div class="empty__acts">{children()}</div> })}
        </div>
    }
}

/// After this long one may say that something is loading; before, it would only flicker.
const PATIENCE: Duration = Duration::from_millis(200);

/// Grey bars in the place of rows that are on their way. Nothing for the first 200 ms, but the room is kept.
#[component]
pub fn Skeleton(#[prop(default = 5)] rows: usize) -> impl IntoView {
    let late = RwSignal::new(false);
    if let Ok(timer) = set_timeout_with_handle(move || late.set(true), PATIENCE) {
        on_cleanup(move || timer.clear());
    }
    let row = |_| view! { <div class="skeleton__row"><span class="skeleton__face"></span><span class="skeleton__bar"></span></div> };
    view! {
        <div class="skeleton" data-late=move || late.get().then_some("true") role="status">
            <span class="only-read">{move || late.get().then(|| (words().loading)())}</span>
            {(0..rows).map(row).collect_view()}
        </div>
    }
}

/// How far something is. `of` of zero: nobody knows.
#[component]
pub fn Progress(
    #[prop(into)] label: Text,
    #[prop(into)] done: Signal<u64>,
    #[prop(into)] of: Signal<u64>,
) -> impl IntoView {
    let known = move || of.get() > 0;
    view! {
        <div class="progress">
            <p class="progress__label">{move || label.get()}</p>
            <progress
                aria-label=move || label.get()
                max=move || known().then(|| of.get().to_string())
                value=move || known().then(|| done.get().min(of.get()).to_string())
            ></progress>
        </div>
    }
}
