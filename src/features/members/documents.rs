//! A member's documents: masked everywhere, shown in full only for a reason that is logged first.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::order;
use rollcall_domain::members::document::{MEMBER_KEY, NUMBER_CHARS_MAX};
use rollcall_domain::members::{
    Document, DocumentEntry, DocumentKind, MemberId, RecordDocument, ShowDocument, ShowNote, ShowReason,
    identity,
};

use super::fields::kinds;
use super::words;
use crate::parts::members;
use crate::parts::refusals::say_run_error;
use crate::parts::settings::{moment, person_name};
use crate::studio::{Order, Studio, use_studio};
use crate::tr::members as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonSize, Checkbox, Choice, Dialog, LineKind, Need,
    RadioGroup, RadioLook, Section, Select, TextField,
};

/// The section of the file.
#[component]
pub fn Documents(id: MemberId) -> impl IntoView {
    let studio = use_studio();
    let adding = RwSignal::new(false);
    let all = Memo::new(move |_| {
        let mut all: Vec<Document> = members::kept(&studio, id, MEMBER_KEY);
        order::by_key(&mut all, |d| d.recorded_at);
        all
    });
    view! {
        <Section title=t::file_documents>
            <Show when=move || all.with(Vec::is_empty)><p class="quiet">{t::file_no_documents}</p></Show>
            <ul class="list"><For each=move || all.get() key=|d| (d.id, d.number.clone(), d.checked.is_some()) children=|d| view! { <DocumentRow document=d /> } /></ul>
            <Button size=ButtonSize::Small on_press=move |()| adding.set(true)>{t::doc_add}</Button>
            <Dialog title=t::doc_add open=adding><AddDocument id open=adding /></Dialog>
        </Section>
    }
}

#[component]
fn DocumentRow(document: Document) -> impl IntoView {
    let studio = use_studio();
    let (asking, shown) = (RwSignal::new(false), RwSignal::new(false));
    let document = StoredValue::new(document);
    let number = move || document.with_value(|d| if shown.get() { d.number.clone() } else { d.masked() });
    let checked = move || {
        document.with_value(|d| match &d.checked {
            None => t::doc_not_checked().to_owned(),
            Some(seen) => {
                let when = moment(&studio, seen.at);
                person_name(&studio, seen.by)
                    .map_or_else(|| t::doc_checked_nobody(&when), |who| t::doc_checked(who, &when))
            }
        })
    };
    view! {
        <li class="row">
            <div class="row__words">
                <b>{move || words::document_kind(document.with_value(|d| d.document))}</b>
                " " <span class="figures" data-testid="document-number">{number}</span> " "
                <small>{checked}</small>
            </div>
            <div class="row__after">
                <Show when=move || !shown.get()>
                    <Button kind=ButtonKind::Quiet size=ButtonSize::Small on_press=move |()| asking.set(true)>{t::doc_show}</Button>
                </Show>
            </div>
            <Dialog title=t::doc_show_title open=asking><AskReason document asking shown /></Dialog>
        </li>
    }
}

