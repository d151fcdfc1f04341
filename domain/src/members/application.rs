//! The application: what a form or a list says of a person, and every way in which it can be wrong.
//!
//! The same checks stand beside the fields of the form, guard the command and sort the rows of an import.

use crate::kernel::order;
use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::contact::Emergency;
use super::document::{DocumentEntry, NUMBER_CHARS_MAX};
use super::guardian::GuardianEntry;
use super::health::HealthEntry;
use super::identity::{self, DocumentKind, NumberFlaw};
use super::person::Sex;
use super::region::Region;
use super::{ADULT_YEARS, LINE_CHARS_MAX, NOTE_CHARS_MAX, phone};
use crate::han::NAME_KEYS_BYTES_MAX;
use crate::kernel::ids::Hash;
use crate::kernel::text;
use crate::kernel::time::age_on;
use crate::studio::Settings;

/// Characters a name may have.
pub const NAME_CHARS_MAX: usize = 80;
/// Characters an e-mail address may have (RFC 5321).
pub const EMAIL_CHARS_MAX: usize = 254;
/// Tags one member may carry.
pub const TAGS_MAX: usize = 20;
/// Nobody alive is older.
const YEARS_MAX: i32 = 125;

/// What is personal about somebody new.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Application {
    /// As they write it.
    pub name: String,
    /// What the name is found by; see [`crate::han::name_keys`].
    pub name_keys: String,
    /// As the application says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// The birth date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_on: Option<NaiveDate>,
    /// Their number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where they live.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Whom to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
    /// The photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Hash>,
    /// A document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentEntry>,
    /// Health.
    #[serde(default)]
    pub health: HealthEntry,
    /// What they want to reach.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub goals: String,
    /// What they like.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub preferences: String,
    /// Who signs for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<GuardianEntry>,
    /// The studio's own words for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// A field of the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The name.
    Name,
    /// The birth date.
    BirthOn,
    /// The sex.
    Sex,
    /// The telephone number.
    Phone,
    /// The e-mail address.
    Email,
    /// The address.
    Address,
    /// The emergency contact's name.
    EmergencyName,
    /// The emergency contact's number.
    EmergencyPhone,
    /// Who the emergency contact is.
    EmergencyRelation,
    /// The photo.
    Photo,
    /// The document's number.
    DocumentNumber,
    /// The health notes.
    HealthNotes,
    /// The allergies.
    Allergies,
    /// The goals.
    Goals,
    /// The preferences.
    Preferences,
    /// The guardian's name.
    GuardianName,
    /// The guardian's number.
    GuardianPhone,
    /// Who the guardian is.
    GuardianRelation,
    /// The tags.
    Tags,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Flaw {
    /// Nothing there.
    #[error("this is needed")]
    Missing,
    /// Too much there.
    #[error("longer than {chars_max} characters")]
    TooLong {
        /// Characters it may have.
        chars_max: usize,
    },
    /// Characters that no keyboard types.
    #[error("holds characters that cannot be shown")]
    Unprintable,
    /// No telephone number of any known form.
    #[error("not a telephone number")]
    NotAPhone,
    /// No e-mail address.
    #[error("not an e-mail address")]
    NotAnEmail,
    /// A day that has not come.
    #[error("the day is in the future")]
    InFuture,
    /// Before anybody alive was born.
    #[error("the day is too long ago")]
    TooLongAgo,
    /// Under age, and nobody signs for them.
    #[error("aged {years}: a guardian must sign")]
    NeedsGuardian {
        /// The age.
        years: i32,
    },
    /// Under age, and this studio takes nobody under age.
    #[error("aged {years}: too young for this studio")]
    TooYoung {
        /// The age.
        years: i32,
    },
    /// The number cannot be right.
    #[error(transparent)]
    BadNumber {
        /// Why.
        #[serde(rename = "why")]
        #[from]
        why: NumberFlaw,
    },
    /// The document says another birth date than the form.
    #[error("the document says {says}")]
    BirthDiffers {
        /// What the document says.
        says: NaiveDate,
    },
    /// The document says another sex than the form.
    #[error("the document says otherwise")]
    SexDiffers {
        /// What the document says.
        says: Sex,
    },
    /// No such picture.
    #[error("the picture has no proper name")]
    BadPhoto,
}

/// One flaw and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationFlaw {
    /// Where.
    pub field: Field,
    /// What.
    pub why: Flaw,
}

/// What the checks must know of the day and the studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The day of the application.
    pub today: NaiveDate,
    /// Whose telephone habits hold.
    pub home: Region,
    /// True when a guardian may sign for somebody under age.
    pub guardian_may_sign: bool,
}

