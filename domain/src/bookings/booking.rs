//! One person and one session: from the wish to the mark on the roster. It names the session by its key, so that it stays
//! theirs however the timetable is changed. Live ones are at hand everywhere; once a session is closed they are history.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{BookingId, LeaseId, SEEN_MAX};
use crate::classes::{Session, SessionId, SessionKey};
use crate::kernel::access::Reader;
use crate::kernel::decide::Ctx;
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::facts::Want;
use crate::kernel::ids::{DeviceId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::{RecordBody, Temperature};
use crate::kernel::time::Timestamp;
use crate::members::MemberId;
use crate::passes::PassId;

/// Why somebody who waits stands where they stand now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum MovedUp {
    /// Somebody before them got a seat.
    Promoted,
    /// Somebody before them left the queue.
    Left,
    /// It was their turn, and they could not have the seat.
    PassedOver {
        /// Why not.
        because: PassedOver,
    },
}

/// Why a seat that came free was not given to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOver {
    /// No pass opens the session by now.
    NoPass,
    /// They have another session at that time.
    OtherSession,
    /// They are no member any more.
    Left,
    /// They booked together, and there are not enough seats for all.
    TooFewSeats,
}

/// Why a session did not take place for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// It was called off.
    CalledOff,
    /// The studio is closed.
    Closed,
    /// It is in the timetable no more.
    Gone,
}

/// Where somebody stands with a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// Has a seat.
    Booked,
    /// Waits for one.
    Waiting {
        /// Counts up as people join: with `rank`, the order of the queue.
        turn: u32,
        /// Whoever has more stands before; 0 for everybody by now.
        #[serde(default)]
        rank: u32,
        /// Their place, from 1.
        position: u32,
        /// Why it is not the one they were told first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        moved: Option<MovedUp>,
    },
    /// Gave the seat back, or left the queue.
    Cancelled {
        /// When.
        at: Timestamp,
        /// True when it was too late to have the visit back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        late: bool,
    },
    /// The session does not take place.
    Dropped {
        /// Why.
        why: Dropped,
    },
    /// Waited, and no seat came free in time.
    Missed,
    /// Was there.
    Came {
        /// True for somebody who came late.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        late: bool,
    },
    /// Had a seat and did not come.
    Absent,
    /// Had a seat, and whoever closed the session did not know of it: nothing was held against them.
    NotOnTheRoster,
}

/// A mark on the roster; it means nothing before the session is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Is there.
    Present,
    /// Came late.
    Late,
    /// Did not come.
    Absent,
}

/// A mark, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// Which.
    pub mark: Mark,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// What whoever taught noted about somebody in a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// It went well.
    Good,
    /// Somebody to keep an eye on.
    Watch,
    /// Hurt themselves, or came hurt.
    Injured,
}

/// What became of the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// Kept for the session.
    Reserved,
    /// Spent.
    Spent,
    /// Given back.
    Returned,
}

/// The pass a booking is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pays {
    /// Which pass.
    pub pass_id: PassId,
    /// The ledger line that keeps a visit for it; nothing where visits are not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Id>,
    /// What became of that visit.
    pub settled: Settled,
}

/// A penalty that was waived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgiven {
    /// Why, in somebody's words.
    pub reason: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// One person and one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Which one.
    pub id: BookingId,
    /// Of which session.
    pub session: SessionKey,
    /// Whose.
    pub member_id: MemberId,
    /// Where they stand.
    pub state: State,
    /// The same for all who booked together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Id>,
    /// The pass it is on; nothing before there is a seat, or where none opens the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pays: Option<Pays>,
    /// The lease its seat is out of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<LeaseId>,
    /// When the session was to begin as they were told: where it begins otherwise now, they may leave without loss.
    pub told_starts_at: Timestamp,
    /// When it was booked.
    pub booked_at: Timestamp,
    /// By whom.
    pub booked_by: PersonId,
    /// On which device.
    pub booked_on: DeviceId,
    /// True for somebody who came without a booking.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub walk_in: bool,
    /// Why there was one more than seats, in somebody's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub over: String,
    /// The mark on the roster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Marked>,
    /// The penalty that was waived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forgiven: Option<Forgiven>,
    /// What whoever taught noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// The key of bookings by session: a roster in one read.
