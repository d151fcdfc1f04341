//! One stream of everything that happened with a member, out of every slice, newest first, with filters.

use leptos::prelude::*;
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::order;
use rollcall_domain::members::consent::MEMBER_KEY as CONSENT_MEMBER;
use rollcall_domain::members::history::{Before, MEMBER_KEY};
use rollcall_domain::members::{Consent, FileEntry, FileEvent, Member, MemberId, Signature};

use super::words;
use crate::fmt;
use crate::parts::member_file::{HistoryLine, file_parts};
use crate::parts::members::kept_wants;
use crate::parts::settings::moment;
use crate::studio::{Studio, use_studio};
use crate::tr::members as t;
use crate::ui::{Choice, RadioGroup, RadioLook, Section, Signature as SignatureView, Skeleton};

/// Lines drawn at once; more are one press away.
const PAGE_LINES: usize = 50;
const FILE: &str = "file";
const CONSENTS: &str = "consents";
const ALL: &str = "all";

/// The stream.
#[component]
pub fn History(id: MemberId) -> impl IntoView {
    let studio = use_studio();
    let (for_entries, for_consents) = (studio.clone(), studio.clone());
    let entries = studio.live().histories(move || kept_wants::<FileEntry>(&for_entries, id, MEMBER_KEY));
    let consents = studio.live().histories(move || kept_wants::<Consent>(&for_consents, id, CONSENT_MEMBER));
    let others: Vec<Signal<Option<Vec<HistoryLine>>>> =
        file_parts().iter().filter_map(|part| part.history).map(|history| history(id)).collect();
    let filter = RwSignal::new(Some(ALL));
    let shown = RwSignal::new(PAGE_LINES);
    let lines = Memo::new(move |_| {
        let mut lines = own_lines(&studio, id, entries.get()?, consents.get()?);
        for other in &others {
            lines.extend(other.get()?);
        }
        let wanted = filter.get().filter(|f| *f != ALL);
        lines.retain(|line| wanted.is_none_or(|wanted| line.filter == wanted));
        order::by_key(&mut lines, |line| std::cmp::Reverse(line.at));
        Some(lines)
    });
    let count = move || lines.with(|lines| lines.as_ref().map_or(0, Vec::len));
    let page = move || {
        lines.with(|lines| lines.iter().flatten().take(shown.get()).cloned().enumerate().collect::<Vec<_>>())
    };
    view! {
        <Section title=t::file_history>
            <RadioGroup label=t::file_history value=filter choices=filters() look=RadioLook::Segments />
            <Show when=move || lines.with(Option::is_some) fallback=|| view! { <Skeleton rows=3 /> }>
                <Show when=move || count() == 0><p class="quiet">{t::file_history_none}</p></Show>
                <ol class="list" data-testid="history">
                    <For each=page key=|(at, line)| (*at, line.clone().at, line.text.clone()) children=|(_, line)| view! { <Line line /> } />
                </ol>
                <Show when=move || { count() > shown.get() }>
                    <button type="button" class="button button--quiet" on:click=move |_| shown.update(|n| *n += PAGE_LINES)>{crate::tr::common::more}</button>
                </Show>
            </Show>
            <Signatures consents />
        </Section>
    }
}

fn filters() -> Vec<Choice<&'static str>> {
    let own: [(&'static str, fn() -> &'static str); 3] =
        [(ALL, t::file_history_all), (FILE, t::file_history_file), (CONSENTS, t::file_history_consents)];
    let others = file_parts().iter().flat_map(|part| part.filters.iter().copied());
    own.into_iter().chain(others).map(|(code, label)| Choice::new(code, label)).collect()
}

#[component]
fn Line(line: HistoryLine) -> impl IntoView {
    let studio = use_studio();
    let when = move || moment(&studio, line.at);
    let words = match line.href {
        Some(href) => view! { <a href=href>{line.text}</a> }.into_any(),
        None => view! { <span>{line.text}</span> }.into_any(),
    };
    view! { <li class="row"><div class="row__words">{words}</div> <div class="row__after quiet nowrap">{when}</div></li> }
}

fn own_lines(
    studio: &Studio,
    id: MemberId,
    entries: Vec<FileEntry>,
    consents: Vec<Consent>,
) -> Vec<HistoryLine> {
    let line = |at, text, filter| HistoryLine { at, text, filter, href: None };
    let mut lines: Vec<HistoryLine> =
        entries.into_iter().map(|entry| line(entry.at, say(studio, &entry), FILE)).collect();
    lines.extend(consents.into_iter().map(|c| {
        line(
            c.signed_at,
            t::line_signed(signer(&c), c.version, words::staff_name(studio, c.witness)),
            CONSENTS,
        )
    }));
    // An import writes no line per person: the member itself says so.
    let imported = studio.live().get::<Member>(id).filter(|m| m.import.is_some());
    lines.extend(imported.map(|m| line(m.enrolled_at, t::line_imported().to_owned(), FILE)));
    lines
}

fn say(studio: &Studio, entry: &FileEntry) -> String {
    let who = words::staff_name(studio, entry.by);
    match &entry.what {
        FileEvent::Enrolled => t::line_enrolled(who),
        FileEvent::Changed { before } if before.is_empty() => {
            t::line_changed(who, t::line_erased().to_owned())
        }
        FileEvent::Changed { before } => {
            t::line_changed(who, fmt::list(&before.iter().map(|b| changed(studio, b)).collect::<Vec<_>>()))
        }
        FileEvent::Merged { other } => t::line_merged(who, words::own_name(studio, *other)),
        FileEvent::Unmerged { other } => t::line_unmerged(who, words::own_name(studio, *other)),
        FileEvent::Archived => t::line_archived(who),
        FileEvent::Restored => t::line_restored(who),
        FileEvent::DocumentRecorded { .. } => t::line_document_recorded(who),
        FileEvent::DocumentShown { reason, note, .. } => {
            let why = if note.is_empty() { words::show_reason(*reason).to_owned() } else { note.clone() };
            t::line_document_shown(who, why)
        }
    }
}

/// Who signed; the number that is left of somebody who was erased.
fn signer(consent: &Consent) -> String {
    if consent.signer_name.is_empty() {
        return t::file_erased_name(Member::number_of(consent.member));
    }
    consent.signer_name.clone()
}

fn changed(studio: &Studio, before: &Before) -> String {
    let field = words::field_name(before.part, &before.field);
    let has_words = !before.was.is_null() && before.field != "photo";
    if has_words { t::line_was(field, words::value(studio, &before.was)) } else { field.to_owned() }
}

/// The signatures as they were drawn.
#[component]
fn Signatures(consents: Signal<Option<Vec<Consent>>>) -> impl IntoView {
    let drawn = move || {
        consents.get().unwrap_or_default().into_iter().filter(|c| c.signature.is_some()).collect::<Vec<_>>()
    };
    view! {
        <div class="cluster only-screen">
            <For each=drawn key=|consent| consent.id children=|consent| view! { <Drawn consent /> } />
        </div>
    }
}

#[component]
fn Drawn(consent: Consent) -> impl IntoView {
    let studio = use_studio();
    let id = consent.signature.unwrap_or_default();
    let found = studio.live().history::<Signature>(move || Want::id::<Signature>(id));
    let strokes = Signal::derive(move || {
        found.get().and_then(|all| all.into_iter().next()).map(|s| s.strokes).unwrap_or_default()
    });
    let name = consent.signer_name;
    view! {
        <Show when=move || !strokes.with(Vec::is_empty)>
            {let name = name.clone(); view! { <SignatureView strokes label=move || t::line_signature(&name) /> }}
        </Show>
    }
}
