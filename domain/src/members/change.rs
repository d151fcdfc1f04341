//! Editing a file: field by field, three-way on what the person saw. Two people on one guarded field make a card, never a guess.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::application::{EMAIL_CHARS_MAX, NAME_CHARS_MAX, TAGS_MAX, is_email};
use super::contact::{Contact, Emergency};
use super::exception::MembersException;
use super::guardian::Guardian;
use super::health::Health;
use super::history::{Before, FileEvent, note};
use super::person::{Member, MemberId, Sex};
use super::region::Region;
use super::{LINE_CHARS_MAX, NOTE_CHARS_MAX, phone};
use crate::han::NAME_KEYS_BYTES_MAX;
use crate::kernel::access::{self, Role};
use crate::kernel::alias::Circle;
use crate::kernel::command::{Command, Edit};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::edit::{FieldConflict, FieldEdit, three_way};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Hash, Id};
use crate::kernel::json;
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::studio::Section;

/// Fields one edit may carry for one record.
const EDITS_MAX: usize = 20;

/// Which of a member's records a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The member.
    Member,
    /// How to reach them.
    Contact,
    /// What a coach must know.
    Health,
    /// Who signs for them.
    Guardian,
}

impl Part {
    /// Fields that no later edit may overrule: identity and safety.
    #[must_use]
    pub const fn guarded(self) -> &'static [&'static str] {
        match self {
            Self::Member => &["name", "birth_on"],
            Self::Contact => &["phone", "email", "emergency"],
            Self::Health => &["notes", "allergies", "declared_on"],
            Self::Guardian => &["name", "phone", "relation"],
        }
    }

    /// True when a form of ours could have sent this value for this field.
    #[must_use]
    pub fn takes(self, field: &str, value: &Value) -> bool {
        match (self, field) {
            (Self::Member, "name") => line(value, NAME_CHARS_MAX, Blank::No),
            (Self::Member, "birth_on") | (Self::Health, "declared_on") => reads_or_null::<NaiveDate>(value),
            (Self::Member, "sex") => reads_or_null::<Sex>(value),
            (Self::Member, "photo") => {
                value.is_null() || read::<Hash>(value).is_some_and(|h| h.is_well_formed())
            }
            (Self::Member, "sections") => {
                value.is_null() || read::<Vec<Section>>(value).is_some_and(|s| s.len() <= 2)
            }
            (Self::Member, "referrer") => reads_or_null::<MemberId>(value),
            (Self::Member, "tags") => {
                value.is_null()
                    || read::<Vec<String>>(value).is_some_and(|t| {
                        t.len() <= TAGS_MAX && t.iter().all(|t| text::fits(t, LINE_CHARS_MAX))
                    })
            }
            (Self::Member, "joined_on") => read::<NaiveDate>(value).is_some(),
            (Self::Member, "goals" | "preferences") | (Self::Health, "notes" | "allergies") => {
                line(value, NOTE_CHARS_MAX, Blank::Yes)
            }
            (Self::Contact, "phone") => value.is_null() || value.as_str().is_some_and(is_phone),
            (Self::Contact, "email") => {
                value.is_null()
                    || (line(value, EMAIL_CHARS_MAX, Blank::No) && value.as_str().is_some_and(is_email))
            }
            (Self::Contact, "address") => line(value, LINE_CHARS_MAX * 2, Blank::Yes),
            (Self::Contact, "emergency") => {
                value.is_null() || read::<Emergency>(value).is_some_and(|e| is_emergency(&e))
            }
            (Self::Guardian, "name") => line(value, NAME_CHARS_MAX, Blank::Yes),
            (Self::Guardian, "phone") => {
                value.is_null() || value.as_str().is_some_and(|p| p.is_empty() || is_phone(p))
            }
            (Self::Guardian, "relation") => line(value, LINE_CHARS_MAX, Blank::Yes),
            _ => false,
        }
    }
}

/// Whether a text field may be empty.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blank {
    Yes,
    No,
}