impl Rules {
    /// The rules of a studio on a day.
    #[must_use]
    pub fn of(settings: Option<&Settings>, today: NaiveDate) -> Self {
        Self {
            today,
            home: Region::of_studio(settings),
            guardian_may_sign: settings.is_none_or(|s| s.guardian_may_sign),
        }
    }
}

impl Application {
    /// Everything wrong with it on this day in this studio, in the order of the form.
    #[must_use]
    pub fn flaws(&self, rules: &Rules) -> Vec<ApplicationFlaw> {
        let mut flaws = Flaws::default();
        self.text_flaws(&mut flaws);
        self.reach_flaws(rules.home, &mut flaws);
        self.birth_flaws(rules, &mut flaws);
        self.document_flaws(rules.today, &mut flaws);
        order::by_key(&mut flaws.0, |f| f.field);
        flaws.0
    }

    /// True when no form of ours would have let it pass on any day in any studio.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        let mut flaws = Flaws::default();
        self.text_flaws(&mut flaws);
        self.reach_flaws(Region::Elsewhere, &mut flaws);
        self.document_flaws(NaiveDate::MAX, &mut flaws);
        !flaws.0.is_empty()
            || self.name_keys.len() > NAME_KEYS_BYTES_MAX
            || self.name_keys.chars().any(char::is_control)
    }

    /// The application as it is sent: lines tidied, numbers in their one form, empty blocks gone.
    #[must_use]
    pub fn tidied(&self, rules: &Rules) -> Self {
        let line = |s: &String| text::tidy_line(s);
        let number = |s: &String| phone::normalise(s, rules.home).unwrap_or_else(|| line(s));
        let filled = |s: String| (!s.is_empty()).then_some(s);
        Self {
            name: line(&self.name),
            phone: self.phone.as_ref().map(number).and_then(filled),
            email: self.email.as_ref().map(line).and_then(filled),
            address: line(&self.address),
            emergency: self
                .emergency
                .as_ref()
                .map(|e| Emergency {
                    name: line(&e.name),
                    phone: number(&e.phone),
                    relation: line(&e.relation),
                })
                .filter(|e| *e != Emergency::default()),
            document: self
                .document
                .as_ref()
                .filter(|d| !d.number.trim().is_empty())
                .map(|d| tidied_document(d, rules.today)),
            guardian: self
                .guardian
                .as_ref()
                .map(|g| GuardianEntry {
                    name: line(&g.name),
                    phone: number(&g.phone),
                    relation: line(&g.relation),
                })
                .filter(|g| *g != GuardianEntry::default()),
            tags: self.tags.iter().map(line).filter(|t| !t.is_empty()).collect(),
            ..self.clone()
        }
    }

    fn text_flaws(&self, flaws: &mut Flaws) {
        if text::tidy_line(&self.name).is_empty() {
            flaws.add(Field::Name, Flaw::Missing);
        }
        flaws.text(Field::Name, &self.name, NAME_CHARS_MAX);
        flaws.text(Field::Address, &self.address, LINE_CHARS_MAX * 2);
        flaws.text(Field::HealthNotes, &self.health.notes, NOTE_CHARS_MAX);
        flaws.text(Field::Allergies, &self.health.allergies, NOTE_CHARS_MAX);
        flaws.text(Field::Goals, &self.goals, NOTE_CHARS_MAX);
        flaws.text(Field::Preferences, &self.preferences, NOTE_CHARS_MAX);
        if self.tags.len() > TAGS_MAX {
            flaws.add(Field::Tags, Flaw::TooLong { chars_max: TAGS_MAX });
        }
        for tag in &self.tags {
            flaws.text(Field::Tags, tag, LINE_CHARS_MAX);
        }
        if self.photo.as_ref().is_some_and(|p| !p.is_well_formed()) {
            flaws.add(Field::Photo, Flaw::BadPhoto);
        }
    }

    fn reach_flaws(&self, home: Region, flaws: &mut Flaws) {
        flaws.phone(Field::Phone, self.phone.as_deref().unwrap_or_default(), home);
        if let Some(email) = self.email.as_deref().filter(|e| !e.trim().is_empty()) {
            flaws.text(Field::Email, email, EMAIL_CHARS_MAX);
            if !is_email(email.trim()) {
                flaws.add(Field::Email, Flaw::NotAnEmail);
            }
        }
        if let Some(emergency) = self.emergency.as_ref().filter(|e| **e != Emergency::default()) {
            flaws.person(Field::EmergencyName, &emergency.name);
            flaws.phone_needed(Field::EmergencyPhone, &emergency.phone, home);
            flaws.text(Field::EmergencyRelation, &emergency.relation, LINE_CHARS_MAX);
        }
        if let Some(guardian) = self.guardian.as_ref().filter(|g| **g != GuardianEntry::default()) {
            flaws.person(Field::GuardianName, &guardian.name);
            flaws.phone_needed(Field::GuardianPhone, &guardian.phone, home);
            flaws.text(Field::GuardianRelation, &guardian.relation, LINE_CHARS_MAX);
        }
    }

    fn birth_flaws(&self, rules: &Rules, flaws: &mut Flaws) {
        let Some(born) = self.birth_on else { return };
        let years = age_on(born, rules.today);
        if born > rules.today {
            flaws.add(Field::BirthOn, Flaw::InFuture);
        } else if years > YEARS_MAX || born.year() < 1_850 {
            flaws.add(Field::BirthOn, Flaw::TooLongAgo);
        } else if years < ADULT_YEARS && !rules.guardian_may_sign {
            flaws.add(Field::BirthOn, Flaw::TooYoung { years });
        } else if years < ADULT_YEARS && self.guardian.as_ref().is_none_or(|g| g.name.trim().is_empty()) {
            flaws.add(Field::BirthOn, Flaw::NeedsGuardian { years });
        }
    }

    fn document_flaws(&self, today: NaiveDate, flaws: &mut Flaws) {
        let Some(entry) = self.document.as_ref().filter(|d| !d.number.trim().is_empty()) else { return };
        if let Some(flaw) = number_length_flaw(entry) {
            flaws.add(Field::DocumentNumber, flaw);
            return;
        }
        match identity::read(entry.kind, &entry.number, today) {
            Err(why) => flaws.add(Field::DocumentNumber, Flaw::BadNumber { why }),
            Ok(reading) => {
                if let (Some(says), Some(born)) = (reading.birth_on, self.birth_on)
                    && says != born
                {
                    flaws.add(Field::BirthOn, Flaw::BirthDiffers { says });
                }
                if let (Some(says), Some(sex @ (Sex::Female | Sex::Male))) = (reading.sex, self.sex)
                    && says != sex
                {
                    flaws.add(Field::Sex, Flaw::SexDiffers { says });
                }
            }
        }
    }
}

