//! What every screen needs of the studio itself: its settings, its people, its currency and zone. All of it follows changes.

use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::devices::Device;
use rollcall_domain::kernel::ids::{DeviceId, PersonId};
use rollcall_domain::kernel::money::Currency;
use rollcall_domain::kernel::order;
use rollcall_domain::studio::{Person, Settings, settings_id};

use crate::fmt;
use crate::studio::Studio;

/// The studio's settings; nothing before there is a studio.
#[must_use]
pub fn studio_settings(studio: &Studio) -> Option<Settings> {
    let me = studio.me()?;
    studio.live().get::<Settings>(settings_id(me.studio))
}

/// What prices are in; the default currency before there is a studio.
#[must_use]
pub fn currency(studio: &Studio) -> Currency {
    studio_settings(studio).map(|settings| settings.currency).unwrap_or_default()
}

/// An amount as shown on screen.
#[must_use]
pub fn money(studio: &Studio, cents: i64) -> String {
    let currency = currency(studio);
    fmt::money(cents, currency.code(), currency.exponent())
}

/// The name of the studio's zone, for the formats of dates and times.
#[must_use]
pub fn zone_name(studio: &Studio) -> String {
    studio.zone().0.name().to_owned()
}

/// Time of day in the studio's zone: `14:02`.
#[must_use]
pub fn clock(studio: &Studio, at: Timestamp) -> String {
    fmt::clock(at.0, &zone_name(studio))
}

/// Day and time as seen from now, in the studio's zone: `Today 14:02`.
#[must_use]
pub fn moment(studio: &Studio, at: Timestamp) -> String {
    fmt::moment_near(at.0, &zone_name(studio), studio.now().0)
}

/// What the desk calls somebody who works here; nothing when they are not known (yet) on this device.
#[must_use]
pub fn person_name(studio: &Studio, person: PersonId) -> Option<String> {
    studio.live().get::<Person>(person).map(|person| person.name).filter(|name| !name.is_empty())
}

/// What people call a device; nothing when it is not known (yet) on this one.
#[must_use]
pub fn device_name(studio: &Studio, device: DeviceId) -> Option<String> {
    studio.live().get::<Device>(device).map(|device| device.name).filter(|name| !name.is_empty())
}

/// Everybody who works here, by name.
#[must_use]
pub fn people(studio: &Studio) -> Vec<Person> {
    let mut people = studio.live().of_kind::<Person>();
    order::by(&mut people, |a, b| a.name.cmp(&b.name));
    people
}
