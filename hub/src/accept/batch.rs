//! One transaction: what is known is answered as before, the rest is placed, decided over what came before it in the
//! same batch, and written in a handful of statements at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::decide::{Authority, Decision, Hold, Parked, Quarantined, Verdict};
use rollcall_domain::kernel::erasure::Erased;
use rollcall_domain::kernel::exceptions::{Audience, Exception, Settled};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{self, CommandId, DeviceId, Id, PersonId, StudioId};
use rollcall_domain::kernel::number::series;
use rollcall_domain::kernel::record::{Change, RecordBody as _};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::kernel::{Catalogue, Class, Planted, planted};
use rollcall_domain::sync::wire::{Answered, Fork, OutcomeOrHold, SYNC_SLICE, SyncException};
use rollcall_domain::sync::{Case, Deciding, Entry, Envelope, Step};

use super::answers::{DEPENDENCY, RECOVERING, answered, hold_name, is_ours, link};
use super::lanes::{Place, place};
use super::overlay::{Overlay, written};
use super::times::{Heard, effective_at, skew_ms};
use super::{AcceptError, Incoming, Reply, Request};
use crate::hub::{Counters, Hub};
use crate::storage::{Device, Lane, Stored, Studio, Work, Writes};
use crate::sync::history::{self, Came};

mod decided;
mod erasing;
mod promises;

/// Rounds of wants that are read ahead for a whole batch: a rule's own, and its reactions'.
const ROUNDS: usize = 4;

/// A device as this transaction leaves it.
struct Known {
    device: Device,
    lanes: BTreeMap<u32, Lane>,
    /// True when it speaks in this very transaction.
    heard: bool,
}

/// One transaction's state.
pub(super) struct Batch<'a> {
    hub: &'a Hub,
    catalogue: &'static Catalogue,
    work: Box<dyn Work>,
    studio: Studio,
    now: Timestamp,
    people: Vec<(PersonId, Role)>,
    /// Roles that were given in this transaction.
    roles: Vec<(PersonId, Role)>,
    /// What managers chose in it for commands that were set aside.
    choices: Vec<decided::Choice>,
    devices: BTreeMap<DeviceId, Known>,
    /// Commands by id: those of the database that matter here, and those of this batch.
    known: BTreeMap<CommandId, Stored>,
    overlay: Overlay,
    /// When changes that devices had read were committed.
    bases: BTreeMap<u64, Option<Timestamp>>,
    writes: Writes,
    /// A command whose rule is not to be asked: it failed before.
    park: Option<CommandId>,
    /// True while devices have still to say what this hub forgot: what could be promised twice waits.
    recovering: bool,
    /// True once somebody was erased in this studio: in most nobody was, and nothing has to be looked up.
    any_erased: bool,
    /// Whom this transaction erases.
    erasures: Vec<Erased>,
    /// The devices that have still to say it.
    missing: BTreeSet<DeviceId>,
}

/// Accepts pushes of one studio in one transaction.
pub(super) async fn run(
    hub: &Hub,
    requests: &[Request],
    park: Option<CommandId>,
) -> Result<Vec<Reply>, AcceptError> {
    let Some(studio) = requests.first().map(|request| request.studio) else { return Ok(Vec::new()) };
    let mut batch = Batch::begin(hub, studio, park).await?;
    batch.prefetch(requests).await?;
    let mut replies = Vec::with_capacity(requests.len());
    for request in requests {
        replies.push(batch.push(request).await?);
        for due in &request.fired {
            batch.work.fired(batch.studio.studio, due).await?;
        }
    }
    batch.release(&[DEPENDENCY]).await?;
    batch.finish().await?;
    Ok(replies)
}

