//! The courts of one day, hour by hour: free, let, taught on, closed. What everybody may know, and no name.

use leptos::prelude::*;
use rollcall_domain::classes::{
    Closure, CourtDay, Days, Hire, HireId, HiredHours, Place, PlaceId, PlaceKind, Session, SessionKey, Taken,
};
use rollcall_domain::kernel::order;
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::kernel::time::Zone;

use super::sessions::{Naming, timetable};
use crate::studio::Studio;
use crate::tr;
use crate::tr::courts as t;
use chrono::NaiveDate;

/// How an hour of a court stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Hour {
    /// Somebody may have it.
    Free,
    /// It is over.
    Past,
    /// Outside of the hours in which the court is open.
    Shut,
    /// Closed for the day, with the reason.
    Closed(String),
    /// A class is taught there.
    Class {
        /// Which session.
        key: SessionKey,
        /// What is taught.
        title: String,
    },
    /// Let.
    Hired {
        /// By which hire.
        hire_id: HireId,
        /// A class that is taught there all the same.
        clash: Option<String>,
    },
}

/// Hours of a court that stand alike. Of those that are free each is by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The first hour: 0..=23.
    pub from: u32,
    /// How many.
    pub hours: u32,
    /// How they stand.
    pub what: Hour,
}

/// One court on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Court {
    /// Which.
    pub place_id: PlaceId,
    /// What it is called.
    pub name: String,
    /// From the first to the last hour of the day's table, without a gap.
    pub cells: Vec<Cell>,
}

impl Court {
    /// How many hours are free from one on.
    #[must_use]
    pub fn free_from(&self, hour: u32) -> u32 {
        let later = self.cells.iter().skip_while(|cell| cell.from < hour);
        let run = later.zip(hour..).take_while(|(cell, at)| cell.what == Hour::Free && cell.from == *at);
        u32::try_from(run.count()).unwrap_or(0)
    }
}

/// All courts of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct CourtsDay {
    /// Which day.
    pub on: NaiveDate,
    /// The first hour of the table.
    pub first: u32,
    /// The hour after the last.
    pub last: u32,
    /// By name.
    pub courts: Vec<Court>,
}

/// The courts that are in use, by name, with the hours they are open. Follows changes.
#[must_use]
pub fn courts(studio: &Studio) -> Vec<(Place, (u32, u32))> {
    let mut all = studio.live().of_kind::<Place>();
    all.retain(|place| place.retired_at.is_none());
    order::by(&mut all, |a, b| (&a.draft.name, a.id).cmp(&(&b.draft.name, b.id)));
    let court = |place: Place| match place.draft.kind {
        PlaceKind::Court { opens, closes } => Some((place, (opens, closes))),
        PlaceKind::Room | PlaceKind::Outdoor { .. } => None,
    };
    all.into_iter().filter_map(court).collect()
}

/// What takes the hours of one court.
struct Taking {
    hired: Vec<HiredHours>,
    /// First hour, hour after the last, which session, what is taught.
    classes: Vec<(u32, u32, SessionKey, String)>,
    closed: Option<String>,
}

/// The hours of one court in a table from `first` to `last`; `is_past` says which are over.
fn cells(
    (first, last): (u32, u32),
    (opens, closes): (u32, u32),
    taking: &Taking,
    is_past: impl Fn(u32) -> bool,
) -> Vec<Cell> {
    let mut all: Vec<Cell> = Vec::new();
    for hour in first..last {
        let hired =
            taking.hired.iter().find(|one| (one.from_hour..one.from_hour + one.hours).contains(&hour));
        let class = taking.classes.iter().find(|(from, to, ..)| (*from..*to).contains(&hour));
        let what = match (hired, class) {
            (Some(hired), class) => {
                Hour::Hired { hire_id: hired.hire_id, clash: class.map(|(.., title)| title.clone()) }
            }
            (None, Some((.., key, title))) => Hour::Class { key: *key, title: title.clone() },
            (None, None) => match &taking.closed {
                Some(name) => Hour::Closed(name.clone()),
                None if hour < opens || hour >= closes => Hour::Shut,
                None if is_past(hour) => Hour::Past,
                None => Hour::Free,
            },
        };
        let alike = |cell: &&mut Cell| match (&cell.what, &what) {
            (Hour::Hired { hire_id: one, .. }, Hour::Hired { hire_id: other, .. }) => one == other,
            (one, other) => one == other && *other != Hour::Free,
        };
        match all.last_mut().filter(alike) {
            Some(cell) => {
                cell.hours += 1;
                if let (Hour::Hired { clash, .. }, Hour::Hired { clash: later, .. }) = (&mut cell.what, what)
                {
                    *clash = clash.take().or(later);
                }
            }
            None => all.push(Cell { from: hour, hours: 1, what }),
        }
    }
    all
}

