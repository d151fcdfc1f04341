//! Is this somebody we know? Pure comparison over candidates, used while typing, at enrolment and by imports.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::application::Application;
use super::contact::{Contact, PHONE_KEY};
use super::document::{Document, NUMBER_KEY};
use super::person::{BIRTH_KEY, Member, MemberId};
use crate::han;
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::alias::{Alias, Circle};
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, CommandId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::kernel::time::Timestamp;

/// The key of everybody somebody is known not to be.
pub const DIFFERENT_KEY: &str = "different.member";

/// What speaks for two entries being one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The same document number.
    SameDocument,
    /// The same telephone number.
    SamePhone,
    /// The same or nearly the same name, and the same birth date.
    NameAndBirth,
    /// The same name, and nothing that speaks against it. A hint while typing, no reason to stop anybody.
    SameName,
}

impl Reason {
    /// True when a person should look before going on.
    #[must_use]
    pub const fn is_strong(self) -> bool {
        !matches!(self, Self::SameName)
    }
}

/// What two people are compared by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch {
    /// See [`han::name_keys`].
    pub name_keys: String,
    /// The birth date.
    pub birth_on: Option<NaiveDate>,
    /// The number in its one form.
    pub phone: Option<String>,
    /// Document numbers in their one form.
    pub documents: Vec<String>,
}

impl Sketch {
    /// Of somebody new.
    #[must_use]
    pub fn of_application(new: &Application) -> Self {
        Self {
            name_keys: new.name_keys.clone(),
            birth_on: new.birth_on,
            phone: new.phone.clone(),
            documents: new.document.iter().map(|d| text::tidy_code(&d.number)).collect(),
        }
    }

    /// Of somebody known, with what is known of them.
    #[must_use]
    pub fn of_member(member: &Member, contact: Option<&Contact>, documents: &[Document]) -> Self {
        Self {
            name_keys: member.name_keys.clone(),
            birth_on: member.birth_on,
            phone: contact.and_then(|c| c.phone.clone()),
            documents: documents.iter().map(|d| d.number.clone()).collect(),
        }
    }
}

/// What speaks for the two being one person, the strongest reason first; empty when nothing does.
#[must_use]
pub fn reasons(new: &Sketch, known: &Sketch) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if new.documents.iter().any(|d| !d.is_empty() && known.documents.contains(d)) {
        reasons.push(Reason::SameDocument);
    }
    if new.phone.is_some() && new.phone == known.phone {
        reasons.push(Reason::SamePhone);
    }
    let (one, other) = (han::folded_of(&new.name_keys), han::folded_of(&known.name_keys));
    let same_birth = new.birth_on.is_some() && new.birth_on == known.birth_on;
    if same_birth && (is_near(one, other) || same_spelling(new, known)) {
        reasons.push(Reason::NameAndBirth);
    } else if !one.is_empty() && one == other && (new.birth_on.is_none() || known.birth_on.is_none()) {
        reasons.push(Reason::SameName);
    }
    reasons
}

/// True for folded names that one slip of a finger could have made of each other.
fn is_near(one: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    // 赖佩珊 is not 郭佩珊: another family name is another person. One that sounds the same is found by its spelling.
    if a.first() != b.first() && a.first().is_some_and(|c| !c.is_ascii()) {
        return false;
    }
    // Two Han characters are two thirds of a name: one wrong one makes another person of 张三, but not of 欧阳雪.
    let slips = match a.len().min(b.len()) {
        0 => return false,
        1 | 2 => 0,
        3..=7 => 1,
        _ => 2,
    };
    distance(&a, &b, slips) <= slips
}

