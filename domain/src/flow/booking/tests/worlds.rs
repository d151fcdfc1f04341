//! Anything in any order from several devices: seats are what the bookings say, never more than there are; visits are
//! conserved; a freed seat is one promotion; the same once more changes nothing.

use proptest::prelude::*;

use super::*;
use crate::bookings::{Mark, Settled};

/// Something somebody does, at one of three devices, perhaps told late.
#[derive(Debug, Clone)]
enum Act {
    Book { who: Vec<usize>, device: u128, leased: bool },
    Cancel { who: usize },
    Tick,
    Lease { device: u128, seats: u32 },
    Return { which: usize },
    Release { which: usize },
    Copied { device: u128 },
    WalkIn { who: usize },
    Mark { who: usize, mark: Mark },
    CallOff,
    Move { days: i64 },
    Seats { capacity: u32 },
    Wait { minutes: i64 },
    Close { named: bool },
    Forgive { who: usize },
}

const PEOPLE: usize = 6;

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let who = || 0..PEOPLE;
    let device = || 0xD0..0xD3_u128;
    let mark = prop_oneof![Just(Mark::Present), Just(Mark::Late), Just(Mark::Absent)];
    let act = prop_oneof![
        8 => (prop::collection::vec(who(), 1..3), device(), any::<bool>())
            .prop_map(|(who, device, leased)| Act::Book { who, device, leased }),
        4 => who().prop_map(|who| Act::Cancel { who }),
        4 => Just(Act::Tick),
        2 => (device(), 1..3_u32).prop_map(|(device, seats)| Act::Lease { device, seats }),
        1 => (0..4_usize).prop_map(|which| Act::Return { which }),
        1 => (0..4_usize).prop_map(|which| Act::Release { which }),
        1 => device().prop_map(|device| Act::Copied { device }),
        1 => who().prop_map(|who| Act::WalkIn { who }),
        2 => (who(), mark).prop_map(|(who, mark)| Act::Mark { who, mark }),
        1 => Just(Act::CallOff),
        1 => (-1..3_i64).prop_map(|days| Act::Move { days }),
        1 => (1..5_u32).prop_map(|capacity| Act::Seats { capacity }),
        4 => (-30..900_i64).prop_map(|minutes| Act::Wait { minutes }),
        1 => any::<bool>().prop_map(|named| Act::Close { named }),
        1 => who().prop_map(|who| Act::Forgive { who }),
    ];
    prop::collection::vec(act, 1..30)
}

struct World {
    club: Club,
    people: Vec<(MemberId, Pass)>,
    leases: Vec<SeatLease>,
    lives: u32,
    /// Seats that may be too many: walk-ins, fewer seats than were booked, promises of leases that were taken away.
    beyond: u32,
}

impl World {
    fn new() -> Self {
        let mut club = Club::open(3);
        let people = (0..PEOPLE).map(|n| club.with_visits(if n == 0 { 1 } else { 4 })).collect();
        Self { club, people, leases: Vec::new(), lives: 1, beyond: 0 }
    }

    fn run<C: Command>(&mut self, command: &C, personal: &C::Personal) -> Verdict {
        let verdict = self.club.desk.room.run(input(command, personal));
        assert!(matches!(verdict, Verdict::Decided { .. }), "{verdict:?}");
        verdict
    }

