//! The laws about people: who was erased is gone, one person is the same under each of their ids, and nobody's words are
//! written over unseen.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_domain::kernel::alias::{Alias, Join};
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::{CommandId, Id, derived};
use rollcall_domain::kernel::record::{Record, RecordBody as _};
use rollcall_domain::kernel::{Command as _, Erased};
use rollcall_domain::members::{ChangeMember, MemberEdits, Merge, MergeMembers, UnmergeMembers};
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold};
use rollcall_hub::erasures::Stands;
use rollcall_hub::storage::Stored;

use super::super::deeds::canary;
use super::super::disk;
use super::super::house::House;
use super::super::world::Device;
use super::{Broken, Laws, Seen, broken, fails, raised, records};

impl Laws {
    /// Nothing that lies at the hub tells anything about anybody on the list, whatever state was put back.
    pub(super) fn erased_at_the_hub(&self, seen: &Seen, house: &House) -> Result<(), Broken> {
        let listed = house.listed().map_err(fails)?;
        let here = seen_erased(&seen.records);
        let on_the_list: BTreeSet<Id> = listed.keys().map(|(_, subject)| *subject).collect();
        if let Some(id) = here.difference(&on_the_list).next() {
            return broken(15, format!("{id} is erased and on no list"));
        }
        let done = listed.iter().filter(|(_, (_, stands))| *stands == Stands::Done);
        let erased: BTreeSet<Id> = done.map(|((_, subject), _)| *subject).chain(here).collect();
        let mingled = self.mingled(&seen.records);
        for subject in erased.difference(&mingled).copied() {
            let word = canary(subject);
            if let Some(record) = seen.records.iter().find(|r| r.body.contains(&word)) {
                return broken(15, format!("{subject} in {} {} at the hub", record.kind, record.id));
            }
            let tells = |c: &&Stored| {
                c.entry.payload.contains(&word)
                    || c.entry.personal.as_ref().is_some_and(|p| p.contains(&word))
            };
            if let Some(command) = seen.commands.iter().find(tells) {
                return broken(15, format!("{subject} in {} at the hub", command.id));
            }
        }
        Ok(())
    }

    /// Those who were erased, as these records of the hub say, without those whose words others may rightly say.
    pub(super) fn erased(&self, records: &[Record]) -> BTreeSet<Id> {
        &seen_erased(records) - &self.mingled(records)
    }

    /// Everybody who was meant to be one person with somebody they are not one with at the hub: parted since, or never
    /// joined there. What was written of the one entry meanwhile belongs to it, whoever had said it first. Whoever was
    /// erased without the other had been parted before, also where an older state of the hub has forgotten that.
    fn mingled(&self, records: &[Record]) -> BTreeSet<Id> {
        let standing: BTreeSet<Join> = standing(records).collect();
        let erased = seen_erased(records);
        let apart = |join: &&Join| {
            !standing.contains(join) || erased.contains(&join.absorbed) != erased.contains(&join.into)
        };
        let open = self.joined.iter().filter(apart);
        let mut mingled: BTreeSet<Id> = open.flat_map(|join| [join.absorbed, join.into]).collect();
        loop {
            let next =
                self.joined.iter().filter(|j| mingled.contains(&j.absorbed) != mingled.contains(&j.into));
            let more: Vec<Id> = next.flat_map(|join| [join.absorbed, join.into]).collect();
            if more.is_empty() {
                return mingled;
            }
            mingled.extend(more);
        }
    }
}

/// Who is one person with whom, as these records say.
fn standing(records: &[Record]) -> impl Iterator<Item = Join> {
    let merges = records.iter().filter(|r| r.kind == Merge::KIND).filter_map(|r| r.read::<Merge>().ok());
    let standing = merges.filter(|merge| merge.undone.is_none());
    standing.map(|merge| Join { absorbed: merge.absorbed.raw(), into: merge.survivor.raw() })
}

/// Who was erased, as these records say.
pub(super) fn seen_erased(records: &[Record]) -> BTreeSet<Id> {
    let said = records.iter().filter(|r| r.kind == Erased::KIND).filter_map(|r| r.read::<Erased>().ok());
    said.map(|erased| erased.subject).collect()
}

