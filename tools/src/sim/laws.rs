//! What must be true after every step, whatever happened. A law that is broken stops the world.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_domain::bookings::{Booking, SeatLease, Seats};
use rollcall_domain::flow::money::there;
use rollcall_domain::kernel::access::{Principal, scopes_of};
use rollcall_domain::kernel::alias::{Alias, Join};
use rollcall_domain::kernel::decide::{Hold, Outcome};
use rollcall_domain::kernel::exceptions::Exception;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Id, StudioId, derived};
use rollcall_domain::kernel::ledger::{Balance, LedgerEntry};
use rollcall_domain::kernel::record::{Record, RecordBody};
use rollcall_domain::kernel::{Class, Command as _, Erased};
use rollcall_domain::members::{ChangeMember, MemberEdits, Merge, MergeMembers, UnmergeMembers};
use rollcall_domain::passes::{Holding, Pass};
use rollcall_domain::payments::{MoneyLease, Payment, PaymentException};
use rollcall_domain::registry;
use rollcall_domain::sync::Entry;
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold};
use rollcall_hub::erasures::Stands;
use rollcall_hub::storage::{Look, Name, Storage as _, Stored};

use super::deeds::canary;
use super::disk::{Disk, Standing};
use super::house::House;
use super::tab::Tab;
use super::world::Device;

/// Steps between two looks through the whole hub.
const HUB_EVERY: u64 = 12;
/// Rows read at a time.
const PAGE: u32 = 100_000;

/// A law that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Which.
    pub(crate) law: &'static str,
    /// How.
    pub(crate) what: String,
}

/// The laws, in the words of the report.
pub(crate) const LAWS: [&str; 19] = [
    "I1 what was saved is somewhere",
    "I2 one outcome for ever",
    "I3 effects once",
    "I4 outcome and effects together",
    "I5 a device that has read everything agrees with the hub",
    "I6 the screen is what is confirmed and what waits",
    "I8 a balance is the sum of its lines",
    "I10 a Fact is never refused",
    "I11 what was not simply accepted can be seen",
    "I12 no row outside the role",
    "I13 nothing for a device that was shut out",
    "I15 progress",
    "I16 promises survive a restore",
    "I17 letters and numbers are given once",
    "I18 order is the journal's",
    "I13 what was erased is gone after the next contact",
    "I19 one person is the same under each of their ids",
    "I20 seats are what bookings and leases say, and none is given twice",
    "I9 prepaid money is overdrawn by name alone, and by no more than was said",
];

fn broken<T>(law: usize, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { law: LAWS[law], what: what.into() })
}

fn fails(error: impl std::fmt::Display) -> Broken {
    Broken { law: "simulator", what: error.to_string() }
}

/// What the laws remember.
#[derive(Debug, Default)]
pub(crate) struct Laws {
    /// Every command somebody was told is saved.
    saved: BTreeMap<CommandId, Entry>,
    /// Those whose only place was a storage that is no more.
    excused: BTreeSet<CommandId>,
    /// The final answers somebody was given.
    outcomes: BTreeMap<CommandId, String>,
    /// Everybody whom somebody ever meant to be one person, whatever the hub said to it.
    joined: BTreeSet<Join>,
    /// Ledger lines, by id, as they were first seen at the hub.
    lines: BTreeMap<Id, String>,
    /// True once a device's storage was copied or put back: numbers may then meet, and are told apart by a mark.
    pub(crate) copies: bool,
    /// True once the hub was put back to an older state.
    pub(crate) put_back: bool,
    steps: u64,
}

/// The studio as the hub has it.
struct Seen {
    head: u64,
    commands: Vec<Stored>,
    records: Vec<Record>,
}

async fn look(house: &House) -> Result<Option<(Box<dyn Look>, StudioId)>, Broken> {
    let mut look = house.storage().read().await.map_err(fails)?;
    let studio = look.studios_after(None, 1).await.map_err(fails)?.first().map(|s| s.studio);
    Ok(studio.map(|studio| (look, studio)))
}

