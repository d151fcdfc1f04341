//! Anything in any order: a coach never has two at once, credits are conserved, and a lesson counts once.

use proptest::prelude::*;

use super::*;
use crate::bookings::Settled;

#[derive(Debug, Clone)]
enum Act {
    Book { who: usize, slot: u32, as_coach: bool },
    Cancel { which: usize, as_coach: bool },
    Mark { which: usize, mark: Option<Mark> },
    Tell { which: usize, right: bool },
    Sign { which: usize },
    Agree { which: usize },
    Forgive { which: usize },
    Close,
    Reverse { who: usize },
    Wait { minutes: i64 },
}

const PEOPLE: usize = 3;

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let which = || 0..8_usize;
    let mark = prop_oneof![Just(None), Just(Some(Mark::Came)), Just(Some(Mark::Absent))];
    let act = prop_oneof![
        8 => (0..PEOPLE, 0..5_u32, any::<bool>())
            .prop_map(|(who, slot, as_coach)| Act::Book { who, slot, as_coach }),
        3 => (which(), any::<bool>()).prop_map(|(which, as_coach)| Act::Cancel { which, as_coach }),
        3 => (which(), mark).prop_map(|(which, mark)| Act::Mark { which, mark }),
        3 => (which(), any::<bool>()).prop_map(|(which, right)| Act::Tell { which, right }),
        2 => which().prop_map(|which| Act::Sign { which }),
        2 => which().prop_map(|which| Act::Agree { which }),
        1 => which().prop_map(|which| Act::Forgive { which }),
        1 => Just(Act::Close),
        1 => (0..PEOPLE).prop_map(|who| Act::Reverse { who }),
        4 => (1..400_i64).prop_map(|minutes| Act::Wait { minutes }),
    ];
    prop::collection::vec(act, 1..30)
}

struct World {
    club: Club,
    people: Vec<(MemberId, Pass)>,
    booked: Vec<Appointment>,
}

impl World {
    fn new() -> Self {
        let mut club = Club::open();
        let people = (0..PEOPLE).map(|_| club.with_credits(3)).collect();
        // The evening before: what is given back now is given back too late.
        club.at("2026-11-30", 20 * 60);
        Self { club, people, booked: Vec::new() }
    }

    fn run<C: crate::kernel::Command>(&mut self, command: &C, personal: &C::Personal) -> bool {
        use crate::kernel::decide::{Outcome, Verdict};
        match self.club.desk.room.run(Input::encode(command, personal).unwrap()) {
            Verdict::Decided { outcome, .. } => !matches!(outcome, Outcome::Refused { .. }),
            Verdict::Held(hold) => panic!("{hold:?}"),
        }
    }

    fn act(&mut self, act: &Act) {
        self.club.as_desk();
        match act {
            Act::Book { who, slot, as_coach } => {
                if *as_coach {
                    self.club.as_coach();
                }
                let command = book(self.people[*who].0, 9 * 60 + slot * 30);
                if self.run(&command, &seed()) {
                    self.booked.push(self.club.desk.changed());
                }
            }
            Act::Close => {
                let room = &mut self.club.desk.room;
                room.role = Role::Owner;
                let closure = crate::classes::DeclareClosure {
                    name: "Holiday".to_owned(),
                    names: [].into(),
                    first_on: day(ON),
                    last_on: day(ON),
                    places: Vec::new(),
                    kept: Vec::new(),
                };
                self.run(&closure, &());
            }
            Act::Reverse { who } => {
                let payment_id = crate::payments::PaymentId(self.people[*who].1.payment_id.unwrap());
                let payment = self.club.desk.payment(payment_id);
                self.club.desk.reverse(&payment);
            }
            Act::Wait { minutes } => self.club.desk.later_minutes(*minutes),
            Act::Cancel { which, .. }
            | Act::Mark { which, .. }
            | Act::Tell { which, .. }
            | Act::Sign { which }
            | Act::Agree { which }
            | Act::Forgive { which } => {
                if let Some(one) = self.booked.get(*which).cloned() {
                    self.about(&one, act);
                }
            }
        }
    }

