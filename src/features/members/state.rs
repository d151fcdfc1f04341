//! What the application form knows: one signal per field, the application they make, and what is wrong with it. No markup.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use leptos::prelude::*;
use rollcall_domain::kernel::ids::{CommandId, Hash};
use rollcall_domain::members::application::Rules;
use rollcall_domain::members::region::Region;
use rollcall_domain::members::{
    Application, ApplicationFlaw, Contact, DocumentEntry, DocumentKind, Emergency, EnrolMember, Field,
    Guardian, GuardianEntry, Health, HealthEntry, Member, MemberEdits, MemberId, Part, Sex, identity, phone,
};
use rollcall_domain::studio::Section;

use super::draft::Draft;
use super::words;

/// Every field of the application.
#[derive(Clone, Copy)]
pub struct Form {
    pub name: RwSignal<String>,
    pub sex: RwSignal<Option<Sex>>,
    pub birth_on: RwSignal<Option<NaiveDate>>,
    pub photo: RwSignal<Option<Vec<u8>>>,
    pub phone: RwSignal<String>,
    pub email: RwSignal<String>,
    pub address: RwSignal<String>,
    pub emergency_name: RwSignal<String>,
    pub emergency_phone: RwSignal<String>,
    pub emergency_relation: RwSignal<String>,
    pub document_kind: RwSignal<Option<DocumentKind>>,
    pub document_number: RwSignal<String>,
    pub document_checked: RwSignal<bool>,
    pub declared: RwSignal<bool>,
    pub health_notes: RwSignal<String>,
    pub allergies: RwSignal<String>,
    pub goals: RwSignal<String>,
    pub preferences: RwSignal<String>,
    pub tags: RwSignal<String>,
    pub guardian_name: RwSignal<String>,
    pub guardian_phone: RwSignal<String>,
    pub guardian_relation: RwSignal<String>,
    pub indoor: RwSignal<bool>,
    pub outdoor: RwSignal<bool>,
    pub referrer: RwSignal<Option<MemberId>>,
    /// Fields that were left once: their errors appear from then on.
    left: RwSignal<BTreeSet<Field>>,
}

impl Form {
    /// Empty, with the studio's usual document.
    #[must_use]
    pub fn new(home: Region, sections: &[Section]) -> Self {
        let form = Self {
            name: RwSignal::default(),
            sex: RwSignal::default(),
            birth_on: RwSignal::default(),
            photo: RwSignal::default(),
            phone: RwSignal::default(),
            email: RwSignal::default(),
            address: RwSignal::default(),
            emergency_name: RwSignal::default(),
            emergency_phone: RwSignal::default(),
            emergency_relation: RwSignal::default(),
            document_kind: RwSignal::new(Some(usual_document(home))),
            document_number: RwSignal::default(),
            document_checked: RwSignal::default(),
            declared: RwSignal::default(),
            health_notes: RwSignal::default(),
            allergies: RwSignal::default(),
            goals: RwSignal::default(),
            preferences: RwSignal::default(),
            tags: RwSignal::default(),
            guardian_name: RwSignal::default(),
            guardian_phone: RwSignal::default(),
            guardian_relation: RwSignal::default(),
            indoor: RwSignal::default(),
            outdoor: RwSignal::default(),
            referrer: RwSignal::default(),
            left: RwSignal::default(),
        };
        // A studio with one branch need not be asked which.
        if let [only] = sections {
            form.set_sections(&[*only]);
        }
        form
    }

    fn set_sections(&self, sections: &[Section]) {
        self.indoor.set(sections.contains(&Section::Indoor));
        self.outdoor.set(sections.contains(&Section::Outdoor));
    }

    /// The branches that are ticked. Follows.
    #[must_use]
    pub fn sections(&self) -> Vec<Section> {
        let ticked = [(self.indoor.get(), Section::Indoor), (self.outdoor.get(), Section::Outdoor)];
        ticked.into_iter().filter_map(|(on, section)| on.then_some(section)).collect()
    }

