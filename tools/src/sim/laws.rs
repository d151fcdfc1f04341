//! What must be true after every step, whatever happened. A law that is broken stops the world.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_domain::kernel::access::{Principal, scopes_of};
use rollcall_domain::kernel::alias::Join;
use rollcall_domain::kernel::decide::{Hold, Outcome};
use rollcall_domain::kernel::exceptions::Exception;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Id, StudioId};
use rollcall_domain::kernel::record::{Record, RecordBody};
use rollcall_domain::kernel::{Class, Command, Timestamp};
use rollcall_domain::members::MergeMembers;
use rollcall_domain::registry;
use rollcall_domain::sync::Entry;
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold};
use rollcall_hub::storage::{Look, Name, Storage as _, Stored};

use super::disk::{self, Disk, Standing};
use super::house::House;
use super::tab::Tab;
use super::world::Device;

mod appointments;
mod calendars;
mod money;
mod people;
mod seats;

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
pub(crate) const LAWS: [&str; 26] = [
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
    "I21 a coach's hour is given once",
    "I22 an appointment costs one credit at most, and each is kept, spent or returned",
    "I23 a lesson counts once, by the member's own word",
    "I24 an appointment is seen by its two people and the desk, its code by no coach",
    "I25 what cannot take place gives its hour and its credit back",
    "I26 an address shows a calendar until it is taken back, and nobody else's name",
    "I27 a note on a booking is what somebody noted there",
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
    /// The kinds of commands that people gave, and how often.
    given: BTreeMap<String, u64>,
    steps: u64,
}

/// The studio as the hub has it.
struct Seen {
    now: Timestamp,
    head: u64,
    commands: Vec<Stored>,
    /// What each of the commands is.
    kinds: Vec<String>,
    records: Vec<Record>,
}

impl Seen {
    /// The commands, each with what it is.
    fn told(&self) -> impl Iterator<Item = (&Stored, &str)> {
        self.commands.iter().zip(self.kinds.iter().map(String::as_str))
    }

    /// All commands of one kind that were decided, with what is left of them to be read.
    fn of<C: Command>(&self) -> impl Iterator<Item = (&Stored, C, Option<C::Personal>)> {
        let decided = self.told().filter(|(command, kind)| *kind == C::KIND && command.hold.is_none());
        decided.filter_map(|(command, _)| {
            let personal = command.entry.personal.as_deref();
            let personal = personal.and_then(|text| serde_json::from_str(text).ok());
            Some((command, serde_json::from_str(&command.entry.payload).ok()?, personal))
        })
    }
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
    let kind = |command: &Stored| command.entry.cover().map(|cover| cover.kind).unwrap_or_default();
    let kinds = commands.iter().map(kind).collect();
    Ok(Some(Seen { now: house.now(), head, commands, kinds, records }))
}

fn answer_text(answered: &Answered) -> String {
    serde_json::to_string(&answered.answer).unwrap_or_default()
}

fn held_on_a_disk(devices: &[Device], id: CommandId) -> bool {
    devices.iter().any(|d| d.disk.borrow().lines.iter().any(|l| l.id == id))
}

fn sent_on_a_disk(devices: &[Device], id: CommandId) -> bool {
    let is_sent = |l: &disk::Line| l.id == id && matches!(l.standing, Standing::Sent(_));
    devices.iter().any(|d| d.disk.borrow().lines.iter().any(is_sent))
}

impl Laws {
    /// Somebody was told that this is saved.
    pub(crate) fn saved(&mut self, id: CommandId, entry: Entry) {
        let kind = entry.cover().map(|cover| cover.kind).unwrap_or_default();
        if kind == MergeMembers::KIND
            && let Ok(merge) = serde_json::from_str::<MergeMembers>(&entry.payload)
        {
            self.joined.insert(Join { absorbed: merge.absorbed.raw(), into: merge.survivor.raw() });
        }
        *self.given.entry(kind).or_default() += 1;
        self.saved.insert(id, entry);
    }

    /// The kinds of commands that came up in the end, given by people or by the hub's own clockwork.
    pub(crate) const fn given(&self) -> &BTreeMap<String, u64> {
        &self.given
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
        people::forgotten(&self.erased(&all), device)?;
        appointments::seen_by_few(device)?;
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
        people::edits(&seen)?;
        people::one_person(&seen)?;
        seats::seats(&seen)?;
        seats::notes(&seen)?;
        self.money(&seen)?;
        self.appointments(&seen, devices)?;
        if !self.copies {
            order(&seen)?;
        }
        self.numbers(&seen)?;
        letters(house).await
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
        for (command, kind) in seen.told() {
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
            let class = catalogue.command(kind).map(|def| def.class);
            if class == Some(Class::Fact) && matches!(outcome, Outcome::Refused { .. }) {
                return broken(7, format!("{} was refused", command.id));
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
                people::forgotten(&self.erased(&seen.records), device)?;
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
        let by_itself = seen.told().filter(|(command, _)| !self.saved.contains_key(&command.id));
        for (_, kind) in by_itself {
            *self.given.entry(kind.to_owned()).or_default() += 1;
        }
        calendars::calendars(&seen, house, devices).await?;
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

fn records<T: RecordBody>(seen: &Seen) -> impl Iterator<Item = T> + '_ {
    seen.records.iter().filter(|r| r.kind == T::KIND).filter_map(|r| r.read().ok())
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
