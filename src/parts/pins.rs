//! Whose PIN opens the till at this device.

use rollcall_domain::kernel::access::TILL;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::studio::Person;
use rollcall_domain::studio::pins::Pin;

use super::settings::people;
use crate::studio::Studio;

/// Everybody of the till who has a PIN, with its hash, by name. Follows changes.
#[must_use]
pub fn pin_holders(studio: &Studio) -> Vec<(Person, String)> {
    let with_pin = |person: Person| {
        let pin: Pin = studio.live().get(Pin::id_of(PersonId(person.id)))?;
        Some((person, pin.hash))
    };
    people(studio).into_iter().filter(|person| TILL.contains(&person.role)).filter_map(with_pin).collect()
}
