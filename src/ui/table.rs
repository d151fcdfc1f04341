//! A table that scrolls sideways by itself when the screen is narrow.

use leptos::prelude::*;

use super::text::Text;

/// A table with a caption. The rows are given as `<tr>`s.
#[component]
pub fn Table(
    #[prop(into)] caption: Text,
    /// The headings, in order; figures among them are aligned by the class `figures` on their cells.
    #[prop(into)]
    head: Signal<Vec<Text>>,
    children: Children,
) -> impl IntoView {
    let cells = move || {
        head.get().into_iter().map(|text| view! { <th scope="col">{move || text.get()}</th> }).collect_view()
    };
    view! {
        <div class="table" role="region" tabindex="0" aria-label=move || caption.get()>
            <table>
                <caption class="only-read">{move || caption.get()}</caption>
                <thead><tr>{cells}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