    fn act(&mut self, act: &Act) {
        let (session, seats) = (self.club.key(), self.club.desk.room.find::<Seats>(self.club.key().id()));
        match act {
            Act::Book { who, device, leased } => self.book(who, *device, *leased),
            Act::Cancel { who } => {
                if let Some(booking) = self.club.find(self.people[*who].0) {
                    self.run(&CancelBooking { booking_id: booking.id }, &());
                }
            }
            Act::Tick => _ = self.club.tick(),
            Act::Lease { device, seats } => self.lease(*device, *seats),
            Act::Return { which } => {
                if let Some(lease) = self.leases.get(*which).cloned() {
                    self.club.desk.room.device = lease.device;
                    self.run(&ReturnSeats { lease_id: lease.id }, &());
                }
            }
            Act::Release { which } => {
                if let Some(lease) = self.leases.get(*which).cloned() {
                    self.run(&ReleaseSeats { lease_id: lease.id }, &());
                }
            }
            Act::Copied { device } => {
                self.lives += 1;
                let standing = crate::kernel::devices::Standing::InUse;
                let device_id = DeviceId(Uuid::from_u128(*device));
                let command = crate::kernel::devices::KnowDevice { device_id, standing, life: self.lives };
                self.club
                    .system(input(&command, &crate::kernel::devices::DeviceName { name: "T".to_owned() }));
            }
            Act::WalkIn { who } => {
                self.beyond += 1;
                let command =
                    WalkIn { session, member_id: self.people[*who].0, mark: Mark::Present, lease_id: None };
                self.run(&command, &OverWhy { reason: "there".to_owned() });
            }
            Act::Mark { who, mark } => {
                if let Some(booking) = self.club.find(self.people[*who].0) {
                    let rows = vec![MarkRow { booking_id: booking.id, mark: Some(*mark) }];
                    self.run(&MarkRoster { session, rows }, &());
                }
            }
            Act::CallOff => {
                let seen_revision = self.club.session(&session).revision;
                self.run(&CallOffSession { key: session, seen_revision, why: String::new() }, &());
            }
            Act::Move { days } => {
                let now = self.club.session(&session);
                let on = Some(now.on + chrono::Duration::days(*days));
                let command = ChangeSession {
                    key: session,
                    seen_revision: now.revision,
                    on,
                    terms: TermsChange::default(),
                };
                self.run(&command, &());
            }
            Act::Seats { capacity } => {
                let held = seats.as_ref().map_or(0, |seats| seats.taken + seats.held);
                self.beyond = self.beyond.max(held.saturating_sub(*capacity));
                let terms = TermsChange { capacity: Some(*capacity), ..TermsChange::default() };
                let seen_revision = self.club.session(&session).revision;
                self.run(&ChangeSession { key: session, seen_revision, on: None, terms }, &());
            }
            Act::Wait { minutes } => {
                self.club.desk.room.now = self.club.desk.room.now.plus_ms(minutes * 60_000);
            }
            Act::Close { named } => {
                let roster = self.club.roster(&session);
                let absent = if *named { roster.iter().map(|one| one.id).collect() } else { Vec::new() };
                self.run(&CloseSession { session, absent }, &());
            }
            Act::Forgive { who } => {
                if let Some(booking) = self.club.find(self.people[*who].0) {
                    let forgive = ForgiveBooking { member_id: booking.member_id, booking_id: booking.id };
                    self.run(&forgive, &Why { reason: "ill".to_owned() });
                }
            }
        }
    }

    fn book(&mut self, who: &[usize], device: u128, leased: bool) {
        self.club.on_device(device);
        let own = |lease: &&SeatLease| lease.device == DeviceId(Uuid::from_u128(device));
        let lease = self.leases.iter().rfind(own).filter(|_| leased).map(|lease| lease.id);
        let ended = lease.and_then(|id| self.club.desk.room.find::<SeatLease>(id)).filter(|one| !one.runs());
        self.beyond += ended.map_or(0, |lease| lease.left().min(u32::try_from(who.len()).unwrap()));
        let members: Vec<MemberId> = who.iter().map(|n| self.people[*n].0).collect();
        let command = BookSeats { lease_id: lease, ..book(self.club.key(), &members) };
        self.run(&command, &());
    }

    fn lease(&mut self, device: u128, seats: u32) {
        self.club.on_device(device);
        let (session, device) = (self.club.key(), self.club.desk.room.device);
        let verdict = self.run(&LeaseSeats { session, device, seats, not_after: None }, &());
        if matches!(verdict, Verdict::Decided { outcome: Outcome::Accepted, .. }) {
            self.leases.push(self.club.desk.changed());
        }
    }

    /// Seats are what bookings and leases say, and no more than there are.
    fn check_seats(&self) -> Result<(), TestCaseError> {
        let room = &self.club.desk.room;
        let Some(seats) = room.find::<Seats>(self.club.key().id()) else { return Ok(()) };
        let roster = self.club.roster(&seats.key);
        let count =
            |is: fn(&Booking) -> bool| u32::try_from(roster.iter().filter(|one| is(one)).count()).unwrap();
        let leases: Vec<SeatLease> = room.all(&leases_of_session(seats.key.id()));
        let held: u32 = leases.iter().map(SeatLease::left).sum();
        prop_assert_eq!(seats.held, held);
        if !seats.is_closed() {
            prop_assert_eq!((seats.taken, seats.waiting), (count(Booking::has_seat), count(Booking::waits)));
        }
        prop_assert!(seats.taken + seats.held <= seats.capacity + self.beyond, "{:?} {}", seats, self.beyond);
        let mut places: Vec<u32> = roster.iter().filter_map(|one| waits_at(&one.state)).collect();
        places.sort_unstable();
        prop_assert_eq!(places, (1..=seats.waiting).collect::<Vec<u32>>());
        for member in roster.iter().filter(|one| one.is_live()).map(|one| one.member_id) {
            let same = roster.iter().filter(|one| one.is_live() && one.member_id == member).count();
            prop_assert_eq!(same, 1, "one seat for one member");
        }
        Ok(())
    }

