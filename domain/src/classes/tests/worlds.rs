//! Any changes in any order: names are told apart, the past stays, what was deleted does not come back.

use std::collections::BTreeSet;

use chrono::Weekday;
use proptest::prelude::*;

use super::*;
use crate::calendar::Freq;

/// Something somebody does.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Onward { which: usize, move_days: i32, start: u32 },
    Repeat { which: usize, days: Vec<Weekday>, interval: u32 },
    Monthly { which: usize },
    Delete { which: usize },
    CallOff { which: usize },
    Move { which: usize, by: i32 },
    Add { ahead: u32 },
    Wait { days: u32 },
}

pub(super) fn weekdays() -> impl Strategy<Value = Vec<Weekday>> {
    let all = vec![
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];
    prop::sample::subsequence(all, 1..4)
}

pub(super) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let which = 0..12_usize;
    let act = prop_oneof![
        (which.clone(), -4..5_i32, 360..1_200_u32).prop_map(|(which, move_days, start)| Act::Onward {
            which,
            move_days,
            start
        }),
        (which.clone(), weekdays(), 1..3_u32).prop_map(|(which, days, interval)| Act::Repeat {
            which,
            days,
            interval
        }),
        which.clone().prop_map(|which| Act::Monthly { which }),
        which.clone().prop_map(|which| Act::Delete { which }),
        which.clone().prop_map(|which| Act::CallOff { which }),
        (which, -3..4_i32).prop_map(|(which, by)| Act::Move { which, by }),
        (1..40_u32).prop_map(|ahead| Act::Add { ahead }),
        (1..9_u32).prop_map(|days| Act::Wait { days }),
    ];
    prop::collection::vec(act, 1..14)
}

/// A schedule that acts are done to; refused ones change nothing.
struct World {
    timetable: Timetable,
    id: ScheduleId,
    now: Timestamp,
    zone: Zone,
    deleted: BTreeSet<NaiveDate>,
    gone: BTreeSet<SessionKey>,
}

impl World {
    fn new(days: &[Weekday]) -> Self {
        let zone = Zone::named("America/New_York").unwrap();
        let now = zone.instant(day("2026-10-01"), 600);
        let plan =
            PlanSchedule { terms: terms(1_080), first_on: day("2026-10-02"), rule: Some(Rule::weekly(days)) };
        let id = ScheduleId(Uuid::from_u128(1));
        let schedule = plan.schedule(id, now).unwrap();
        let timetable = Timetable::of(vec![schedule], [], Vec::new());
        Self { timetable, id, now, zone, deleted: BTreeSet::new(), gone: BTreeSet::new() }
    }

    fn schedule(&self) -> Schedule {
        self.timetable.schedules()[0].clone()
    }

    fn span(&self) -> Days {
        Days { first: day("2026-09-01"), last: day("2027-06-30") }
    }

    fn sessions(&self) -> Vec<Session> {
        self.timetable.sessions(self.span(), self.zone)
    }

    fn coming(&self, which: usize) -> Option<Session> {
        self.sessions().into_iter().filter(|session| !session.has_begun(self.now)).nth(which)
    }

    fn act(&mut self, act: &Act) -> Option<()> {
        let (schedule, now, zone) = (self.schedule(), self.now, self.zone);
        match act {
            Act::Onward { which, move_days, start: minute } => {
                let from = self.coming(*which)?.key;
                let command =
                    ChangeSchedule { from, seen_revision: 0, move_days: *move_days, terms: start(*minute) };
                self.timetable = self.timetable.with(command.applied(&schedule, now, zone).ok()?);
            }
            Act::Repeat { which, days, interval } => {
                let rule = Rule { interval: *interval, ..Rule::weekly(days) };
                self.repeat(*which, rule)?;
            }
            Act::Monthly { which } => self.repeat(*which, Rule::every(Freq::Monthly))?,
            Act::Delete { which } => self.settle(*which, |_, from| State::Deleted { from })?,
            Act::CallOff { which } => {
                self.settle(*which, |_, _| State::CalledOff { why: String::new() })?;
            }
            Act::Move { which, by } => {
                let session = self.coming(*which)?;
                let on = Some(session::shifted(session.on, *by));
                let command =
                    ChangeSession { key: session.key, seen_revision: 0, on, terms: TermsChange::default() };
                let after = self
                    .timetable
                    .with_change(command.applied(self.timetable.change(&session.key), &session));
                after.session(&session.key, zone).filter(|session| !session.has_begun(now))?;
                self.timetable = after;
            }
            Act::Add { ahead } => self.add(*ahead)?,
            Act::Wait { days } => self.now = self.now.plus_ms(i64::from(*days) * Timestamp::DAY_MS),
        }
        Some(())
    }

