//! What a screen is made of: page, head, sections, groups of fields.

use leptos::prelude::*;

use super::text::Text;

/// How a page uses its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageWidth {
    #[default]
    Normal,
    /// For reading and for forms.
    Narrow,
    /// As high and wide as the screen: its list scrolls by itself.
    Full,
}

/// A page.
#[component]
pub fn Page(#[prop(optional)] width: PageWidth, children: Children) -> impl IntoView {
    let class = match width {
        PageWidth::Normal => "page",
        PageWidth::Narrow => "page page--narrow",
        PageWidth::Full => "page page--full",
    };
    view! { <div class=class>{children()}</div> }
}

/// The page's one heading, a quiet line beside it, and what can be done there as children.
#[component]
pub fn PageHead(
    #[prop(into)] title: Text,
    #[prop(optional, into)] note: Option<Text>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page__head">
            <div class="page__title">
                <h1>{move || title.get()}</h1>
                {note.map(|note| view! { <p class="page__note">{move || note.get()}</p> })}
            </div>
            {children.map(|children| view! { <div class="page__acts">{children()}</div> })}
        </header>
    }
}

/// A part of a page under its own heading.
#[component]
pub fn Section(#[prop(into)] title: Text, children: Children) -> impl IntoView {
    view! {
        <section class="section">
            <h2 class="section__title">{move || title.get()}</h2>
            {children()}
        </section>
    }
}

/// A short group of fields under its own heading, side by side where there is room.
#[component]
pub fn FieldGroup(#[prop(into)] title: Text, children: Children) -> impl IntoView {
    view! {
        <section class="group">
            <h2 class="group__title">{move || title.get()}</h2>
            {children()}
        </section>
    }
}

/// Fields on both sides of a grid that belong on one whole line.
#[component]
pub fn Whole(children: Children) -> impl IntoView {
    view! { <div class="field--whole">{children()}</div> }
}