/// The hours of a day that a session touches.
fn touched(session: &Session, on: NaiveDate, zone: Zone) -> Option<(u32, u32)> {
    let at = |hour: u32| zone.instant(on, hour * 60);
    let mut hours = (0..24).filter(|hour| session.starts_at < at(hour + 1) && session.ends_at > at(*hour));
    let first = hours.next()?;
    Some((first, hours.next_back().unwrap_or(first) + 1))
}

/// The courts of a day. Follows changes.
#[must_use]
pub fn courts_of(studio: &Studio, on: NaiveDate) -> CourtsDay {
    let (zone, live) = (studio.zone(), studio.live());
    let span = Days { first: on.pred_opt().unwrap_or(on), last: on };
    let named = Naming::of(studio, span);
    let sessions = timetable(studio, span).sessions(span, zone);
    let closures = live.of_kind::<Closure>();
    let now = studio.now();
    let taking = |place: &Place| {
        let here = |one: &&Session| one.takes_place() && one.terms.place_id == Some(place.id);
        let class = |one: &Session| {
            let (from, to) = touched(one, on, zone)?;
            Some((from, to, one.key, named.title(one)))
        };
        let shut = closures.iter().find(|one| {
            one.lifted_at.is_none()
                && one.first_on <= on
                && on <= one.last_on
                && (one.places.is_empty() || one.places.contains(&place.id))
        });
        let name = |one: &Closure| one.names.get(tr::lang().tag()).unwrap_or(&one.name).clone();
        Taking {
            hired: live
                .get::<CourtDay>(CourtDay::id_of(place.id, on))
                .map(|day| day.taken)
                .unwrap_or_default(),
            classes: sessions.iter().filter(here).filter_map(class).collect(),
            closed: shut.map(name),
        }
    };
    let all: Vec<(Place, (u32, u32), Taking)> =
        courts(studio).into_iter().map(|(place, open)| (place.clone(), open, taking(&place))).collect();
    let edges = all.iter().flat_map(|(_, (opens, closes), taking)| {
        let hired = taking.hired.iter().map(|one| (one.from_hour, one.from_hour + one.hours));
        let classes = taking.classes.iter().map(|(from, to, ..)| (*from, *to));
        std::iter::once((*opens, *closes)).chain(hired).chain(classes)
    });
    let (first, last) = edges.fold((23, 0), |(low, high), (from, to)| (low.min(from), high.max(to)));
    let is_past = |hour: u32| zone.instant(on, (hour + 1) * 60) <= now;
    let court = |(place, open, taking): (Place, (u32, u32), Taking)| Court {
        place_id: place.id,
        name: place.draft.name,
        cells: cells((first, last), open, &taking, is_past),
    };
    CourtsDay { on, first, last, courts: all.into_iter().map(court).collect() }
}

/// What is let on the days of a span, for the clashes of a timetable. Follows changes.
#[must_use]
pub fn let_hours(studio: &Studio, span: Days) -> Vec<Taken> {
    let zone = studio.zone();
    let days = studio.live().of_kind::<CourtDay>().into_iter().filter(|day| span.has(day.on));
    let of_day = |day: CourtDay| {
        let at = move |hour: u32| zone.instant(day.on, hour * 60);
        let taken = move |one: HiredHours| Taken {
            place_id: day.place_id,
            hire_id: one.hire_id,
            from: at(one.from_hour),
            to: at(one.from_hour + one.hours),
        };
        day.taken.into_iter().map(taken)
    };
    days.flat_map(of_day).collect()
}

/// The honest word for a hire: what this device only asked for is told from what is certain. Follows changes.
#[must_use]
pub fn word(studio: &Studio, hire: &Hire) -> &'static str {
    match (hire.released_at, studio.live().is_pending(Hire::KIND, hire.id.raw())) {
        (Some(_), _) => t::word_given_back(),
        (None, true) => t::word_requested(),
        (None, false) => t::word_booked(),
    }
}

/// The two views of what is on: classes, and courts.
#[component]
pub fn ClassViews() -> impl IntoView {
    let path = leptos_router::hooks::use_location().pathname;
    let link = move |href: &'static str, words: fn() -> &'static str| {
        let here = move || path.with(|path| path == href).then_some("page");
        view! { <a class="views__one" href=href aria-current=here>{words}</a> }
    };
    view! {
        <nav class="views" aria-label=t::views>
            {link("/classes", t::view_classes)}
            {link("/classes/courts", t::view_courts)}
        </nav>
    }
}

#[cfg(test)]
mod tests;