    fn repeat(&mut self, which: usize, rule: Rule) -> Option<()> {
        let from = self.coming(which)?.key;
        let command = RepeatSchedule { from, seen_revision: 0, rule, terms: TermsChange::default() };
        self.timetable = self.timetable.with(command.applied(&self.schedule(), self.now, self.zone).ok()?);
        Some(())
    }

    fn settle(&mut self, which: usize, state: impl Fn(&Session, NaiveDate) -> State) -> Option<()> {
        let session = self.coming(which)?;
        let schedule = self.schedule();
        let given = schedule.given_of(&session.key).and_then(|given| schedule.terms(given));
        let from = given.map_or(session.key.on, |(on, _)| on);
        let before = self.timetable.change(&session.key).cloned();
        let before = before.unwrap_or_else(|| change_session::nothing(session.key));
        let state = state(&session, from);
        if matches!(state, State::Deleted { .. }) {
            self.deleted.insert(from);
            self.gone.insert(session.key);
        }
        self.timetable = self.timetable.with_change(SessionChange { state, ..before });
        Some(())
    }

    fn add(&mut self, ahead: u32) -> Option<()> {
        let on = crate::kernel::time::plus_days(self.zone.day(self.now), ahead);
        let that_day = self.timetable.sessions_of(&self.schedule(), Days { first: on, last: on }, self.zone);
        if !that_day.is_empty() || self.deleted.contains(&on) {
            return None;
        }
        let key = SessionKey { schedule_id: self.id, on, start_minute: 700, pattern: session::ADDED };
        let different = Different { on: None, terms: start(700) };
        let nothing = change_session::nothing(key);
        let rules = u8::try_from(self.schedule().patterns.len()).unwrap();
        self.timetable = self.timetable.with_change(SessionChange { different, rules, ..nothing });
        Some(())
    }

    fn check(&self, before: &[Session]) -> Result<(), TestCaseError> {
        let after = self.sessions();
        let mut names = BTreeSet::new();
        for session in &after {
            prop_assert!(names.insert(session.key), "one name twice: {:?}", session.key);
            let again = self.timetable.session(&session.key, self.zone);
            prop_assert_eq!(again.as_ref(), Some(session), "found by its name as it is in the list");
            prop_assert!(!self.gone.contains(&session.key), "deleted and back: {:?}", session.key);
            let by_hand = self.timetable.change(&session.key).is_some();
            prop_assert!(
                by_hand || !self.deleted.contains(&session.on),
                "a deleted date is filled: {}",
                session.on
            );
        }
        for old in before.iter().filter(|session| session.has_begun(self.now)) {
            let new = after.iter().find(|session| session.key == old.key);
            prop_assert_eq!(new, Some(old), "the past changed");
        }
        let old: BTreeSet<SessionKey> =
            before.iter().filter(|session| session.has_begun(self.now)).map(|session| session.key).collect();
        for new in after.iter().filter(|session| session.has_begun(self.now)) {
            prop_assert!(old.contains(&new.key), "something new in the past: {}", new.on);
        }
        Ok(())
    }
}

/// A timetable after acts, its zone and what time it is there.
pub(super) fn lived_in(days: &[Weekday], acts: &[Act]) -> (Timetable, Zone, Timestamp) {
    let mut world = World::new(days);
    acts.iter().for_each(|act| _ = world.act(act));
    (world.timetable, world.zone, world.now)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn names_last_the_past_stays_and_nothing_deleted_comes_back(days in weekdays(), acts in acts()) {
        let mut world = World::new(&days);
        for act in &acts {
            let before = world.sessions();
            let kept: Vec<SessionKey> = before.iter().map(|session| session.key).collect();
            let done = world.act(act);
            world.check(&before)?;
            if let (Act::Onward { .. }, Some(())) = (act, done) {
                // Whoever booked stays booked: moving all later sessions loses none, but for those that would come to
                // stand on a day from which one was deleted.
                let schedule = world.schedule();
                let lands = |key: &SessionKey| Some(schedule.terms(schedule.given_of(key)?)?.0);
                for key in kept.iter().filter(|key| lands(key).is_none_or(|on| !world.deleted.contains(&on))) {
                    prop_assert!(world.timetable.session(key, world.zone).is_some(), "{key:?}");
                }
            }
        }
    }

    #[test]
    fn a_week_is_the_same_alone_and_as_a_part_of_a_year(days in weekdays(), acts in acts(), week in 0..40_u32) {
        let mut world = World::new(&days);
        acts.iter().for_each(|act| _ = world.act(act));
        let first = crate::kernel::time::plus_days(day("2026-09-07"), week * 7);
        let days = Days { first, last: crate::kernel::time::plus_days(first, 6) };
        let alone = world.timetable.sessions(days, world.zone);
        let part: Vec<Session> = world.sessions().into_iter().filter(|session| days.has(session.on)).collect();
        prop_assert_eq!(alone, part);
    }
}