pub const SESSION_KEY: &str = "booking.session";
/// The key of live bookings by member and by the day the session was first planned for.
pub const LIVE_KEY: &str = "booking.live";
/// The key of bookings by member and by the day the session was first planned for, whatever became of them.
pub const MEMBER_KEY: &str = "booking.member";
/// The key of past bookings by member and by the day the session was first planned for.
pub const ATTENDED_KEY: &str = "attended.member";
/// The key of past bookings by session.
pub const ATTENDED_SESSION_KEY: &str = "attended.session";

impl RecordBody for Booking {
    const KIND: &'static str = "booking";
    const KEYS_VERSION: u16 = 2;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Roster, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn subjects(&self) -> Vec<Id> {
        let noted = self.note.is_some() || !self.over.is_empty();
        let says = noted || self.forgiven.as_ref().is_some_and(|why| !why.reason.is_empty());
        says.then(|| self.member_id.raw()).into_iter().collect()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        Fate::Becomes(self.without_reasons())
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(SESSION_KEY, KeyValue::of(self.session.id().raw()));
        keys.shared(MEMBER_KEY, KeyValue::pair(self.member_id.raw(), self.session.on));
        if self.is_live() {
            keys.shared(LIVE_KEY, KeyValue::pair(self.member_id.raw(), self.session.on));
        }
    }
    fn happened_at(&self) -> Timestamp {
        self.booked_at
    }
}

/// A booking of a session that was closed: the same one, under the same id, in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attended(pub Booking);

impl RecordBody for Attended {
    const KIND: &'static str = "attended";
    const TEMPERATURE: Temperature = Temperature::Cold;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.0.id.raw()
    }
    fn subjects(&self) -> Vec<Id> {
        self.0.subjects()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        Fate::Becomes(Self(self.0.without_reasons()))
    }
    fn about(&self) -> Vec<Id> {
        vec![self.0.member_id.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(ATTENDED_KEY, KeyValue::pair(self.0.member_id.raw(), self.0.session.on));
        keys.shared(ATTENDED_SESSION_KEY, KeyValue::of(self.0.session.id().raw()));
    }
    fn happened_at(&self) -> Timestamp {
        self.0.told_starts_at
    }
}

impl Booking {
    /// Somebody's place in a session, by the command being decided; its state is given afterwards.
    pub(crate) fn asked(id: BookingId, session: &Session, member_id: MemberId, ctx: &Ctx) -> Self {
        Self {
            id,
            session: session.key,
            member_id,
            state: State::Booked,
            group: None,
            pays: None,
            lease_id: None,
            told_starts_at: session.starts_at,
            booked_at: ctx.effective_at,
            booked_by: ctx.actor,
            booked_on: ctx.device,
            walk_in: false,
            over: String::new(),
            mark: None,
            forgiven: None,
            note: None,
        }
    }

    /// Who came and who did not stays as a number; what somebody wrote about them goes.
    fn without_reasons(self) -> Self {
        let forgiven = self.forgiven.map(|why| Forgiven { reason: String::new(), ..why });
        Self { over: String::new(), forgiven, note: None, ..self }
    }

    /// True while it has a seat or waits for one.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.has_seat() || self.waits()
    }

    /// True while it has a seat.
    #[must_use]
    pub const fn has_seat(&self) -> bool {
        matches!(self.state, State::Booked)
    }

    /// True while it waits for one.
    #[must_use]
    pub const fn waits(&self) -> bool {
        matches!(self.state, State::Waiting { .. })
    }

    /// The pass whose visit is kept for it.
    #[must_use]
    pub fn reserved(&self) -> Option<(PassId, Id)> {
        let pays = self.pays.as_ref().filter(|pays| pays.settled == Settled::Reserved)?;
        Some((pays.pass_id, pays.entry?))
    }
}

/// The bookings of a session: what a roster shows.
#[must_use]
pub fn of_session(session: SessionId) -> Want {
    Want::key::<Booking>(SESSION_KEY, KeyValue::of(session.raw()))
}

/// A member's live bookings for sessions that were first planned for days of a span.
#[must_use]
pub fn live_between(member_id: Id, first: NaiveDate, last: NaiveDate) -> Want {
    let value = |day: NaiveDate| KeyValue::pair(member_id, day);
    Want::range::<Booking>(LIVE_KEY, value(first), value(last), SEEN_MAX)
}

/// All live bookings of a member.
#[must_use]
pub fn live_want(member_id: MemberId) -> Want {
    live_between(member_id.raw(), NaiveDate::MIN, NaiveDate::MAX)
}
