//! Planning a week and changing it: what moves, what keeps its name, what never comes back.

use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

use super::*;
use crate::calendar::{Freq, Nth};

#[test]
fn a_weekly_class_is_on_its_days() {
    let mut house = House::open();
    house.weekly(&[Tue, Thu]);
    assert_eq!(
        house.told("2026-11-20", "2026-12-05"),
        ["11-24 18:00", "11-26 18:00", "12-01 18:00", "12-03 18:00"]
    );
    let session = &house.sessions("2026-11-24", "2026-11-24")[0];
    assert_eq!(session.ends_at.0 - session.starts_at.0, 3_600_000);
    assert_eq!(session.id(), session.key.id());
}

#[test]
fn this_and_later_move_and_keep_their_names() {
    let mut house = House::open();
    house.weekly(&[Tue]);
    let before: Vec<SessionKey> =
        house.sessions("2026-11-24", "2026-12-22").iter().map(|session| session.key).collect();
    house.onward(before[2], 1, start(19 * 60));
    let told = ["11-24 18:00", "12-01 18:00", "12-09 19:00", "12-16 19:00", "12-23 19:00"];
    assert_eq!(house.told("2026-11-24", "2026-12-23"), told);
    let after: Vec<SessionKey> =
        house.sessions("2026-11-24", "2026-12-23").iter().map(|session| session.key).collect();
    assert_eq!(after, before);
    // And once more, from the middle: the time stays as it was moved.
    house.onward(before[3], -3, taught_by(OTHER));
    let told = ["11-24 18:00", "12-01 18:00", "12-09 19:00", "12-13 19:00", "12-20 19:00"];
    assert_eq!(house.told("2026-11-24", "2026-12-23"), told);
    assert_eq!(house.timetable().session(&before[4], house.zone).unwrap().terms.coaches, [OTHER]);
}

#[test]
fn all_means_from_the_first_to_come() {
    let mut house = House::open();
    let id = house.weekly(&[Tue]);
    house.at("2026-12-01", 18 * 60 + 5);
    let schedule = house.schedule(id);
    let first = house.timetable().first_to_come(&schedule, house.now(), house.zone).unwrap();
    assert_eq!(first.on, day("2026-12-08"));
    house.onward(first.key, 0, start(7 * 60));
    let told = ["11-24 18:00", "12-01 18:00", "12-08 07:00", "12-15 07:00"];
    assert_eq!(house.told("2026-11-24", "2026-12-15"), told);
}

#[test]
fn another_rule_keeps_the_sessions_both_have() {
    let mut house = House::open();
    house.weekly(&[Tue, Thu]);
    let (tuesday, thursday) = (house.key("2026-12-08"), house.key("2026-12-10"));
    let from = house.key("2026-12-01");
    house.repeat(from, Rule::weekly(&[Tue, Sat]));
    assert_eq!(
        house.told("2026-11-24", "2026-12-12"),
        ["11-24 18:00", "11-26 18:00", "12-01 18:00", "12-05 18:00", "12-08 18:00", "12-12 18:00"]
    );
    assert_eq!(house.key("2026-12-08"), tuesday);
    assert_eq!(house.timetable().session(&thursday, house.zone), None);
    // A third rule brings Thursdays again: new sessions, not the ones that were taken away.
    let from = house.key("2026-12-08");
    house.repeat(from, Rule::weekly(&[Tue, Thu]));
    assert_eq!(house.key("2026-12-08"), tuesday);
    assert_ne!(house.key("2026-12-10").id(), thursday.id());
}

#[test]
fn a_moved_session_keeps_its_name_beside_a_new_one_on_its_old_day() {
    let mut house = House::open();
    house.weekly(&[Tue]);
    let tuesday = house.key("2026-12-08");
    house.onward(tuesday, 1, TermsChange::default());
    assert_eq!(house.key("2026-12-09"), tuesday);
    house.repeat(tuesday, Rule::weekly(&[Tue, Wed]));
    assert_eq!(house.told("2026-12-07", "2026-12-16"), ["12-09 18:00", "12-15 18:00", "12-16 18:00"]);
    assert_eq!(house.key("2026-12-09"), tuesday);
    let new = house.key("2026-12-15");
    let old = SessionKey { on: day("2026-12-15"), ..tuesday };
    assert_eq!(house.key("2026-12-16"), old);
    assert_ne!(new.id(), old.id());
    // Two rules later both are still told apart.
    house.repeat(new, Rule { interval: 2, ..Rule::weekly(&[Tue, Wed]) });
    assert_eq!((house.key("2026-12-15"), house.key("2026-12-16")), (new, old));
    assert_eq!(
        house.told("2026-12-14", "2026-12-30"),
        ["12-15 18:00", "12-16 18:00", "12-29 18:00", "12-30 18:00"]
    );
}