/// Letters typed wrong, left out, added or swapped with their neighbour; past `bound` any number above it.
fn distance(a: &[char], b: &[char], bound: usize) -> usize {
    if a.len().abs_diff(b.len()) > bound {
        return bound + 1;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let swap = last.get(j).copied().unwrap_or(0) + usize::from(x != y);
            let mut best =
                swap.min(last.get(j + 1).copied().unwrap_or(0) + 1).min(row.last().copied().unwrap_or(0) + 1);
            if i > 0 && j > 0 && Some(x) == b.get(j - 1) && a.get(i - 1) == Some(y) {
                best = best.min(before_last.get(j - 1).copied().unwrap_or(0) + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

/// True when one spelling of the one is one of the other: Zhang San is 张三.
fn same_spelling(new: &Sketch, known: &Sketch) -> bool {
    // Initials alone are too little: only spellings of more than a few letters count.
    let long = |k: &&str| k.chars().count() > 4;
    new.name_keys.split(' ').filter(long).any(|key| known.name_keys.split(' ').any(|k| k == key))
}

impl Sketch {
    fn phone_wants(&self) -> impl Iterator<Item = Want> {
        self.phone.iter().map(|p| Want::key::<Contact>(PHONE_KEY, KeyValue::of(p.as_str())))
    }
    fn document_wants(&self) -> impl Iterator<Item = Want> {
        self.documents.iter().map(|d| Want::key::<Document>(NUMBER_KEY, KeyValue::of(d.as_str())))
    }
    fn birth_wants(&self) -> impl Iterator<Item = Want> {
        self.birth_on.iter().map(|b| Want::key::<Member>(BIRTH_KEY, KeyValue::of(*b)))
    }
}

/// First round: who shares a number, a document or a birth date.
pub(crate) fn candidate_wants(sketch: &Sketch) -> Vec<Want> {
    sketch.phone_wants().chain(sketch.document_wants()).chain(sketch.birth_wants()).collect()
}

/// Second round: whether those the first one found go by another id since.
pub(crate) fn standing_wants(sketch: &Sketch, facts: &Facts) -> Vec<Want> {
    let documents = sketch.document_wants().flat_map(|w| facts.peek::<Document>(&w)).map(|d| d.member);
    let phones = sketch.phone_wants().flat_map(|w| facts.peek::<Contact>(&w)).map(|c| c.member);
    let born_alike = sketch.birth_wants().flat_map(|w| facts.peek::<Member>(&w)).map(|m| m.id);
    documents.chain(phones).chain(born_alike).map(Want::id::<Alias>).collect()
}

/// Everybody the first round found who may be the same person, with the strong reasons; the new one itself left out.
pub(crate) fn lookalikes(sketch: &Sketch, own: MemberId, facts: &Facts) -> Vec<(MemberId, Vec<Reason>)> {
    let mut found: Vec<(MemberId, Reason)> = Vec::new();
    found.extend(
        sketch
            .document_wants()
            .flat_map(|w| facts.peek::<Document>(&w))
            .map(|d| (d.member, Reason::SameDocument)),
    );
    found.extend(
        sketch.phone_wants().flat_map(|w| facts.peek::<Contact>(&w)).map(|c| (c.member, Reason::SamePhone)),
    );
    let born_alike = sketch.birth_wants().flat_map(|w| facts.peek::<Member>(&w));
    let namesakes = born_alike
        .filter(|m| reasons(sketch, &Sketch::of_member(m, None, &[])).contains(&Reason::NameAndBirth));
    found.extend(namesakes.map(|m| (m.id, Reason::NameAndBirth)));
    // Whoever was joined with somebody since is found as the one who stands for them.
    for (id, _) in &mut found {
        *id = MemberId(Circle::so_far(id.raw(), facts).root());
    }
    found.sort();
    found.dedup();
    let mut people: Vec<(MemberId, Vec<Reason>)> = Vec::new();
    for (id, reason) in found.into_iter().filter(|(id, _)| *id != own) {
        match people.last_mut() {
            Some((last, reasons)) if *last == id => reasons.push(reason),
            _ => people.push((id, vec![reason])),
        }
    }
    people
}

/// Two entries that somebody said are two people; remembered so that nobody is asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Different {
    /// The smaller id.
    pub one: MemberId,
    /// The larger id.
    pub other: MemberId,
    /// Who said so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl Different {
    /// The record of a pair, whichever is named first.
    #[must_use]
    pub fn id_of(a: MemberId, b: MemberId) -> Id {
        let (one, other) = (a.min(b), a.max(b));
        ids::named(one.raw(), other.raw().as_bytes())
    }

    pub(crate) fn of(a: MemberId, b: MemberId, ctx: &Ctx) -> Self {
        Self { one: a.min(b), other: a.max(b), by: ctx.actor, at: ctx.effective_at }
    }
}

impl RecordBody for Different {
    const KIND: &'static str = "different";
    const KEYS_VERSION: u16 = 2;
    const READERS: &'static [Reader] = &[Reader::Desk];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        Self::id_of(self.one, self.other)
    }
    fn subjects(&self) -> Vec<Id> {
        vec![self.one.raw(), self.other.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(DIFFERENT_KEY, KeyValue::of(self.one.raw()));
        keys.shared(DIFFERENT_KEY, KeyValue::of(self.other.raw()));
    }
}

/// Somebody said that two entries are two people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotSamePerson {
    /// The one.
    pub one: MemberId,
    /// The other.
    pub other: MemberId,
}

impl Command for NotSamePerson {
    const KIND: &'static str = "members.not_same_person";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.one.raw(), self.other.raw()]
    }
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Want::id::<Different>(Different::id_of(self.one, self.other))]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.one != self.other
    }
}

impl Fact for NotSamePerson {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        // Said before: who said it first stays on record.
        if facts.get::<Different>(Different::id_of(self.one, self.other)).is_none() {
            decision.put(&Different::of(self.one, self.other, ctx));
        }
        decision
    }
}