async fn see(house: &House) -> Result<Option<Seen>, Broken> {
    let Some((mut look, studio)) = look(house).await? else { return Ok(None) };
    let head = look.studio(studio).await.map_err(fails)?.map_or(0, |s| s.head);
    let commands = look.commands_after(studio, 0, PAGE).await.map_err(fails)?;
    let records = look.records_after(studio, None, PAGE).await.map_err(fails)?;
    Ok(Some(Seen { head, commands, records }))
}

fn answer_text(answered: &Answered) -> String {
    serde_json::to_string(&answered.answer).unwrap_or_default()
}

fn held_on_a_disk(devices: &[Device], id: CommandId) -> bool {
    devices.iter().any(|d| d.disk.borrow().lines.iter().any(|l| l.id == id))
}

fn sent_on_a_disk(devices: &[Device], id: CommandId) -> bool {
    let is_sent = |l: &super::disk::Line| l.id == id && matches!(l.standing, Standing::Sent(_));
    devices.iter().any(|d| d.disk.borrow().lines.iter().any(is_sent))
}

impl Laws {
    /// Somebody was told that this is saved.
    pub(crate) fn saved(&mut self, id: CommandId, entry: Entry) {
        if entry.cover().is_some_and(|cover| cover.kind == MergeMembers::KIND)
            && let Ok(merge) = serde_json::from_str::<MergeMembers>(&entry.payload)
        {
            self.joined.insert(Join { absorbed: merge.absorbed.raw(), into: merge.survivor.raw() });
        }
        self.saved.insert(id, entry);
    }

    /// A device is about to forget all it has: the hub must have taken it.
    pub(crate) fn forgets(&self, disk: &Disk) -> Result<(), Broken> {
        match disk.lines.iter().find(|line| line.answered().is_none()) {
            Some(line) => broken(0, format!("{} waits on a device that was told to forget", line.id)),
            None => Ok(()),
        }
    }

    /// After every step: what the devices hold; now and then, and at the end, all that the hub holds.
    pub(crate) async fn after_step(
        &mut self,
        house: &House,
        devices: &[Device],
        who: usize,
    ) -> Result<(), Broken> {
        self.steps += 1;
        if let Some(device) = devices.first().and_then(|d| d.tab.net.leaked.take()) {
            return broken(10, format!("{device} was sent records"));
        }
        for device in devices {
            self.answers(device)?;
        }
        if let Some(device) = devices.get(who) {
            screen(device)?;
        }
        if self.steps.is_multiple_of(HUB_EVERY) {
            self.hub(house, devices).await?;
        }
        Ok(())
    }

    /// A final answer never changes on any device. Two copies of one device can each be told something else when the hub
    /// is put back in between: the one answer stands, and the hub tells somebody as soon as it hears of the other.
    fn answers(&mut self, device: &Device) -> Result<(), Broken> {
        for line in &device.disk.borrow().lines {
            let Standing::Sent(answered) = &line.standing else { continue };
            let text = answer_text(answered);
            let first = self.outcomes.entry(line.id).or_insert_with(|| text.clone());
            if *first != text && !(self.copies && self.put_back) {
                return broken(1, format!("{} was {first}, is {text}", line.id));
            }
        }
        Ok(())
    }

    /// Some device's storage is gone, or older than it was: what was only there is excused.
    pub(crate) async fn storage_lost(&mut self, house: &House, devices: &[Device]) -> Result<(), Broken> {
        let here: BTreeSet<CommandId> = match see(house).await? {
            Some(seen) => seen.commands.iter().map(|c| c.id).collect(),
            None => return Ok(()),
        };
        let lost = |id: &CommandId| !here.contains(id) && !held_on_a_disk(devices, *id);
        let gone: Vec<CommandId> = self.saved.keys().filter(|id| lost(id)).copied().collect();
        self.excused.extend(gone);
        for device in devices.iter().filter(|d| d.shut_out) {
            let disk = device.disk.borrow();
            let dropped = disk.lines.iter().filter(|l| l.answered().is_some() && !here.contains(&l.id));
            self.excused.extend(dropped.map(|l| l.id));
        }
        self.outcomes.retain(|id, _| here.contains(id) || sent_on_a_disk(devices, *id));
        Ok(())
    }