#[test]
fn a_rule_planned_ahead_can_be_overruled_from_an_earlier_day() {
    let mut house = House::open();
    house.weekly(&[Tue]);
    let (early, late) = (house.key("2026-12-08"), house.key("2027-01-05"));
    house.repeat(late, Rule::weekly(&[Tue, Fri]));
    let friday = house.key("2027-01-08");
    house.repeat(early, Rule::weekly(&[Mon, Fri]));
    assert_eq!(house.told("2026-12-07", "2026-12-18"), ["12-11 18:00", "12-14 18:00", "12-18 18:00"]);
    // The Friday that had been planned under the rule in between is still the same session.
    assert_eq!(house.key("2027-01-08"), friday);
}

#[test]
fn a_deleted_date_never_comes_back() {
    let mut house = House::open();
    house.weekly(&[Tue]);
    let (gone, next) = (house.key("2026-12-08"), house.key("2026-12-15"));
    house.delete(gone);
    let told = ["12-01 18:00", "12-15 18:00"];
    assert_eq!(house.told("2026-12-01", "2026-12-15"), told);
    // Not by another time, not by another rule, not when the schedule comes over that day from elsewhere.
    let first = house.key("2026-11-24");
    house.onward(first, 0, start(12 * 60));
    house.repeat(first, Rule::every(Freq::Daily));
    assert!(!house.told("2026-12-01", "2026-12-15").iter().any(|one| one.starts_with("12-08")));
    assert_eq!(house.key("2026-12-15"), next);
    let second = house.key("2026-11-25");
    house.onward(second, 1, TermsChange::default());
    assert!(!house.told("2026-12-01", "2026-12-15").iter().any(|one| one.starts_with("12-08")));
    assert_eq!(house.timetable().session(&gone, house.zone), None);
}

#[test]
fn what_was_said_of_one_session_outlives_changes_of_all() {
    let mut house = House::open();
    house.weekly(&[Tue]);
    let (first, one) = (house.key("2026-11-24"), house.key("2026-12-08"));
    let change =
        ChangeSession { key: one, seen_revision: 0, on: Some(day("2026-12-10")), terms: taught_by(OTHER) };
    house.room.granted(&change, &());
    assert_eq!(house.told("2026-12-05", "2026-12-12"), ["12-10 18:00"]);
    house.onward(first, 2, start(20 * 60));
    let session = house.timetable().session(&one, house.zone).unwrap();
    assert_eq!((session.on, session.terms.start_minute), (day("2026-12-10"), 20 * 60));
    assert_eq!((session.terms.coaches, session.revision), (vec![OTHER], 1));
    // Found on the day it was moved to, also where the week it came from is not asked for.
    assert_eq!(house.key("2026-12-10"), one);
    // And once more.
    let again = ChangeSession { key: one, seen_revision: 1, on: None, terms: start(6 * 60) };
    house.room.granted(&again, &());
    assert_eq!(house.told("2026-12-10", "2026-12-10"), ["12-10 06:00"]);
}

