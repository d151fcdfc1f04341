//! What the clockwork asks for: a payload without a rule, so that a record can name what falls due.

use serde::{Deserialize, Serialize};

use super::AppointmentId;
use crate::kernel::time::Timestamp;

/// Days after its end an appointment that nobody confirmed is looked at once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemindAppointment {
    /// Which one.
    pub appointment_id: AppointmentId,
    /// The instant that was due.
    pub due_at: Timestamp,
}
