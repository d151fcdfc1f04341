//! The list of members, found as one types, with the file of the one in hand beside it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::members::{Member, MemberId};

use super::file::FileView;
use crate::fmt;
use crate::parts::{members, passes, visits};
use crate::studio::use_studio;
use crate::tr::members as t;
use crate::ui::{
    ButtonKind, ButtonLink, Empty, Face, Mark, Page, PageHead, PageWidth, SearchBox, Sheet, Split,
    VirtualList,
};

/// People one list shows; more than any studio of this size has.
const LISTED_MAX: usize = 100_000;

/// The page of `/members` and of `/members/:id`.
#[component]
pub fn Members() -> impl IntoView {
    let studio = use_studio();
    let params = use_params_map();
    let navigate = use_navigate();
    let for_hand = studio.clone();
    let in_hand = Memo::new(move |_| {
        let id = params.with(|params| params.get("id")).and_then(|id| id.parse().ok()).map(MemberId)?;
        Some(members::stands(&for_hand, id))
    });
    let query = RwSignal::new(String::new());
    let for_found = studio.clone();
    let found = Memo::new(move |_| {
        query
            .with(|typed| members::find(&for_found, typed, LISTED_MAX))
            .into_iter()
            .map(MemberId)
            .collect::<Vec<_>>()
    });
    let for_count = studio.clone();
    let all = Memo::new(move |_| u64::try_from(members::count(&for_count)).unwrap_or(u64::MAX));
    let go = navigate.clone();
    let open = Callback::new(move |id: MemberId| {
        go(&members::href(id), NavigateOptions { scroll: false, ..NavigateOptions::default() });
    });
    let submit = move |_: String| {
        // Enter opens the first who is found.
        if let Some(first) = found.with_untracked(|found| found.first().copied()) {
            open.run(first);
        }
    };
    let close =
        move |()| navigate("/members", NavigateOptions { scroll: false, ..NavigateOptions::default() });
    view! {
        <Split>
            <Page width=PageWidth::Full>
                <PageHead title=t::title note=move || t::count(all.get())>
                    <ButtonLink href="/members/import">{t::import}</ButtonLink>
                    <ButtonLink href="/members/new" kind=ButtonKind::Primary>{t::register}</ButtonLink>
                </PageHead>
                <Show when=move || all.get() != 0 fallback=NobodyYet>
                    <div class="members__search"><SearchBox label=t::search_label value=query placeholder=t::search on_submit=submit /></div>
                    <Show when=move || !found.with(Vec::is_empty) fallback=move || view! { <NobodyFound query /> }>
                        <VirtualList label=t::list_label items=found key=|id: &MemberId| *id view=|id| view! { <MemberRow id /> }.into_any()
                            on_open=open selected=in_hand />
                    </Show>
                </Show>
            </Page>
            <Sheet label=t::sheet open=Signal::derive(move || in_hand.get().is_some()) on_close=close>
                {move || in_hand.get().map(|id| view! { <FileView id /> })}
            </Sheet>
        </Split>
    }
}

#[component]
fn NobodyYet() -> impl IntoView {
    view! {
        <Empty title=t::none_title note=t::none_note>
            <ButtonLink href="/members/new" kind=ButtonKind::Primary>{t::register}</ButtonLink>
            <ButtonLink href="/members/import">{t::import}</ButtonLink>
        </Empty>
    }
}

#[component]
fn NobodyFound(query: RwSignal<String>) -> impl IntoView {
    let name = move || query.get().trim().to_owned();
    let href = move || format!("/members/new?name={}", String::from(js_sys::encode_uri_component(&name())));
    view! {
        <Empty title=move || t::not_found(name()) note=t::not_found_note>
            {move || view! { <ButtonLink href=href()>{t::register_words(name())}</ButtonLink> }}
        </Empty>
    }
}

/// Photo, name, pass in words, last visit.
#[component]
fn MemberRow(id: MemberId) -> impl IntoView {
    let studio = use_studio();
    let for_member = studio.clone();
    let member = Memo::new(move |_| for_member.live().get::<Member>(id));
    let name =
        Signal::derive(move || member.with(|m| m.as_ref().map(|m| m.name.clone()).unwrap_or_default()));
    let archived = move || member.with(|m| m.as_ref().is_some_and(|m| m.archived.is_some()));
    let for_photo = studio.clone();
    // The photo's address comes as a signal of its own, asked for anew when the member has another photo.
    let photo = Signal::derive(move || {
        member.with(|m| m.as_ref().and_then(|m| members::photo_of(&for_photo, m).get()))
    });
    let (for_status, for_seen, for_pending) = (studio.clone(), studio.clone(), studio);
    let status = move || {
        let explained = passes::explanation(&for_status, &member.get()?);
        Some(
            view! { <Mark answer=passes::status_answer(explained.status) text=passes::because(&explained.because) /> },
        )
    };
    let last_seen = move || {
        let at = visits::visits_of(&for_seen, id)?.last_at()?;
        Some(fmt::day_near(for_seen.zone().day(at), for_seen.today()))
    };
    let pending = move || for_pending.live().is_pending(Member::KIND, id.raw()).then_some("true");
    view! {
        <Face name photo_url=photo />
        <div class="row__words members__row" data-pending=pending>
            <b>{name}</b>
            <small>{move || if archived() { t::archived().into_any() } else { status().into_any() }}</small>
        </div>
        <div class="row__after quiet">{last_seen}</div>
    }
}