#[test]
fn called_off_stays_in_sight_and_an_added_session_is_one_more() {
    let mut house = House::open();
    let schedule_id = house.weekly(&[Tue]);
    let key = house.key("2026-12-01");
    let off = CallOffSession { key, seen_revision: 0, why: " Rain ".to_owned() };
    house.room.granted(&off, &());
    let session = &house.sessions("2026-12-01", "2026-12-01")[0];
    assert_eq!(session.standing, Standing::CalledOff { why: "Rain".to_owned() });
    let add = AddSession { schedule_id, on: day("2026-12-05"), terms: start(10 * 60) };
    house.room.granted(&add, &());
    assert_eq!(house.told("2026-12-01", "2026-12-08"), ["12-05 10:00", "12-08 18:00"]);
    let added = house.key("2026-12-05");
    // A rule that comes over the day leaves it to the session that is there.
    let first = house.key("2026-11-24");
    house.repeat(first, Rule::weekly(&[Tue, Sat]));
    assert_eq!(house.key("2026-12-05"), added);
    assert_eq!(house.told("2026-12-05", "2026-12-05"), ["12-05 10:00"]);
    house.delete(added);
    assert_eq!(house.told("2026-12-05", "2026-12-12"), ["12-08 18:00", "12-12 18:00"]);
}

#[test]
fn a_schedule_ends_and_what_was_before_stays() {
    let mut house = House::open();
    let id = house.weekly(&[Tue]);
    let from = house.key("2026-12-08");
    house.room.granted(&EndSchedule { from, seen_revision: 1 }, &());
    assert_eq!(house.told("2026-11-24", "2027-03-01"), ["11-24 18:00", "12-01 18:00"]);
    let after = house.schedule(id);
    assert_eq!(after.last_on(), Some(day("2026-12-08")));
    assert_eq!(house.timetable().session(&from, house.zone), None);
}

#[test]
fn rules_end_where_they_say() {
    let mut house = House::open();
    house.plan("2026-11-23", terms(540), Some("FREQ=WEEKLY;BYDAY=MO,SU;COUNT=3".parse().unwrap()));
    assert_eq!(house.told("2026-11-01", "2027-11-01"), ["11-23 09:00", "11-29 09:00", "11-30 09:00"]);
    house.plan("2027-01-31", terms(540), Some("FREQ=MONTHLY;UNTIL=20270531".parse().unwrap()));
    assert_eq!(house.told("2027-01-01", "2027-12-31"), ["01-31 09:00", "03-31 09:00", "05-31 09:00"]);
    house.plan("2028-02-29", terms(540), None);
    assert_eq!(house.told("2028-01-01", "2029-12-31"), ["02-29 09:00"]);
    let _ = Sun;
}

#[test]
fn a_closure_removes_what_begins_on_its_days_and_gives_it_back() {
    let mut house = House::open();
    let tuesdays = house.weekly(&[Tue]);
    let other = Terms { place_id: Some(PARK), ..terms(7 * 60) };
    let park = house.plan("2026-11-24", other, Some(Rule::weekly(&[Tue])));
    let holiday = |places: &[PlaceId], kept: &[ScheduleId]| DeclareClosure {
        name: "New Year".to_owned(),
        names: [].into(),
        first_on: day("2026-12-29"),
        last_on: day("2027-01-05"),
        places: places.to_vec(),
        kept: kept.to_vec(),
    };
    house.room.granted(&holiday(&[], &[park]), &());
    let closure_id = ClosureId(house.room.changes[0].id);
    assert_eq!(
        house.told("2026-12-25", "2027-01-12"),
        ["12-29 07:00", "01-05 07:00", "01-12 07:00", "01-12 18:00"]
    );
    let closed = house.sessions("2026-12-29", "2026-12-29");
    assert_eq!(closed[1].standing, Standing::Closed { closure_id });
    // Lifted in the middle: what has not begun is back.
    house.at("2027-01-02", 0);
    house.room.granted(&LiftClosure { closure_id }, &());
    assert_eq!(house.told("2026-12-25", "2027-01-05"), ["12-29 07:00", "01-05 07:00", "01-05 18:00"]);
    house.at("2026-12-01", 0);
    house.room.granted(&holiday(&[PARK], &[]), &());
    assert_eq!(house.told("2027-01-05", "2027-01-05"), ["01-05 18:00"]);
    let _ = tuesdays;
}

