//! The last seat of a class, asked for on devices that do not hear of each other, in every order in which they come back;
//! seats a device holds; a queue that moves up by the hub's clock.

use rollcall_domain::bookings::{Booking, LeaseEnd, SeatLease, Seats, State, of_session};
use rollcall_domain::classes::{
    ClassDraft, ClassTypeId, DescribeClass, Level, PlanSchedule, ScheduleId, SessionKey, Terms,
};
use rollcall_domain::flow::booking::{BookSeats, CancelBooking, IfFull, LeaseSeats};
use rollcall_domain::flow::sell::SellPass;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::{Id, derived};
use rollcall_domain::kernel::{Currency, Money, Number};
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::StartChoice;
use rollcall_domain::plans::{Grant, OfferPlan, PlanDraft, PlanId, PlanRevisionId, PlanRules, Starts};
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold};

use crate::agree::enrol;
use crate::device::Device;
use crate::roles::device_of;
use crate::world::World;

/// A studio with a class of one seat today at noon, and members who may come.
pub(crate) struct Club {
    pub(crate) world: World,
    pub(crate) owner: Device,
    pub(crate) session: SessionKey,
    pub(crate) members: Vec<MemberId>,
}

fn rules() -> PlanRules {
    PlanRules {
        grant: Grant::Lifetime,
        starts: Starts::AtPurchase,
        sections: Vec::new(),
        freeze_days: 0,
        grace_days: 0,
        shareable: false,
        transferable: false,
    }
}

pub(crate) async fn club(people: u64) -> Club {
    let (world, mut owner) = World::claimed().await;
    let price = Money::new(0, Currency::Cny);
    let offered =
        owner.give(&OfferPlan { draft: PlanDraft { name: "Life".to_owned(), price, rules: rules() } }, &());
    let mut members = Vec::new();
    for n in 1..=people {
        let member_id = enrol(&mut owner, &format!("Member {n}"), &format!("+861380000{n:04}"));
        members.push(member_id);
        let sale = SellPass {
            member_id,
            plan_id: PlanId(derived(offered, 0)),
            revision_id: PlanRevisionId(derived(offered, 1)),
            start: StartChoice::Today,
            valid_from: "2026-11-22".parse().ok(),
            price,
            tenders: Vec::new(),
            given_cents: None,
            receipt: Number { series: owner.series.clone(), n },
            card: None,
            lease_id: None,
        };
        owner.give(&sale, &());
    }
    let class_type_id = ClassTypeId(owner.mint());
    let draft = ClassDraft {
        name: "Yoga".to_owned(),
        names: [].into(),
        colour: 1,
        length_minutes: 60,
        capacity: 1,
        level: Level::Open,
        opened_by: Vec::new(),
    };
    owner.give(&DescribeClass { class_type_id, seen_revision: 0, draft, retired: false }, &());
    let terms = Terms {
        class_type_id,
        coaches: Vec::new(),
        place_id: None,
        start_minute: 12 * 60,
        length_minutes: 60,
        capacity: 1,
        people_min: 0,
    };
    let on = "2026-11-22".parse().unwrap();
    let planned = owner.give(&PlanSchedule { terms, first_on: on, rule: None }, &());
    owner.sync().await;
    let session =
        SessionKey { schedule_id: ScheduleId(derived(planned, 0)), on, start_minute: 12 * 60, pattern: 0 };
    Club { world, owner, session, members }
}

impl Club {
    pub(crate) fn book(&self, n: usize) -> BookSeats {
        BookSeats {
            session: self.session,
            members: vec![self.members[n]],
            if_full: IfFull::Wait,
            lease_id: None,
        }
    }

    /// Two tablets and a member's own phone, all of whom have read everything.
    async fn three(&mut self) -> [Device; 3] {
        let Self { world, owner, members, .. } = self;
        let first = world.joined(owner, 2, Role::Desk).await;
        let second = world.joined(owner, 3, Role::Desk).await;
        let phone = device_of(world, owner, 4, Role::Member, members[2]).await;
        let mut all = [first, second, phone];
        for device in &mut all {
            device.sync().await;
        }
        all
    }

    fn states(device: &Device, session: &SessionKey) -> Vec<(Id, State)> {
        let mut all: Vec<Booking> = device.all(&of_session(session.id()));
        all.sort_by_key(|booking| booking.member_id);
        all.into_iter().map(|booking| (booking.member_id.raw(), booking.state)).collect()
    }
}