/// Asks why, logs it, and only then shows the number.
#[component]
fn AskReason(
    document: StoredValue<Document>,
    asking: RwSignal<bool>,
    shown: RwSignal<bool>,
) -> impl IntoView {
    let studio = use_studio();
    let (reason, note) = (RwSignal::new(Some(ShowReason::Compare)), RwSignal::new(String::new()));
    let (busy, tried, trouble) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<String>));
    let intent = studio.intent();
    let reasons: Vec<Choice<ShowReason>> =
        ShowReason::ALL.map(|r| Choice::new(r, move || words::show_reason(r))).to_vec();
    let missing = move || reason.get() == Some(ShowReason::Other) && note.with(|note| note.trim().is_empty());
    let show = move |()| {
        tried.set(true);
        let Some(reason) = reason.get_untracked().filter(|_| !untrack(missing)) else { return };
        busy.set(true);
        let command = document.with_value(|d| ShowDocument {
            document_id: d.id,
            member_id: d.member,
            reason,
            note: String::new(),
        });
        let said = ShowNote { note: note.get_untracked() };
        let (studio, order) = (studio.clone(), Order::new(intent, &command, &said));
        spawn_local(async move {
            let done = studio.run(order).await;
            busy.try_set(false);
            match done {
                Ok(_) => {
                    shown.try_set(true);
                    asking.try_set(false);
                }
                Err(error) => {
                    trouble.try_set(Some(say_run_error(&error)));
                }
            }
        });
    };
    let error = move || (tried.get() && missing()).then(|| t::doc_reason_note_missing().to_owned());
    view! {
        <div class="stack">
            <p class="quiet">{t::doc_show_note}</p>
            <RadioGroup label=t::doc_reason value=reason choices=reasons look=RadioLook::List />
            <TextField label=t::doc_reason_note value=note length_max=120 error />
            {move || trouble.get().map(|why| view! { <Banner answer=Answer::Stop text=why /> })}
        </div>
        <Actions>
            <Button on_press=move |()| asking.set(false)>{crate::tr::common::cancel}</Button>
            <Button kind=ButtonKind::Primary busy on_press=show>{t::doc_show}</Button>
        </Actions>
    }
}

#[component]
fn AddDocument(id: MemberId, open: RwSignal<bool>) -> impl IntoView {
    let studio = use_studio();
    let (kind, number, checked) =
        (RwSignal::new(None::<DocumentKind>), RwSignal::new(String::new()), RwSignal::new(false));
    let (tried, busy, trouble) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<String>));
    let (intent, document_id) = (studio.intent(), studio.mint());
    let for_entry = studio.clone();
    let entry = Memo::new(move |_| entry(&for_entry, kind.get(), &number.get(), checked.get()));
    let kind_error = move || (tried.get() && kind.get().is_none()).then(|| t::flaw_missing().to_owned());
    let number_error = move || entry.get().err().filter(|_| tried.get() && kind.get().is_some());
    let save = move |()| {
        tried.set(true);
        let Ok(entry) = entry.get_untracked() else { return };
        busy.set(true);
        let (studio, order) = (
            studio.clone(),
            Order::new(intent, &RecordDocument { member_id: id, document_id }, &Some(entry)),
        );
        spawn_local(async move {
            let done = studio.run(order).await;
            busy.try_set(false);
            match done {
                Ok(_) => {
                    open.try_set(false);
                }
                Err(error) => {
                    trouble.try_set(Some(say_run_error(&error)));
                }
            }
        });
    };
    let length_max = u32::try_from(NUMBER_CHARS_MAX * 3).unwrap_or(u32::MAX);
    view! {
        <div class="stack">
            <Select label=t::form_document_kind value=kind choices=kinds() need=Need::Required error=kind_error />
            <TextField label=t::form_document_number value=number kind=LineKind::Code need=Need::Required length_max error=number_error />
            <Checkbox label=t::form_document_checked value=checked />
            {move || trouble.get().map(|why| view! { <Banner answer=Answer::Stop text=why /> })}
        </div>
        <Actions>
            <Button on_press=move |()| open.set(false)>{crate::tr::common::cancel}</Button>
            <Button kind=ButtonKind::Primary busy on_press=save>{crate::tr::common::save}</Button>
        </Actions>
    }
}

/// The document as it is sent, or the sentence under the number.
fn entry(
    studio: &Studio,
    kind: Option<DocumentKind>,
    number: &str,
    checked: bool,
) -> Result<DocumentEntry, String> {
    let kind = kind.ok_or_else(|| t::flaw_missing().to_owned())?;
    if number.trim().is_empty() {
        return Err(t::flaw_missing().to_owned());
    }
    match identity::read(kind, number, studio.today()) {
        Ok(reading) => Ok(DocumentEntry { kind, number: reading.number, checked }),
        Err(why) => Err(words::flaw(rollcall_domain::members::Flaw::BadNumber { why })),
    }
}