/// A device that has read everything holds nothing of those who were erased, in no line and in no row, and shows nothing.
pub(super) fn forgotten(erased: &BTreeSet<Id>, device: &Device) -> Result<(), Broken> {
    if erased.is_empty() {
        return Ok(());
    }
    let (disk, shown) = (device.disk.borrow(), device.tab.picture());
    for subject in erased {
        let word = canary(*subject);
        let tells = |l: &&disk::Line| {
            l.entry.payload.contains(&word) || l.entry.personal.as_ref().is_some_and(|p| p.contains(&word))
        };
        if let Some(line) = disk.lines.iter().find(tells) {
            return broken(15, format!("{subject} in line {} of a device", line.id));
        }
        let row = disk.store.rows.values().find(|r| r.body.as_ref().is_some_and(|b| b.contains(&word)));
        if let Some(row) = row {
            return broken(15, format!("{subject} in {} {} of a device", row.kind, row.id));
        }
        if let Some((kind, id, _)) = shown.iter().find(|(.., body)| body.contains(&word)) {
            return broken(15, format!("{subject} in {kind} {id} on the screen of a device"));
        }
    }
    Ok(())
}

/// Of two people who changed the same phone without knowing of each other, the second is asked, not obeyed.
pub(super) fn edits(seen: &Seen) -> Result<(), Broken> {
    let mut phones: BTreeMap<Id, serde_json::Value> = BTreeMap::new();
    let (asked, joins) = (raised(seen), joins(seen));
    for (command, kind) in seen.told() {
        // What two entries became by being joined or parted is not followed here.
        for joined in joins.get(&command.id).into_iter().flatten() {
            phones.remove(joined);
        }
        if kind != ChangeMember::KIND {
            continue;
        }
        let Ok(answered) = serde_json::from_str::<Answered>(&command.answer) else { continue };
        let OutcomeOrHold::Outcome(outcome) = &answered.answer else { continue };
        let Ok(change) = serde_json::from_str::<ChangeMember>(&command.entry.payload) else { continue };
        let personal = command.entry.personal.as_deref().unwrap_or_default();
        let Ok(edits) = serde_json::from_str::<MemberEdits>(personal) else { continue };
        for edit in edits.contact.iter().filter(|e| e.field == "phone") {
            let before = phones.get(&change.member_id.raw());
            let blind = before.is_some_and(|now| *now != edit.was && *now != edit.now);
            // A promise from before a restore stands, and says beside it what is odd about that.
            if blind && matches!(outcome, Outcome::Accepted) && !asked.contains(&command.id) {
                return broken(8, format!("{} overruled a phone it had not seen", command.id));
            }
            if matches!(outcome, Outcome::Accepted) && !asked.contains(&command.id) {
                phones.insert(change.member_id.raw(), edit.now.clone());
            } else {
                // Of a promise from before a restore that speaks of an item, today's rules may have made a change.
                phones.remove(&change.member_id.raw());
            }
        }
    }
    Ok(())
}

/// The entries each merge was about, by the command that merged or parted them or came for an absorbed one since.
fn joins(seen: &Seen) -> BTreeMap<CommandId, Vec<Id>> {
    let merges: BTreeMap<Id, Vec<Id>> = records::<Merge>(seen)
        .map(|merge| (merge.id, vec![merge.survivor.raw(), merge.absorbed.raw()]))
        .collect();
    let all: Vec<Id> = merges.values().flatten().copied().collect();
    let touched = |command: &Stored, kind: &str| {
        let payload = &command.entry.payload;
        match kind {
            MergeMembers::KIND => merges.get(&derived(command.id, 0)).cloned(),
            UnmergeMembers::KIND => {
                merges.get(&serde_json::from_str::<UnmergeMembers>(payload).ok()?.merge_id).cloned()
            }
            // What comes for one who was ever joined may have changed any of those.
            ChangeMember::KIND => {
                let id = serde_json::from_str::<ChangeMember>(payload).ok()?.member_id.raw();
                all.contains(&id).then(|| all.clone())
            }
            _ => None,
        }
    };
    seen.told().filter_map(|(command, kind)| Some((command.id, touched(command, kind)?))).collect()
}

/// Every id of somebody says the same of all of them, and what stands is what was merged and not parted.
pub(super) fn one_person(seen: &Seen) -> Result<(), Broken> {
    let aliases: BTreeMap<Id, Alias> = records::<Alias>(seen).map(|alias| (alias.id, alias)).collect();
    let standing: BTreeSet<Join> = standing(&seen.records).collect();
    let said: BTreeSet<Join> = aliases.values().flat_map(|alias| alias.joins.iter().copied()).collect();
    if said != standing {
        return broken(16, format!("joins {said:?}, merges {standing:?}"));
    }
    for alias in aliases.values() {
        for id in alias.circle().ids() {
            if aliases.get(id).is_none_or(|other| other.joins != alias.joins) {
                return broken(16, format!("{} and {id} do not agree", alias.id));
            }
        }
    }
    Ok(())
}
