//! An import as commands: at most two hundred rows each, a result for every row, and one undo.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::BATCH_ROWS_MAX;
use super::rows::ImportRow;
use crate::flow::import::{self as flow, PassImported};
use crate::han;
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::alias::{Alias, Circle};
use crate::kernel::command::{Command, Fact, Request};
use crate::kernel::decide::{Ctx, Decision, RefusalBody};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{self, CommandId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::kernel::time::Timestamp;
use crate::members::archive::archive;
use crate::members::duplicates::{Reason, Sketch, candidate_wants, lookalikes, standing_wants};
use crate::members::enrol::{Entry, write_down};
use crate::members::{Member, MemberId, MembersException, SLICE};

/// The key of all batches of one import.
pub const IMPORT_KEY: &str = "import_batch.import";
/// Characters a file's name may have.
const FILE_NAME_CHARS_MAX: usize = 200;
/// Where the ids of passes and cards begin among those a batch creates; members come first.
const PASS_INDEX: u32 = 1_000;
/// Ledger lines taking back one row may need.
const LINES_PER_UNDO: u32 = 16;

/// Rows of a list were written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRows {
    /// Minted when the import began; all its batches share it.
    pub import_id: Id,
    /// Which batch of the import, from 0.
    pub part: u32,
    /// The file's name.
    pub file_name: String,
}

/// The rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportPersonal {
    /// At most [`BATCH_ROWS_MAX`].
    pub rows: Vec<ImportRow>,
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RowOutcome {
    /// Written down.
    Added {
        /// As whom.
        member: MemberId,
    },
    /// Written down; may be somebody who is here already.
    AddedLookalike {
        /// As whom.
        member: MemberId,
        /// Who was here before.
        known: MemberId,
        /// What speaks for it.
        reasons: Vec<Reason>,
    },
    /// Not written down: the same person beyond doubt.
    KnownBefore {
        /// Who.
        known: MemberId,
    },
}

impl RowOutcome {
    /// Whom the row wrote down.
    #[must_use]
    pub const fn added(&self) -> Option<MemberId> {
        match self {
            Self::Added { member } | Self::AddedLookalike { member, .. } => Some(*member),
            Self::KnownBefore { .. } => None,
        }
    }
}

/// One row and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowResult {
    /// The line of the file.
    pub line: u32,
    /// What became of the person.
    #[serde(flatten)]
    pub outcome: RowOutcome,
    /// What became of the pass and the card it named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<PassImported>,
}

/// How a batch was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// People taken off the lists.
    pub archived: u32,
    /// People left alone because something was done with them since.
    pub left: Vec<MemberId>,
}

/// One batch with a result per row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportBatch {
    /// Of this import.
    pub import: Id,
    /// Which batch of it.
    pub part: u32,
    /// The file's name.
    pub file_name: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// What became of each row.
    pub rows: Vec<RowResult>,
    /// Taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Undone>,
}

impl ImportBatch {
    /// The record of one batch.
    #[must_use]
    pub fn id_of(import: Id, part: u32) -> Id {
        ids::named(import, &part.to_be_bytes())
    }

    /// Whom it wrote down.
    pub fn added(&self) -> impl Iterator<Item = MemberId> + '_ {
        self.rows.iter().filter_map(|r| r.outcome.added())
    }
}

impl RecordBody for ImportBatch {
    const KIND: &'static str = "import_batch";
    const READERS: &'static [Reader] = &[Reader::Desk];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        Self::id_of(self.import, self.part)
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(IMPORT_KEY, KeyValue::of(self.import));
    }
    fn happened_at(&self) -> Timestamp {
        self.at
    }
}

