//! Two entries are one person: from then on one id stands for both, and for some weeks that can be taken back.
//!
//! Passes, payments, visits, ledger lines, consents and documents stay as they are under the id they were written for;
//! what the one who stays says of themselves is what somebody chose, and is put back when the two are parted again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::{Desk, MemberEdits, Part, Taken, fields_of, file_wants};
use super::contact::Contact;
use super::guardian::Guardian;
use super::health::Health;
use super::history::{FileEvent, note};
use super::person::{Member, MemberId};
use super::{ChangeMember, SLICE};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::alias::{self, Alias, CIRCLE_IDS_MAX, Circle};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, DeviceId, Id, PersonId};
use crate::kernel::json;
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;

/// Days within which a merge can be taken back.
pub const UNMERGE_DAYS: i64 = 30;
/// The key of all merges a member took part in, on either side.
pub const MEMBER_KEY: &str = "merge.member";

/// Two entries that were joined, and what must be known to part them again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// Which one.
    pub id: Id,
    /// The entry that stays.
    pub survivor: MemberId,
    /// The entry it stands for since.
    pub absorbed: MemberId,
    /// The survivor's fields as they were and as they became.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Taken>,
    /// Its place among the survivor's merges, from 1.
    pub nth: u32,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// Set once it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Unmerged>,
}

/// How a merge was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmerged {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

impl Merge {
    /// True while it can be taken back.
    #[must_use]
    pub fn is_undoable_at(&self, now: Timestamp) -> bool {
        self.undone.is_none() && now <= self.undoable_until()
    }

    /// The last instant at which it can be taken back.
    #[must_use]
    pub fn undoable_until(&self) -> Timestamp {
        self.at.plus_ms(UNMERGE_DAYS * Timestamp::DAY_MS)
    }
}

impl RecordBody for Merge {
    const KIND: &'static str = "merge";
    const KEYS_VERSION: u16 = 2;
    const READERS: &'static [Reader] = &[Reader::Desk];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id
    }
    fn subjects(&self) -> Vec<Id> {
        if self.taken.is_empty() { Vec::new() } else { vec![self.survivor.raw(), self.absorbed.raw()] }
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        // That two entries were one person stays; what either of them said goes.
        Fate::Becomes(Self { taken: Vec::new(), ..self })
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(MEMBER_KEY, KeyValue::of(self.survivor.raw()));
        keys.shared(MEMBER_KEY, KeyValue::of(self.absorbed.raw()));
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

/// The want for all merges a member took part in.
fn merges_want(member: MemberId) -> Want {
    Want::key::<Merge>(MEMBER_KEY, KeyValue::of(member.raw()))
}

/// Two entries are one person. What is personal about it are the fields that were chosen, as edits of the survivor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeMembers {
    /// The entry that stays.
    pub survivor: MemberId,
    /// The entry it stands for from now on.
    pub absorbed: MemberId,
}

/// Why two entries stay two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum MergeRefusal {
    /// One of them is not here.
    #[error("one of the two is not here")]
    NobodyToMerge,
    /// They are one already, whichever way round.
    #[error("the two are one already")]
    OneAlready,
    /// One of them was merged with a third meanwhile.
    #[error("merged with somebody else meanwhile")]
    MergedMeanwhile {
        /// The entry.
        member: MemberId,
        /// Who stands for it.
        into: MemberId,
    },
    /// More entries than one person has.
    #[error("more than {ids_max} entries")]
    TooManyEntries {
        /// How many there may be.
        ids_max: u32,
    },
    /// A field of the survivor is not what was shown any more.
    #[error("the {field} was changed meanwhile")]
    ChangedMeanwhile {
        /// In this record.
        part: Part,
        /// The field's name.
        field: String,
    },
}

