//! A world: one hub, some devices, a network, time. Steps happen to it one after the other, on one thread, out of a seed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rollcall_domain::appointments::AppointmentCode;
use rollcall_domain::classes::Coach;
use rollcall_domain::demo::dice::Dice;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::command::Input;
use rollcall_domain::kernel::decide::{Authority, Outcome, Verdict};
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId, Uuid, minted};
use rollcall_domain::kernel::{Currency, Want, Zone};
use rollcall_domain::members::Member;
use rollcall_domain::registry;
use rollcall_domain::studio::{OpenStudio, OwnerName, Section};
use rollcall_domain::sync::backup::{Decided, Header, Line as Saved, Writer};
use rollcall_domain::sync::book::{Book, MemConfirmed};
use rollcall_domain::sync::deciding::{Case, decide_now};
use rollcall_domain::sync::meeting::{Trouble, meet, open_session};
use rollcall_domain::sync::wire::{
    About, Claim, DeviceKey, GoOn, Join, Joined, OutcomeOrHold, Pairing, StartPairing,
};
use rollcall_domain::sync::{Cursor, Entry, Envelope};
use rollcall_hub::outside::Outside as _;
use rollcall_hub::storage::memory::Snapshot;

use super::disk::{AppendFault, Disk, Head, Me};
use super::house::{House, Still};
use super::laws::{Broken, Laws};
use super::net::{Fate, Net};
use super::one_to_one::{self, Codes};
use super::steps::{Step, What};
use super::tab::{Never, Tab, key_of};
use super::{classes, deeds};

/// Devices of a world at most: each costs time at every comparison.
const DEVICES_MAX: usize = 6;
/// So many kinds of worlds take turns: in one somebody teaches one to one from the first step on, in one there is a
/// timetable with seats, in one there is nothing yet.
const KINDS: u64 = 3;
/// Commands of a studio that prepares itself before the first step.
const PREPARING: usize = 9;
/// Long enough that what nobody confirmed is asked about.
const DAYS_MS: i64 = 80 * 3_600_000;
/// Rounds of everybody meeting the hub after which a healed world must be at rest.
const ROUNDS_MAX: u32 = 12;

type Meeting = Pin<Box<dyn Future<Output = Result<(), Trouble<Never>>>>>;

/// A device and what runs on it.
pub(crate) struct Device {
    /// Its key; a twin has the same.
    pub(crate) number: u64,
    pub(crate) disk: Rc<RefCell<Disk>>,
    pub(crate) tab: Rc<Tab>,
    clock: Rc<Cell<i64>>,
    meeting: Option<Meeting>,
    copy: Option<Disk>,
    /// What it is by the hub's word; the device itself may believe in an older one.
    pub(crate) role: Role,
    /// True once it was shut out or retired.
    pub(crate) shut_out: bool,
    /// True once it forgot all it had, as the hub said: it takes no further part.
    gone: bool,
}

/// Everything.
pub(crate) struct World {
    pub(crate) house: House,
    pub(crate) net: Rc<Net>,
    pub(crate) time: Arc<Still>,
    pub(crate) devices: Vec<Device>,
    pub(crate) laws: Laws,
    copy: Option<Snapshot>,
    /// What members' phones have shown so far.
    codes: Codes,
    numbers: u64,
    ids: u64,
}

/// A world that cannot even be made is a bug of the simulator.
pub(crate) type Made<T> = Result<T, Broken>;

fn cannot(what: impl std::fmt::Display) -> Broken {
    Broken { law: "simulator", what: what.to_string() }
}

impl World {
    /// A claimed hub with its owner's device and one desk.
    pub(crate) async fn new(seed: u64) -> Made<Self> {
        let time = Arc::new(Still::new(seed));
        let mut house = House::new(time.clone());
        house.start().await.map_err(cannot)?;
        let net = Net::new();
        net.router.replace(house.router());
        let mut world = Self {
            house,
            net,
            time,
            devices: Vec::new(),
            laws: Laws::default(),
            copy: None,
            codes: Codes::new(),
            numbers: 0,
            ids: 0,
        };
        world.found().await?;
        world.join(Role::Desk, None).await?;
        match seed % KINDS {
            0 => world.begin_to_teach(seed).await?,
            1 => world.prepare(seed, classes::prepare).await?,
            _ => {}
        }
        Ok(world)
    }

