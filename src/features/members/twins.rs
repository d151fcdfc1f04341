//! People who may be the one being typed: shown while typing, answered before saving, remembered as different.

use rollcall_domain::kernel::order;
use std::collections::BTreeSet;

use leptos::prelude::*;
use rollcall_domain::han;
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::members::application::Rules;
use rollcall_domain::members::contact::PHONE_KEY;
use rollcall_domain::members::document::{MEMBER_KEY, NUMBER_KEY};
use rollcall_domain::members::duplicates::{Sketch, reasons};
use rollcall_domain::members::{BIRTH_KEY, Contact, Document, Member, MemberId, Reason};

use super::state::Form;
use super::words;
use crate::fmt;
use crate::parts::members;
use crate::studio::{Studio, use_studio};
use crate::tr::members as t;
use crate::ui::{Button, ButtonLink, ButtonSize, Face};

/// People looked at for their name alone.
const NAMESAKES_MAX: usize = 12;
/// People shown.
const SHOWN_MAX: usize = 6;

/// Somebody who may be the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Twin {
    pub member: Member,
    pub reasons: Vec<Reason>,
}

impl Twin {
    fn is_strong(&self) -> bool {
        self.reasons.iter().any(|r| r.is_strong())
    }
}

/// The look-alikes of what is typed, and of whom somebody said: another person.
#[derive(Clone, Copy)]
pub struct Twins {
    all: Memo<Vec<Twin>>,
    pub different: RwSignal<BTreeSet<MemberId>>,
    /// Set when somebody tried to save before answering.
    pub asked: RwSignal<bool>,
}

impl Twins {
    /// Follows the form and the records.
    pub fn new(studio: Studio, form: Form, rules: Memo<Rules>) -> Self {
        let all = Memo::new(move |_| look(&studio, &form, &rules.get()));
        Self { all, different: RwSignal::default(), asked: RwSignal::new(false) }
    }

    /// Those nobody has answered for. Follows.
    fn open(self) -> Vec<Twin> {
        self.different.with(|different| {
            self.all.with(|all| all.iter().filter(|t| !different.contains(&t.member.id)).cloned().collect())
        })
    }

    /// True when a strong look-alike waits for an answer.
    pub fn waits(self) -> bool {
        untrack(|| self.open().iter().any(Twin::is_strong))
    }

    /// Of whom somebody said: another person.
    pub fn told_apart(self) -> Vec<MemberId> {
        self.different.with_untracked(|all| all.iter().copied().collect())
    }
}

fn look(studio: &Studio, form: &Form, rules: &Rules) -> Vec<Twin> {
    let mut new = form.application().tidied(rules);
    new.name_keys = han::name_keys(&new.name, &crate::parts::han::table());
    let sketch = Sketch::of_application(&new);
    let mut found: Vec<Twin> = Vec::new();
    for entry in candidates(studio, &sketch, &new.name) {
        let speaks = speaks(studio, &sketch, entry);
        let stands = members::stands(studio, entry);
        if speaks.is_empty() {
            continue;
        }
        match found.iter_mut().find(|twin| twin.member.id == stands) {
            Some(twin) => {
                twin.reasons.extend(speaks);
                twin.reasons.sort();
                twin.reasons.dedup();
            }
            None => {
                let member = studio.live().get::<Member>(stands);
                found.extend(member.map(|member| Twin { member, reasons: speaks }));
            }
        }
    }
    order::by(&mut found, |a, b| a.reasons.cmp(&b.reasons).then(a.member.name.cmp(&b.member.name)));
    found.truncate(SHOWN_MAX);
    found
}

/// What speaks for an entry, of whomever it is, being the one who is typed.
fn speaks(studio: &Studio, sketch: &Sketch, entry: MemberId) -> Vec<Reason> {
    let Some(member) = studio.live().get::<Member>(entry) else { return Vec::new() };
    let contact = studio.live().get::<Contact>(Contact::id_of(entry));
    let documents: Vec<Document> = studio.live().by_key(MEMBER_KEY, KeyValue::of(entry.raw()));
    reasons(sketch, &Sketch::of_member(&member, contact.as_ref(), &documents))
}

fn candidates(studio: &Studio, sketch: &Sketch, name: &str) -> BTreeSet<MemberId> {
    let live = studio.live();
    let mut ids = BTreeSet::new();
    if let Some(phone) = &sketch.phone {
        ids.extend(
            live.by_key::<Contact>(PHONE_KEY, KeyValue::of(phone.as_str())).into_iter().map(|c| c.member),
        );
    }
    for number in &sketch.documents {
        ids.extend(
            live.by_key::<Document>(NUMBER_KEY, KeyValue::of(number.as_str())).into_iter().map(|d| d.member),
        );
    }
    if let Some(born) = sketch.birth_on {
        ids.extend(live.by_key::<Member>(BIRTH_KEY, KeyValue::of(born)).into_iter().map(|m| m.id));
    }
    if name.chars().count() > 1 {
        ids.extend(members::find(studio, name, NAMESAKES_MAX).into_iter().map(MemberId));
    }
    ids
}

/// The panel; empty while nobody is alike.
#[component]
pub fn TwinPanel(twins: Twins) -> impl IntoView {
    let open = Memo::new(move |_| twins.open());
    let asks = Memo::new(move |_| twins.asked.get() && open.with(|open| open.iter().any(Twin::is_strong)));
    view! {
        <div class="twins" role="status">
            <Show when=move || !open.with(Vec::is_empty)>
                <h2 class="twins__title" class:tint--warn=move || asks.get()>{move || if asks.get() { t::twin_ask() } else { t::twin_title() }}</h2>
                <ul class="list">
                    <For each=move || open.get() key=|twin| (twin.member.id, twin.reasons.clone()) children=move |twin| view! { <TwinRow twin twins /> } />
                </ul>
            </Show>
        </div>
    }
}

#[component]
fn TwinRow(twin: Twin, twins: Twins) -> impl IntoView {
    let studio = use_studio();
    let id = twin.member.id;
    let photo = members::photo_of(&studio, &twin.member);
    let why = StoredValue::new(twin.reasons);
    let reasons = move || {
        fmt::list(&why.with_value(|all| all.iter().map(|r| words::reason(*r).to_owned()).collect::<Vec<_>>()))
    };
    let phone = move || members::phone_of(&studio, id);
    let different = move |()| {
        twins.different.update(|all| {
            all.insert(id);
        });
    };
    view! {
        <li class="row twins__row">
            <Face name=twin.member.name.clone() photo_url=photo />
            <div class="row__words"><b>{twin.member.name}</b> <small>{reasons} " " {phone}</small></div>
            <div class="row__after cluster">
                <ButtonLink href=members::href(id) size=ButtonSize::Small>{t::twin_open}</ButtonLink>
                <Button size=ButtonSize::Small on_press=different>{t::twin_different}</Button>
            </div>
        </li>
    }
}