    /// The hub is what it was: what it promised since holds where a device still has its word.
    pub(crate) async fn hub_went_back(&mut self, house: &House, devices: &[Device]) -> Result<(), Broken> {
        self.storage_lost(house, devices).await?;
        let Some(seen) = see(house).await? else { return Ok(()) };
        let here: BTreeSet<Id> = seen.records.iter().map(|r| r.id).collect();
        self.lines.retain(|id, _| here.contains(id));
        // What nobody holds an answer to may be decided otherwise this time.
        let answered: BTreeSet<CommandId> =
            seen.commands.iter().filter(|c| c.hold.is_none()).map(|c| c.id).collect();
        self.outcomes.retain(|id, _| answered.contains(id) || sent_on_a_disk(devices, *id));
        Ok(())
    }

    /// A device has read all there is: it must agree with the hub, and hold nothing it may not.
    pub(crate) async fn after_meeting(&mut self, house: &House, device: &Device) -> Result<(), Broken> {
        if device.shut_out {
            // What it was sent before, it had.
            return Ok(());
        }
        let Some((mut look, studio)) = look(house).await? else { return Ok(()) };
        let Some(here) = look.studio(studio).await.map_err(fails)? else { return Ok(()) };
        let last = look.last_link(studio, here.head).await.map_err(fails)?;
        let (reading, me) = {
            let disk = device.disk.borrow();
            (disk.store.reading.clone(), disk.me.clone())
        };
        // A meeting that was under way when the hub was put back ends with what it had read of the older history, whose
        // places may well be as many.
        let same = reading.hub_epoch == here.hub_epoch
            && reading.mark.as_ref().map(|m| &m.hash) == last.as_ref().map(|l| &l.hash);
        if reading.covered() != here.head || !same {
            return Ok(());
        }
        let scopes = scopes_of(&Principal { device: me.device, person: me.person, role: device.role });
        let mut names: BTreeSet<Name> = BTreeSet::new();
        for scope in &scopes {
            let rows = look.scope_rows(studio, scope, 0, PAGE).await.map_err(fails)?;
            names.extend(rows.into_iter().filter(|r| !r.gone).map(|r| (r.kind, r.id)));
        }
        let names: Vec<Name> = names.into_iter().collect();
        let visible = look.visible(studio, &scopes, &names).await.map_err(fails)?;
        let mut theirs: Vec<_> =
            visible.iter().map(|r| (r.kind.to_string(), r.id, r.version, r.body.to_string())).collect();
        theirs.sort();
        device.tab.look_again();
        let mut ours = device.tab.confirmed();
        ours.sort();
        for row in &ours {
            let known = theirs.iter().any(|t| t.0 == row.0 && t.1 == row.1);
            if !known && row_is_foreign(row, &scopes) {
                return broken(9, format!("{} {} on a device of {:?}", row.0, row.1, device.role));
            }
        }
        let all = look.records_after(studio, None, PAGE).await.map_err(fails)?;
        forgotten(&self.erased(&all), device)?;
        if ours != theirs {
            let here: Vec<_> = ours.iter().filter(|row| !theirs.contains(row)).take(3).collect();
            let there: Vec<_> = theirs.iter().filter(|row| !ours.contains(row)).take(3).collect();
            return broken(
                4,
                format!(
                    "{} rows here, {} at the hub; only here {here:?}, only there {there:?}",
                    ours.len(),
                    theirs.len()
                ),
            );
        }
        Ok(())
    }

