//! A table that scrolls sideways by itself when the screen is narrow.

use leptos::prelude::*;

use super::text::Text;

/// The heading of one column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    label: Text,
    class: &'static str,
}

impl Column {
    /// A column of words.
    pub fn words(label: impl Into<Text>) -> Self {
        Self { label: label.into(), class: "" }
    }

    /// A column of numbers or amounts; its cells carry the class `figures`.
    pub fn figures(label: impl Into<Text>) -> Self {
        Self { label: label.into(), class: "figures" }
    }
}

/// A table with a caption for those who listen. The rows are given as `<tr>`s.
#[component]
pub fn Table(
    #[prop(into)] caption: Text,
    /// The headings, in order.
    head: Vec<Column>,
    children: Children,
) -> impl IntoView {
    let cell =
        |column: Column| view! { <th scope="col" class=column.class>{move || column.label.get()}</th> };
    view! {
        <div class="table" role="region" tabindex="0" aria-label=move || caption.get()>
            <table>
                <caption class="only-read">{move || caption.get()}</caption>
                <thead>
                    <tr>{head.into_iter().map(cell).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