    fn mint(&mut self, luck: &mut Dice) -> CommandId {
        self.ids += 1;
        CommandId(minted(self.time.now().0, &luck.bytes()))
    }

    fn device(&mut self, me: Me, epoch: u32, number: u64) -> Device {
        let role = me.role;
        let disk = Rc::new(RefCell::new(Disk::new(me, epoch)));
        self.around(disk, number, role)
    }

    fn around(&self, disk: Rc<RefCell<Disk>>, number: u64, role: Role) -> Device {
        let clock = Rc::new(Cell::new(0));
        let tab =
            Rc::new(Tab::open(disk.clone(), self.net.clone(), number, clock.clone(), self.time.clone()));
        Device { number, disk, tab, clock, meeting: None, copy: None, role, shut_out: false, gone: false }
    }

    fn key(&mut self) -> (u64, DeviceKey) {
        self.numbers += 1;
        let number = self.numbers;
        let point = key_of(number).verifying_key().to_encoded_point(false);
        let device = DeviceId(Uuid::from_u128(0xD000 + u128::from(number)));
        let key = DeviceKey {
            device,
            public_key: URL_SAFE_NO_PAD.encode(point.as_bytes()),
            name: format!("Tablet {number}"),
        };
        (number, key)
    }

    /// A studio begun on a device alone, brought to the hub.
    async fn found(&mut self) -> Made<()> {
        let (number, key) = self.key();
        let (studio, person) = (StudioId(Uuid::from_u128(0xA)), PersonId(Uuid::from_u128(0xC001)));
        let code = match self.house.hub() {
            Some(hub) => hub.claim_code().await.map_err(cannot)?.unwrap_or_default(),
            None => String::new(),
        };
        let claim =
            Claim { code, device: key.clone(), studio, person, epoch: 1, used_series: vec!["A".to_owned()] };
        let joined: Joined =
            self.net.post("/api/v1/claim", None, &claim).await.and_then(|r| r.read()).map_err(debug)?;
        let me = me_of(&joined);
        let device = self.device(me, joined.epoch, number);
        straight(&self.net, open_session(&*device.tab)).await.map_err(debug)?;
        let backup = beginning(studio, key.device, person, self.time.now())?;
        self.net.upload(device.tab.cookie().as_deref(), backup).await.map_err(debug)?;
        straight(&self.net, meet(&*device.tab)).await.map_err(debug)?;
        self.devices.push(device);
        Ok(())
    }

    /// What the owner does before anybody else is there.
    async fn prepare(
        &mut self,
        seed: u64,
        next: impl Fn(&Tab, &mut Head, &mut Dice) -> Option<Input>,
    ) -> Made<()> {
        let mut luck = Dice::new(seed);
        for _ in 0..PREPARING {
            self.time.pass(1_000);
            let (id, seed) = (self.mint(&mut luck), luck.draw());
            self.give_as(0, id, |tab, head| next(tab, head, &mut Dice::new(seed)));
        }
        self.meet(0).await
    }

    /// A coach with hours and a member with credits, and a device in the hands of each.
    async fn begin_to_teach(&mut self, seed: u64) -> Made<()> {
        self.prepare(seed, one_to_one::prepare).await?;
        let mut luck = Dice::new(seed);
        for role in [Role::Coach, Role::Member] {
            let person = self.somebody(role, &mut luck);
            if person.is_some() && self.join(role, person).await? {
                self.meet(self.devices.len() - 1).await?;
            }
        }
        Ok(())
    }

