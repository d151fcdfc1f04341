//! Documents: which one was seen, by whom, and a number that is masked everywhere until somebody says why they need it.

use serde::{Deserialize, Serialize};

use super::history::{FileEvent, note};
use super::identity::{self, DocumentKind};
use super::person::{Member, MemberId};
use super::{LINE_CHARS_MAX, MembersException};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::kernel::time::Timestamp;

/// The key of everybody with a document number.
pub const NUMBER_KEY: &str = "document.number";
/// The key of one member's documents.
pub const MEMBER_KEY: &str = "document.member";
/// Characters a number may have.
pub const NUMBER_CHARS_MAX: usize = 40;

/// A document as a form takes it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEntry {
    /// Which document.
    pub kind: DocumentKind,
    /// Its number, in its one form.
    pub number: String,
    /// True when the original lay on the desk.
    #[serde(default)]
    pub checked: bool,
}

/// Who saw the original, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A member's document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Which one.
    pub id: Id,
    /// Whose.
    pub member: MemberId,
    /// Of which kind; named apart from the record's own kind.
    pub document: DocumentKind,
    /// The number in its one form. Screens show [`Document::masked`].
    pub number: String,
    /// Who saw the original.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
    /// When it was written down.
    pub recorded_at: Timestamp,
}

impl Document {
    /// The number as every screen shows it.
    #[must_use]
    pub fn masked(&self) -> String {
        identity::masked(&self.number)
    }

    /// A document out of a form.
    pub(crate) fn of(id: Id, member: MemberId, entry: &DocumentEntry, ctx: &Ctx) -> Self {
        let checked = entry.checked.then_some(Checked { by: ctx.actor, at: ctx.effective_at });
        Self {
            id,
            member,
            document: entry.kind,
            number: text::tidy_code(&entry.number),
            checked,
            recorded_at: ctx.effective_at,
        }
    }
}

impl RecordBody for Document {
    const KIND: &'static str = "document";
    const KEYS_VERSION: u16 = 3;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id
    }
    fn subjects(&self) -> Vec<Id> {
        vec![self.member.raw()]
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(NUMBER_KEY, KeyValue::of(self.number.as_str()));
        keys.shared(MEMBER_KEY, KeyValue::of(self.member.raw()));
    }
}

/// A document of somebody who is here already was written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordDocument {
    /// Whose.
    pub member_id: MemberId,
    /// Minted when the dialog opened; an older document's id replaces that one.
    pub document_id: Id,
}

impl Command for RecordDocument {
    const KIND: &'static str = "members.record_document";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = Option<DocumentEntry>;
    fn subjects(&self, _: &Self::Personal, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &Self::Personal, _: &Facts) -> Vec<Want> {
        vec![Want::id::<Member>(self.member_id), Want::id::<Document>(self.document_id)]
    }
    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn is_well_formed(&self, entry: &Self::Personal) -> bool {
        entry.as_ref().is_none_or(|e| !e.number.is_empty() && text::fits(&e.number, NUMBER_CHARS_MAX))
    }
}

impl Fact for RecordDocument {
    fn decide(&self, entry: &Self::Personal, facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        // Erased meanwhile: there is nothing to write down any more.
        let Some(entry) = entry else { return decision };
        if facts.get::<Member>(self.member_id).is_none() {
            decision.raise(MembersException::UnknownMember.draft(vec![self.member_id.raw()]));
        }
        let document = Document::of(self.document_id, self.member_id, entry, ctx);
        decision.replace(facts.record::<Document>(self.document_id), &document);
        note(
            &mut decision,
            ctx,
            0,
            self.member_id,
            FileEvent::DocumentRecorded { document: self.document_id },
        );
        decision
    }
}

/// Why somebody needs a number in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowReason {
    /// To compare it with the original.
    Compare,
    /// For an insurance or a report.
    Report,
    /// The member asked.
    MemberAsked,
    /// Something else; the note says what.
    Other,
}

impl ShowReason {
    /// All of them, in the order a list shows them.
    pub const ALL: [Self; 4] = [Self::Compare, Self::Report, Self::MemberAsked, Self::Other];
}

/// A document's number was shown in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowDocument {
    /// Which document.
    pub document_id: Id,
    /// Whose.
    pub member_id: MemberId,
    /// Why.
    pub reason: ShowReason,
    /// In the words of who asked, as version 1 had it: where no erasure reaches it, which is why it moved.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl ShowDocument {
    fn said<'a>(&'a self, personal: &'a ShowNote) -> &'a str {
        if personal.note.is_empty() { &self.note } else { &personal.note }
    }
}

/// In the words of who asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShowNote {
    /// What they said; needed where the reason is another one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Command for ShowDocument {
    const KIND: &'static str = "members.show_document";
    const VERSION: u16 = 2;
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ShowNote;
    fn subjects(&self, _: &ShowNote, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &ShowNote, _: &Facts) -> Vec<Want> {
        Vec::new()
    }
    fn is_well_formed(&self, personal: &ShowNote) -> bool {
        let note = self.said(personal);
        (self.reason != ShowReason::Other || !note.trim().is_empty()) && text::fits(note, LINE_CHARS_MAX)
    }
}

impl Fact for ShowDocument {
    fn decide(&self, personal: &ShowNote, _facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        let note_text = text::tidy_line(self.said(personal));
        note(
            &mut decision,
            ctx,
            0,
            self.member_id,
            FileEvent::DocumentShown { document: self.document_id, reason: self.reason, note: note_text },
        );
        decision
    }
}
