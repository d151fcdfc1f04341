//! Addresses without markup: which ones there are to make, and a secret that was drawn for one.

use leptos::prelude::*;
use rollcall_domain::classes::Coach;
use rollcall_domain::feeds::{CalendarFeed, FeedWords, MakeFeed, Shows};
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::feed::{Address, PATH};

use crate::device;
use crate::parts::refusals::say_run_error;
use crate::shell::ShellState;
use crate::studio::{Order, Studio};
use crate::tr;
use crate::tr::feeds as t;

/// An address that was just made: the only time it is known.
#[derive(Clone)]
pub(super) struct Drawn {
    /// All of it, for a calendar program.
    pub(super) address: String,
    pub(super) command: MakeFeed,
}

/// What whoever is at the device can have. Follows changes.
pub(super) fn offered(studio: &Studio) -> Vec<Shows> {
    let Some(me) = studio.me() else { return Vec::new() };
    let teaches = studio.live().get::<Coach>(me.person.raw()).is_some_and(|coach| coach.retired_at.is_none());
    let all = [Shows::Bookings, Shows::Classes, Shows::Timetable];
    let has = |shows: &Shows| {
        shows.is_for(me.role) && (*shows != Shows::Classes || teaches || me.role == Role::Coach)
    };
    all.into_iter().filter(has).collect()
}

/// Draws a secret; nothing in a browser that cannot.
pub(super) fn draw(studio: &Studio, shows: Shows) -> Option<Drawn> {
    let me = studio.me_now()?;
    let address = Address::of(me.studio, device::draw()?);
    let name = match shows {
        Shows::Timetable => t::timetable(),
        Shows::Classes => t::classes(),
        Shows::Bookings => t::bookings(),
    };
    let words = untrack(|| FeedWords {
        name: name.to_owned(),
        // The rule puts the numbers in where the texts of this app have their arguments.
        taken: t::seats_taken("{taken}", "{seats}"),
        waiting: t::on_the_waitlist().to_owned(),
    });
    let language = untrack(|| tr::lang().tag().to_owned());
    let command = MakeFeed { person_id: me.person, shows, secret: address.hash(), language, words };
    let origin = window().location().origin().ok()?;
    Some(Drawn { address: format!("{origin}{PATH}{address}"), command })
}

/// Puts the address from before in force again: its secret is the same, whoever has it.
pub(super) fn again(studio: &Studio, shell: ShellState, before: &CalendarFeed) {
    let CalendarFeed { person_id, shows, secret, language, words, .. } = before.clone();
    let (studio, command) = (studio.clone(), MakeFeed { person_id, shows, secret, language, words });
    leptos::task::spawn_local(async move {
        match studio.run(Order::new(studio.intent(), &command, &())).await {
            Ok(_) => shell.say(t::again_said()),
            Err(error) => shell.say(say_run_error(&error)),
        }
    });
}