impl Command for MergeMembers {
    const KIND: &'static str = "members.merge";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = MemberEdits;
    fn subjects(&self, _: &MemberEdits, _: CommandId) -> Vec<Id> {
        vec![self.survivor.raw(), self.absorbed.raw()]
    }
    fn wants(&self, _: &MemberEdits, facts: &Facts) -> Vec<Want> {
        let pair = [self.survivor.raw(), self.absorbed.raw()];
        let mut wants = file_wants(self.survivor);
        wants.extend([Want::id::<Member>(self.absorbed), merges_want(self.survivor)]);
        wants.extend(pair.map(Want::id::<Alias>));
        let circles = pair.into_iter().flat_map(|id| Circle::so_far(id, facts).ids().to_vec());
        wants.extend(circles.map(Want::id::<Alias>));
        wants
    }
    fn is_well_formed(&self, edits: &MemberEdits) -> bool {
        self.survivor != self.absorbed && ChangeMember { member_id: self.survivor }.is_well_formed(edits)
    }
}

impl Request for MergeMembers {
    type Refusal = MergeRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, edits: &MemberEdits, facts: &Facts, ctx: &Ctx) -> Result<Decision, MergeRefusal> {
        let (survivor, absorbed) = self.both(facts)?;
        let mut decision = Decision::nothing();
        let mut desk = Desk::new(edits, facts, &mut decision);
        let mut after = desk.apply(&survivor);
        let (mut taken, conflicts) = (desk.taken, desk.conflicts);
        if let Some((part, conflict)) = conflicts.into_iter().next() {
            return Err(MergeRefusal::ChangedMeanwhile { part, field: conflict.field });
        }
        if absorbed.signed.map(|s| s.version) > survivor.signed.map(|s| s.version) {
            after.signed = absorbed.signed;
        }
        taken.extend(followed(&survivor, &after));
        after.revision = survivor.revision + 1;
        decision.replace(facts.record::<Member>(survivor.id), &after);
        alias::join(&mut decision, facts, absorbed.id.raw(), survivor.id.raw());
        let before: Vec<Merge> = facts.all(&merges_want(survivor.id));
        let merge = Merge {
            id: ctx.id(0),
            survivor: survivor.id,
            absorbed: absorbed.id,
            taken,
            nth: before.iter().map(|m| m.nth).max().unwrap_or(0) + 1,
            at: ctx.effective_at,
            by: ctx.actor,
            device: ctx.device,
            undone: None,
        };
        decision.put(&merge);
        note(&mut decision, ctx, 0, survivor.id, FileEvent::Merged { other: absorbed.id });
        note(&mut decision, ctx, 1, absorbed.id, FileEvent::Merged { other: survivor.id });
        Ok(decision)
    }
}

impl MergeMembers {
    /// Both entries, each standing for itself.
    fn both(&self, facts: &Facts) -> Result<(Member, Member), MergeRefusal> {
        let (Some(survivor), Some(absorbed)) =
            (facts.get::<Member>(self.survivor), facts.get::<Member>(self.absorbed))
        else {
            return Err(MergeRefusal::NobodyToMerge);
        };
        let circle = |id: MemberId| Circle::of(id.raw(), facts);
        let (stays, goes) = (circle(survivor.id), circle(absorbed.id));
        if stays.root() == goes.root() {
            return Err(MergeRefusal::OneAlready);
        }
        for (member, root) in [(self.absorbed, goes.root()), (self.survivor, stays.root())] {
            if root != member.raw() {
                return Err(MergeRefusal::MergedMeanwhile { member, into: MemberId(root) });
            }
        }
        if stays.ids().len() + goes.ids().len() > CIRCLE_IDS_MAX {
            let ids_max = u32::try_from(CIRCLE_IDS_MAX).unwrap_or(u32::MAX);
            return Err(MergeRefusal::TooManyEntries { ids_max });
        }
        Ok((survivor, absorbed))
    }
}