impl Command for ImportRows {
    const KIND: &'static str = "members.import_rows";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ImportPersonal;
    fn subjects(&self, personal: &ImportPersonal, command: CommandId) -> Vec<Id> {
        (0u32..).zip(&personal.rows).map(|(index, _)| ids::derived(command, index)).collect()
    }
    fn without(&self, personal: ImportPersonal, command: CommandId, gone: &[Id]) -> Option<ImportPersonal> {
        // The others in the list are still needed, should a hub have to be told of it again.
        let left = |(index, row): (u32, ImportRow)| {
            if gone.contains(&ids::derived(command, index)) { row.without_person() } else { row }
        };
        Some(ImportPersonal { rows: (0u32..).zip(personal.rows).map(left).collect() })
    }
    fn wants(&self, personal: &ImportPersonal, facts: &Facts) -> Vec<Want> {
        let mut wants = vec![Want::id::<ImportBatch>(ImportBatch::id_of(self.import_id, self.part))];
        for row in &personal.rows {
            let sketch = Sketch::of_application(&row.new);
            wants.extend(candidate_wants(&sketch));
            wants.extend(standing_wants(&sketch, facts));
        }
        // Second and third round: the people behind numbers, to compare their names.
        let found: Vec<Want> = personal
            .rows
            .iter()
            .flat_map(|row| alike(row, Id::nil().into(), facts))
            .map(|(id, _)| Want::id::<Member>(id))
            .collect();
        wants.extend(found);
        wants.extend(
            personal.rows.iter().filter_map(|row| row.pass.as_ref()).flat_map(|pass| pass.wants(facts)),
        );
        wants
    }
    fn is_well_formed(&self, personal: &ImportPersonal) -> bool {
        let fits = |row: &ImportRow| {
            (row.erased || !row.new.is_malformed())
                && row.sections.len() <= 2
                && row.pass.as_ref().is_none_or(flow::PassPart::is_well_formed)
        };
        (1..=BATCH_ROWS_MAX).contains(&personal.rows.len())
            && text::fits(&self.file_name, FILE_NAME_CHARS_MAX)
            && personal.rows.iter().all(fits)
    }
}

impl Fact for ImportRows {
    fn decide(&self, personal: &ImportPersonal, facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        let id = ImportBatch::id_of(self.import_id, self.part);
        if facts.get::<ImportBatch>(id).is_some() {
            // The same batch sent twice: the first one holds.
            return decision;
        }
        let mut rows = Vec::with_capacity(personal.rows.len());
        let mut numbers = BTreeSet::new();
        for (index, row) in (0u32..).zip(&personal.rows) {
            let outcome = self.person(&mut decision, MemberId(ctx.id(index)), row, facts, ctx);
            let base = PASS_INDEX + index * flow::IDS_PER_ROW;
            let added = outcome.added().zip(row.pass.as_ref());
            let pass = added.map(|(member, pass)| {
                flow::pass_changes(&mut decision, facts, ctx, member, pass, base, &mut numbers)
            });
            rows.push(RowResult { line: row.line, outcome, pass });
        }
        let count = rows.iter().filter(|r| matches!(r.outcome, RowOutcome::AddedLookalike { .. })).count();
        if count > 0 {
            decision.raise(
                MembersException::ImportedLookalikes { count: u32::try_from(count).unwrap_or(u32::MAX) }
                    .draft(vec![id]),
            );
        }
        decision.put(&ImportBatch {
            import: self.import_id,
            part: self.part,
            file_name: text::tidy_line(&self.file_name),
            at: ctx.effective_at,
            by: ctx.actor,
            rows,
            undone: None,
        });
        decision
    }
}

impl ImportRows {
    /// Writes one row down, unless the person is here beyond doubt.
    fn person(
        &self,
        decision: &mut Decision,
        member: MemberId,
        row: &ImportRow,
        facts: &Facts,
        ctx: &Ctx,
    ) -> RowOutcome {
        let alike = alike(row, member, facts);
        if let Some(known) =
            alike.iter().find(|(id, reasons)| is_beyond_doubt(row, *id, reasons, facts)).map(|(id, _)| *id)
        {
            return RowOutcome::KnownBefore { known };
        }
        let entry = Entry {
            member,
            sections: &row.sections,
            referrer: None,
            joined_on: row.joined_on,
            import: Some(self.import_id),
        };
        write_down(decision, &entry, &row.new, ctx, |_| ids::named(member.raw(), b"document"));
        match alike.into_iter().next() {
            Some((known, reasons)) => RowOutcome::AddedLookalike { member, known, reasons },
            None => RowOutcome::Added { member },
        }
    }
}

