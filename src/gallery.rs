//! Every primitive in all its states, on one page, to look at and to test.
//!
//! It shows and never saves: nothing here reaches a record.

pub mod answers;
pub mod fields;
pub mod floats;
pub mod lists;
pub mod media;

use leptos::prelude::*;

use crate::tr::gallery as t;
use crate::ui::{Button, ButtonKind, ButtonLink, ButtonSize, Page, PageHead, Section};

/// The page at `/gallery`.
#[component]
pub fn Gallery() -> impl IntoView {
    view! {
        <Page>
            <PageHead title=t::title note=t::note />
            <Buttons />
            <fields::Fields />
            <fields::Choices />
            <answers::Answers />
            <answers::Showing />
            <lists::Lists />
            <floats::Floats />
            <media::Media />
        </Page>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let busy = || view! { <Button busy=Signal::stored(true)>{t::busy}</Button> };
    view! {
        <Section title=t::buttons>
            <div class="stack">
                <div class="cluster">
                    <Button kind=ButtonKind::Primary>{t::primary}</Button>
                    <Button>{t::plain}</Button>
                    <Button kind=ButtonKind::Quiet>{t::quiet}</Button>
                    <Button kind=ButtonKind::Stop>{t::stop}</Button>
                    <ButtonLink href="/gallery">{t::link}</ButtonLink>
                </div>
                <div class="cluster">
                    <Button kind=ButtonKind::Primary size=ButtonSize::Large>{t::large}</Button>
                    <Button size=ButtonSize::Large>{t::large}</Button>
                    <Button size=ButtonSize::Small>{t::small}</Button>
                    <Button kind=ButtonKind::Primary busy=Signal::stored(true)>{t::busy}</Button>
                    {busy()}
                    <Button kind=ButtonKind::Primary disabled=Signal::stored(true)>{t::disabled}</Button>
                    <Button kind=ButtonKind::Quiet disabled=Signal::stored(true)>{t::disabled}</Button>
                </div>
            </div>
        </Section>
    }
}