    /// Everything the hub holds.
    async fn hub(&mut self, house: &House, devices: &[Device]) -> Result<(), Broken> {
        let Some(seen) = see(house).await? else { return Ok(()) };
        self.somewhere(&seen, devices)?;
        self.decided(&seen)?;
        self.ledgers(&seen)?;
        self.erased_at_the_hub(&seen, house)?;
        seen_by_people(&seen)?;
        edits(&seen)?;
        one_person(&seen)?;
        seats(&seen)?;
        self.money(&seen)?;
        if !self.copies {
            order(&seen)?;
        }
        self.numbers(&seen)?;
        letters(house).await
    }

    /// Nothing that lies at the hub tells anything about anybody on the list, whatever state was put back.
    fn erased_at_the_hub(&self, seen: &Seen, house: &House) -> Result<(), Broken> {
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
    fn erased(&self, records: &[Record]) -> BTreeSet<Id> {
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

    fn somewhere(&self, seen: &Seen, devices: &[Device]) -> Result<(), Broken> {
        let here: BTreeSet<CommandId> = seen.commands.iter().map(|c| c.id).collect();
        let nowhere = |id: &&CommandId| {
            !self.excused.contains(id) && !here.contains(id) && !held_on_a_disk(devices, **id)
        };
        match self.saved.keys().find(nowhere) {
            Some(id) => broken(0, format!("{id} is nowhere")),
            None => Ok(()),
        }
    }

    fn decided(&self, seen: &Seen) -> Result<(), Broken> {
        let catalogue = registry::catalogue();
        for command in &seen.commands {
            let Ok(answered) = serde_json::from_str::<Answered>(&command.answer) else {
                return broken(1, format!("{} has no answer", command.id));
            };
            let OutcomeOrHold::Outcome(outcome) = &answered.answer else { continue };
            if let Some(first) = self.outcomes.get(&command.id)
                && *first != answer_text(&answered)
                && !(self.copies && self.put_back)
            {
                return broken(1, format!("{} was {first}, is {}", command.id, answer_text(&answered)));
            }
            let cover = command.entry.cover();
            let class = cover.and_then(|c| catalogue.command(&c.kind).map(|def| def.class));
            if class == Some(Class::Fact) && matches!(outcome, Outcome::Refused { .. }) {
                return broken(7, format!("{} was refused", command.id));
            }
        }
        Ok(())
    }

    fn ledgers(&mut self, seen: &Seen) -> Result<(), Broken> {
        let mut sums: BTreeMap<(Id, String), (i64, u64)> = BTreeMap::new();
        let mut of_command: BTreeSet<CommandId> = BTreeSet::new();
        for record in seen.records.iter().filter(|r| r.kind == LedgerEntry::KIND) {
            let Ok(line) = record.read::<LedgerEntry>() else { continue };
            let first = self.lines.entry(line.id).or_insert_with(|| record.body.to_string());
            if **first != *record.body {
                return broken(2, format!("line {} changed", line.id));
            }
            of_command.insert(line.command);
            let sum = sums.entry((line.account, line.unit)).or_default();
            *sum = (sum.0 + line.amount, sum.1 + 1);
        }
        for record in seen.records.iter().filter(|r| r.kind == Balance::KIND) {
            let Ok(balance) = record.read::<Balance>() else { continue };
            let is = sums.remove(&(balance.account, balance.unit.clone())).unwrap_or_default();
            if is != (balance.sum, balance.count) {
                return broken(
                    6,
                    format!("{} {} says {}, lines say {is:?}", balance.account, balance.unit, balance.sum),
                );
            }
        }
        let decided: BTreeSet<CommandId> =
            seen.commands.iter().filter(|c| c.hold.is_none()).map(|c| c.id).collect();
        match of_command.difference(&decided).next() {
            Some(id) => broken(3, format!("{id} has lines and no outcome")),
            None => Ok(()),
        }
    }

    /// What was spent of prepaid money beyond what is there has a name each time, is no more than what leases had left
    /// that were taken away, and never comes from a bill within a lease that ran. What is kept for bills is there.
    fn money(&self, seen: &Seen) -> Result<(), Broken> {
        let leases: BTreeMap<Id, MoneyLease> =
            records::<MoneyLease>(seen).map(|lease| (lease.id.raw(), lease)).collect();
        if leases.values().filter(|lease| lease.runs() && lease.is_for_all()).count() > 1 {
            return broken(18, "two devices may spend everybody's money");
        }
        let named = |command: &Stored| {
            let payload: serde_json::Value = serde_json::from_str(&command.entry.payload).ok()?;
            let lease_id: Id = serde_json::from_value(payload.get("lease_id")?.clone()).ok()?;
            Some((command.id, lease_id))
        };
        let bills: BTreeMap<CommandId, Id> = seen.commands.iter().filter_map(named).collect();
        let (overdrawn, unclear) = (overdrawn(seen), self.unclear(seen));
        let (mut said, mut after_cents) = (BTreeMap::<CommandId, i64>::new(), 0);
        for item in records::<Exception>(seen) {
            let Ok(what) = serde_json::from_value::<PaymentException>(item.what.clone()) else { continue };
            let short_cents = match what {
                PaymentException::SpentAfterLease { short_cents } => {
                    after_cents += short_cents;
                    short_cents
                }
                PaymentException::StoredValueOverdrawn { short_cents }
                | PaymentException::SpentHeldElsewhere { short_cents } => {
                    let whose = item.about.first().copied().unwrap_or_default();
                    let lease = bills.get(&item.command).and_then(|id| leases.get(id));
                    if lease.is_some() && !self.copies && !self.put_back && !unclear.contains(&whose) {
                        return broken(18, format!("{} within {lease:?}: {what:?}", item.command));
                    }
                    short_cents
                }
                _ => continue,
            };
            *said.entry(item.command).or_default() += short_cents;
        }
        if let Some((command, cents)) = overdrawn.iter().find(|(id, cents)| said.get(id) != Some(cents))
            && !self.put_back
        {
            return broken(18, format!("{command} overdrew {cents}, said is {:?}", said.get(command)));
        }
        let taken = leases.values().filter(|lease| lease.was_taken());
        let bound: i64 = taken.map(|lease| lease.in_all_cents).sum();
        if after_cents > bound && !self.put_back {
            return broken(18, format!("{after_cents} missing after leases of {bound}"));
        }
        self.kept_is_there(seen, &leases, &unclear)
    }

    /// What is kept for bills that are not paid yet is there to be spent.
    fn kept_is_there(
        &self,
        seen: &Seen,
        leases: &BTreeMap<Id, MoneyLease>,
        unclear: &BTreeSet<Id>,
    ) -> Result<(), Broken> {
        if self.copies || self.put_back {
            return Ok(());
        }
        let balances: BTreeMap<Id, Balance> = records::<Balance>(seen).map(|one| (one.id, one)).collect();
        let mut held: BTreeMap<Id, Vec<Holding>> = BTreeMap::new();
        for pass in records::<Pass>(seen) {
            let whose = pass.member_id.raw();
            held.entry(whose).or_default().push(Holding::new(pass, |id| balances.get(&id).cloned()));
        }
        let mut kept: BTreeMap<Id, i64> = BTreeMap::new();
        for lease in leases.values().filter(|lease| lease.runs()) {
            let Some(member) = lease.member_id else { continue };
            *kept.entry(member.raw()).or_default() += lease.kept_of(&[member.raw()]);
        }
        for (member, kept) in kept.into_iter().filter(|(member, _)| !unclear.contains(member)) {
            let there = held.get(&member).map_or(0, |held| there(held).cents());
            if kept > there {
                return broken(18, format!("{kept} kept of {there} that {member} has"));
            }
        }
        Ok(())
    }

    /// Those of whom a device may rightly have thought otherwise: joined with somebody or parted, or a top-up of theirs
    /// was taken back.
    fn unclear(&self, seen: &Seen) -> BTreeSet<Id> {
        let merged = records::<Merge>(seen).flat_map(|one| [one.survivor.raw(), one.absorbed.raw()]);
        let meant = self.joined.iter().flat_map(|join| [join.absorbed, join.into]);
        let back = records::<Pass>(seen).filter(|pass| pass.reversed_at.is_some());
        let back: BTreeSet<Id> = back.map(|pass| pass.member_id.raw()).collect();
        merged.chain(meant).chain(back).collect()
    }

    fn numbers(&self, seen: &Seen) -> Result<(), Broken> {
        let mut given = BTreeSet::new();
        for record in seen.records.iter().filter(|r| r.kind == Payment::KIND) {
            let Ok(payment) = record.read::<Payment>() else { continue };
            if !given.insert((payment.number.clone(), payment.number_mark.clone()))
                || (!payment.number_mark.is_empty() && !self.copies)
            {
                return broken(13, format!("receipt {} twice", payment.number.label()));
            }
        }
        Ok(())
    }

    /// Everything has settled: nothing waits anywhere, nothing was lost, all agree.
    pub(crate) async fn at_rest(&mut self, house: &House, devices: &[Device]) -> Result<(), Broken> {
        self.hub(house, devices).await?;
        let Some(seen) = see(house).await? else { return broken(11, "there is no hub") };
        let here: BTreeMap<CommandId, &Stored> = seen.commands.iter().map(|c| (c.id, c)).collect();
        for device in devices {
            for line in &device.disk.borrow().lines {
                if line.standing == Standing::Waiting {
                    return broken(11, format!("{} still waits on a device", line.id));
                }
                // A device that is shut out drops off once: a hub that is put back has lost that with the rest.
                let forgotten_with_the_rest = device.shut_out && line.answered().is_some();
                if !here.contains_key(&line.id) && !forgotten_with_the_rest {
                    return broken(0, format!("{} is with nobody but the device that gave it", line.id));
                }
            }
            let reached = device.disk.borrow().store.reading.covered();
            if !device.shut_out && reached != seen.head {
                return broken(11, format!("a device has read {reached} of {}", seen.head));
            }
            if !device.shut_out {
                forgotten(&self.erased(&seen.records), device)?;
            }
            screen(device)?;
        }
        // A device that is shut out drops off once: a hub that is put back has lost that with the rest.
        let dropped = |id: &CommandId| {
            let answered =
                |d: &Device| d.disk.borrow().lines.iter().any(|l| l.id == *id && l.answered().is_some());
            devices.iter().any(|d| d.shut_out && answered(d))
        };
        let lost = |id: &&CommandId| !self.excused.contains(id) && !here.contains_key(id) && !dropped(id);
        if let Some(id) = self.saved.keys().find(lost) {
            return broken(0, format!("{id} is lost"));
        }
        let raised = raised(&seen);
        for (id, first) in &self.outcomes {
            let Some(command) = here.get(id) else {
                return broken(12, format!("{id} was answered and is lost"));
            };
            let now = serde_json::from_str::<Answered>(&command.answer).ok().map(|a| answer_text(&a));
            // A copy of the device may have been answered first, in the hub's next life: then somebody is told.
            let told_twice = self.copies && self.put_back && raised.contains(id);
            if now.as_ref() != Some(first) && !told_twice {
                return broken(12, format!("{id} was promised {first}, has {now:?}"));
            }
        }
        Ok(())
    }

    /// A hash of all that the hub and the devices hold, for comparing runs.
    pub(crate) async fn state_hash(house: &House) -> Result<String, Broken> {
        let Some(seen) = see(house).await? else { return Ok(String::new()) };
        let mut text = String::new();
        for record in &seen.records {
            text.push_str(&format!("{} {} {} {}\n", record.kind, record.id, record.version, record.body));
        }
        Ok(rollcall_domain::kernel::ids::Hash::of(text.as_bytes()).0)
    }
}

/// What each command took beyond what was there.
fn overdrawn(seen: &Seen) -> BTreeMap<CommandId, i64> {
    let mut all = BTreeMap::new();
    for line in records::<LedgerEntry>(seen).filter(|line| line.why == "overdrawn") {
        *all.entry(line.command).or_default() -= line.amount;
    }
    all
}

/// Seats add up; one too many is a walk-in's, or a promise's of a lease that was taken away.
fn seats(seen: &Seen) -> Result<(), Broken> {
    fn all<T: RecordBody>(seen: &Seen) -> Vec<T> {
        seen.records.iter().filter(|r| r.kind == T::KIND).filter_map(|r| r.read().ok()).collect()
    }
    let (bookings, leases) = (all::<Booking>(seen), all::<SeatLease>(seen));
    for seats in all::<Seats>(seen).iter().filter(|seats| !seats.is_closed()) {
        let roster = || bookings.iter().filter(|booking| booking.session == seats.key);
        let own = || leases.iter().filter(|lease| lease.session == seats.key);
        let (taken, waiting) =
            (roster().filter(|b| b.has_seat()).count(), roster().filter(|b| b.waits()).count());
        let held: u32 = own().filter(|lease| lease.runs()).map(SeatLease::left).sum();
        let says = [seats.taken, seats.waiting].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        if says != [taken, waiting] || seats.held != held {
            return broken(16, format!("{seats:?}: {taken} booked, {waiting} wait, {held} held"));
        }
        let taken_away = own().filter(|lease| !lease.runs()).map(|lease| lease.used).sum::<u32>();
        let walk_ins = u32::try_from(roster().filter(|booking| booking.walk_in).count()).unwrap_or(u32::MAX);
        if seats.taken + seats.held > seats.capacity + walk_ins + taken_away {
            return broken(16, format!("{seats:?}: {walk_ins} walked in, {taken_away} of leases taken away"));
        }
    }
    Ok(())
}

fn row_is_foreign(row: &(String, Id, u64, String), scopes: &[rollcall_domain::kernel::Scope]) -> bool {
    let record = Record {
        kind: row.0.clone().into(),
        kind_version: 1,
        id: row.1,
        version: row.2,
        body: row.3.as_str().into(),
    };
    registry::catalogue().describe(&record).is_ok_and(|d| !d.scopes.iter().any(|s| scopes.contains(s)))
}

/// What a tab shows is what one would show that was opened just now over the same disk.
fn screen(device: &Device) -> Result<(), Broken> {
    device.tab.look_again();
    let Some(fresh) = Tab::beside(&device.tab) else {
        return broken(5, "what is confirmed in memory is not what is on the disk");
    };
    let (shown, anew) = (device.tab.picture(), fresh.picture());
    if shown == anew {
        return Ok(());
    }
    let differs =
        shown.iter().find(|s| !anew.contains(s)).or_else(|| anew.iter().find(|a| !shown.contains(a)));
    let (here, there) = (device.tab.pending(), fresh.pending());
    let read = device.disk.borrow().store.reading.covered();
    broken(
        5,
        format!(
            "{} shown, {} anew, read to {read}, waiting {here:?} and {there:?}, first {differs:?}",
            shown.len(),
            anew.len()
        ),
    )
}

/// Who is one person with whom, as these records say.
fn standing(records: &[Record]) -> impl Iterator<Item = Join> {
    let merges = records.iter().filter(|r| r.kind == Merge::KIND).filter_map(|r| r.read::<Merge>().ok());
    let standing = merges.filter(|merge| merge.undone.is_none());
    standing.map(|merge| Join { absorbed: merge.absorbed.raw(), into: merge.survivor.raw() })
}

/// Who was erased, as these records say.
fn seen_erased(records: &[Record]) -> BTreeSet<Id> {
    let said = records.iter().filter(|r| r.kind == Erased::KIND).filter_map(|r| r.read::<Erased>().ok());
    said.map(|erased| erased.subject).collect()
}

/// A device that has read everything holds nothing of those who were erased, in no line and in no row, and shows nothing.
fn forgotten(erased: &BTreeSet<Id>, device: &Device) -> Result<(), Broken> {
    if erased.is_empty() {
        return Ok(());
    }
    let (disk, shown) = (device.disk.borrow(), device.tab.picture());
    for subject in erased {
        let word = canary(*subject);
        let tells = |l: &&super::disk::Line| {
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

/// Commands about which somebody is asked.
fn raised(seen: &Seen) -> BTreeSet<CommandId> {
    let items = seen.records.iter().filter(|r| r.kind == Exception::KIND);
    items.filter_map(|r| r.read::<Exception>().ok()).map(|e| e.command).collect()
}

/// What was set apart or recorded with an exception is there for somebody to look at.
fn seen_by_people(seen: &Seen) -> Result<(), Broken> {
    let items: BTreeSet<Id> =
        seen.records.iter().filter(|r| r.kind == Exception::KIND).map(|r| r.id).collect();
    let raised = raised(seen);
    for command in &seen.commands {
        let Ok(answered) = serde_json::from_str::<Answered>(&command.answer) else { continue };
        match &answered.answer {
            OutcomeOrHold::Outcome(Outcome::Recorded { exceptions }) => {
                if let Some(missing) = exceptions.iter().find(|id| !items.contains(id)) {
                    return broken(8, format!("{missing} of {} cannot be seen", command.id));
                }
            }
            OutcomeOrHold::Hold(Hold::Quarantined { .. }) if !raised.contains(&command.id) => {
                return broken(8, format!("{} is set apart and cannot be seen", command.id));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Of two people who changed the same phone without knowing of each other, the second is asked, not obeyed.
fn edits(seen: &Seen) -> Result<(), Broken> {
    let mut phones: BTreeMap<Id, serde_json::Value> = BTreeMap::new();
    let (asked, joins) = (raised(seen), joins(seen));
    for command in &seen.commands {
        // What two entries became by being joined or parted is not followed here.
        for joined in joins.get(&command.id).into_iter().flatten() {
            phones.remove(joined);
        }
        if command.entry.cover().is_none_or(|c| c.kind != ChangeMember::KIND) {
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
    let touched = |command: &Stored| {
        let kind = command.entry.cover().map(|c| c.kind)?;
        let payload = &command.entry.payload;
        match kind.as_str() {
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
    seen.commands.iter().filter_map(|command| Some((command.id, touched(command)?))).collect()
}

fn records<T: RecordBody>(seen: &Seen) -> impl Iterator<Item = T> + '_ {
    seen.records.iter().filter(|r| r.kind == T::KIND).filter_map(|r| r.read().ok())
}

/// Every id of somebody says the same of all of them, and what stands is what was merged and not parted.
fn one_person(seen: &Seen) -> Result<(), Broken> {
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

/// Commands of one life of a device are decided in its order.
fn order(seen: &Seen) -> Result<(), Broken> {
    let mut last: BTreeMap<(DeviceId, u32), (u64, u64)> = BTreeMap::new();
    let mut commands: Vec<&Stored> =
        seen.commands.iter().filter(|c| c.lane == c.epoch && !c.was_held && c.seq > 0).collect();
    commands.sort_by_key(|c| c.hub_seq);
    for command in commands {
        let key = (command.device, command.lane);
        if let Some((seq, at)) = last.get(&key)
            && command.seq < *seq
        {
            return broken(
                14,
                format!("{} of place {} came after place {seq} (at {at})", command.id, command.seq),
            );
        }
        last.insert(key, (command.seq, command.hub_seq));
    }
    Ok(())
}

/// No two lives of devices have the same letters.
async fn letters(house: &House) -> Result<(), Broken> {
    let Some((mut look, studio)) = look(house).await? else { return Ok(()) };
    let mut given: BTreeMap<String, (DeviceId, u32)> = BTreeMap::new();
    for device in look.devices(studio).await.map_err(fails)? {
        for lane in
            look.lanes(device.device).await.map_err(fails)?.into_iter().filter(|l| !l.series.is_empty())
        {
            let life = (lane.device, lane.epoch);
            if given.insert(lane.series.clone(), life).is_some_and(|other| other != life) {
                return broken(13, format!("letters {} twice", lane.series));
            }
        }
    }
    Ok(())
}