    fn about(&mut self, one: &Appointment, act: &Act) {
        match act {
            Act::Cancel { as_coach, .. } => {
                if *as_coach {
                    self.club.as_coach();
                }
                self.run(&CancelAppointment { appointment_id: one.id }, &());
            }
            Act::Mark { mark, .. } => _ = self.club.mark(one, *mark),
            Act::Tell { right, .. } => {
                let id = AppointmentCode::id_of(one.id);
                let code =
                    self.club.desk.room.find::<AppointmentCode>(id).map_or("0000".to_owned(), |one| one.code);
                let told = if *right { code } else { other(&code).to_owned() };
                self.club.tell(one, &told);
            }
            Act::Sign { .. } => _ = self.club.sign(one),
            Act::Agree { .. } => {
                self.club.as_member(one.member_id);
                self.run(&AgreeAppointment { appointment_id: one.id }, &());
            }
            Act::Forgive { .. } => {
                let why = WhyForgiven { reason: "ill".to_owned() };
                let command = ForgiveAppointment { member_id: one.member_id, appointment_id: one.id };
                self.run(&command, &why);
            }
            _ => {}
        }
    }

    /// What is taken is what is booked, and no two of it meet.
    fn check_times(&self) -> Result<(), TestCaseError> {
        let taken = self.club.desk.room.find::<CoachDay>(CoachDay::id_of(COACH, day(ON)));
        let mut taken = taken.map(|day| day.taken).unwrap_or_default();
        taken.sort_by_key(|one| one.starts_at);
        prop_assert!(taken.windows(2).all(|two| two[0].ends_at <= two[1].starts_at), "{:?}", taken);
        for one in self.club.all().iter().filter(|one| one.is_booked()) {
            prop_assert!(taken.iter().any(|span| span.appointment_id == one.id));
        }
        Ok(())
    }

    /// What was sold is free, kept or spent; what is kept is kept for somebody's appointment.
    fn check_credits(&self) -> Result<(), TestCaseError> {
        let all = self.club.all();
        for (_, pass) in &self.people {
            let pass: Pass = self.club.desk.room.get(pass.id);
            let count = |how| {
                let mine = all.iter().filter(|one| one.pays.pass_id == pass.id && one.pays.settled == how);
                i64::try_from(mine.count()).unwrap()
            };
            let (kept, free) = self.club.credits(&pass);
            let sold = if pass.reversed_at.is_some() { 0 } else { 3 };
            prop_assert_eq!(kept, count(Settled::Reserved));
            prop_assert_eq!(free + kept + count(Settled::Spent), sold);
            prop_assert_eq!(free, self.club.desk.lines_sum(pass.id.raw(), VISITS));
            prop_assert_eq!(kept, self.club.desk.lines_sum(pass.id.raw(), VISITS_RESERVED));
        }
        Ok(())
    }

    /// A lesson counts for what the member confirmed, and for nothing else.
    fn check_lessons(&self) -> Result<(), TestCaseError> {
        let confirmed = self.club.all().iter().filter(|one| one.is_confirmed()).count();
        prop_assert_eq!(self.club.lessons(), i64::try_from(confirmed).unwrap());
        prop_assert_eq!(self.club.lessons(), self.club.desk.lines_sum(COACH.raw(), LESSONS));
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn times_credits_and_lessons_add_up_whatever_happens(acts in acts()) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
            world.check_times()?;
            world.check_credits()?;
            world.check_lessons()?;
        }
    }

    /// The same word once more, at any time later, changes nothing.
    #[test]
    fn confirming_twice_is_confirming_once(acts in acts()) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
            if matches!(act, Act::Sign { .. } | Act::Agree { .. } | Act::Tell { right: true, .. }) {
                let confirmed: Vec<Appointment> =
                    world.club.all().into_iter().filter(Appointment::is_confirmed).collect();
                let before = (world.club.lessons(), confirmed.clone());
                for one in &confirmed {
                    world.about(one, act);
                }
                let after: Vec<Appointment> =
                    world.club.all().into_iter().filter(Appointment::is_confirmed).collect();
                prop_assert_eq!((world.club.lessons(), after), before);
            }
        }
    }
}
