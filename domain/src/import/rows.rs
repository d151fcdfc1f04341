//! Rows become people, or reasons why not. A bad cell names itself; the other rows go on.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::columns::{Column, Mapping};
use super::dates::{self, DateOrder};
use super::delimited::{Cells, Table};
use super::words;
use crate::flow::import::{PassPart, VISITS_MAX};
use crate::han::{self, Han};
use crate::kernel::text;
use crate::members::application::{Field, Rules};
use crate::members::contact::Emergency;
use crate::members::document::DocumentEntry;
use crate::members::identity;
use crate::members::region::Region;
use crate::members::{Application, DocumentKind, Flaw};
use crate::passes::cards;
use crate::plans;
use crate::studio::Section;

/// One person of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// The line of the file.
    pub line: u32,
    /// What it says of the person.
    pub new: Application,
    /// The branches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_on: Option<NaiveDate>,
    /// What it says of a pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<PassPart>,
    /// True where somebody was erased: what is left says nothing about them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

impl ImportRow {
    /// The row without the person: its place, what was bought, and nothing else.
    #[must_use]
    pub fn without_person(self) -> Self {
        let pass = self.pass.map(|pass| PassPart { card_number: String::new(), ..pass });
        Self { new: Application::default(), pass, erased: true, ..self }
    }
}

/// Why a row is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RowFlaw {
    /// A field of the person.
    #[error("{why}")]
    Person {
        /// Which.
        field: Field,
        /// What.
        why: Flaw,
    },
    /// No date, or one that does not exist.
    #[error("no such day")]
    NotADate,
    /// No known word for a sex.
    #[error("no known word for a sex")]
    UnknownSex,
    /// No known word for a section.
    #[error("no known section")]
    UnknownSection,
    /// No number of visits.
    #[error("not a number of visits")]
    NotVisits,
    /// Too long.
    #[error("longer than {chars_max} characters")]
    TooLong {
        /// Characters it may have.
        chars_max: usize,
    },
    /// Dates or visits without the name of a plan.
    #[error("a pass without the name of its plan")]
    PlanMissing,
    /// More cells than the header: a comma inside an unquoted cell.
    #[error("{found} cells instead of {expected}")]
    CellsShifted {
        /// Columns of the file.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// The file was read in the wrong encoding.
    #[error("unreadable characters")]
    Unreadable,
    /// The same person stands in an earlier line.
    #[error("the same as line {line}")]
    SameAsLine {
        /// That line.
        line: u32,
    },
}

/// One reason with the column it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// Which column; nothing when it is about the whole row.
    pub column: Option<Column>,
    /// What the cell says.
    pub cell: String,
    /// Why it will not do.
    pub why: RowFlaw,
}

/// A row that is left out, with every reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line of the file.
    pub line: u32,
    /// What stands where the name should be.
    pub name: String,
    /// Why.
    pub problems: Vec<RowProblem>,
}

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// Which column is what.
    pub mapping: &'a Mapping,
    /// The order of its dates.
    pub order: DateOrder,
    /// The day, the region, the studio's rule about guardians.
    pub rules: Rules,
    /// The branches of people whose row names none.
    pub sections: &'a [Section],
    /// Readings for the search.
    pub han: &'a Han,
}

/// What an import would do, before it does anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// People that can be written down.
    pub ready: Vec<ImportRow>,
    /// Rows that are left out.
    pub bad: Vec<BadRow>,
}

/// Reads all rows of a file.
#[must_use]
pub fn preview(table: &Table, plan: &Plan<'_>) -> Preview {
    let mut preview = Preview::default();
    let mut seen: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    for row in &table.rows {
        let mut reader = RowReader { row, plan, problems: Vec::new() };
        let read = reader.read(table.header.len());
        let mut problems = reader.problems;
        if problems.is_empty() {
            let twin = identity_of(&read).and_then(|key| seen.get(&key).copied());
            problems.extend(twin.map(|line| RowProblem {
                column: None,
                cell: String::new(),
                why: RowFlaw::SameAsLine { line },
            }));
        }
        if problems.is_empty() {
            seen.extend(identity_of(&read).map(|key| (key, row.line)));
            preview.ready.push(read);
        } else {
            preview.bad.push(BadRow { line: row.line, name: read.new.name, problems });
        }
    }
    preview
}