impl<'a> Batch<'a> {
    pub(super) async fn begin(
        hub: &'a Hub,
        studio: StudioId,
        park: Option<CommandId>,
    ) -> Result<Self, AcceptError> {
        let mut work = hub.storage.write(studio).await?;
        let studio = work.studio(studio).await?.ok_or(AcceptError::NotClaimed)?;
        let people = work.people(studio.studio).await?;
        let recovering = history::recovering(&mut *work, &studio).await?;
        let any_erased = !work.records_of(studio.studio, Erased::KIND, 0, 1).await?.is_empty();
        Ok(Self {
            hub,
            catalogue: hub.catalogue,
            work,
            studio,
            now: hub.now(),
            people,
            roles: Vec::new(),
            choices: Vec::new(),
            devices: BTreeMap::new(),
            known: BTreeMap::new(),
            overlay: Overlay::new(hub.catalogue),
            bases: BTreeMap::new(),
            writes: Writes::default(),
            park,
            recovering: recovering.as_ref().is_some_and(|r| !r.gone_on),
            missing: recovering.map(|r| r.missing.into_iter().collect()).unwrap_or_default(),
            any_erased,
            erasures: Vec::new(),
        })
    }

    /// Writes everything and commits.
    pub(super) async fn finish(mut self) -> Result<(), AcceptError> {
        self.give_roles().await?;
        let traces = self.blank().await?;
        let changed = std::mem::replace(&mut self.overlay, Overlay::new(self.catalogue));
        self.writes.records = changed.into_changed();
        let moved = !self.writes.links.is_empty();
        if moved {
            self.work.put_studio(&self.studio).await?;
            self.work.put(self.studio.studio, &self.writes).await?;
        }
        for known in self.devices.values().filter(|known| known.heard) {
            self.work.put_device(&known.device).await?;
            for lane in known.lanes.values() {
                self.work.put_lane(lane).await?;
            }
        }
        self.work.drop_blobs(self.studio.studio, &traces.blobs).await?;
        self.hub.begin_erasures(&traces.listed)?;
        let committed = self.work.commit().await;
        if !planted(Planted::AnswerBeforeCommit) {
            committed?;
        }
        self.hub.end_erasures(&traces.listed).await;
        Counters::add(&self.hub.counters.batches, 1);
        Counters::add(&self.hub.counters.commands, self.writes.commands.len());
        Counters::add(
            &self.hub.counters.held,
            self.writes.commands.iter().filter(|c| c.hold.is_some()).count(),
        );
        if moved {
            self.hub.news.tell(self.studio.studio, self.studio.head);
        }
        Ok(())
    }