    /// What the fields say, as typed. Follows.
    #[must_use]
    pub fn application(&self) -> Application {
        let filled = |signal: RwSignal<String>| Some(signal.get()).filter(|text| !text.trim().is_empty());
        let number = self.document_number.get();
        let document = self.document_kind.get().filter(|_| !number.trim().is_empty());
        Application {
            name: self.name.get(),
            sex: self.sex.get(),
            birth_on: self.birth_on.get(),
            phone: filled(self.phone),
            email: filled(self.email),
            address: self.address.get(),
            emergency: Some(Emergency {
                name: self.emergency_name.get(),
                phone: self.emergency_phone.get(),
                relation: self.emergency_relation.get(),
            })
            .filter(|e| *e != Emergency::default()),
            document: document.map(|kind| DocumentEntry {
                kind,
                number,
                checked: self.document_checked.get(),
            }),
            health: HealthEntry {
                declared: self.declared.get(),
                notes: self.health_notes.get(),
                allergies: self.allergies.get(),
            },
            goals: self.goals.get(),
            preferences: self.preferences.get(),
            guardian: Some(GuardianEntry {
                name: self.guardian_name.get(),
                phone: self.guardian_phone.get(),
                relation: self.guardian_relation.get(),
            })
            .filter(|g| *g != GuardianEntry::default()),
            tags: rollcall_domain::import::words::tags(&self.tags.get()),
            ..Application::default()
        }
    }

    /// Fills the fields from an application.
    pub fn fill(&self, from: &Application, sections: &[Section], referrer: Option<MemberId>, home: Region) {
        let number = |text: &str| phone::shown(text, home);
        let emergency = from.emergency.clone().unwrap_or_default();
        let guardian = from.guardian.clone().unwrap_or_default();
        self.name.set(from.name.clone());
        self.sex.set(from.sex);
        self.birth_on.set(from.birth_on);
        self.phone.set(from.phone.as_deref().map(number).unwrap_or_default());
        self.email.set(from.email.clone().unwrap_or_default());
        self.address.set(from.address.clone());
        self.emergency_name.set(emergency.name);
        self.emergency_phone.set(number(&emergency.phone));
        self.emergency_relation.set(emergency.relation);
        if let Some(document) = &from.document {
            self.document_kind.set(Some(document.kind));
            self.document_number.set(document.number.clone());
            self.document_checked.set(document.checked);
        }
        self.declared.set(from.health.declared);
        self.health_notes.set(from.health.notes.clone());
        self.allergies.set(from.health.allergies.clone());
        self.goals.set(from.goals.clone());
        self.preferences.set(from.preferences.clone());
        self.tags.set(from.tags.join(", "));
        self.guardian_name.set(guardian.name);
        self.guardian_phone.set(number(&guardian.phone));
        self.guardian_relation.set(guardian.relation);
        self.set_sections(sections);
        self.referrer.set(referrer);
    }

    /// What a draft keeps. Follows.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft { application: self.application(), sections: self.sections(), referrer: self.referrer.get() }
    }

    /// A field's sentence, once the field was left. Follows.
    pub fn error(&self, flaws: Memo<Vec<ApplicationFlaw>>, field: Field) -> Signal<Option<String>> {
        let left = self.left;
        Signal::derive(move || {
            let flaw = flaws.with(|flaws| flaws.iter().find(|f| f.field == field).map(|f| f.why))?;
            left.with(|left| left.contains(&field)).then(|| words::flaw(flaw))
        })
    }

    /// Called when a field is left.
    pub fn leave(&self, field: Field) -> Callback<()> {
        let left = self.left;
        Callback::new(move |()| {
            left.update(|left| {
                left.insert(field);
            });
        })
    }

    /// Shows every error there is.
    pub fn leave_all(&self, flaws: &[ApplicationFlaw]) {
        self.left.update(|left| left.extend(flaws.iter().map(|f| f.field)));
    }

    /// Birth date and sex out of the number, where it says them and the fields are empty.
    pub fn read_document(&self, today: NaiveDate) {
        let number = self.document_number.get_untracked();
        if let Some(kind) = identity::recognise(&number, today).filter(|_| number.trim().chars().count() > 7)
        {
            self.document_kind.set(Some(kind));
        }
        let Some(kind) = self.document_kind.get_untracked() else { return };
        let Ok(reading) = identity::read(kind, &number, today) else { return };
        if self.birth_on.get_untracked().is_none() && reading.birth_on.is_some() {
            self.birth_on.set(reading.birth_on);
        }
        if self.sex.get_untracked().is_none() && reading.sex.is_some() {
            self.sex.set(reading.sex);
        }
    }
}

