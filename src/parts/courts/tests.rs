use rollcall_domain::classes::ScheduleId;
use rollcall_domain::kernel::ids::Uuid;

use super::*;

fn hire(n: u128, from_hour: u32, hours: u32) -> HiredHours {
    HiredHours { hire_id: HireId(Uuid::from_u128(n)), from_hour, hours }
}

fn taking(hired: Vec<HiredHours>, classes: &[(u32, u32)], closed: Option<&str>) -> Taking {
    let key = SessionKey {
        schedule_id: ScheduleId::default(),
        on: "2026-11-24".parse().unwrap(),
        start_minute: 0,
        pattern: 0,
    };
    let class = |(from, to): &(u32, u32)| (*from, *to, key, "Tennis".to_owned());
    Taking { hired, classes: classes.iter().map(class).collect(), closed: closed.map(str::to_owned) }
}

fn told(all: &[Cell]) -> Vec<String> {
    let word = |what: &Hour| match what {
        Hour::Free => "free".to_owned(),
        Hour::Past => "past".to_owned(),
        Hour::Shut => "shut".to_owned(),
        Hour::Closed(name) => name.clone(),
        Hour::Class { title, .. } => title.clone(),
        Hour::Hired { clash: None, .. } => "hired".to_owned(),
        Hour::Hired { clash: Some(title), .. } => format!("hired, {title}"),
    };
    all.iter().map(|cell| format!("{}+{} {}", cell.from, cell.hours, word(&cell.what))).collect()
}

#[test]
fn every_hour_is_in_exactly_one_cell_and_free_ones_are_by_themselves() {
    let all = cells((7, 14), (8, 13), &taking(vec![hire(1, 10, 2)], &[(12, 13)], None), |hour| hour < 9);
    assert_eq!(told(&all), ["7+1 shut", "8+1 past", "9+1 free", "10+2 hired", "12+1 Tennis", "13+1 shut"]);
}

#[test]
fn two_hires_beside_each_other_are_two_and_a_class_on_one_is_said() {
    let all =
        cells((8, 12), (8, 12), &taking(vec![hire(1, 8, 2), hire(2, 10, 1)], &[(9, 10)], None), |_| false);
    assert_eq!(told(&all), ["8+2 hired, Tennis", "10+1 hired", "11+1 free"]);
}

#[test]
fn a_closed_day_shows_what_was_let_before() {
    let all = cells((8, 12), (8, 12), &taking(vec![hire(1, 9, 1)], &[], Some("Repairs")), |_| false);
    assert_eq!(told(&all), ["8+1 Repairs", "9+1 hired", "10+2 Repairs"]);
}

#[test]
fn so_many_hours_are_free_from_one_on() {
    let cells = cells((8, 13), (8, 13), &taking(vec![hire(1, 11, 1)], &[], None), |_| false);
    let court = Court { place_id: PlaceId::default(), name: String::new(), cells };
    assert_eq!([8, 10, 11, 12].map(|hour| court.free_from(hour)), [3, 1, 0, 1]);
}