    /// Somebody who teaches, or trains here, as the owner's device knows them.
    fn somebody(&self, role: Role, luck: &mut Dice) -> Option<PersonId> {
        let tab = &self.devices.first()?.tab;
        let all: Vec<PersonId> = match role {
            Role::Coach => tab.of_kind::<Coach>().into_iter().map(|coach| coach.id).collect(),
            _ => tab.of_kind::<Member>().into_iter().map(|member| PersonId(member.id.raw())).collect(),
        };
        (!all.is_empty()).then(|| *luck.pick(&all))
    }

    /// Another device, let in by the owner, for somebody new where nobody is named.
    async fn join(&mut self, role: Role, person: Option<PersonId>) -> Made<bool> {
        // So that many can join one after another without being taken for guessing.
        self.time.pass(6_000);
        let Some(owner) = self.devices.first() else { return Ok(false) };
        if straight(&self.net, open_session(&*owner.tab)).await.is_err() {
            return Ok(false);
        }
        let wish = StartPairing { role, person };
        let cookie = owner.tab.cookie();
        let Ok(pairing) = self.net.post("/api/v1/pairing", cookie.as_deref(), &wish).await else {
            return Ok(false);
        };
        let pairing: Pairing = pairing.read().map_err(debug)?;
        let (number, device) = self.key();
        let join = Join { code: pairing.code, device };
        let Ok(joined) = self.net.post("/api/v1/join", None, &join).await else { return Ok(false) };
        let joined: Joined = joined.read().map_err(debug)?;
        let device = self.device(me_of(&joined), joined.epoch, number);
        if number.is_multiple_of(4) && device.role != Role::Member {
            // It has not heard yet that it may do less now.
            device.disk.borrow_mut().me.role = Role::Owner;
        }
        self.devices.push(device);
        Ok(true)
    }

    /// One step, and every law after it.
    pub(crate) async fn step(&mut self, step: Step) -> Made<()> {
        let mut luck = Dice::new(step.luck);
        // Nothing takes no time.
        self.time.pass(i64::from(luck.between(50, 1_500)));
        let count = self.devices.len().max(1);
        let who = usize::try_from(step.who).unwrap_or(0) % count;
        match step.what {
            What::Give => self.give(who, &mut luck),
            What::Go => self.go(who, &mut luck).await?,
            What::Meet => self.meet(who).await?,
            What::Crash => self.crash(who, 0),
            What::PowerLoss => self.crash(who, usize::try_from(luck.between(0, 4)).unwrap_or(0)),
            What::OtherTab => self.other_tab(who),
            What::StoreLost => {
                self.devices[who].disk.borrow_mut().lose_store();
                self.crash(who, 0);
            }
            What::Evicted => self.evict(who).await?,
            What::SaveFails => {
                let fault = if luck.chance(50) { AppendFault::Quota } else { AppendFault::Aborted };
                self.devices[who].disk.borrow_mut().next_append = Some(fault);
            }
            What::Clock => self.set_clock(who, &mut luck),
            What::Time => self.pass_time(&mut luck),
            What::CopyDevice => {
                let disk = self.devices[who].disk.borrow().clone();
                self.devices[who].copy = Some(disk);
            }
            What::OldDevice => self.old_device(who).await?,
            What::Twin => self.twin(who),
            What::Join => self.newcomer(&mut luck).await?,
            What::ShutOut => self.shut_out(who, &mut luck).await?,
            What::HubDies => self.hub_dies().await?,
            What::CopyHub => {
                self.copy = Some(self.house.copy());
            }
            What::RestoreHub => self.put_back(true).await?,
            What::OldHub => self.put_back(false).await?,
            What::HubFails => self.house.fail_next(&mut luck),
            What::Tick => {
                if let Some(hub) = self.house.hub() {
                    // A clockwork that fails now tries again later.
                    let _ = rollcall_hub::tick(hub).await;
                }
            }
            What::Straggler => self.net.straggler(usize::try_from(luck.between(0, 8)).unwrap_or(0)).await,
            What::Continue => self.go_on().await?,
        }
        self.check(who).await
    }

    /// Minutes or hours; now and then days.
    fn pass_time(&self, luck: &mut Dice) {
        self.time.pass(i64::from(luck.between(1_000, 4 * 3_600_000)));
        if luck.chance(5) {
            self.time.pass(DAYS_MS);
        }
    }