/// Fields that nobody chooses by themselves: what a name is found by, and the newest terms that were signed.
fn followed(before: &Member, after: &Member) -> Vec<Taken> {
    let (Some(was), Some(now)) = (fields_of(before), fields_of(after)) else { return Vec::new() };
    let value =
        |of: &serde_json::Map<String, Value>, field: &str| of.get(field).cloned().unwrap_or(Value::Null);
    let taken = |field: &str| Taken {
        part: Part::Member,
        field: field.to_owned(),
        was: value(&was, field),
        now: value(&now, field),
    };
    ["name_keys", "signed"].into_iter().map(taken).filter(|t| t.was != t.now).collect()
}

/// Parts two entries again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmergeMembers {
    /// The merge that is taken back.
    pub merge_id: Id,
}

/// Why two entries stay one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum UnmergeRefusal {
    /// No such merge.
    #[error("there is no such merge")]
    NoSuchMerge,
    /// Taken back already.
    #[error("taken back before")]
    UnmergedBefore {
        /// When.
        at: Timestamp,
    },
    /// Everything about them was erased: there is nothing to put back.
    #[error("erased since")]
    ErasedSince {
        /// When.
        at: Timestamp,
    },
    /// The days within which it could be taken back are over.
    #[error("merged too long ago")]
    MergedTooLongAgo {
        /// The last instant at which it could have been.
        until: Timestamp,
    },
}

impl Command for UnmergeMembers {
    const KIND: &'static str = "members.unmerge";
    const ROLES: &'static [Role] = access::TILL;
    // It names a merge; whether somebody in it was erased is its own rule's matter.
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let own = Want::id::<Merge>(self.merge_id);
        let Some(merge) = facts.peek::<Merge>(&own).pop() else { return vec![own] };
        let mut wants = file_wants(merge.survivor);
        wants.extend([own, merges_want(merge.survivor), Want::id::<Alias>(merge.survivor)]);
        let others = facts.peek::<Merge>(&merges_want(merge.survivor));
        wants.extend(others.iter().map(|m| Want::id::<Merge>(m.id)));
        wants.extend([merge.survivor, merge.absorbed].map(|id| Erased::want(id.raw())));
        let circle = Circle::so_far(merge.survivor.raw(), facts);
        wants.extend(circle.ids().iter().map(|id| Want::id::<Alias>(*id)));
        wants
    }
}

impl Request for UnmergeMembers {
    type Refusal = UnmergeRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, UnmergeRefusal> {
        let merge = facts.get::<Merge>(self.merge_id).ok_or(UnmergeRefusal::NoSuchMerge)?;
        if let Some(undone) = &merge.undone {
            return Err(UnmergeRefusal::UnmergedBefore { at: undone.at });
        }
        let erased = |id: MemberId| facts.get::<Erased>(Erased::id_of(id.raw()));
        if let Some(erased) = erased(merge.survivor).or_else(|| erased(merge.absorbed)) {
            return Err(UnmergeRefusal::ErasedSince { at: erased.at });
        }
        if !merge.is_undoable_at(ctx.effective_at) {
            return Err(UnmergeRefusal::MergedTooLongAgo { until: merge.undoable_until() });
        }
        let mut decision = Decision::nothing();
        let mut later: Vec<Merge> = facts
            .all::<Merge>(&merges_want(merge.survivor))
            .into_iter()
            .filter(|m| m.survivor == merge.survivor && m.nth > merge.nth && m.undone.is_none())
            .collect();
        later.sort_by_key(|m| m.nth);
        let still_there = hand_down(&mut decision, &merge, later, facts);
        put_back(&mut decision, &merge, &still_there, facts);
        alias::part(&mut decision, facts, merge.absorbed.raw(), merge.survivor.raw());
        note(&mut decision, ctx, 0, merge.survivor, FileEvent::Unmerged { other: merge.absorbed });
        note(&mut decision, ctx, 1, merge.absorbed, FileEvent::Unmerged { other: merge.survivor });
        let undone = Some(Unmerged { at: ctx.effective_at, by: ctx.actor });
        decision.replace(facts.record::<Merge>(merge.id), &Merge { undone, ..merge });
        Ok(decision)
    }
}