fn line(value: &Value, chars_max: usize, blank: Blank) -> bool {
    match value {
        Value::Null => blank == Blank::Yes,
        Value::String(text) => {
            text::fits(text, chars_max) && (blank == Blank::Yes || !text.trim().is_empty())
        }
        _ => false,
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

fn reads_or_null<T: DeserializeOwned>(value: &Value) -> bool {
    value.is_null() || read::<T>(value).is_some()
}

fn is_phone(number: &str) -> bool {
    phone::normalise(number, Region::Elsewhere).is_some_and(|n| n == number)
}

fn is_emergency(contact: &Emergency) -> bool {
    text::fits(&contact.name, NAME_CHARS_MAX)
        && is_phone(&contact.phone)
        && text::fits(&contact.relation, LINE_CHARS_MAX)
}

/// Somebody changed fields of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeMember {
    /// Whose file.
    pub member_id: MemberId,
}

/// The changed fields, by record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MemberEdits {
    /// Of the member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member: Vec<FieldEdit>,
    /// Of the contact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contact: Vec<FieldEdit>,
    /// Of the health record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub health: Vec<FieldEdit>,
    /// Of the guardian.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guardian: Vec<FieldEdit>,
    /// What a changed name is found by.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_keys: String,
}

impl MemberEdits {
    /// True when nothing was changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|(_, edits)| edits.is_empty())
    }

    /// Every record's edits.
    #[must_use]
    pub fn parts(&self) -> [(Part, &[FieldEdit]); 4] {
        [
            (Part::Member, &self.member),
            (Part::Contact, &self.contact),
            (Part::Health, &self.health),
            (Part::Guardian, &self.guardian),
        ]
    }

    /// The edit list of one record.
    pub const fn part_mut(&mut self, part: Part) -> &mut Vec<FieldEdit> {
        match part {
            Part::Member => &mut self.member,
            Part::Contact => &mut self.contact,
            Part::Health => &mut self.health,
            Part::Guardian => &mut self.guardian,
        }
    }

    /// The fields of `after` that differ from `before`, among those a form may change.
    pub fn compare<T: Serialize>(&mut self, part: Part, before: &T, after: &T) {
        let (Some(before), Some(after)) = (fields_of(before), fields_of(after)) else { return };
        let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for field in names {
            let value = |fields: &Map<String, Value>| fields.get(field).cloned().unwrap_or(Value::Null);
            let (was, now) = (value(&before), value(&after));
            if was != now && part.takes(field, &now) {
                self.part_mut(part).push(FieldEdit { field: field.clone(), was, now });
            }
        }
    }
}

/// The four records of a member that fields are changed in.
pub(super) fn file_wants(id: MemberId) -> Vec<Want> {
    vec![
        Want::id::<Member>(id),
        Want::id::<Contact>(Contact::id_of(id)),
        Want::id::<Health>(Health::id_of(id)),
        Want::id::<Guardian>(Guardian::id_of(id)),
    ]
}

impl Command for ChangeMember {
    const KIND: &'static str = "members.change";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = MemberEdits;
    fn subjects(&self, _: &MemberEdits, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &MemberEdits, facts: &Facts) -> Vec<Want> {
        file_wants(MemberId(Circle::so_far(self.member_id.raw(), facts).root()))
    }
    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn is_well_formed(&self, edits: &MemberEdits) -> bool {
        let keys_fit =
            edits.name_keys.len() <= NAME_KEYS_BYTES_MAX && !edits.name_keys.chars().any(char::is_control);
        keys_fit
            && edits.parts().iter().all(|(part, edits)| {
                edits.len() <= EDITS_MAX && edits.iter().all(|e| part.takes(&e.field, &e.now))
            })
    }
}

impl Edit for ChangeMember {
    fn decide(&self, edits: &MemberEdits, facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        let id = MemberId(Circle::of(self.member_id.raw(), facts).root());
        let Some(member) = facts.get::<Member>(id) else {
            decision.raise(MembersException::UnknownMember.draft(vec![self.member_id.raw()]));
            return decision;
        };
        let mut desk = Desk::new(edits, facts, &mut decision);
        let after = desk.apply(&member);
        let (taken, conflicts) = (desk.taken, desk.conflicts);
        for (part, conflict) in &conflicts {
            decision.raise(edits.card(*part, conflict).draft(vec![id.raw()]));
        }
        if taken.is_empty() {
            return decision;
        }
        let after = Member { revision: member.revision + 1, ..after };
        decision.replace(facts.record::<Member>(id), &after);
        let before = taken.into_iter().map(|t| Before { part: t.part, field: t.field, was: t.was }).collect();
        note(&mut decision, ctx, 0, id, FileEvent::Changed { before });
        decision
    }
}