fn outcome(answers: &[Answered]) -> &Outcome {
    match &answers.last().unwrap().answer {
        OutcomeOrHold::Outcome(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn of_three_who_want_the_last_seat_the_first_to_come_has_it_in_every_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut club = club(3).await;
        let mut devices = club.three().await;
        // Nobody hears of the others: each device says "requested".
        for (n, device) in devices.iter_mut().enumerate() {
            device.give(&club.book(n), &());
        }
        for (place, n) in order.into_iter().enumerate() {
            let answers = devices[n].push().await;
            match outcome(&answers) {
                Outcome::Accepted => assert_eq!(place, 0, "{order:?}"),
                Outcome::Changed { what } => {
                    assert_eq!(what.why, serde_json::json!({ "code": "waitlisted", "position": place }));
                }
                other => panic!("{other:?}"),
            }
        }
        club.owner.sync().await;
        let truth = Club::states(&club.owner, &club.session);
        assert_eq!(truth.iter().filter(|(_, state)| *state == State::Booked).count(), 1);
        for device in &mut devices {
            device.sync().await;
            let seats: Seats = device.find(club.session.id()).unwrap();
            assert_eq!((seats.taken, seats.waiting, seats.free()), (1, 2, 0));
        }
        assert_eq!(Club::states(&devices[0], &club.session), truth);
        // The phone has its own row and nobody else's.
        let own: Vec<_> = truth.into_iter().filter(|(member, _)| *member == club.members[2].raw()).collect();
        assert_eq!(Club::states(&devices[2], &club.session), own);
    }
}

#[tokio::test]
async fn the_hubs_clock_promotes_once_for_one_freed_seat() {
    let mut club = club(3).await;
    for n in 0..3 {
        club.owner.give(&club.book(n), &());
    }
    club.owner.sync().await;
    let booked = |club: &Club| {
        let all: Vec<Booking> = club.owner.all(&of_session(club.session.id()));
        all.into_iter().find(|booking| booking.has_seat())
    };
    for expected in [1, 1, 0] {
        let booking_id = booked(&club).unwrap().id;
        club.owner.give(&CancelBooking { booking_id }, &());
        club.owner.sync().await;
        club.world.pass(1_000);
        assert_eq!(rollcall_hub::tick(club.world.hub()).await.unwrap(), expected);
        assert_eq!(rollcall_hub::tick(club.world.hub()).await.unwrap(), 0);
        club.owner.sync().await;
    }
    assert_eq!(booked(&club), None);
}

#[tokio::test]
async fn a_clock_that_jumps_while_the_hub_runs_gives_a_freed_seat_away_once() {
    const HOURS_MS: i64 = 3 * 3_600_000;
    let mut club = club(2).await;
    for n in 0..2 {
        club.owner.give(&club.book(n), &());
    }
    club.owner.sync().await;
    let booked = |club: &Club| -> Vec<Booking> {
        let all: Vec<Booking> = club.owner.all(&of_session(club.session.id()));
        all.into_iter().filter(Booking::has_seat).collect()
    };
    let first = booked(&club)[0].id;
    club.owner.give(&CancelBooking { booking_id: first }, &());
    club.owner.sync().await;
    // By a clock that was put back nothing is due yet; what is saved meanwhile is taken all the same.
    club.world.pass(-HOURS_MS);
    assert_eq!(rollcall_hub::tick(club.world.hub()).await.unwrap(), 0);
    enrol(&mut club.owner, "Cai", "+8613900000001");
    club.owner.sync().await;
    for (jump_ms, given) in [(HOURS_MS + 1_000, 1), (-HOURS_MS, 0), (HOURS_MS, 0), (2 * HOURS_MS, 0)] {
        club.world.pass(jump_ms);
        assert_eq!(rollcall_hub::tick(club.world.hub()).await.unwrap(), given, "after {jump_ms} ms");
    }
    club.owner.sign_in().await;
    club.owner.sync().await;
    let seated = booked(&club);
    assert_eq!(seated.len(), 1);
    assert_ne!(seated[0].id, first);
}

#[tokio::test]
async fn a_copied_device_holds_no_seats_any_more() {
    let mut club = club(1).await;
    let mut desk = club.world.joined(&mut club.owner, 2, Role::Desk).await;
    let mut copy = Device::new(&club.world, 2);
    (copy.studio, copy.person, copy.role, copy.epoch) = (desk.studio, desk.person, desk.role, desk.epoch);
    copy.sign_in().await;
    desk.sync().await;
    let leased =
        desk.give(&LeaseSeats { session: club.session, device: desk.id, seats: 1, not_after: None }, &());
    desk.sync().await;
    let lease = |device: &Device| device.find::<SeatLease>(derived(leased, 0)).unwrap();
    assert!(lease(&desk).runs());
    for _ in 0..10 {
        copy.mint();
    }
    enrol(&mut copy, "Cai", "+8613900000001");
    copy.push().await;
    assert_eq!(copy.epoch, 2);
    club.owner.sync().await;
    assert_eq!(lease(&club.owner).ended.map(|(_, why)| why), Some(LeaseEnd::DeviceGone));
    assert_eq!(club.owner.find::<Seats>(club.session.id()).unwrap().free(), 1);
}