/// A later merge that took a field over from this one is told what the field said before this one: whichever of the
/// two is taken back first, the last one finds the value of the beginning. Gives back what no later merge took over.
fn hand_down<'a>(
    decision: &mut Decision,
    merge: &'a Merge,
    later: Vec<Merge>,
    facts: &Facts,
) -> Vec<&'a Taken> {
    let mut mine: Vec<&Taken> = merge.taken.iter().collect();
    for mut next in later {
        let mut told = false;
        for theirs in &mut next.taken {
            let same = |t: &&Taken| t.part == theirs.part && t.field == theirs.field && t.now == theirs.was;
            if let Some(at) = mine.iter().position(same) {
                theirs.was = mine.remove(at).was.clone();
                told = true;
            }
        }
        if told {
            decision.replace(facts.record::<Merge>(next.id), &next);
        }
    }
    mine
}

/// The survivor's fields as they were, where they still say what the merge made of them. What was changed since stays.
fn put_back(decision: &mut Decision, merge: &Merge, taken: &[&Taken], facts: &Facts) {
    let id = merge.survivor;
    if let Some(member) = facts.get::<Member>(id) {
        let after = reverted(decision, Part::Member, &member, taken).unwrap_or_else(|| member.clone());
        let after = Member { revision: member.revision + 1, ..after };
        decision.replace(facts.record::<Member>(id), &after);
    }
    put_back_part::<Contact>(decision, Part::Contact, Contact::id_of(id), taken, facts);
    put_back_part::<Health>(decision, Part::Health, Health::id_of(id), taken, facts);
    put_back_part::<Guardian>(decision, Part::Guardian, Guardian::id_of(id), taken, facts);
}

fn put_back_part<T: RecordBody>(
    decision: &mut Decision,
    part: Part,
    id: Id,
    taken: &[&Taken],
    facts: &Facts,
) {
    let before = facts.get::<T>(id);
    if let Some(after) = before.and_then(|body| reverted(decision, part, &body, taken)) {
        decision.replace(facts.record::<T>(id), &after);
    }
}

fn reverted<T: RecordBody>(decision: &mut Decision, part: Part, body: &T, taken: &[&Taken]) -> Option<T> {
    let mut fields = fields_of(body)?;
    let mut changed = false;
    for t in taken.iter().filter(|t| t.part == part) {
        if fields.get(&t.field).unwrap_or(&Value::Null) != &t.now {
            continue;
        }
        changed = true;
        match &t.was {
            Value::Null => fields.remove(&t.field),
            was => fields.insert(t.field.clone(), was.clone()),
        };
    }
    if !changed {
        return None;
    }
    let after = json::read(&Value::Object(fields));
    decision.broken |= after.is_err();
    after.ok()
}

/// One entry as it is shown beside the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// The member.
    pub member: Member,
    /// How to reach them.
    pub contact: Contact,
    /// What a coach must know.
    pub health: Health,
    /// Who signs for them.
    pub guardian: Guardian,
}

impl Side {
    fn fields(&self, part: Part) -> serde_json::Map<String, Value> {
        let fields = match part {
            Part::Member => fields_of(&self.member),
            Part::Contact => fields_of(&self.contact),
            Part::Health => fields_of(&self.health),
            Part::Guardian => fields_of(&self.guardian),
        };
        fields.unwrap_or_default()
    }
}

/// Which of two values the survivor shall say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pick {
    /// What the survivor says.
    Survivor,
    /// What the absorbed one says.
    Absorbed,
    /// Both, one after the other.
    Both,
}

/// A field in which two entries differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Differing {
    /// In this record.
    pub part: Part,
    /// The field's name.
    pub field: &'static str,
    /// What the survivor says.
    pub survivor: Value,
    /// What the absorbed one says.
    pub absorbed: Value,
    /// Both together, where that is a value as well.
    pub both: Option<Value>,
    /// What is picked unless somebody says otherwise: nothing is lost that can be kept.
    pub pick: Pick,
}