/// What makes two lines one person beyond doubt: the document, or name and number.
fn identity_of(row: &ImportRow) -> Option<String> {
    let document = row.new.document.as_ref().map(|d| format!("d {}", d.number));
    document
        .or_else(|| row.new.phone.as_ref().map(|p| format!("p {p} {}", han::folded_of(&row.new.name_keys))))
}

/// Reads one row, collecting what is wrong with it.
struct RowReader<'a> {
    row: &'a Cells,
    plan: &'a Plan<'a>,
    problems: Vec<RowProblem>,
}

impl RowReader<'_> {
    fn read(&mut self, columns: usize) -> ImportRow {
        if self.row.cells.len() > columns {
            self.flaw(None, RowFlaw::CellsShifted { expected: columns, found: self.row.cells.len() });
        }
        if self.row.cells.iter().any(|c| c.contains('\u{FFFD}')) {
            self.flaw(None, RowFlaw::Unreadable);
        }
        let new = self.person();
        let sections = self.checked(Column::Sections, RowFlaw::UnknownSection, words::sections);
        ImportRow {
            line: self.row.line,
            sections: sections.filter(|s| !s.is_empty()).unwrap_or_else(|| self.plan.sections.to_vec()),
            joined_on: self.day(Column::JoinedOn),
            pass: self.pass(),
            new,
            erased: false,
        }
    }

    fn person(&mut self) -> Application {
        let emergency = Emergency {
            name: self.text(Column::EmergencyName),
            phone: self.text(Column::EmergencyPhone),
            relation: String::new(),
        };
        let document = self.document();
        let said =
            document.as_ref().and_then(|d| identity::read(d.kind, &d.number, self.plan.rules.today).ok());
        let sex =
            self.checked(Column::Sex, RowFlaw::UnknownSex, words::sex).or(said.as_ref().and_then(|s| s.sex));
        let birth_on = self.day(Column::BirthOn).or(said.and_then(|s| s.birth_on));
        let raw = Application {
            name: self.name(),
            sex,
            birth_on,
            phone: self.some(Column::Phone),
            email: self.some(Column::Email),
            address: self.text(Column::Address),
            emergency: Some(emergency).filter(|e| *e != Emergency::default()),
            document,
            health: crate::members::HealthEntry {
                declared: false,
                notes: self.text(Column::Health),
                allergies: self.text(Column::Allergies),
            },
            goals: self.text(Column::Goals),
            tags: words::tags(&self.text(Column::Tags)),
            ..Application::default()
        };
        let mut new = raw.tidied(&self.plan.rules);
        new.name_keys = han::name_keys(&new.name, self.plan.han);
        // A list knows nothing of guardians: who is under age is found by the desk, not refused here.
        let rules = Rules { guardian_may_sign: true, ..self.plan.rules };
        for flaw in new.flaws(&rules).into_iter().filter(|f| !matches!(f.why, Flaw::NeedsGuardian { .. })) {
            self.flaw(column_of(flaw.field), RowFlaw::Person { field: flaw.field, why: flaw.why });
        }
        new
    }

    fn name(&self) -> String {
        let whole = self.text(Column::Name);
        if !whole.is_empty() {
            return whole;
        }
        let (family, given) = (self.text(Column::FamilyName), self.text(Column::GivenName));
        let is_han =
            family.chars().chain(given.chars()).all(|c| !c.is_ascii_alphanumeric()) && !family.is_empty();
        let name = if is_han { format!("{family}{given}") } else { format!("{given} {family}") };
        text::tidy_line(&name)
    }

    fn document(&self) -> Option<DocumentEntry> {
        let number = self.some(Column::Document)?;
        let today = self.plan.rules.today;
        let local = match self.plan.rules.home {
            Region::Mainland => DocumentKind::ResidentId,
            Region::HongKong => DocumentKind::HongKongId,
            Region::Macau => DocumentKind::MacauId,
            Region::Taiwan => DocumentKind::TaiwanId,
            Region::Singapore | Region::Elsewhere => DocumentKind::Passport,
        };
        let fits = |kind: &DocumentKind| identity::read(*kind, &number, today).is_ok();
        let others = [DocumentKind::HkMacauPermit, DocumentKind::TaiwanPermit, DocumentKind::Passport];
        // Eighteen places are meant to be a resident id: a wrong check digit must be named, not taken for another document.
        let kind = if text::tidy_code(&number).len() == 18 {
            DocumentKind::ResidentId
        } else {
            [local]
                .into_iter()
                .filter(fits)
                .chain(identity::recognise(&number, today))
                .chain(others.into_iter().filter(fits))
                .next()
                .unwrap_or(local)
        };
        Some(DocumentEntry { kind, number, checked: false })
    }

    fn pass(&mut self) -> Option<PassPart> {
        let pass = PassPart {
            plan: text::tidy_line(&self.text(Column::Plan)),
            valid_until: self.day(Column::ValidUntil),
            visits_left: self.checked(Column::VisitsLeft, RowFlaw::NotVisits, words::visits),
            card_number: text::tidy_line(&self.text(Column::Card)),
        };
        if pass == PassPart::default() {
            return None;
        }
        let too_long = |chars_max| RowFlaw::TooLong { chars_max };
        if !text::fits(&pass.plan, plans::NAME_CHARS_MAX) {
            self.flaw(Some(Column::Plan), too_long(plans::NAME_CHARS_MAX));
        }
        if !text::fits(&pass.card_number, cards::NUMBER_CHARS_MAX) {
            self.flaw(Some(Column::Card), too_long(cards::NUMBER_CHARS_MAX));
        }
        if pass.visits_left.is_some_and(|n| i64::from(n) > VISITS_MAX) {
            self.flaw(Some(Column::VisitsLeft), RowFlaw::NotVisits);
        }
        if pass.plan.is_empty() && (pass.valid_until.is_some() || pass.visits_left.is_some()) {
            self.flaw(Some(Column::Plan), RowFlaw::PlanMissing);
        }
        Some(pass)
    }

    fn text(&self, column: Column) -> String {
        self.plan.mapping.place(column).and_then(|at| self.row.cells.get(at)).cloned().unwrap_or_default()
    }

    fn some(&self, column: Column) -> Option<String> {
        Some(self.text(column)).filter(|t| !t.is_empty())
    }

    fn day(&mut self, column: Column) -> Option<NaiveDate> {
        let order = self.plan.order;
        self.checked(column, RowFlaw::NotADate, |cell| dates::parse(cell, order))
    }

    /// What a cell means; a cell that is not empty and means nothing is a flaw.
    fn checked<T>(&mut self, column: Column, why: RowFlaw, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let cell = self.some(column)?;
        let value = read(&cell);
        if value.is_none() {
            self.flaw(Some(column), why);
        }
        value
    }

    fn flaw(&mut self, column: Option<Column>, why: RowFlaw) {
        let cell = column.map(|c| self.text(c)).unwrap_or_default();
        self.problems.push(RowProblem { column, cell, why });
    }
}

fn column_of(field: Field) -> Option<Column> {
    match field {
        Field::Name => Some(Column::Name),
        Field::BirthOn => Some(Column::BirthOn),
        Field::Sex => Some(Column::Sex),
        Field::Phone => Some(Column::Phone),
        Field::Email => Some(Column::Email),
        Field::Address => Some(Column::Address),
        Field::EmergencyName | Field::EmergencyRelation => Some(Column::EmergencyName),
        Field::EmergencyPhone => Some(Column::EmergencyPhone),
        Field::DocumentNumber => Some(Column::Document),
        Field::HealthNotes => Some(Column::Health),
        Field::Allergies => Some(Column::Allergies),
        Field::Goals => Some(Column::Goals),
        Field::Tags => Some(Column::Tags),
        Field::Photo
        | Field::Preferences
        | Field::GuardianName
        | Field::GuardianPhone
        | Field::GuardianRelation => None,
    }
}