fn alike(row: &ImportRow, member: MemberId, facts: &Facts) -> Vec<(MemberId, Vec<Reason>)> {
    lookalikes(&Sketch::of_application(&row.new), member, facts)
}

/// The same document, or the same number and the same name.
fn is_beyond_doubt(row: &ImportRow, known: MemberId, reasons: &[Reason], facts: &Facts) -> bool {
    if reasons.contains(&Reason::SameDocument) {
        return true;
    }
    let same_name = |m: Member| han::folded_of(&m.name_keys) == han::folded_of(&row.new.name_keys);
    reasons.contains(&Reason::SamePhone)
        && facts.peek::<Member>(&Want::id::<Member>(known)).into_iter().any(same_name)
}

/// Takes one batch back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoImport {
    /// The import.
    pub import_id: Id,
    /// Which batch of it.
    pub part: u32,
}

/// Why a batch is not taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum UndoRefusal {
    /// No such batch.
    #[error("there is no such import")]
    UnknownImport,
    /// Taken back already.
    #[error("taken back before")]
    UndoneBefore {
        /// When.
        at: Timestamp,
    },
}

/// What an undo left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum UndoNote {
    /// Something was done with some of them since: they stay.
    LeftBehind {
        /// How many.
        count: u32,
    },
}

impl Command for UndoImport {
    const KIND: &'static str = "members.undo_import";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), facts: &Facts) -> Vec<Want> {
        let batch = Want::id::<ImportBatch>(ImportBatch::id_of(self.import_id, self.part));
        let members: Vec<MemberId> =
            facts.peek::<ImportBatch>(&batch).iter().flat_map(|b| b.added().collect::<Vec<_>>()).collect();
        let mut wants = vec![batch];
        wants.extend(members.iter().map(|m| Want::id::<Member>(*m)));
        wants.extend(members.iter().map(|m| Want::id::<Alias>(*m)));
        wants.extend(members.iter().flat_map(|m| flow::undo_wants(*m, facts)));
        wants
    }
}

impl Request for UndoImport {
    type Refusal = UndoRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, UndoRefusal> {
        let id = ImportBatch::id_of(self.import_id, self.part);
        let mut batch = facts.get::<ImportBatch>(id).ok_or(UndoRefusal::UnknownImport)?;
        if let Some(undone) = batch.undone {
            return Err(UndoRefusal::UndoneBefore { at: undone.at });
        }
        let mut decision = Decision::nothing();
        let (mut archived, mut left) = (0u32, Vec::new());
        for (index, member) in (0u32..).zip(batch.added().filter_map(|m| facts.get::<Member>(m))) {
            if member.archived.is_some() {
                continue;
            }
            let joined = Circle::of(member.id.raw(), facts).is_joined();
            let touched = joined || member.revision > 0 || member.signed.is_some();
            if touched || !flow::is_untouched(member.id, facts) {
                left.push(member.id);
                continue;
            }
            flow::undo_changes(&mut decision, facts, ctx, member.id, PASS_INDEX + index * LINES_PER_UNDO);
            archive(&mut decision, member, facts, ctx, index);
            archived += 1;
        }
        if !left.is_empty() {
            let note = UndoNote::LeftBehind { count: u32::try_from(left.len()).unwrap_or(u32::MAX) };
            decision.changed =
                serde_json::to_value(note).ok().map(|why| RefusalBody { slice: SLICE.to_owned(), why });
        }
        batch.undone = Some(Undone { at: ctx.effective_at, by: ctx.actor, archived, left });
        decision.replace(facts.record::<ImportBatch>(id), &batch);
        Ok(decision)
    }
}
