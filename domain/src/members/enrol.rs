//! Somebody is written down: member, contact, health, document and guardian in one step.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ADULT_YEARS;
use super::application::Application;
use super::contact::Contact;
use super::document::Document;
use super::duplicates::{Different, Sketch, candidate_wants, lookalikes, standing_wants};
use super::exception::MembersException;
use super::guardian::Guardian;
use super::health::Health;
use super::history::{FileEvent, note};
use super::person::{Member, MemberId};
use crate::kernel::access::{self, Role};
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id};
use crate::kernel::text;
use crate::kernel::time::age_on;
use crate::studio::Section;

/// People somebody new may be told apart from in one step.
pub const TOLD_APART_MAX: usize = 20;

/// Somebody was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolMember {
    /// Minted when the form opened.
    pub member_id: MemberId,
    /// The branches they join.
    pub sections: Vec<Section>,
    /// Who brought them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<MemberId>,
    /// Since when; today when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_on: Option<NaiveDate>,
    /// Look-alikes of whom somebody said: another person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub different_from: Vec<MemberId>,
}

impl Command for EnrolMember {
    const KIND: &'static str = "members.enrol";
    const ROLES: &'static [Role] = access::ROOM;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = Application;
    fn subjects(&self, _: &Application, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, new: &Application, facts: &Facts) -> Vec<Want> {
        let sketch = Sketch::of_application(new);
        let mut wants = candidate_wants(&sketch);
        wants.extend(standing_wants(&sketch, facts));
        wants.push(Want::id::<Member>(self.member_id));
        wants
    }
    fn is_well_formed(&self, new: &Application) -> bool {
        self.sections.len() <= 2 && self.different_from.len() <= TOLD_APART_MAX && !new.is_malformed()
    }
}

impl Fact for EnrolMember {
    fn decide(&self, new: &Application, facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        if facts.get::<Member>(self.member_id).is_some() {
            // The same form sent twice under two ids: the first one holds.
            return decision;
        }
        let entry = Entry {
            member: self.member_id,
            sections: &self.sections,
            referrer: self.referrer,
            joined_on: self.joined_on,
            import: None,
        };
        write_down(&mut decision, &entry, new, ctx, |index| ctx.id(index));
        note(&mut decision, ctx, 0, self.member_id, FileEvent::Enrolled);
        for known in &self.different_from {
            decision.put(&Different::of(self.member_id, *known, ctx));
        }
        for (known, reasons) in lookalikes(&Sketch::of_application(new), self.member_id, facts) {
            if !self.different_from.contains(&known) {
                decision.raise(
                    MembersException::PossibleDuplicate { known, reasons }
                        .draft(vec![self.member_id.raw(), known.raw()]),
                );
            }
        }
        if let Some(years) =
            new.birth_on.map(|b| age_on(b, ctx.today)).filter(|y| *y < ADULT_YEARS && new.guardian.is_none())
        {
            decision
                .raise(MembersException::MinorWithoutGuardian { years }.draft(vec![self.member_id.raw()]));
        }
        decision
    }
}

/// What is not personal about somebody new.
pub(crate) struct Entry<'a> {
    pub(crate) member: MemberId,
    pub(crate) sections: &'a [Section],
    pub(crate) referrer: Option<MemberId>,
    pub(crate) joined_on: Option<NaiveDate>,
    pub(crate) import: Option<Id>,
}

/// The records of somebody new; `id` gives the ids of those that have no fixed one.
pub(crate) fn write_down(
    decision: &mut Decision,
    entry: &Entry<'_>,
    new: &Application,
    ctx: &Ctx,
    id: impl Fn(u32) -> Id,
) {
    let member = entry.member;
    decision.put(&Member {
        id: member,
        name: text::tidy_line(&new.name),
        name_keys: new.name_keys.clone(),
        sex: new.sex,
        birth_on: new.birth_on,
        photo: new.photo.clone(),
        sections: entry.sections.to_vec(),
        referrer: entry.referrer.filter(|r| *r != member),
        tags: new.tags.clone(),
        goals: new.goals.clone(),
        preferences: new.preferences.clone(),
        joined_on: entry.joined_on.unwrap_or(ctx.today),
        signed: None,
        archived: None,
        import: entry.import,
        enrolled_at: ctx.effective_at,
        revision: 0,
        erased: false,
    });
    let contact = Contact {
        member,
        phone: new.phone.clone(),
        email: new.email.clone(),
        address: new.address.clone(),
        emergency: new.emergency.clone(),
    };
    if contact != Contact::empty(member) {
        decision.put(&contact);
    }
    let health = Health {
        member,
        declared_on: new.health.declared.then_some(ctx.today),
        notes: new.health.notes.clone(),
        allergies: new.health.allergies.clone(),
    };
    if health != Health::empty(member) {
        decision.put(&health);
    }
    if let Some(document) = &new.document {
        decision.put(&Document::of(id(0), member, document, ctx));
    }
    if let Some(guardian) = &new.guardian {
        decision.put(&Guardian {
            member,
            name: guardian.name.clone(),
            phone: guardian.phone.clone(),
            relation: guardian.relation.clone(),
        });
    }
}