    /// Another device of the desk or of an owner, or somebody's own.
    async fn newcomer(&mut self, luck: &mut Dice) -> Made<()> {
        if self.devices.len() >= DEVICES_MAX {
            return Ok(());
        }
        let role = if luck.chance(30) { Role::Owner } else { Role::Desk };
        let own = *luck.pick(&[Role::Coach, Role::Member, Role::Member]);
        match self.somebody(own, luck).filter(|_| luck.chance(40)) {
            person @ Some(_) => self.join(own, person).await?,
            None => self.join(role, None).await?,
        };
        Ok(())
    }

    async fn check(&mut self, who: usize) -> Made<()> {
        self.house.go_on();
        self.devices.retain(|device| !device.gone);
        let who = who.min(self.devices.len().saturating_sub(1));
        self.laws.after_step(&self.house, &self.devices, who).await
    }

    fn give(&mut self, who: usize, luck: &mut Dice) {
        let id = self.mint(luck);
        let seed = luck.draw();
        self.look_at_phones();
        let codes = std::mem::take(&mut self.codes);
        let given =
            self.give_as(who, id, |tab, head| deeds::deed(tab, head, &mut Dice::new(seed), id, &codes));
        self.codes = codes;
        if given && luck.chance(50) {
            self.devices[who].disk.borrow_mut().synced();
        }
    }

    /// True when it was given and saved.
    fn give_as(
        &mut self,
        who: usize,
        id: CommandId,
        make: impl Fn(&Tab, &mut Head) -> Option<Input>,
    ) -> bool {
        let given = self.devices[who].tab.give(id, make);
        given.map(|entry| self.laws.saved(id, entry)).is_ok()
    }

    /// What a member's phone shows, the member can say to the coach.
    fn look_at_phones(&mut self) {
        for phone in self.devices.iter().filter(|device| device.role == Role::Member) {
            let shown = phone.tab.of_kind::<AppointmentCode>();
            self.codes.extend(shown.into_iter().map(|code| (code.appointment_id, code.code)));
        }
    }

    /// One call further, with the luck of the network; a device that is not meeting the hub begins to.
    async fn go(&mut self, who: usize, luck: &mut Dice) -> Made<()> {
        let fate = match luck.between(0, 100) {
            0..=9 => Fate::RequestLost,
            10..=24 => Fate::ReplyLost,
            25..=32 => Fate::Twice,
            33..=35 => Fate::Portal,
            _ => Fate::Fine,
        };
        let limit = if luck.chance(30) { luck.between(1, 9) } else { 500 };
        self.devices[who].tab.pull_limit.set(limit);
        self.net.fate.set(fate);
        let ended = self.advance(who).await;
        self.net.fate.set(Fate::Fine);
        self.forget(who, ended.as_ref())
    }

