//! What an appointment left for a person to look at.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::SLICE;
use crate::kernel::exceptions::ExceptionDraft;
use crate::kernel::ids::Id;

/// What no rule may settle about an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AppointmentException {
    /// Something was said of an appointment that is not known here.
    NoAppointment {},
    /// It was to have taken place before it began: nothing was done.
    NotBegun {},
    /// It had been cancelled or dropped, and somebody says that it took place, or that the member did not come.
    NotBooked {
        /// Its day.
        on: NaiveDate,
    },
    /// The member had confirmed it, and somebody says that they did not come.
    ConfirmedBefore {
        /// Its day.
        on: NaiveDate,
    },
    /// The code the coach typed is not the member's: nothing was counted.
    WrongCode {
        /// Wrong ones so far.
        wrong: u32,
    },
    /// A code was typed after too many wrong ones, or where there is none: it was not compared.
    CodeNotCompared {},
    /// It is another coach's: nothing was done.
    OtherCoach {},
    /// Days after its end nobody has confirmed it: the credit is still kept.
    NotConfirmed {
        /// Its day.
        on: NaiveDate,
    },
}

impl AppointmentException {
    /// The two buttons.
    #[must_use]
    pub const fn choices(&self) -> [&'static str; 2] {
        match self {
            Self::NotConfirmed { .. } | Self::WrongCode { .. } => ["look_into", "seen"],
            Self::NoAppointment {}
            | Self::NotBegun {}
            | Self::NotBooked { .. }
            | Self::ConfirmedBefore { .. }
            | Self::CodeNotCompared {}
            | Self::OtherCoach {} => ["seen", "look_into"],
        }
    }

    /// For the desk, about these records.
    #[must_use]
    pub fn draft(&self, about: Vec<Id>) -> ExceptionDraft {
        ExceptionDraft::new(SLICE, self, about)
    }
}
