//! The timetable as several screens read it: which sessions there are, and the words for what they only name.

use std::collections::BTreeMap;

use rollcall_domain::classes::{
    ClassType, ClassTypeId, Closure, ClosureId, Coach, Days, MOVED_DAYS_MAX, Over, Place, PlaceId, Schedule,
    Session, SessionChange, SessionKey, Standing, Timetable,
};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::PersonId;

use crate::studio::Studio;
use crate::tr::Lang;
use crate::{fmt, tr};

/// What is known of the days of a span. Follows changes.
#[must_use]
pub fn timetable(studio: &Studio, span: Days) -> Timetable {
    let live = studio.live();
    let [schedules, planned, moved, closures] = Timetable::wants(span);
    let changes: Vec<SessionChange> = live.all(&planned);
    let moved: Vec<SessionChange> = live.all(&moved);
    let closed: Vec<Closure> = live.all(&closures);
    Timetable::of(live.all::<Schedule>(&schedules), changes.into_iter().chain(moved), closed)
}

/// The days between which a session can be that was first planned for a day.
#[must_use]
pub fn around(key: SessionKey) -> Days {
    let days = chrono::Duration::days(i64::from(MOVED_DAYS_MAX));
    let (first, last) = (key.on.checked_sub_signed(days), key.on.checked_add_signed(days));
    Days { first: first.unwrap_or(key.on), last: last.unwrap_or(key.on) }
}

/// A session by its name; nothing where there is none, or it was deleted. Follows changes.
#[must_use]
pub fn session(studio: &Studio, key: SessionKey) -> Option<Session> {
    timetable(studio, around(key)).session(&key, studio.zone())
}

/// The words for what a session only names.
#[derive(Debug)]
pub struct Named {
    classes: BTreeMap<ClassTypeId, ClassType>,
    places: BTreeMap<PlaceId, Place>,
    coaches: BTreeMap<PersonId, String>,
    closures: BTreeMap<ClosureId, Closure>,
}

impl Named {
    /// What is needed for the days of a span. Follows changes.
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

    /// True for a place that holds one class at a time.
    #[must_use]
    pub fn holds_one(&self, place: PlaceId) -> bool {
        self.places.get(&place).is_some_and(Place::holds_one)
    }

    /// What two sessions both need.
    #[must_use]
    pub fn over(&self, over: Over) -> String {
        let name = match over {
            Over::Coach(coach) => self.coaches.get(&coach).cloned(),
            Over::Place(place) => self.places.get(&place).map(|place| place.draft.name.clone()),
        };
        name.unwrap_or_default()
    }

    /// Why a session does not take place, if it does not.
    #[must_use]
    pub fn off(&self, session: &Session) -> Option<String> {
        match &session.standing {
            Standing::Planned => None,
            Standing::CalledOff { why } if why.is_empty() => Some(tr::classes::called_off().to_owned()),
            Standing::CalledOff { why } => Some(tr::classes::called_off_why(why)),
            Standing::Closed { closure_id } => {
                let name = self
                    .closures
                    .get(closure_id)
                    .map(|closure| closure.names.get(tr::lang().tag()).unwrap_or(&closure.name).clone());
                Some(tr::classes::closed_why(name.unwrap_or_default()))
            }
        }
    }

    /// What is taught, in a language.
    #[must_use]
    pub fn title(&self, session: &Session, lang: Lang) -> String {
        let class = self.classes.get(&session.terms.class_type_id);
        class.map(|class| class.name_in(lang.tag()).to_owned()).unwrap_or_default()
    }

    /// The colour of what is taught.
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
        let place = session.terms.place_id.and_then(|place| self.places.get(&place))?;
        Some(place.draft.name.clone())
    }
}