/// The document most people bring where the studio is.
const fn usual_document(home: Region) -> DocumentKind {
    match home {
        Region::Mainland => DocumentKind::ResidentId,
        Region::HongKong => DocumentKind::HongKongId,
        Region::Macau => DocumentKind::MacauId,
        Region::Taiwan => DocumentKind::TaiwanId,
        Region::Singapore | Region::Elsewhere => DocumentKind::Passport,
    }
}

/// The command that writes somebody down, out of a tidied application.
#[must_use]
pub fn enrol(form: &Form, member_id: MemberId, different_from: Vec<MemberId>) -> EnrolMember {
    EnrolMember {
        member_id,
        sections: untrack(|| form.sections()),
        referrer: form.referrer.get_untracked(),
        joined_on: None,
        different_from,
    }
}

/// The records of one member as they were when the form opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub member: Member,
    pub contact: Contact,
    pub health: Health,
    pub guardian: Guardian,
}

impl Seen {
    /// What the form is filled with.
    #[must_use]
    pub fn application(&self) -> Application {
        Application {
            name: self.member.name.clone(),
            sex: self.member.sex,
            birth_on: self.member.birth_on,
            phone: self.contact.phone.clone(),
            email: self.contact.email.clone(),
            address: self.contact.address.clone(),
            emergency: self.contact.emergency.clone(),
            health: HealthEntry {
                declared: self.health.declared_on.is_some(),
                notes: self.health.notes.clone(),
                allergies: self.health.allergies.clone(),
            },
            goals: self.member.goals.clone(),
            preferences: self.member.preferences.clone(),
            guardian: Some(GuardianEntry {
                name: self.guardian.name.clone(),
                phone: self.guardian.phone.clone(),
                relation: self.guardian.relation.clone(),
            })
            .filter(|g| *g != GuardianEntry::default()),
            tags: self.member.tags.clone(),
            ..Application::default()
        }
    }

    /// The fields that differ after the form.
    #[must_use]
    pub fn edits(
        &self,
        new: &Application,
        sections: Vec<Section>,
        referrer: Option<MemberId>,
        photo: Option<Hash>,
        today: NaiveDate,
    ) -> MemberEdits {
        let member = Member {
            name: new.name.clone(),
            sex: new.sex,
            birth_on: new.birth_on,
            photo: photo.or_else(|| self.member.photo.clone()),
            sections,
            referrer,
            tags: new.tags.clone(),
            goals: new.goals.clone(),
            preferences: new.preferences.clone(),
            ..self.member.clone()
        };
        let contact = Contact {
            phone: new.phone.clone(),
            email: new.email.clone(),
            address: new.address.clone(),
            emergency: new.emergency.clone(),
            ..self.contact
        };
        let declared_on = if new.health.declared { self.health.declared_on.or(Some(today)) } else { None };
        let health = Health {
            declared_on,
            notes: new.health.notes.clone(),
            allergies: new.health.allergies.clone(),
            ..self.health
        };
        let named = new.guardian.clone().unwrap_or_default();
        let guardian =
            Guardian { name: named.name, phone: named.phone, relation: named.relation, ..self.guardian };
        let mut edits = MemberEdits::default();
        edits.compare(Part::Member, &self.member, &member);
        edits.compare(Part::Contact, &self.contact, &contact);
        edits.compare(Part::Health, &self.health, &health);
        edits.compare(Part::Guardian, &self.guardian, &guardian);
        edits
    }
}

/// The ids of one registration: minted when the form opens, so that pressing twice is one registration.
#[derive(Debug, Clone, Copy)]
pub struct Intents {
    pub member_id: MemberId,
    pub enrol: CommandId,
    pub sign: CommandId,
    pub group: rollcall_domain::kernel::ids::Id,
}

/// The rules that hold while the form is open. Follows.
#[must_use]
pub fn rules(studio: &crate::studio::Studio) -> Rules {
    Rules::of(crate::parts::settings::studio_settings(studio).as_ref(), studio.today())
}

#[cfg(test)]
mod tests;
