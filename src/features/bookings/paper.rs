//! The roster on paper, for the day a phone dies: names, boxes, lines for whoever comes along, and a code whose address
//! opens the right roster when what is on the sheet is written down afterwards.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rollcall_domain::bookings::{Booking, State};
use rollcall_domain::classes::{Days, Session, SessionKey};

use super::state::{flags, name_of, roster};
use crate::parts::session::roster_href;
use crate::parts::sessions::{Naming, session};
use crate::parts::settings::{clock, studio_settings};
use crate::studio::use_studio;
use crate::tr;
use crate::tr::bookings as t;
use crate::ui::{
    ButtonKind, ButtonLink, Empty, Page, PageHead, PageWidth, Paper, PrintButton, PrintFrame, QrCode,
    time_text,
};
use crate::{fmt, hub};

/// Empty lines for whoever comes along.
const LINES: usize = 6;

/// The page of `/roster/:session/paper`.
#[component]
pub fn RosterPaper() -> impl IntoView {
    let studio = use_studio();
    let params = use_params_map();
    let named = move || params.with(|params| params.get("session")).and_then(|text| text.parse().ok());
    let shown = Memo::new(move |_| named().and_then(|key: SessionKey| session(&studio, key)));
    move || match shown.get() {
        Some(session) => {
            let href = roster_href(session.key);
            view! {
                <Page width=PageWidth::Narrow>
                    <PageHead title=t::paper><ButtonLink href kind=ButtonKind::Quiet>{t::hand_back_to}</ButtonLink></PageHead>
                    <PrintFrame paper=Paper::A4><Sheet session /></PrintFrame>
                    <div class="cluster only-screen"><PrintButton kind=ButtonKind::Primary /></div>
                </Page>
            }
            .into_any()
        }
        None => view! {
            <Empty heading=true title=t::hand_none note=t::hand_none_note>
                <ButtonLink href="/" kind=ButtonKind::Primary>{tr::common::not_found_home}</ButtonLink>
            </Empty>
        }
        .into_any(),
    }
}

#[component]
fn Sheet(session: Session) -> impl IntoView {
    let studio = use_studio();
    let key = session.key;
    let for_rows = studio.clone();
    let rows = Memo::new(move |_| roster(&for_rows, key));
    let address = StoredValue::new(format!("{}{}", hub::address(), roster_href(key)));
    let lines = (0..LINES)
        .map(|_| view! { <tr><td></td><td></td><td class="sheet-box"></td><td class="sheet-box"></td></tr> })
        .collect_view();
    view! {
        <div class="roster-sheet" data-testid="roster-sheet">
            <SheetHead session />
            <div class="roster-sheet__code" data-link=address.get_value()>
                <QrCode data=address.get_value() label=t::paper_code />
                <p>{t::paper_code_note}</p>
            </div>
            <table>
                <thead><tr><th>{t::paper_name}</th><th>{t::paper_note}</th><th>{t::mark_present}</th><th>{t::mark_late}</th></tr></thead>
                <tbody>
                    <For each=move || rows.get() key=|booking| booking.id children=|booking| view! { <SheetRow booking /> } />
                    {lines}
                </tbody>
            </table>
        </div>
    }
}

/// What it is, and for which moment it holds.
#[component]
fn SheetHead(session: Session) -> impl IntoView {
    let studio = use_studio();
    let printed_at = studio.now();
    let (on, start, length) = (session.on, session.terms.start_minute, session.terms.length_minutes);
    let for_named = studio.clone();
    let named = Memo::new(move |_| {
        let named = Naming::of(&for_named, Days { first: on, last: on });
        (named.title(&session), named.coaches(&session), named.place(&session))
    });
    let for_studio = studio.clone();
    let name = move || studio_settings(&for_studio).map(|settings| settings.name).unwrap_or_default();
    let times = move || format!("{}–{}", time_text(start), time_text((start + length) % (24 * 60)));
    let who = move || {
        let (_, coaches, place) = named.get();
        [Some(coaches).filter(|who| !who.is_empty()), place]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    };
    view! {
        <header class="roster-sheet__head">
            <p>{name}</p>
            <h2>{move || named.with(|(title, ..)| title.clone())}</h2>
            <p>{move || fmt::day_heading(on)} ", " {times}</p>
            <p>{who}</p>
            <p><small>{move || t::paper_as_of(clock(&studio, printed_at))}</small></p>
        </header>
    }
}

#[component]
fn SheetRow(booking: Booking) -> impl IntoView {
    let studio = use_studio();
    let (for_name, shown) = (studio.clone(), booking.clone());
    let note = move || {
        let waits = match booking.state {
            State::Waiting { position, .. } => Some(t::word_waitlisted(position)),
            _ => None,
        };
        let flags = flags(&studio, &booking).into_iter().map(|flag| flag.words().to_owned());
        waits.into_iter().chain(flags).collect::<Vec<_>>().join(", ")
    };
    view! { <tr><td>{move || name_of(&for_name, &shown)}</td><td>{note}</td><td class="sheet-box"></td><td class="sheet-box"></td></tr> }
}