#[test]
fn clashes_of_coach_room_and_court_are_shown() {
    let mut house = House::open();
    house.weekly(&[Tue]);
    let half_past = Terms { place_id: Some(PARK), ..terms(18 * 60 + 30) };
    house.plan("2026-11-24", half_past.clone(), None);
    house.plan("2026-11-24", Terms { coaches: vec![OTHER], ..half_past.clone() }, None);
    house.plan("2026-11-24", Terms { coaches: vec![], ..terms(19 * 60) }, None);
    let on_court = Terms { place_id: Some(COURT), coaches: vec![], ..terms(21 * 60) };
    house.plan("2026-11-24", on_court, None);
    let sessions = house.sessions("2026-11-24", "2026-11-24");
    let hire_id = HireId(Uuid::from_u128(9));
    let at = |hour: u32| house.zone.instant(day("2026-11-24"), hour * 60);
    let hires = [
        Taken { place_id: COURT, hire_id, from: at(20), to: at(21) },
        Taken { place_id: COURT, hire_id, from: at(20), to: at(22) },
    ];
    let found = clashes(&sessions, &hires, |place| place != PARK);
    let told: Vec<(Side, Side, Over)> = found.iter().map(|one| (one.first, one.second, one.over)).collect();
    use clash::Side::{Hire, Session};
    // Two begin at once: which of them comes first is a matter of their ids.
    let in_park = |one: &super::Session| one.terms.place_id == Some(PARK) && one.terms.coaches == [COACH];
    let with_lin = sessions.iter().position(in_park).unwrap();
    assert_eq!(
        told,
        [
            // Lin is in the hall until 19:00; the park holds several; the hall is free at 19:00 sharp.
            (Session(0), Session(with_lin), Over::Coach(COACH)),
            (Hire(hire_id), Hire(hire_id), Over::Place(COURT)),
            (Hire(hire_id), Session(4), Over::Place(COURT)),
        ]
    );
}

#[test]
fn who_booked_is_shown_before_anything_changes() {
    let mut house = House::open();
    let id = house.weekly(&[Tue, Thu]);
    let (tuesday, thursday) = (house.key("2026-12-01"), house.key("2026-12-03"));
    let far = house.key("2026-12-10");
    let booked = [(tuesday, "An"), (thursday, "Bo"), (far, "Cy")];
    let days = Days { first: day("2026-11-24"), last: day("2026-12-31") };
    let before = house.timetable();
    let list = |after: &Timetable| {
        let found = touched(
            &before.sessions(days, house.zone),
            &after.sessions(days, house.zone),
            &booked,
            house.now(),
        );
        found.into_iter().map(|one| (one.who, one.effects)).collect::<Vec<_>>()
    };
    let command = RepeatSchedule {
        from: tuesday,
        seen_revision: 1,
        rule: Rule::weekly(&[Tue]),
        terms: taught_by(OTHER),
    };
    let after = command.applied(&house.schedule(id), house.now(), house.zone).unwrap();
    assert_eq!(
        list(&before.with(after)),
        [("An", vec![Effect::OtherCoach]), ("Bo", vec![Effect::Gone]), ("Cy", vec![Effect::Gone])]
    );
    let command = ChangeSchedule { from: thursday, seen_revision: 1, move_days: 0, terms: start(19 * 60) };
    let after = command.applied(&house.schedule(id), house.now(), house.zone).unwrap();
    let at = |on: &str| house.zone.instant(day(on), 19 * 60);
    assert_eq!(
        list(&before.with(after)),
        [
            ("Bo", vec![Effect::Moved { to: at("2026-12-03") }]),
            ("Cy", vec![Effect::Moved { to: at("2026-12-10") }])
        ]
    );
    let off = ChangeSession {
        key: far,
        seen_revision: 0,
        on: None,
        terms: TermsChange { capacity: Some(3), ..start(18 * 60) },
    };
    let session = before.session(&far, house.zone).unwrap();
    assert_eq!(list(&before.with_change(off.applied(None, &session))), [("Cy", vec![Effect::FewerSeats])]);
}

