//! Sessions of the timetable in words, as several screens show them: what is taught, by whom, where, and how many seats.
//!
//! It must never know who booked.

use std::collections::BTreeMap;

use rollcall_domain::bookings::Seats;
use rollcall_domain::classes::{
    ClassType, ClassTypeId, Closure, ClosureId, Coach, Days, MOVED_DAYS_MAX, MapPoint, Place, PlaceId,
    Schedule, Session, SessionChange, SessionKey, Standing, Timetable,
};
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::PersonId;

use crate::studio::Studio;
use crate::tr::classes as t;
use crate::{fmt, tr};

/// The words for what a session only names.
pub struct Naming {
    classes: BTreeMap<ClassTypeId, ClassType>,
    places: BTreeMap<PlaceId, Place>,
    coaches: BTreeMap<PersonId, String>,
    closures: BTreeMap<ClosureId, Closure>,
}

impl Naming {
    /// For the sessions of a span. Follows changes.
    #[must_use]
    pub fn of(studio: &Studio, span: Days) -> Self {
        let live = studio.live();
        let [_, _, _, closures]: [Want; 4] = Timetable::wants(span);
        Self {
            classes: live.of_kind::<ClassType>().into_iter().map(|one| (one.id, one)).collect(),
            places: live.of_kind::<Place>().into_iter().map(|one| (one.id, one)).collect(),
            coaches: live.of_kind::<Coach>().into_iter().map(|one| (one.id, one.name)).collect(),
            closures: live.all::<Closure>(&closures).into_iter().map(|one| (one.id, one)).collect(),
        }
    }

    /// What is taught, in the reader's language.
    #[must_use]
    pub fn title(&self, session: &Session) -> String {
        let class = self.classes.get(&session.terms.class_type_id);
        class.map(|class| class.name_in(tr::lang().tag()).to_owned()).unwrap_or_default()
    }

    /// Its colour in the week.
    #[must_use]
    pub fn colour(&self, session: &Session) -> u8 {
        self.classes.get(&session.terms.class_type_id).map_or(0, |class| class.draft.colour)
    }

    /// Who teaches; empty while nobody does.
    #[must_use]
    pub fn coaches(&self, session: &Session) -> String {
        let names = session.terms.coaches.iter().filter_map(|coach| self.coaches.get(coach).cloned());
        fmt::list(&names.collect::<Vec<_>>())
    }

    /// Where; nothing while that is not said.
    #[must_use]
    pub fn place(&self, session: &Session) -> Option<String> {
        session.terms.place_id.and_then(|id| self.place_of(id)).map(|place| place.draft.name.clone())
    }

    /// Where that is on the map; nothing while nobody said so.
    #[must_use]
    pub fn point(&self, session: &Session) -> Option<MapPoint> {
        session.terms.place_id.and_then(|id| self.place_of(id)).and_then(Place::point)
    }

    /// A place.
    #[must_use]
    pub fn place_of(&self, id: PlaceId) -> Option<&Place> {
        self.places.get(&id)
    }

    /// A coach's name.
    #[must_use]
    pub fn coach(&self, id: PersonId) -> Option<&str> {
        self.coaches.get(&id).map(String::as_str)
    }

    /// Why it does not take place, if it does not.
    #[must_use]
    pub fn off(&self, session: &Session) -> Option<String> {
        match &session.standing {
            Standing::Planned => None,
            Standing::CalledOff { why } if why.is_empty() => Some(t::called_off().to_owned()),
            Standing::CalledOff { why } => Some(t::called_off_why(why)),
            Standing::Closed { closure_id } => {
                let closure = self.closures.get(closure_id);
                let name = closure.map(|one| one.names.get(tr::lang().tag()).unwrap_or(&one.name).clone());
                Some(t::closed_why(name.unwrap_or_default()))
            }
        }
    }
}

/// What is known of the days of a span. Follows changes.
#[must_use]
pub fn timetable(studio: &Studio, span: Days) -> Timetable {
    let live = studio.live();
    let [schedules, planned, moved, closures] = Timetable::wants(span);
    let mut changes: Vec<SessionChange> = live.all(&planned);
    changes.extend(live.all::<SessionChange>(&moved));
    let closed: Vec<Closure> = live.all(&closures);
    let read = |want: &Want| live.all::<Schedule>(want);
    Timetable::with_outlived(span, live.all(&schedules), changes, closed, read)
}

/// A session by its name; nothing where there is none, or it was deleted. Follows changes.
#[must_use]
pub fn session(studio: &Studio, key: SessionKey) -> Option<Session> {
    let days = chrono::Duration::days(i64::from(MOVED_DAYS_MAX));
    let (first, last) = (key.on.checked_sub_signed(days), key.on.checked_add_signed(days));
    let span = Days { first: first.unwrap_or(key.on), last: last.unwrap_or(key.on) };
    timetable(studio, span).session(&key, studio.zone())
}

/// What everybody may count; nothing before the first booking. Follows changes.
#[must_use]
pub fn seats(studio: &Studio, key: SessionKey) -> Option<Seats> {
    studio.live().get::<Seats>(key.id().raw())
}

/// What is taught in a session and when it begins, as far as this device knows. Follows changes.
#[must_use]
pub fn named(studio: &Studio, key: SessionKey) -> (Option<String>, Timestamp) {
    let live = studio.live();
    let seats = seats(studio, key);
    let schedule = || live.get::<Schedule>(key.schedule_id.raw()).map(|one| one.patterns);
    let planned = || Some(schedule()?.last()?.stretches.last()?.terms.class_type_id);
    let class = seats.as_ref().map(|seats| seats.class_type_id).or_else(planned);
    let title = class.and_then(|id| live.get::<ClassType>(id.raw()));
    let starts_at =
        seats.map_or_else(|| studio.zone().instant(key.on, key.start_minute), |seats| seats.starts_at);
    (title.map(|class| class.name_in(tr::lang().tag()).to_owned()), starts_at)
}