    /// What was sold is free, kept or spent; what is kept is kept for somebody's booking.
    fn check_visits(&self) -> Result<(), TestCaseError> {
        let room = &self.club.desk.room;
        let past = Want::key::<Attended>(
            crate::bookings::ATTENDED_SESSION_KEY,
            KeyValue::of(self.club.key().id().raw()),
        );
        let mut all = self.club.roster(&self.club.key());
        all.extend(room.all::<Attended>(&past).into_iter().map(|one| one.0));
        for (n, (_, pass)) in self.people.iter().enumerate() {
            let mine = all.iter().filter_map(|one| one.pays.as_ref()).filter(|pays| pays.pass_id == pass.id);
            let count = |how| i64::try_from(mine.clone().filter(|pays| pays.settled == how).count()).unwrap();
            let (kept, free) = self.club.visits(pass);
            prop_assert_eq!(kept, count(Settled::Reserved));
            prop_assert_eq!(free + kept + count(Settled::Spent), if n == 0 { 1 } else { 4 });
            prop_assert_eq!(free, self.club.desk.lines_sum(pass.id.raw(), VISITS));
            prop_assert_eq!(kept, self.club.desk.lines_sum(pass.id.raw(), VISITS_RESERVED));
            prop_assert!(free >= 0);
        }
        Ok(())
    }

    /// Before a session is closed nothing is spent.
    fn check_no_penalty(&self) -> Result<(), TestCaseError> {
        let closed =
            self.club.desk.room.find::<Seats>(self.club.key().id()).is_some_and(|one| one.is_closed());
        let spent = |one: &Booking| one.pays.as_ref().is_some_and(|pays| pays.settled == Settled::Spent);
        prop_assert!(closed || !self.club.roster(&self.club.key()).iter().any(spent));
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn seats_and_visits_add_up_whatever_happens(acts in acts()) {
        let mut world = World::new();
        for act in &acts {
            let before = world.club.desk.room.find::<Seats>(world.club.key().id());
            world.act(act);
            world.check_seats()?;
            world.check_visits()?;
            world.check_no_penalty()?;
            if let (Act::Cancel { .. }, Some(before)) = (act, before) {
                let after = world.club.seats();
                prop_assert!(before.taken - after.taken <= 1 && before.waiting - after.waiting <= 1);
            }
        }
    }

    #[test]
    fn the_clock_gives_each_freed_seat_once(acts in acts()) {
        let mut world = World::new();
        acts.iter().for_each(|act| world.act(act));
        world.club.tick();
        let after = world.club.roster(&world.club.key());
        prop_assert_eq!(world.club.tick(), Vec::<String>::new());
        // The clockwork's commands once more, as after a crash between two hubs: nothing happens.
        if let Some(seats) = world.club.desk.room.find::<Seats>(world.club.key().id()) {
            let again = crate::bookings::Promote { session: seats.key, due_at: seats.freed_at };
            // A clock that was set back has not come to it yet, and gives nothing.
            let now = world.club.desk.room.now;
            if seats.promote_until > now && seats.freed_at <= now {
                world.club.system(input(&again, &()));
            }
        }
        prop_assert_eq!(world.club.roster(&world.club.key()), after);
    }

    /// Without walk-ins, fewer seats, or leases taken away there is never one too many.
    #[test]
    fn seats_are_never_given_twice(acts in acts()) {
        let mut world = World::new();
        let fair = |act: &&Act| {
            !matches!(act, Act::WalkIn { .. } | Act::Seats { .. } | Act::Release { .. } | Act::Copied { .. })
        };
        for act in acts.iter().filter(fair) {
            world.act(act);
            if let Some(seats) = world.club.desk.room.find::<Seats>(world.club.key().id()) {
                prop_assert!(seats.taken + seats.held <= seats.capacity, "{:?}", seats);
            }
        }
    }
}
