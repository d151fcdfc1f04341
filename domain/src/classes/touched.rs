//! Whom a change touches: the list that is shown before anything is changed. It is told who booked what; how a change
//! looks is two timetables, before and after.

use std::collections::BTreeMap;

use super::session::{Session, SessionKey, Standing};
use crate::kernel::time::Timestamp;

/// What becomes of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It is not there any more, called off, or falls into a closure.
    Gone,
    /// It takes place after all.
    Back,
    /// It begins at another time.
    Moved {
        /// Then.
        to: Timestamp,
    },
    /// Somebody else teaches it.
    OtherCoach,
    /// It is somewhere else.
    OtherPlace,
    /// It takes more or less time.
    OtherLength,
    /// Something else is taught.
    OtherClass,
    /// It has fewer seats than before.
    FewerSeats,
}

/// Somebody whom a change touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched<W> {
    /// Who.
    pub who: W,
    /// The session as it was.
    pub before: Session,
    /// What becomes of it; never empty.
    pub effects: Vec<Effect>,
}

/// Who of those that booked is touched, in the order of the sessions as they were. What has begun is not changed by
/// anything, so nobody in it is touched.
pub fn touched<W: Clone>(
    before: &[Session],
    after: &[Session],
    booked: &[(SessionKey, W)],
    now: Timestamp,
) -> Vec<Touched<W>> {
    let after: BTreeMap<SessionKey, &Session> = after.iter().map(|session| (session.key, session)).collect();
    let mut all = Vec::new();
    for session in before.iter().filter(|session| !session.has_begun(now)) {
        let effects = effects(session, after.get(&session.key).copied());
        if effects.is_empty() {
            continue;
        }
        let people = booked.iter().filter(|(key, _)| *key == session.key);
        all.extend(people.map(|(_, who)| Touched {
            who: who.clone(),
            before: session.clone(),
            effects: effects.clone(),
        }));
    }
    all
}

/// What becomes of one session.
#[must_use]
pub(super) fn effects(before: &Session, after: Option<&Session>) -> Vec<Effect> {
    let planned = |session: &&Session| session.standing == Standing::Planned;
    let (was, Some(is)) = (before.takes_place(), after.filter(planned)) else {
        return if before.takes_place() { vec![Effect::Gone] } else { Vec::new() };
    };
    let (old, new) = (&before.terms, &is.terms);
    let all = [
        (!was, Effect::Back),
        (before.starts_at != is.starts_at, Effect::Moved { to: is.starts_at }),
        (old.class_type_id != new.class_type_id, Effect::OtherClass),
        (old.coaches != new.coaches, Effect::OtherCoach),
        (old.place_id != new.place_id, Effect::OtherPlace),
        (old.length_minutes != new.length_minutes, Effect::OtherLength),
        (old.capacity > new.capacity, Effect::FewerSeats),
    ];
    all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, effect)| effect).collect()
}