    /// Reads in bulk what the batch will ask for first: commands, devices, the first round of wants.
    async fn prefetch(&mut self, requests: &[Request]) -> Result<(), AcceptError> {
        let incoming = || requests.iter().flat_map(|r| &r.incoming);
        let mut names: BTreeSet<CommandId> = incoming().map(|i| i.envelope.id).collect();
        names.extend(incoming().flat_map(|i| i.envelope.depends_on.iter().copied()));
        let names: Vec<CommandId> = names.into_iter().collect();
        self.known =
            self.work.commands(self.studio.studio, &names).await?.into_iter().map(|c| (c.id, c)).collect();
        for device in requests.iter().map(|r| r.device).filter(|d| !d.raw().is_nil()) {
            if !self.devices.contains_key(&device) {
                let found = self.work.device(device).await?.filter(|d| d.studio == self.studio.studio);
                let found = found.ok_or(AcceptError::UnknownDevice)?;
                self.meet(Device { seen_at: self.now, ..found }, true).await?;
            }
        }
        let fresh = incoming().filter(|i| i.whole && !self.known.contains_key(&i.envelope.id));
        let cases: Vec<Case> = fresh.map(|one| self.case(one, self.now)).collect();
        let mut open: Vec<Deciding<'_>> =
            cases.iter().map(|case| Deciding::new(self.catalogue, case)).collect();
        // All commands go on together, round by round: one statement asks for all of them what each would ask for by
        // itself. What one writes for another is not seen here; the decision itself asks again for what it misses.
        for _ in 0..ROUNDS {
            let mut asked: Vec<(Deciding<'_>, Vec<Want>)> = Vec::new();
            for mut deciding in open {
                // A rule that breaks down does so again at its turn, and is named there.
                if let Ok(Step::Load(wants)) = catch_unwind(AssertUnwindSafe(|| deciding.step())) {
                    asked.push((deciding, wants));
                }
            }
            let mut wants: Vec<Want> = asked.iter().flat_map(|(_, wants)| wants).cloned().collect();
            wants.retain(|want| !matches!(want, Want::Range { .. }));
            wants.sort();
            wants.dedup();
            if wants.is_empty() {
                break;
            }
            self.overlay.load(&mut *self.work, self.studio.studio, &wants).await?;
            open = Vec::with_capacity(asked.len());
            for (mut deciding, wants) in asked {
                for want in wants {
                    let answer = self.overlay.answer(&want);
                    deciding.answer(want, answer);
                }
                open.push(deciding);
            }
        }
        Ok(())
    }

    async fn meet(&mut self, device: Device, heard: bool) -> Result<(), AcceptError> {
        let lanes = self.work.lanes(device.device).await?.into_iter().map(|l| (l.epoch, l)).collect();
        self.devices.insert(device.device, Known { device, lanes, heard });
        Ok(())
    }

    /// One device's commands, in its order.
    async fn push(&mut self, request: &Request) -> Result<Reply, AcceptError> {
        let mut reply = Reply { hub_epoch: self.studio.hub_epoch, ..Reply::default() };
        for incoming in &request.incoming {
            let id = incoming.envelope.id;
            let lane = match self.known.get(&id) {
                Some(stored) if stored.device != request.device => return Err(AcceptError::ForeignId),
                Some(stored) if !planted(Planted::DecidedTwice) => {
                    let stored = stored.clone();
                    self.promised_before(&stored, incoming).await?;
                    stored.lane
                }
                _ if planted(Planted::DedupeBySeq) && self.is_behind(incoming) => {
                    reply.answers.extend(self.known.values().next().map(|c| c.answer.clone()));
                    continue;
                }
                _ => {
                    let (lane, odd) = self.place(incoming).await?;
                    self.take(incoming, lane, odd).await?;
                    self.carry_out().await?;
                    lane
                }
            };
            let stored = self.known.get(&id).ok_or(AcceptError::Encoding)?;
            reply.answers.push(stored.answer.clone());
            if lane != incoming.envelope.epoch {
                reply.fork = self.fork_answer(request.device, lane);
            }
        }
        Ok(reply)
    }

    fn is_behind(&self, incoming: &Incoming) -> bool {
        let envelope = &incoming.envelope;
        let lane = self.devices.get(&envelope.device).and_then(|k| k.lanes.get(&envelope.epoch));
        lane.is_some_and(|lane| envelope.seq <= lane.last_seq)
    }

    fn fork_answer(&self, device: DeviceId, lane: u32) -> Option<Fork> {
        let known = self.devices.get(&device)?;
        let series = known.lanes.get(&lane)?.series.clone();
        Some(Fork { epoch: lane, series })
    }

    /// Where a new command counts, and what is odd about that.
    async fn place(&mut self, incoming: &Incoming) -> Result<(u32, Vec<Change>), AcceptError> {
        let envelope = &incoming.envelope;
        let Some(known) = self.devices.get_mut(&envelope.device).filter(|k| !k.device.revoked) else {
            return Ok((envelope.epoch, Vec::new()));
        };
        if let Some(skew) = skew_ms(envelope) {
            known.device.skew_ms = Some(skew);
        }
        let found = place(known.lanes.get(&envelope.epoch), envelope.seq, &envelope.prev_hash);
        let hash = incoming.entry.hash();
        if let (Place::Next | Place::Gap { .. }, Some(lane)) = (found, known.lanes.get_mut(&envelope.epoch)) {
            lane.last_seq = envelope.seq;
            lane.last_hash = hash;
        }
        match found {
            Place::Next => Ok((envelope.epoch, Vec::new())),
            Place::Gap { from, to } => Ok((envelope.epoch, self.gap(envelope, from, to))),
            Place::Behind if !self.is_taken(envelope).await? => {
                Ok((envelope.epoch, self.arrived_late(envelope).await?))
            }
            Place::Behind | Place::Fork => self.fork(envelope).await,
        }
    }

    /// True when another command has this place in the device's chain.
    async fn is_taken(&mut self, envelope: &Envelope) -> Result<bool, AcceptError> {
        let here = |c: &Stored| {
            c.device == envelope.device
                && c.lane == envelope.epoch
                && c.epoch == c.lane
                && c.seq == envelope.seq
        };
        if self.known.values().any(here) {
            return Ok(true);
        }
        let (device, epoch, seq) = (envelope.device, envelope.epoch, envelope.seq);
        Ok(self.work.count_between(device, epoch, seq, seq).await? > 0)
    }

    fn gap(&self, envelope: &Envelope, from_seq: u64, to_seq: u64) -> Vec<Change> {
        let id = gap_id(envelope.device, envelope.epoch, to_seq);
        let what = SyncException::Gap { device: envelope.device, from_seq, to_seq };
        self.odd(id, envelope, &what)
    }

    /// The last missing command of a gap settles it, once all of them are here.
    async fn arrived_late(&mut self, envelope: &Envelope) -> Result<Vec<Change>, AcceptError> {
        let (device, epoch, to) = (envelope.device, envelope.epoch, envelope.seq);
        let want = Want::id::<Exception>(gap_id(device, epoch, to));
        self.overlay.load(&mut *self.work, self.studio.studio, std::slice::from_ref(&want)).await?;
        let open = self.overlay.answer(&want).records.first().and_then(|r| r.read::<Exception>().ok());
        let Some(mut open) = open.filter(|e| e.settled.is_none()) else { return Ok(Vec::new()) };
        let Ok(SyncException::Gap { from_seq, .. }) = serde_json::from_value(open.what.clone()) else {
            return Ok(Vec::new());
        };
        let stored = self.work.count_between(device, epoch, from_seq, to).await?;
        let fresh = self.writes.commands.iter().filter(|c| {
            c.device == device && c.lane == epoch && c.epoch == epoch && (from_seq..to).contains(&c.seq)
        });
        let here = stored.saturating_add(u64::try_from(fresh.count()).unwrap_or(0));
        if here < to - from_seq {
            return Ok(Vec::new());
        }
        open.settled = Some(Settled {
            choice: "arrived".to_owned(),
            by: envelope.actor,
            at: self.now,
            device: Some(envelope.device),
        });
        Ok(put(&open))
    }

    /// Nothing is dropped: the command counts to a new life, which the device is told to go on in.
    async fn fork(&mut self, envelope: &Envelope) -> Result<(u32, Vec<Change>), AcceptError> {
        let before = self.lane_of_link(envelope).await?;
        let Some(known) = self.devices.get_mut(&envelope.device) else {
            return Err(AcceptError::UnknownDevice);
        };
        // It follows one that forked already: the answer to that one was lost.
        if let Some(lane) = before.filter(|lane| *lane != envelope.epoch && known.lanes.contains_key(lane)) {
            return Ok((lane, Vec::new()));
        }
        let newest =
            known.lanes.keys().last().copied().unwrap_or(0).max(known.device.epoch).max(envelope.epoch);
        let lane = Lane {
            device: envelope.device,
            epoch: newest.saturating_add(1),
            series: series(self.studio.series_next),
            last_seq: 0,
            last_hash: ids::Hash::default(),
        };
        self.studio.series_next = self.studio.series_next.saturating_add(1);
        known.device.epoch = lane.epoch;
        let letters =
            if planted(Planted::LettersKept) { known.device.series.clone() } else { lane.series.clone() };
        let lane = Lane { series: letters, ..lane };
        known.device.series.clone_from(&lane.series);
        let epoch = lane.epoch;
        known.lanes.insert(epoch, lane);
        let id = ids::named(envelope.id.raw(), b"sync fork");
        let what = SyncException::Fork { device: envelope.device, seq: envelope.seq };
        tracing::warn!(device = %envelope.device, seq = envelope.seq, "a device's history forked");
        Ok((epoch, self.odd(id, envelope, &what)))
    }

    async fn lane_of_link(&mut self, envelope: &Envelope) -> Result<Option<u32>, AcceptError> {
        let fits = |c: &&Stored| c.device == envelope.device && c.hash == envelope.prev_hash;
        if let Some(found) = self.writes.commands.iter().rev().find(fits) {
            return Ok(Some(found.lane));
        }
        Ok(self.work.lane_of(envelope.device, &envelope.prev_hash).await?)
    }

    /// Decides a new command and keeps it with its answer.
    async fn take(&mut self, incoming: &Incoming, lane: u32, odd: Vec<Change>) -> Result<(), AcceptError> {
        let hash = incoming.entry.hash();
        let effective_at = match self.proven(incoming) {
            Some(promised) => promised.receipt.effective_at,
            None => self.effective_at(&incoming.envelope).await?,
        };
        let forgetful = self.forgetful(incoming).await?;
        let incoming = forgetful.as_ref().unwrap_or(incoming);
        let mut verdict = self.verdict(incoming, effective_at).await?;
        if let Some(outcome) = self.promise(incoming) {
            verdict = self.kept(incoming, outcome, verdict);
        }
        self.studio.head += 1;
        let stored = Stored {
            id: incoming.envelope.id,
            device: incoming.envelope.device,
            epoch: incoming.envelope.epoch,
            seq: incoming.envelope.seq,
            lane,
            hash,
            entry: incoming.entry.clone(),
            received_at: self.now,
            effective_at,
            hub_seq: self.studio.head,
            answer: String::new(),
            hold: None,
            was_held: false,
        };
        self.settle(stored, &incoming.envelope, verdict, odd)
    }

    /// Lays the changes over, seals the answer, adds the link.
    fn settle(
        &mut self,
        mut stored: Stored,
        envelope: &Envelope,
        verdict: Verdict,
        mut changes: Vec<Change>,
    ) -> Result<(), AcceptError> {
        let answer = match verdict {
            Verdict::Decided { outcome, changes: decided } => {
                changes.extend(decided);
                stored.hold = None;
                OutcomeOrHold::Outcome(outcome)
            }
            Verdict::Held(hold) => {
                stored.hold = Some(hold_name(&hold).to_owned());
                stored.was_held = true;
                if let Hold::Quarantined { why } = &hold {
                    let id = ids::named(stored.id.raw(), b"sync quarantined");
                    let what = SyncException::Quarantined { kind: envelope.kind.clone(), why: *why };
                    changes.extend(self.odd(id, envelope, &what));
                }
                OutcomeOrHold::Hold(hold)
            }
        };
        self.follow(&mut changes);
        self.note_subjects(&stored, &changes);
        let rows: Result<Vec<_>, _> =
            changes.iter().map(|change| written(self.catalogue, change, stored.hub_seq)).collect();
        for row in rows.map_err(|_| AcceptError::Poison(stored.id))? {
            self.overlay.lay(row);
        }
        let place = (self.studio.hub_epoch, stored.hub_seq, stored.effective_at);
        let answered = answered(&self.hub.secret, stored.id, &stored.hash, answer, place)?;
        stored.answer = serde_json::to_string(&answered).map_err(|_| AcceptError::Encoding)?;
        self.writes.links.push(link(&mut self.studio, stored.id, &stored.hash, &stored.answer, self.now));
        self.writes.commands.retain(|c| c.id != stored.id);
        self.writes.commands.push(stored.clone());
        self.known.insert(stored.id, stored);
        Ok(())
    }

    async fn effective_at(&mut self, envelope: &Envelope) -> Result<Timestamp, AcceptError> {
        let base = &envelope.base_cursor;
        let base_at = if base.hub_epoch == self.studio.hub_epoch && base.hub_seq <= self.studio.head {
            // A device that comes back has read up to the same change with all it brings: asked once.
            match self.bases.get(&base.hub_seq) {
                Some(known) => *known,
                None => {
                    let link = self.work.last_link(self.studio.studio, base.hub_seq).await?;
                    let at = link.map(|link| link.at);
                    self.bases.insert(base.hub_seq, at);
                    at
                }
            }
        } else {
            None
        };
        let skew_ms = self.devices.get(&envelope.device).and_then(|k| k.device.skew_ms);
        Ok(effective_at(envelope, &Heard { now: self.now, base_at, skew_ms }))
    }

    /// What the rules say, or why they are not asked.
    async fn verdict(&mut self, incoming: &Incoming, at: Timestamp) -> Result<Verdict, AcceptError> {
        let envelope = &incoming.envelope;
        let quarantined = |why| Ok(Verdict::Held(Hold::Quarantined { why }));
        let parked = |why| Ok(Verdict::Held(Hold::Parked { why }));
        // What this hub once answered it took from a device that was in use: nobody has to vouch for it again.
        let promised = self.promise(incoming).is_some();
        if !promised && self.devices.get(&envelope.device).is_some_and(|k| k.device.revoked) {
            return quarantined(Quarantined::RevokedDevice);
        }
        if !incoming.whole || envelope.studio != self.studio.studio {
            return quarantined(Quarantined::BadSeal);
        }
        if self.park == Some(envelope.id) {
            return parked(Parked::InternalError);
        }
        // A Fact happened whatever becomes of another command.
        let class = self.catalogue.command(&envelope.kind).map(|def| def.class);
        let fact = class == Some(Class::Fact);
        if class == Some(Class::Request) && self.recovering && !promised {
            return parked(Parked::Recovering);
        }
        if !fact && !self.is_decided(&envelope.depends_on).await? {
            return parked(Parked::Dependency);
        }
        self.decide(&self.case(incoming, at), envelope.id).await
    }

    async fn is_decided(&mut self, ids: &[CommandId]) -> Result<bool, AcceptError> {
        let unknown: Vec<CommandId> = ids.iter().filter(|id| !self.known.contains_key(id)).copied().collect();
        if !unknown.is_empty() {
            let found = self.work.commands(self.studio.studio, &unknown).await?;
            self.known.extend(found.into_iter().map(|c| (c.id, c)));
        }
        Ok(ids.iter().all(|id| self.known.get(id).is_some_and(|c| c.hold.is_none())))
    }

    async fn decide(&mut self, case: &Case, id: CommandId) -> Result<Verdict, AcceptError> {
        let mut deciding = Deciding::new(self.catalogue, case);
        self.overlay.forget_ranges();
        loop {
            match self.guarded(&mut deciding, id)? {
                Step::Done(verdict) => return Ok(verdict),
                Step::Load(wants) => {
                    self.overlay.load(&mut *self.work, self.studio.studio, &wants).await?;
                    for want in wants {
                        let answer = self.overlay.answer(&want);
                        deciding.answer(want, answer);
                    }
                }
            }
        }
    }

    /// A rule that breaks down takes only its own command with it.
    fn guarded(&self, deciding: &mut Deciding<'_>, id: CommandId) -> Result<Step, AcceptError> {
        if self.park == Some(id) {
            return Ok(Step::Done(Verdict::Held(Hold::Parked { why: Parked::InternalError })));
        }
        catch_unwind(AssertUnwindSafe(|| deciding.step())).map_err(|_| AcceptError::Poison(id))
    }

    fn case(&self, incoming: &Incoming, effective_at: Timestamp) -> Case {
        let envelope = &incoming.envelope;
        Case {
            input: incoming.entry.input(envelope),
            command: envelope.id,
            studio: self.studio.studio,
            device: envelope.device,
            actor: envelope.actor,
            role: self.role(envelope.device, envelope.actor),
            effective_at,
            authority: Authority::Hub,
        }
    }

    /// What the actor is here: never more than the device, never by the envelope's word.
    fn role(&self, device: DeviceId, actor: PersonId) -> Role {
        if device.raw().is_nil() {
            return Role::System;
        }
        let Some(known) = self.devices.get(&device) else { return Role::Unknown };
        if known.device.person == actor {
            return known.device.role;
        }
        // Somebody the hub was not told of is at the desk of a device it let in.
        let role =
            self.people.iter().find(|(person, _)| *person == actor).map_or(Role::Desk, |(_, role)| *role);
        known.device.role.weaker(role)
    }

    /// Something for the exceptions desk.
    fn odd(&self, id: Id, envelope: &Envelope, what: &SyncException) -> Vec<Change> {
        put(&Exception {
            id,
            slice: SYNC_SLICE.to_owned(),
            what: serde_json::to_value(what).unwrap_or_default(),
            about: vec![envelope.device.raw()],
            command: envelope.id,
            actor: envelope.actor,
            device: envelope.device,
            raised_at: self.now,
            audience: Audience::Managers,
            settled: None,
        })
    }

    /// A device has said what it knew, or is waited for no longer: what nobody can say more about is decided.
    pub(super) async fn recovered(&mut self, came: Came) -> Result<(), AcceptError> {
        let Some(recovering) = history::heard(&mut *self.work, &self.studio, came).await? else {
            return Ok(());
        };
        self.missing = recovering.missing.into_iter().collect();
        self.recovering = !self.missing.is_empty() && !recovering.gone_on;
        if !self.recovering {
            let freed = self.release(&[RECOVERING]).await?;
            tracing::info!(freed, missing = self.missing.len(), "what waited since the restore is decided");
        }
        Ok(())
    }

    /// Decides again what waited for these reasons, as long as that frees more.
    pub(super) async fn release(&mut self, holds: &[&str]) -> Result<usize, AcceptError> {
        let mut waiting = self.work.held(self.studio.studio, holds).await?;
        // Only the device itself can have been told what became of it.
        waiting.retain(|c| c.hold.as_deref() != Some(RECOVERING) || !self.missing.contains(&c.device));
        let fresh = |c: &&Stored| c.hold.as_deref().is_some_and(|hold| holds.contains(&hold));
        waiting.extend(self.writes.commands.iter().filter(fresh).cloned());
        waiting.sort_by_key(|c| (c.received_at, c.hub_seq));
        let mut freed = 0;
        loop {
            let before = freed;
            for stored in std::mem::take(&mut waiting) {
                match self.again(&stored, None).await? {
                    true => freed += 1,
                    false => waiting.push(stored),
                }
            }
            if freed == before || waiting.is_empty() {
                return Ok(freed);
            }
        }
    }

    /// Decides a held command again; true when it has its outcome, or another hold.
    async fn again(&mut self, stored: &Stored, promised: Option<Answered>) -> Result<bool, AcceptError> {
        let Some(envelope) = envelope_of(&stored.entry) else { return Ok(false) };
        self.known.entry(stored.id).or_insert_with(|| stored.clone());
        if !stored.device.raw().is_nil() && !self.devices.contains_key(&stored.device) {
            let Some(device) = self.work.device(stored.device).await? else { return Ok(false) };
            self.meet(device, false).await?;
        }
        let incoming = Incoming { entry: stored.entry.clone(), envelope, whole: true, promised };
        let mut verdict = match self.verdict(&incoming, stored.effective_at).await {
            // Its rule breaks down: whoever set it free must not suffer for that.
            Err(AcceptError::Poison(_)) => BROKEN,
            verdict => verdict?,
        };
        if let Some(outcome) = self.promise(&incoming) {
            verdict = self.kept(&incoming, outcome, verdict);
        }
        if matches!(&verdict, Verdict::Held(hold) if stored.hold.as_deref() == Some(hold_name(hold))) {
            return Ok(false);
        }
        self.studio.head += 1;
        let stored = Stored { hub_seq: self.studio.head, was_held: true, ..stored.clone() };
        match self.settle(stored.clone(), &incoming.envelope, verdict, Vec::new()) {
            Err(AcceptError::Poison(_)) => self.settle(stored, &incoming.envelope, BROKEN, Vec::new())?,
            settled => settled?,
        }
        Ok(true)
    }
}

/// What a command gets whose rule breaks down.
const BROKEN: Verdict = Verdict::Held(Hold::Parked { why: Parked::InternalError });

fn envelope_of(entry: &Entry) -> Option<Envelope> {
    serde_json::from_str(&entry.envelope).ok()
}

fn gap_id(device: DeviceId, epoch: u32, to_seq: u64) -> Id {
    ids::named(device.raw(), format!("sync gap {epoch} {to_seq}").as_bytes())
}

fn put(exception: &Exception) -> Vec<Change> {
    let mut decision = Decision::nothing();
    decision.put(exception);
    decision.changes
}
