//! Every primitive in all its states, on one page, to look at and to test.

use leptos::prelude::*;

use crate::ui::{Page, PageHead};

/// The page at `/gallery`.
#[component]
pub fn Gallery() -> impl IntoView {
    view! { <Page><PageHead title="Gallery" /></Page> }
}
