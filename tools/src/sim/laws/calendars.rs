//! The law of addresses that calendar programs read: one that was taken back, or whose device was shut out, shows nothing,
//! and none of them tells a name that is not its person's own.

use std::collections::BTreeSet;

use rollcall_domain::feeds::{CalendarFeed, MakeFeed};
use rollcall_domain::kernel::alias::{Alias, Circle};
use rollcall_domain::kernel::feed::PATH;
use rollcall_domain::kernel::ids::{Hash, Id};
use rollcall_domain::members::Member;

use super::super::deeds::canary;
use super::super::house::House;
use super::super::net;
use super::super::seldom::address;
use super::super::world::Device;
use super::{Broken, Seen, broken, records};

/// Reads every address that was ever made.
pub(super) async fn calendars(seen: &Seen, house: &House, devices: &[Device]) -> Result<(), Broken> {
    let Some(studio) = devices.first().map(|device| device.disk.borrow().me.studio) else { return Ok(()) };
    let kept: Vec<CalendarFeed> = records(seen).collect();
    let shut_out: BTreeSet<Id> = devices
        .iter()
        .filter(|device| device.shut_out)
        .map(|device| device.disk.borrow().me.device.raw())
        .collect();
    for (command, made, _) in seen.of::<MakeFeed>() {
        let address = address(studio, command.id);
        let Some(text) = net::read(house.router(), &format!("{PATH}{address}")).await else { continue };
        let hash: Hash = address.hash();
        let Some(feed) = kept.iter().find(|feed| feed.secret == hash) else {
            return broken(24, format!("{} shows what was taken back", command.id));
        };
        if feed.person_id != made.person_id
            || shut_out.contains(&feed.device_id.raw()) && !is_held(feed, devices)
        {
            return broken(24, format!("{} is read after {feed:?}", command.id));
        }
        let own = records::<Alias>(seen).find(|alias| alias.id == feed.person_id.raw());
        let own = Circle::from_alias(feed.person_id.raw(), own.as_ref());
        let tells = |member: &Member| {
            !own.ids().contains(&member.id.raw()) && text.contains(&canary(member.id.raw()))
        };
        if let Some(other) = records::<Member>(seen).find(tells) {
            return broken(24, format!("{} tells of {}", command.id, other.id));
        }
    }
    Ok(())
}

/// True where its person has another device that is let in: one took the other's place.
fn is_held(feed: &CalendarFeed, devices: &[Device]) -> bool {
    devices.iter().any(|device| !device.shut_out && device.disk.borrow().me.person == feed.person_id)
}
