//! What became of an import, row by row, and its one undo; earlier imports below.

use rollcall_domain::kernel::order;
use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::import::command::IMPORT_KEY;
use rollcall_domain::import::{ImportBatch, RowOutcome, UndoImport};
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::members::MemberId;

use super::state::{Wizard, count};
use crate::parts::members;
use crate::parts::refusals::say_run_error;
use crate::parts::settings::moment;
use crate::studio::{Order, RunError, Studio, use_studio};
use crate::tr::import as t;
use crate::ui::{Answer, Banner, Button, Mark, Section};

/// People named of one list before the rest is only counted.
const NAMED_MAX: usize = 200;

/// The figures of one import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Figures {
    added: Vec<MemberId>,
    known: Vec<MemberId>,
    lookalikes: Vec<MemberId>,
    end_missing: Vec<MemberId>,
    card_taken: Vec<MemberId>,
    archived: u64,
    left: Vec<MemberId>,
    parts: Vec<u32>,
    undone: bool,
}

impl Figures {
    fn of(batches: &[ImportBatch]) -> Self {
        let mut figures = Self { undone: !batches.is_empty(), ..Self::default() };
        for batch in batches {
            for row in &batch.rows {
                let added = row.outcome.added();
                figures.added.extend(added);
                match &row.outcome {
                    RowOutcome::Added { .. } => {}
                    RowOutcome::AddedLookalike { member, .. } => figures.lookalikes.push(*member),
                    RowOutcome::KnownBefore { known } => figures.known.push(*known),
                }
                if let (Some(member), Some(pass)) = (added, &row.pass) {
                    figures.end_missing.extend(pass.end_missing.then_some(member));
                    figures.card_taken.extend(pass.card_taken.then_some(member));
                }
            }
            match &batch.undone {
                Some(undone) => {
                    figures.archived += u64::from(undone.archived);
                    figures.left.extend(&undone.left);
                }
                None => {
                    figures.undone = false;
                    figures.parts.push(batch.part);
                }
            }
        }
        figures
    }
}

/// The result of one import. Follows its records.
#[component]
pub fn ImportResult(import_id: Id) -> impl IntoView {
    let studio = use_studio();
    let for_batches = studio.clone();
    let figures = Memo::new(move |_| {
        Figures::of(&for_batches.live().by_key::<ImportBatch>(IMPORT_KEY, KeyValue::of(import_id)))
    });
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let undo = move |()| {
        let parts = figures.with_untracked(|f| f.parts.clone());
        busy.set(true);
        trouble.set(None);
        let studio = studio.clone();
        spawn_local(async move {
            let done = take_back(&studio, import_id, parts).await;
            busy.try_set(false);
            trouble.try_set(done.err().map(|error| say_run_error(&error)));
        });
    };
    let undone = move || figures.with(|f| f.undone);
    view! {
        <div class="stack" data-testid="import-result">
            <People answer=Answer::Ok label=t::added of=Signal::derive(move || figures.with(|f| f.added.clone())) always=true />
            <People answer=Answer::Plain label=t::known of=Signal::derive(move || figures.with(|f| f.known.clone())) />
            <People answer=Answer::Warn label=t::lookalikes of=Signal::derive(move || figures.with(|f| f.lookalikes.clone())) />
            <People answer=Answer::Warn label=t::end_missing of=Signal::derive(move || figures.with(|f| f.end_missing.clone())) />
            <People answer=Answer::Warn label=t::card_taken of=Signal::derive(move || figures.with(|f| f.card_taken.clone())) />
            <Show when=undone>
                <Mark answer=Answer::Plain text=move || t::undone(figures.with(|f| f.archived)) />
                <People answer=Answer::Warn label=t::undone_left of=Signal::derive(move || figures.with(|f| f.left.clone())) />
            </Show>
            {move || trouble.get().map(|why| view! { <Banner answer=Answer::Stop text=why /> })}
            <Show when=move || figures.with(|f| !f.parts.is_empty())>
                <div class="cluster">
                    <Button busy on_press=undo.clone()>{t::undo}</Button>
                    <span role="status">{move || busy.get().then(t::undoing)}</span>
                </div>
            </Show>
        </div>
    }
}

async fn take_back(studio: &Studio, import_id: Id, parts: Vec<u32>) -> Result<(), RunError> {
    for part in parts {
        studio
            .run(Order::new(studio.intent(), &UndoImport { import_id, part }, &()).group(import_id))
            .await?;
    }
    Ok(())
}

/// A figure that opens its list.
#[component]
fn People(
    answer: Answer,
    label: fn(u64) -> String,
    of: Signal<Vec<MemberId>>,
    #[prop(optional)] always: bool,
) -> impl IntoView {
    let some = move || of.with(|of| of.iter().take(NAMED_MAX).copied().collect::<Vec<_>>());
    view! {
        <Show when=move || always || of.with(|of| !of.is_empty())>
            <details class="import__people">
                <summary><Mark answer text=move || label(of.with(|of| count(of.len()))) /></summary>
                <ul class="import__names">
                    <For each=some key=|id| *id children=|id| view! { <Named id /> } />
                </ul>
            </details>
        </Show>
    }
}

#[component]
fn Named(id: MemberId) -> impl IntoView {
    let studio = use_studio();
    let name = move || members::person(&studio, id).map(|member| members::called(&member));
    view! { <li><a href=members::href(id)>{name}</a></li> }
}

/// One import among those before.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Before {
    import_id: Id,
    file_name: String,
    at: Timestamp,
}

/// Imports before the one in hand, newest first.
#[component]
pub fn Earlier(wizard: Wizard) -> impl IntoView {
    let studio = use_studio();
    let all = Memo::new(move |_| {
        let in_hand = wizard.shipment.with(|s| s.as_ref().map(|s| s.import_id));
        let mut all: BTreeMap<Id, Before> = BTreeMap::new();
        for batch in studio.live().of_kind::<ImportBatch>().into_iter().filter(|b| Some(b.import) != in_hand)
        {
            all.entry(batch.import).or_insert(Before {
                import_id: batch.import,
                file_name: batch.file_name,
                at: batch.at,
            });
        }
        let mut all: Vec<Before> = all.into_values().collect();
        order::by_key(&mut all, |before| std::cmp::Reverse(before.at));
        all
    });
    view! {
        <Show when=move || !all.with(Vec::is_empty)>
            <Section title=t::earlier>
                <For each=move || all.get() key=|before| before.import_id children=|before| view! { <EarlierOne before /> } />
            </Section>
        </Show>
    }
}

#[component]
fn EarlierOne(before: Before) -> impl IntoView {
    let studio = use_studio();
    let Before { import_id, file_name, at } = before;
    let heading = move || t::earlier_one(&file_name, moment(&studio, at));
    view! { <details class="import__earlier"><summary>{heading}</summary><ImportResult import_id /></details> }
}
