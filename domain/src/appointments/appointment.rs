//! One coach, one member, one time. It holds how far it came: booked, taken place, confirmed by the member. Only the last
//! of these spends the credit and counts as a lesson.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::due::RemindAppointment;
use super::{AppointmentId, SEEN_MAX};
use crate::bookings::{Forgiven, Pays, Settled};
use crate::classes::ClassTypeId;
use crate::kernel::access::Reader;
use crate::kernel::command::Input;
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::facts::Want;
use crate::kernel::ids::{DeviceId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::time::Timestamp;
use crate::members::MemberId;
use crate::passes::PassId;

/// Days after its end when an appointment that nobody confirmed is looked at.
const REMIND_DAYS: i64 = 3;

/// How a member confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Proof {
    /// They told the code on their phone.
    Code,
    /// They signed on the coach's device.
    Signature {
        /// The strokes; nothing where the name was typed, or once they were erased.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<Id>,
    },
    /// They pressed on their own phone.
    Press,
}

/// Why an appointment does not take place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// The studio is closed that day.
    Closed,
    /// The coach teaches here no more.
    CoachLeft,
    /// The pass it was on was taken back.
    PassReversed,
}

/// How far it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// Going to be.
    Booked,
    /// Given back.
    Cancelled {
        /// When.
        at: Timestamp,
        /// True when it was too late to have the credit back without a word.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        late: bool,
    },
    /// It does not take place.
    Dropped {
        /// Why.
        why: Dropped,
    },
    /// The coach says that it took place; the member has not confirmed it.
    Given {
        /// When that was said.
        at: Timestamp,
    },
    /// The member confirmed it.
    Confirmed {
        /// When.
        at: Timestamp,
        /// How.
        how: Proof,
    },
    /// The member did not come.
    Absent {
        /// When that was said.
        at: Timestamp,
    },
}

/// What became of the last code that was typed on the coach's device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Typed {
    /// Noted where the code is not known: it counts once the hub has compared it.
    Noted {
        /// When.
        at: Timestamp,
    },
    /// It was another one.
    Wrong {
        /// When.
        at: Timestamp,
    },
}

/// One coach, one member, one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Which one.
    pub id: AppointmentId,
    /// With whom.
    pub coach_id: PersonId,
    /// Whose.
    pub member_id: MemberId,
    /// What for.
    pub class_type_id: ClassTypeId,
    /// Which day.
    pub on: NaiveDate,
    /// By the clock on the wall: minutes after midnight.
    pub start_minute: u32,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// How far it came.
    pub state: State,
    /// The pass it is on, and what became of the credit.
    pub pays: Pays,
    /// The ledger line that counts it for the coach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<Id>,
    /// True when the member's phone shows a code for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_code: bool,
    /// Wrong codes so far.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wrong_codes: u32,
    /// The last code that was typed and did not settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<Typed>,
    /// When it was booked.
    pub booked_at: Timestamp,
    /// By whom.
    pub booked_by: PersonId,
    /// On which device.
    pub booked_on: DeviceId,
    /// What was waived or taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forgiven: Option<Forgiven>,
    /// True once the desk was told that nobody confirmed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reminded: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// The key of appointments by either of the two people and by day.
pub const ALL_KEY: &str = "appointment.of";
/// The key of those that are going to be, by either of the two people and by day.
pub const OPEN_KEY: &str = "appointment.open";
/// The key of appointments by day.
pub const DAY_KEY: &str = "appointment.on";
/// The key of those for which a credit is kept, by the pass.
pub const PASS_KEY: &str = "appointment.pass";

impl RecordBody for Appointment {
    const KIND: &'static str = "appointment";
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member_id.raw(), self.coach_id.raw()]
    }
    fn subjects(&self) -> Vec<Id> {
        let signed =
            matches!(self.state, State::Confirmed { how: Proof::Signature { signature: Some(_) }, .. });
        let says = signed || self.forgiven.as_ref().is_some_and(|why| !why.reason.is_empty());
        says.then(|| self.member_id.raw()).into_iter().collect()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        // That it took place stays as a number; what was drawn or written about them goes.
        let forgiven = self.forgiven.map(|why| Forgiven { reason: String::new(), ..why });
        let state = match self.state {
            State::Confirmed { at, how: Proof::Signature { .. } } => {
                State::Confirmed { at, how: Proof::Signature { signature: None } }
            }
            other => other,
        };
        Fate::Becomes(Self { forgiven, state, ..self })
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(DAY_KEY, KeyValue::of(self.on));
        for who in [self.member_id.raw(), self.coach_id.raw()] {
            keys.shared(ALL_KEY, KeyValue::pair(who, self.on));
            if self.is_booked() {
                keys.shared(OPEN_KEY, KeyValue::pair(who, self.on));
            }
        }
        if self.keeps() {
            keys.shared(PASS_KEY, KeyValue::of(self.pays.pass_id.raw()));
        }
    }
    fn happened_at(&self) -> Timestamp {
        self.starts_at
    }
    fn due_at(&self) -> Option<Timestamp> {
        let waits = self.keeps() && !self.reminded;
        waits.then(|| self.ends_at.plus_ms(REMIND_DAYS * Timestamp::DAY_MS))
    }
    fn when_due(&self) -> Option<Input> {
        let remind = RemindAppointment { appointment_id: self.id, due_at: self.due_at()? };
        // It holds an id and an instant: there is nothing in it that could fail to be written.
        Input::encode(&remind, &()).ok()
    }
}

impl Appointment {
    /// True while it is going to be: its time is taken.
    #[must_use]
    pub const fn is_booked(&self) -> bool {
        matches!(self.state, State::Booked)
    }

    /// True while a credit is kept for it.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.pays.settled == Settled::Reserved
    }

    /// True where the member may still say that it took place.
    #[must_use]
    pub const fn can_be_confirmed(&self) -> bool {
        matches!(self.state, State::Booked | State::Given { .. } | State::Absent { .. })
            && self.forgiven.is_none()
    }

    /// True once the member confirmed it, and nobody took that back.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        matches!(self.state, State::Confirmed { .. }) && self.forgiven.is_none()
    }

    /// True when it has begun.
    #[must_use]
    pub fn has_begun(&self, now: Timestamp) -> bool {
        self.starts_at <= now
    }
}

/// The appointments of somebody, coach or member, on the days of a span.
#[must_use]
pub fn of_person(person: Id, first: NaiveDate, last: NaiveDate) -> Want {
    let value = |day: NaiveDate| KeyValue::pair(person, day);
    Want::range::<Appointment>(ALL_KEY, value(first), value(last), SEEN_MAX)
}

/// All that are going to be, of somebody, coach or member.
#[must_use]
pub fn open_of(person: Id) -> Want {
    let value = |day: NaiveDate| KeyValue::pair(person, day);
    Want::range::<Appointment>(OPEN_KEY, value(NaiveDate::MIN), value(NaiveDate::MAX), SEEN_MAX)
}

/// The appointments on the days of a span.
#[must_use]
pub fn of_day(first: NaiveDate, last: NaiveDate) -> Want {
    Want::range::<Appointment>(DAY_KEY, KeyValue::of(first), KeyValue::of(last), SEEN_MAX)
}

/// The appointments for which a credit of a pass is kept.
#[must_use]
pub fn kept_on(pass_id: PassId) -> Want {
    Want::key::<Appointment>(PASS_KEY, KeyValue::of(pass_id.raw()))
}