#[test]
fn another_date_is_there_when_its_schedule_is_over() {
    let mut house = House::open();
    let once = house.plan("2026-11-24", terms(540), None);
    house.room.granted(&add(once, "2027-01-09"), &());
    let session = house.key("2027-01-09");
    // Found in its own week as a screen or a calendar asks for it, and gone from there once it is moved.
    assert_eq!(house.shown("2027-01-04", "2027-01-10"), ["01-09 09:00"]);
    let on = Some(day("2027-01-15"));
    let change = ChangeSession { key: session, seen_revision: 1, on, terms: TermsChange::default() };
    house.room.granted(&change, &());
    assert!(house.shown("2027-01-04", "2027-01-10").is_empty());
    assert_eq!(house.shown("2027-01-11", "2027-01-17"), ["01-15 09:00"]);
    // So is one that its rule made, where somebody moved it past the end.
    let key = house.key("2026-11-24");
    let on = Some(day("2026-12-12"));
    let change = ChangeSession { key, seen_revision: 0, on, terms: TermsChange::default() };
    house.room.granted(&change, &());
    assert_eq!(house.shown("2026-12-07", "2026-12-13"), ["12-12 09:00"]);
}

#[test]
fn another_date_leaves_alone_the_one_that_was_moved_away() {
    let mut house = House::open();
    let id = house.weekly(&[Tue]);
    house.room.granted(&add(id, "2026-12-05"), &());
    let moved = house.key("2026-12-05");
    let on = Some(day("2026-12-06"));
    let change = ChangeSession { key: moved, seen_revision: 1, on, terms: TermsChange::default() };
    house.room.granted(&change, &());
    house.room.granted(&add(id, "2026-12-05"), &());
    assert_eq!(house.told("2026-12-05", "2026-12-06"), ["12-05 18:00", "12-06 18:00"]);
    assert_eq!(house.key("2026-12-06"), moved);
    assert_ne!(house.key("2026-12-05").id(), moved.id());
}

#[test]
fn all_begins_with_a_session_of_the_rule() {
    let mut house = House::open();
    let id = house.weekly(&[Tue]);
    house.room.granted(&add(id, "2026-11-23"), &());
    let first = house.timetable().first_to_come(&house.schedule(id), house.now(), house.zone).unwrap();
    assert_eq!((first.on, first.key.is_added()), (day("2026-11-24"), false));
    // Also where the first one was moved behind the second.
    let on = Some(day("2026-12-03"));
    let change = ChangeSession { key: first.key, seen_revision: 0, on, terms: TermsChange::default() };
    house.room.granted(&change, &());
    let again = house.timetable().first_to_come(&house.schedule(id), house.now(), house.zone).unwrap();
    assert_eq!(again.key, first.key);
}

#[test]
fn a_session_says_how_it_repeats() {
    let mut house = House::open();
    let id = house.weekly(&[Tue]);
    house.room.granted(&add(id, "2026-12-05"), &());
    let (early, from) = (house.key("2026-11-24"), house.key("2026-12-08"));
    let weekly = |schedule: &Schedule, key: &SessionKey| {
        schedule.repeating(key).map(|one| (one.rule.by_day.clone(), one.moved_days, one.last_on))
    };
    let (tue, fri) = (vec![Nth::every(Tue)], vec![Nth::every(Tue), Nth::every(Fri)]);
    assert_eq!(weekly(&house.schedule(id), &early), Some((tue.clone(), 0, None)));
    house.repeat(from, Rule::weekly(&[Tue, Fri]));
    house.onward(from, 1, TermsChange::default());
    let after = house.schedule(id);
    assert_eq!(weekly(&after, &early), Some((tue, 0, Some(day("2026-12-07")))));
    assert_eq!(weekly(&after, &from), Some((fri, 1, None)));
    assert_eq!(weekly(&after, &house.key("2026-12-05")), None);
    let once = house.plan("2026-11-25", terms(540), None);
    let key = house.sessions("2026-11-25", "2026-11-25")[0].key;
    assert_eq!((key.schedule_id, house.schedule(once).repeating(&key)), (once, None));
}

#[test]
fn a_class_never_needs_more_people_than_it_has_seats() {
    let few = |people_min| Terms { people_min, ..terms(600) };
    let seats = |capacity| TermsChange { capacity: Some(capacity), ..TermsChange::default() };
    assert_eq!(seats(3).applied(&few(5)).people_min, 3);
    assert_eq!(seats(8).applied(&few(5)).people_min, 5);
    let any = TermsChange { people_min: Some(0), ..seats(8) };
    assert_eq!(any.applied(&few(5)).people_min, 0);
    assert_eq!(
        seats(8).then(&TermsChange { people_min: Some(2), ..seats(3) }).applied(&few(5)).people_min,
        2
    );
}