    /// Polls a device's meeting once; true when it has ended.
    async fn advance(&mut self, who: usize) -> Option<Result<(), Trouble<Never>>> {
        let device = &mut self.devices[who];
        let tab = device.tab.clone();
        let meeting = device.meeting.get_or_insert_with(|| Box::pin(async move { meet(&*tab).await }));
        let net = self.net.clone();
        net.parked.set(false);
        let ended = poll_fn(|cx| match meeting.as_mut().poll(cx) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if net.parked.take() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await;
        if ended.is_some() {
            device.meeting = None;
        }
        if matches!(ended, Some(Ok(()))) {
            device.disk.borrow_mut().read_all();
        }
        ended
    }

    /// A whole meeting on a network where nothing goes wrong.
    async fn meet(&mut self, who: usize) -> Made<()> {
        self.devices[who].tab.pull_limit.set(500);
        self.devices[who].tab.look_again();
        for _ in 0..10_000 {
            match self.advance(who).await {
                Some(Ok(())) => {
                    self.hear_role(who).await?;
                    return self.laws.after_meeting(&self.house, &self.devices[who]).await;
                }
                ended @ Some(Err(_)) => return self.forget(who, ended.as_ref()),
                None => {}
            }
        }
        Err(Broken { law: "I15 progress", what: "a meeting does not end".to_owned() })
    }

    /// What the device may do by the hub's word, now that the two have met; the device goes on believing what it believes.
    async fn hear_role(&mut self, who: usize) -> Made<()> {
        let id = self.devices[who].disk.borrow().me.device;
        if let Some(role) = self.house.role_of(id).await.map_err(cannot)? {
            self.devices[who].role = role;
        }
        Ok(())
    }

    /// A device whose meeting ended with the word that it shall forget does so, as the app would.
    fn forget(&mut self, who: usize, ended: Option<&Result<(), Trouble<Never>>>) -> Made<()> {
        let Some(Err(Trouble::Forget(_))) = ended else { return Ok(()) };
        let device = &mut self.devices[who];
        device.gone = true;
        let mut disk = device.disk.borrow_mut();
        self.laws.forgets(&disk)?;
        disk.forget();
        Ok(())
    }

    /// The tab dies and is opened again; the newest writes of the store may be gone.
    fn crash(&mut self, who: usize, writes: usize) {
        let device = &mut self.devices[who];
        device.meeting = None;
        device.disk.borrow_mut().lose_power(writes);
        self.reopen(who);
    }

    fn reopen(&mut self, who: usize) {
        let device = &mut self.devices[who];
        device.meeting = None;
        let (disk, number, clock) = (device.disk.clone(), device.number, device.clock.clone());
        device.tab = Rc::new(Tab::open(disk, self.net.clone(), number, clock, self.time.clone()));
    }

    /// Another tab of the same device goes on while this one's meeting is under way.
    fn other_tab(&mut self, who: usize) {
        let device = &mut self.devices[who];
        let (disk, number, clock) = (device.disk.clone(), device.number, device.clock.clone());
        // The meeting goes on in the tab that began it: its future holds on to it.
        device.tab = Rc::new(Tab::open(disk, self.net.clone(), number, clock, self.time.clone()));
    }

    fn set_clock(&mut self, who: usize, luck: &mut Dice) {
        const HOUR: i64 = 3_600_000;
        let since_1970 = -self.time.now().0;
        let off = *luck.pick(&[0, 3 * HOUR, -3 * HOUR, since_1970, 73 * 365 * 24 * HOUR, 4_000]);
        self.devices[who].clock.set(off);
    }

    /// Whatever was only there is gone, and nobody can be blamed for it.
    async fn evict(&mut self, who: usize) -> Made<()> {
        // The owner's first device stays: somebody must be able to let others in.
        if who == 0 {
            return Ok(());
        }
        self.devices.remove(who);
        self.laws.storage_lost(&self.house, &self.devices).await
    }

    async fn old_device(&mut self, who: usize) -> Made<()> {
        let Some(copy) = self.devices[who].copy.clone() else { return Ok(()) };
        self.laws.copies = true;
        self.devices[who].disk.replace(copy);
        self.reopen(who);
        self.laws.storage_lost(&self.house, &self.devices).await
    }

    fn twin(&mut self, who: usize) {
        let device = &self.devices[who];
        let Some(copy) = device.copy.clone() else { return };
        if self.devices.len() >= DEVICES_MAX {
            return;
        }
        self.laws.copies = true;
        let shut_out = device.shut_out;
        let mut twin = self.around(Rc::new(RefCell::new(copy)), device.number, device.role);
        twin.shut_out = shut_out;
        self.devices.push(twin);
    }

    /// It is lost, or another one takes its place: it gets nothing any more either way.
    async fn shut_out(&mut self, who: usize, luck: &mut Dice) -> Made<()> {
        let owner = self.devices[0].number;
        let (number, id) = (self.devices[who].number, self.devices[who].disk.borrow().me.device);
        if number == owner || straight(&self.net, open_session(&*self.devices[0].tab)).await.is_err() {
            return Ok(());
        }
        let cookie = self.devices[0].tab.cookie();
        let how = if luck.chance(40) { "retire" } else { "revoke" };
        let done = self.net.leave(cookie.as_deref(), id, how).await;
        if done.is_ok() {
            self.net.shut_out.borrow_mut().insert(id);
            for device in self.devices.iter_mut().filter(|d| d.number == number) {
                device.shut_out = true;
            }
        }
        Ok(())
    }

    async fn hub_dies(&mut self) -> Made<()> {
        self.net.router.replace(None);
        self.house.kill();
        self.house.start().await.map_err(cannot)?;
        self.net.router.replace(self.house.router());
        Ok(())
    }

    /// The copy takes the place of the database.
    async fn put_back(&mut self, by_the_tool: bool) -> Made<()> {
        self.laws.put_back = true;
        let Some(copy) = self.copy.clone() else { return Ok(()) };
        self.net.router.replace(None);
        self.net.cut();
        self.house.put_back(&copy, by_the_tool).await.map_err(cannot)?;
        self.net.router.replace(self.house.router());
        // Devices the copy does not know must be paired again: here they are gone with what only they had.
        let mut known = BTreeSet::new();
        for device in &self.devices {
            let id = device.disk.borrow().me.device;
            if self.house.knows(id).await.map_err(cannot)? {
                known.insert(id);
            }
        }
        self.devices.retain(|d| known.contains(&d.disk.borrow().me.device));
        for device in &mut self.devices {
            let id = device.disk.borrow().me.device;
            device.shut_out = self.house.is_shut_out(id).await.map_err(cannot)?;
            let mut shut_out = self.net.shut_out.borrow_mut();
            if device.shut_out {
                shut_out.insert(id)
            } else {
                shut_out.remove(&id)
            };
        }
        self.laws.hub_went_back(&self.house, &self.devices).await
    }

    /// What the owner's device is told of the hub.
    async fn about(&self) -> Option<About> {
        straight(&self.net, open_session(&*self.devices.first()?.tab)).await.ok()?;
        let cookie = self.devices.first()?.tab.cookie();
        self.net.get::<About>("/api/v1/hub", cookie.as_deref()).await.ok()
    }

    async fn is_recovering(&self) -> Made<bool> {
        Ok(self.about().await.is_some_and(|about| about.recovering.is_some()))
    }

    async fn go_on(&mut self) -> Made<()> {
        let Some(about) = self.about().await else { return Ok(()) };
        let cookie = self.devices.first().and_then(|d| d.tab.cookie());
        if let Some(recovering) = about.recovering {
            let go_on = GoOn { since: recovering.since, for_good: false };
            // Refused when all have come meanwhile.
            let _ = self.net.post("/api/v1/hub/continue", cookie.as_deref(), &go_on).await;
        }
        Ok(())
    }

    /// Everything works from here on: all journals must drain, and all must agree.
    pub(crate) async fn heal(&mut self) -> Made<()> {
        self.house.heal();
        self.net.fate.set(Fate::Fine);
        for who in 0..self.devices.len() {
            self.devices[who].clock.set(0);
            self.devices[who].disk.borrow_mut().next_append = None;
            self.reopen(who);
        }
        for round in 0..ROUNDS_MAX {
            self.time.pass(20_000);
            if round == ROUNDS_MAX / 2 {
                // Whoever has not come by now is not coming.
                self.go_on().await?;
            }
            for who in 0..self.devices.len() {
                self.meet(who).await?;
            }
            self.devices.retain(|device| !device.gone);
            let recovering = self.is_recovering().await?;
            let busy = |d: &Device| d.disk.borrow().lines.iter().any(|l| l.answered().is_none());
            if round > 1 && !recovering && !self.devices.iter().any(busy) && self.is_quiet().await? {
                break;
            }
        }
        self.laws.at_rest(&self.house, &self.devices).await
    }

    /// True when every device that is let in has read everything.
    async fn is_quiet(&self) -> Made<bool> {
        let head = self.house.head().await.map_err(cannot)?;
        let read = |d: &Device| d.disk.borrow().store.reading.covered() == head;
        Ok(self.devices.iter().filter(|d| !d.shut_out).all(read))
    }
}

/// Runs something of a device to its end without letting anything come between.
async fn straight<T>(net: &Net, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    poll_fn(|cx| {
        loop {
            match work.as_mut().poll(cx) {
                Poll::Pending if net.parked.take() => {}
                other => return other,
            }
        }
    })
    .await
}

fn debug(error: impl std::fmt::Debug) -> Broken {
    cannot(format!("{error:?}"))
}

fn me_of(joined: &Joined) -> Me {
    Me {
        studio: joined.studio,
        device: joined.device,
        person: joined.person,
        role: joined.role,
        series: joined.series.clone(),
    }
}

/// The backup of a studio that was just opened on a device alone.
fn beginning(
    studio: StudioId,
    device: DeviceId,
    person: PersonId,
    now: rollcall_domain::kernel::Timestamp,
) -> Made<String> {
    let open = OpenStudio {
        name: "Riverside".to_owned(),
        zone: Zone::default(),
        currency: Currency::Cny,
        language: "en".to_owned(),
        sections: vec![Section::Indoor],
        sample: false,
    };
    let input = Input::encode(&open, &OwnerName { owner_name: "Lin".to_owned() }).map_err(debug)?;
    let command = CommandId(Uuid::from_u128(1));
    let case = Case {
        input: input.clone(),
        command,
        studio,
        device,
        actor: person,
        role: Role::Owner,
        effective_at: now,
        authority: Authority::Solo,
    };
    let catalogue = registry::catalogue();
    let mut book = Book::new(catalogue, MemConfirmed::new(catalogue));
    let verdict = decide_now(catalogue, &case, |want: &Want| book.answer(want));
    let Verdict::Decided { outcome, changes } = verdict else { return Err(cannot("no studio")) };
    book.settle_here(&changes, 1);
    let entry = Entry::seal(envelope(studio, device, person, command, now), input).map_err(debug)?;
    write_backup(studio, now, &book, entry, changes, outcome)
}

fn envelope(
    studio: StudioId,
    device: DeviceId,
    actor: PersonId,
    id: CommandId,
    now: rollcall_domain::kernel::Timestamp,
) -> Envelope {
    Envelope {
        v: 1,
        id,
        studio,
        device,
        epoch: 1,
        seq: 1,
        prev_hash: Hash::default(),
        actor,
        session: Id::nil(),
        group: None,
        depends_on: Vec::new(),
        kind: String::new(),
        kind_version: 0,
        base_cursor: Cursor::default(),
        seen: None,
        claimed_at: now,
        mono_since_sync_ms: None,
        hub_time_at_sync: None,
        tz: "Asia/Shanghai".to_owned(),
        payload_hash: Hash::default(),
        personal_hash: None,
    }
}

fn write_backup(
    studio: StudioId,
    created_at: rollcall_domain::kernel::Timestamp,
    book: &Book<MemConfirmed>,
    entry: Entry,
    changes: Vec<rollcall_domain::kernel::Change>,
    outcome: Outcome,
) -> Made<String> {
    let records: Vec<_> = book.confirmed().all().cloned().collect();
    let header = Header {
        rollcall_backup: 1,
        studio,
        hub_epoch: None,
        head: 1,
        head_hash: entry.hash(),
        created_at,
        sample: false,
        records: u64::try_from(records.len()).unwrap_or(0),
        entries: 1,
        blobs: 0,
    };
    let (mut writer, mut text) = Writer::start(header).map_err(debug)?;
    for record in records {
        text.push_str(&writer.line(&Saved::Record((*record).clone())).map_err(debug)?);
    }
    let decided = Decided {
        entry,
        decision: Some(changes),
        answer: Some(OutcomeOrHold::Outcome(outcome)),
        receipt: None,
        lane: None,
        effective_at: Some(created_at),
    };
    text.push_str(&writer.line(&Saved::Entry(decided)).map_err(debug)?);
    text.push_str(&writer.finish().map_err(debug)?);
    Ok(text)
}