impl MemberEdits {
    /// The card of a field that two people changed.
    fn card(&self, part: Part, conflict: &FieldConflict) -> MembersException {
        let is_name = part == Part::Member && conflict.field == "name";
        MembersException::Conflict {
            part,
            field: conflict.field.clone(),
            theirs: conflict.theirs.clone(),
            mine: conflict.mine.clone(),
            mine_keys: if is_name { self.name_keys.clone() } else { String::new() },
        }
    }
}

/// One field as it was and as it became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// In this record.
    pub part: Part,
    /// The field's name.
    pub field: String,
    /// What it said.
    pub was: Value,
    /// What it says since.
    pub now: Value,
}

/// One edit at work: where merged records, conflicts and earlier values go.
pub(super) struct Desk<'a> {
    edits: &'a MemberEdits,
    facts: &'a Facts,
    decision: &'a mut Decision,
    pub(super) taken: Vec<Taken>,
    pub(super) conflicts: Vec<(Part, FieldConflict)>,
}

impl<'a> Desk<'a> {
    pub(super) const fn new(edits: &'a MemberEdits, facts: &'a Facts, decision: &'a mut Decision) -> Self {
        Self { edits, facts, decision, taken: Vec::new(), conflicts: Vec::new() }
    }

    /// Writes the records around a member and gives back the member after the edits, not written yet.
    pub(super) fn apply(&mut self, member: &Member) -> Member {
        let (id, edits) = (member.id, self.edits);
        let mut after = self.merge(Part::Member, member, &edits.member).unwrap_or_else(|| member.clone());
        self.save(Part::Contact, Contact::empty(id), &edits.contact);
        self.save(Part::Health, Health::empty(id), &edits.health);
        self.save(Part::Guardian, Guardian::empty(id), &edits.guardian);
        if after.name != member.name {
            after.name_keys.clone_from(&edits.name_keys);
        }
        after
    }

    /// Merges and saves one of the records that may not exist yet.
    fn save<T: RecordBody>(&mut self, part: Part, empty: T, edits: &[FieldEdit]) {
        if edits.is_empty() {
            return;
        }
        let current = self.facts.get::<T>(empty.id()).unwrap_or(empty);
        if let Some(after) = self.merge(part, &current, edits) {
            self.decision.replace(self.facts.record::<T>(after.id()), &after);
        }
    }

    /// The record after the edits that may be applied; conflicts become cards.
    fn merge<T: RecordBody>(&mut self, part: Part, current: &T, edits: &[FieldEdit]) -> Option<T> {
        let fields = fields_of(current)?;
        let edits: Vec<FieldEdit> = edits
            .iter()
            .map(|e| FieldEdit { field: e.field.clone(), was: or_null(&e.was), now: or_null(&e.now) })
            .collect();
        let merged = three_way(&fields, &edits, part.guarded());
        self.conflicts.extend(merged.conflicts.iter().map(|conflict| (part, conflict.clone())));
        if merged.applied.is_empty() {
            return None;
        }
        let value = |of: &Map<String, Value>, field: &String| of.get(field).cloned().unwrap_or(Value::Null);
        self.taken.extend(merged.applied.iter().map(|field| Taken {
            part,
            field: field.clone(),
            was: value(&fields, field),
            now: value(&merged.fields, field),
        }));
        match json::read(&Value::Object(merged.fields)) {
            Ok(after) => Some(after),
            Err(_) => {
                self.decision.broken = true;
                None
            }
        }
    }
}

/// Records leave empty fields out: an empty text and no text are the same.
pub(super) fn or_null(value: &Value) -> Value {
    let is_blank =
        value.as_str().is_some_and(|t| t.trim().is_empty()) || value.as_array().is_some_and(Vec::is_empty);
    if is_blank { Value::Null } else { value.clone() }
}

pub(super) fn fields_of<T: Serialize>(record: &T) -> Option<Map<String, Value>> {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}
