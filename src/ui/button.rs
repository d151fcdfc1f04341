//! Things to press.

use leptos::prelude::*;

use super::words::words;

/// How strongly a button asks to be pressed. One primary a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    #[default]
    Plain,
    Primary,
    Quiet,
    /// Something that cannot be undone.
    Stop,
}

/// How large it is. Large is for what a thumb presses all day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonSize {
    #[default]
    Normal,
    Large,
    Small,
}

/// What pressing does in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonRole {
    #[default]
    Press,
    Submit,
}

/// The classes of a button, for links that look like one.
pub fn button_class(kind: ButtonKind, size: ButtonSize) -> String {
    let kind = match kind {
        ButtonKind::Plain => "",
        ButtonKind::Primary => " button--primary",
        ButtonKind::Quiet => " button--quiet",
        ButtonKind::Stop => " button--stop",
    };
    let size = match size {
        ButtonSize::Normal => "",
        ButtonSize::Large => " button--large",
        ButtonSize::Small => " button--small",
    };
    format!("button{kind}{size}")
}

/// A button. While busy or disabled it keeps the focus and does nothing.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] role: ButtonRole,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
    /// What it is called for those who listen, where its words alone do not say of what; it begins with them.
    #[prop(optional, into)]
    label: Option<Signal<String>>,
    children: Children,
) -> impl IntoView {
    let still = move || busy.get() || disabled.get();
    let press = move |event: web_sys::MouseEvent| {
        if busy.get_untracked() || disabled.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button
            type=match role { ButtonRole::Press => "button", ButtonRole::Submit => "submit" }
            class=button_class(kind, size)
            aria-label=label.map(|label| move || label.get())
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || still().then_some("true")
            on:click=press
        >
            {children()}
            <span class="button__busy" aria-hidden="true"></span>
            {move || busy.get().then(|| view! { <span class="only-read">{(words().busy)()}</span> })}
        </button>
    }
}

/// A link that looks like a button: it goes somewhere, so it is a link.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    children: Children,
) -> impl IntoView {
    view! { <a href=href class=button_class(kind, size)>{children()}</a> }
}
