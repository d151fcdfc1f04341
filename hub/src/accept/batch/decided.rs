//! What follows from a decision beyond its records: people's roles at the hub, what is cut for others, and a manager's
//! word about a command that was set aside. Knows no kind of record but the exceptions desk's.

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::decide::{Outcome, RefusalBody, Verdict};
use rollcall_domain::kernel::exceptions::{Exception, Settled};
use rollcall_domain::kernel::ids::{CommandId, PersonId};
use rollcall_domain::kernel::record::{Change, RecordBody};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::wire::{DISCARD, IMPORT, SYNC_SLICE, SyncException, SyncRefusal};

use super::super::answers::QUARANTINED;
use super::super::{AcceptError, Incoming};
use super::{BROKEN, Batch, envelope_of};
use crate::storage::{Device, Stored};

/// A manager's word about a command that was set aside.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    command: CommandId,
    settled: Settled,
}

impl Batch<'_> {
    /// Takes note of what a decision means for the hub itself, and adds what is cut from its records for others.
    pub(super) fn follow(&mut self, changes: &mut Vec<Change>) {
        let cut: Vec<Change> = changes.iter().flat_map(|change| self.catalogue.views(change)).collect();
        for change in changes.iter() {
            if let Some((person, role)) = (self.catalogue.person)(change).filter(|(_, r)| r.is_of_people()) {
                self.becomes(person, role);
            }
            self.choices.extend(choice(change));
        }
        changes.extend(cut);
    }

    /// Somebody has this role from the next command on.
    fn becomes(&mut self, person: PersonId, role: Role) {
        match self.people.iter_mut().find(|(known, _)| *known == person) {
            Some((_, known)) if *known == role => return,
            Some((_, known)) => *known = role,
            None => self.people.push((person, role)),
        }
        for known in self.devices.values_mut().filter(|known| known.device.person == person) {
            known.device.role = role;
        }
        self.roles.push((person, role));
    }

    /// Writes new roles to people and to the devices they are at: they count at the next contact.
    pub(super) async fn give_roles(&mut self) -> Result<(), AcceptError> {
        for (person, role) in std::mem::take(&mut self.roles) {
            self.work.put_person(self.studio.studio, person, role).await?;
            for device in self.work.devices(self.studio.studio).await? {
                let heard = self.devices.get(&device.device).is_some_and(|known| known.heard);
                if device.person == person && device.role != role && !heard {
                    self.work.put_device(&Device { role, ..device }).await?;
                }
            }
        }
        Ok(())
    }

    /// Does what managers chose for commands that were set aside, until no such choice is left.
    pub(super) async fn carry_out(&mut self) -> Result<(), AcceptError> {
        while let Some(choice) = self.choices.pop() {
            let stored = match self.known.get(&choice.command) {
                Some(stored) => Some(stored.clone()),
                None => self.work.commands(self.studio.studio, &[choice.command]).await?.into_iter().next(),
            };
            if let Some(stored) = stored.filter(|stored| stored.hold.as_deref() == Some(QUARANTINED)) {
                self.settle_held(stored, &choice.settled).await?;
            }
        }
        Ok(())
    }

    async fn settle_held(&mut self, stored: Stored, settled: &Settled) -> Result<(), AcceptError> {
        let Some(envelope) = envelope_of(&stored.entry) else { return Ok(()) };
        self.known.entry(stored.id).or_insert_with(|| stored.clone());
        if !self.devices.contains_key(&stored.device)
            && let Some(device) = self.work.device(stored.device).await?
        {
            self.meet(device, false).await?;
        }
        let whole = stored.entry.open().is_ok();
        let incoming = Incoming { entry: stored.entry.clone(), envelope, whole, promised: None };
        let (by, at) = (settled.by, settled.at);
        let verdict = match settled.choice.as_str() {
            IMPORT if whole => self.imported(&incoming, stored.effective_at, settled).await?,
            IMPORT => refused(&SyncRefusal::NotImported { by, at }),
            _ => refused(&SyncRefusal::Discarded { by, at }),
        };
        self.studio.head += 1;
        let stored = Stored { hub_seq: self.studio.head, was_held: true, ..stored };
        match self.settle(stored.clone(), &incoming.envelope, verdict, Vec::new()) {
            Err(AcceptError::Poison(_)) => self.settle(stored, &incoming.envelope, BROKEN, Vec::new()),
            settled => settled,
        }
    }

    /// Decides now, as its author's: with the author's role where that may give it, else with the manager's who vouches.
    async fn imported(
        &mut self,
        incoming: &Incoming,
        effective_at: Timestamp,
        settled: &Settled,
    ) -> Result<Verdict, AcceptError> {
        let mut case = self.case(incoming, effective_at);
        let may = self.catalogue.command(&case.input.kind).is_some_and(|def| def.roles.contains(&case.role));
        if let Some(device) = settled.device.filter(|_| !may) {
            case.role = self.role(device, settled.by);
        }
        match self.decide(&case, incoming.envelope.id).await {
            Ok(decided @ Verdict::Decided { .. }) => Ok(decided),
            Ok(Verdict::Held(_)) | Err(AcceptError::Poison(_)) => {
                Ok(refused(&SyncRefusal::NotImported { by: settled.by, at: settled.at }))
            }
            Err(fault) => Err(fault),
        }
    }
}

/// A manager's word about a set-aside command, if this change is one.
fn choice(change: &Change) -> Option<Choice> {
    let body = change.body.as_ref().filter(|_| change.kind == Exception::KIND)?;
    let item: Exception = serde_json::from_str(body).ok()?;
    let settled = item.settled.filter(|s| matches!(s.choice.as_str(), IMPORT | DISCARD))?;
    let what: SyncException =
        Some(item.what).filter(|_| item.slice == SYNC_SLICE).and_then(|w| serde_json::from_value(w).ok())?;
    matches!(what, SyncException::Quarantined { .. }).then_some(Choice { command: item.command, settled })
}

fn refused(why: &SyncRefusal) -> Verdict {
    let why =
        RefusalBody { slice: SYNC_SLICE.to_owned(), why: serde_json::to_value(why).unwrap_or_default() };
    Verdict::Decided { outcome: Outcome::Refused { why }, changes: Vec::new() }
}