impl Differing {
    /// The value of a pick.
    #[must_use]
    pub fn value(&self, pick: Pick) -> &Value {
        match (pick, &self.both) {
            (Pick::Both, Some(both)) => both,
            (Pick::Survivor | Pick::Both, _) => &self.survivor,
            (Pick::Absorbed, _) => &self.absorbed,
        }
    }
}

/// Every field somebody may choose, in the order of the file.
const FIELDS: [(Part, &str); 19] = [
    (Part::Member, "name"),
    (Part::Member, "photo"),
    (Part::Member, "sex"),
    (Part::Member, "birth_on"),
    (Part::Contact, "phone"),
    (Part::Contact, "email"),
    (Part::Contact, "address"),
    (Part::Contact, "emergency"),
    (Part::Health, "declared_on"),
    (Part::Health, "notes"),
    (Part::Health, "allergies"),
    (Part::Guardian, "name"),
    (Part::Guardian, "phone"),
    (Part::Guardian, "relation"),
    (Part::Member, "sections"),
    (Part::Member, "tags"),
    (Part::Member, "goals"),
    (Part::Member, "preferences"),
    (Part::Member, "joined_on"),
];

/// The fields in which two entries differ, with what would be picked.
#[must_use]
pub fn differing(survivor: &Side, absorbed: &Side) -> Vec<Differing> {
    let differs = |(part, field): (Part, &'static str)| {
        let value = |side: &Side| side.fields(part).remove(field).unwrap_or(Value::Null);
        let (one, other) = (value(survivor), value(absorbed));
        if one == other {
            return None;
        }
        let both = together(part, field, &one, &other);
        let pick = picked(field, &one, &other, both.is_some());
        Some(Differing { part, field, survivor: one, absorbed: other, both, pick })
    };
    FIELDS.into_iter().filter_map(differs).collect()
}

/// Two values as one, for lists and for texts that stand side by side.
fn together(part: Part, field: &str, one: &Value, other: &Value) -> Option<Value> {
    let both = match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            let more = other.iter().filter(|item| !one.contains(item));
            Value::Array(one.iter().chain(more).cloned().collect())
        }
        (Value::String(one), Value::String(other))
            if matches!(field, "notes" | "allergies" | "goals" | "preferences") =>
        {
            Value::String(format!("{one}; {other}"))
        }
        _ => return None,
    };
    (both != *one && both != *other && part.takes(field, &both)).then_some(both)
}

fn picked(field: &str, one: &Value, other: &Value, both: bool) -> Pick {
    let earlier = field == "joined_on" && other.as_str() < one.as_str();
    let more = matches!((one, other), (Value::Array(a), Value::Array(b)) if a.len() < b.len());
    match () {
        () if both => Pick::Both,
        () if one.is_null() || earlier || more => Pick::Absorbed,
        () => Pick::Survivor,
    }
}

/// The edits of the survivor that the picks make; `name_keys` is what a name of the absorbed one is found by.
#[must_use]
pub fn edits(differing: &[Differing], pick: impl Fn(&Differing) -> Pick, absorbed: &Member) -> MemberEdits {
    let mut edits = MemberEdits::default();
    for row in differing {
        let now = row.value(pick(row)).clone();
        if now == row.survivor || !row.part.takes(row.field, &now) {
            continue;
        }
        if (row.part, row.field) == (Part::Member, "name") {
            edits.name_keys.clone_from(&absorbed.name_keys);
        }
        let edit =
            crate::kernel::edit::FieldEdit { field: row.field.to_owned(), was: row.survivor.clone(), now };
        edits.part_mut(row.part).push(edit);
    }
    edits
}

/// The merges of a person that can still be taken back, newest first; of any of their ids, each once.
#[must_use]
pub fn undoable(merges: impl IntoIterator<Item = Merge>, now: Timestamp) -> Vec<Merge> {
    let mut seen = BTreeSet::new();
    let mut all: Vec<Merge> =
        merges.into_iter().filter(|m| m.is_undoable_at(now) && seen.insert(m.id)).collect();
    all.sort_by_key(|m| (std::cmp::Reverse(m.at), m.id));
    all
}