/// True for something a mail could be sent to: one @, a dot in the domain, no spaces.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let proper = |c: char| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | '<' | '>' | '"' | ',' | ';' | '(' | ')')
    };
    let labels_fit =
        domain.split('.').count() >= 2 && domain.split('.').all(|l| !l.is_empty() && l.len() <= 63);
    !local.is_empty()
        && local.len() <= 64
        && labels_fit
        && text.chars().filter(|c| *c != '@').all(proper)
        && !local.contains('@')
}

fn tidied_document(entry: &DocumentEntry, today: NaiveDate) -> DocumentEntry {
    let read = identity::read(entry.kind, &entry.number, today).ok();
    DocumentEntry {
        number: read.map_or_else(|| text::tidy_code(&entry.number), |r| r.number),
        ..entry.clone()
    }
}

fn number_length_flaw(entry: &DocumentEntry) -> Option<Flaw> {
    // The two machine-readable lines of a passport are 88 characters and a line break.
    let chars_max = if entry.kind == DocumentKind::Passport { 90 } else { NUMBER_CHARS_MAX };
    (entry.number.chars().count() > chars_max).then_some(Flaw::TooLong { chars_max })
}

/// Collects flaws, at most one per field: one sentence beside a field is enough.
#[derive(Debug, Default)]
struct Flaws(Vec<ApplicationFlaw>);

impl Flaws {
    fn add(&mut self, field: Field, why: Flaw) {
        if self.0.iter().all(|f| f.field != field) {
            self.0.push(ApplicationFlaw { field, why });
        }
    }
    fn text(&mut self, field: Field, text: &str, chars_max: usize) {
        if text.chars().count() > chars_max {
            self.add(field, Flaw::TooLong { chars_max });
        } else if !text::fits(text, chars_max) {
            self.add(field, Flaw::Unprintable);
        }
    }
    fn person(&mut self, field: Field, name: &str) {
        if text::tidy_line(name).is_empty() {
            self.add(field, Flaw::Missing);
        }
        self.text(field, name, NAME_CHARS_MAX);
    }
    fn phone(&mut self, field: Field, number: &str, home: Region) {
        if !number.trim().is_empty() && phone::normalise(number, home).is_none() {
            self.add(field, Flaw::NotAPhone);
        }
    }
    fn phone_needed(&mut self, field: Field, number: &str, home: Region) {
        if number.trim().is_empty() {
            self.add(field, Flaw::Missing);
        }
        self.phone(field, number, home);
    }
}

/// Somebody new, by name alone; the rest is filled in around it.
#[must_use]
pub fn named(name: &str, name_keys: &str) -> Application {
    Application { name: name.to_owned(), name_keys: name_keys.to_owned(), ..Application::default() }
}
