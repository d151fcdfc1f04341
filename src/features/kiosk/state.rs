//! What the screen knows: who stands there, the answer they get, and when it goes. No markup.
//!
//! Nothing here looks for people by a part of anything: a card's number or a telephone number in full, or nobody.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::attendance::{DoorReason, Found, Light};
use rollcall_domain::flow::check_in::{CheckIn, LetIn, SeenAtDoor};
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::members::contact::PHONE_KEY;
use rollcall_domain::members::{Contact, MemberId, first_name, phone};
use rollcall_domain::passes::cards::{CardId, CardState, Scan, read_scan};

use crate::parts::door::{at_door, holders};
use crate::parts::members::{home, person, stands};
use crate::studio::{Order, Studio};
use crate::tr;
use crate::tr::kiosk as t;
use crate::ui::Answer;

/// How long an answer stands.
const ANSWER: Duration = Duration::from_secs(5);
/// Numbers in a row that are nobody's, after which typed ones are not looked up for a while: nobody mistypes so often, and
/// whoever tries numbers to learn whose they are gets tired.
const MISSES_MAX: u32 = 8;
/// For how long.
const PAUSE: Duration = Duration::from_secs(30);

/// Somebody before the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Guest {
    member: MemberId,
    card: Option<(CardId, CardState)>,
    found: Found,
}

/// Who is meant by what was scanned or typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Several,
    One(Guest),
}

/// What somebody is told. None of it says why: others may read along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// In.
    Welcome { first_name: String },
    /// In, and the desk would like a word.
    Word { first_name: String },
    /// In since before.
    Already { first_name: String },
    /// Not without the desk. No name: a card may be in strange hands.
    Desk,
    /// No such card, no such number.
    Nobody,
    /// A number that several people have.
    Several,
    /// Too many numbers that are nobody's.
    Pause,
    /// It could not be saved.
    Failed,
}

impl Said {
    pub(super) const fn answer(&self) -> Answer {
        match self {
            Self::Welcome { .. } => Answer::Ok,
            Self::Word { .. } | Self::Already { .. } | Self::Nobody | Self::Several | Self::Pause => {
                Answer::Warn
            }
            Self::Desk | Self::Failed => Answer::Stop,
        }
    }

    pub(super) fn title(&self) -> String {
        match self {
            Self::Welcome { first_name } | Self::Word { first_name } | Self::Already { first_name } => {
                match first_name.as_str() {
                    "" => t::welcome_plain().to_owned(),
                    name => t::welcome(name),
                }
            }
            Self::Desk => t::desk().to_owned(),
            Self::Nobody | Self::Several => t::none().to_owned(),
            Self::Pause => t::pause().to_owned(),
            Self::Failed => t::failed().to_owned(),
        }
    }

    pub(super) fn note(&self) -> &'static str {
        match self {
            Self::Welcome { .. } => t::done(),
            Self::Word { .. } => t::done_desk(),
            Self::Already { .. } => t::already(),
            Self::Desk => t::desk_note(),
            Self::Nobody => t::none_note(),
            Self::Several => t::several_note(),
            Self::Pause => t::pause_note(),
            Self::Failed => t::failed_note(),
        }
    }
}

/// The screen's signals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stand {
    /// What stands in the field.
    pub(super) text: RwSignal<String>,
    /// The answer.
    pub(super) shown: RwSignal<Option<Said>>,
    /// Whose it is or will be: the same person again is the same intent.
    present: StoredValue<Option<MemberId>>,
    /// Takes the answer away.
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Numbers in a row that were nobody's.
    misses: StoredValue<u32>,
    /// The language the device is in: the one a member chose is theirs only.
    own: StoredValue<tr::Lang>,
}

impl Stand {
    pub(super) fn new() -> Self {
        let stand = Self {
            text: RwSignal::new(String::new()),
            shown: RwSignal::new(None),
            present: StoredValue::new(None),
            timer: StoredValue::new(None),
            misses: StoredValue::new(0),
            own: StoredValue::new(untrack(tr::lang)),
        };
        on_cleanup(move || stand.leave());
        stand
    }

    /// The screen goes.
    fn leave(self) {
        self.timer.try_update_value(|timer| timer.take().inspect(TimeoutHandle::clear));
        self.own.try_with_value(|own| speak(*own));
    }

    /// Back to the start, for the next one.
    pub(super) fn back(self) {
        self.stop();
        speak(self.own.get_value());
        self.present.set_value(None);
        self.text.set(String::new());
        self.shown.set(None);
    }

    /// Takes what was scanned or typed to its end. The field is free at once, so that a second press finds nothing.
    pub(super) fn take(self, studio: &Studio, text: &str) {
        self.text.set(String::new());
        let Some(who) = untrack(|| who(studio, text)) else { return };
        // What a camera reads off a card of this studio nobody guesses.
        if self.misses.get_value() >= MISSES_MAX && is_typed(studio, text) {
            return self.say(None, Said::Pause);
        }
        match who {
            Who::Nobody => self.miss(),
            Who::Several => self.say(None, Said::Several),
            Who::One(guest) => {
                self.misses.set_value(0);
                self.receive(studio, guest);
            }
        }
    }

    /// A number that is nobody's, counted.
    fn miss(self) {
        self.misses.update_value(|misses| *misses += 1);
        if self.misses.get_value() == MISSES_MAX {
            let again = move || {
                // The screen may be gone by then.
                self.misses.try_update_value(|misses| *misses = 0);
            };
            set_timeout(again, PAUSE);
        }
        self.say(None, Said::Nobody);
    }

    fn receive(self, studio: &Studio, guest: Guest) {
        if self.present.get_value() == Some(guest.member) {
            return;
        }
        let answer = untrack(|| at_door(studio, guest.member, guest.card.map(|(_, state)| state)));
        if answer.light == Light::Red {
            return self.say(Some(guest.member), Said::Desk);
        }
        self.present.set_value(Some(guest.member));
        let first_name = untrack(|| person(studio, guest.member)).map(|member| first_name(&member.name));
        let said = told(answer.light, &answer.reason, first_name.unwrap_or_default());
        let seen = SeenAtDoor::from(&answer);
        let json = serde_json::to_string(&seen).unwrap_or_default();
        let command = CheckIn {
            member_id: guest.member,
            found: guest.found,
            card_id: guest.card.map(|(id, _)| id),
            seen,
        };
        let order = Order::new(studio.intent(), &command, &LetIn::default()).seen(json);
        let studio = studio.clone();
        spawn_local(async move {
            let said = match studio.run(order).await {
                Ok(_) => said,
                Err(_) => Said::Failed,
            };
            self.say(Some(guest.member), said);
        });
    }

    /// Says it, for a while. The screen may be gone by the time something is saved.
    fn say(self, whose: Option<MemberId>, said: Said) {
        if self.shown.try_set(Some(said)).is_some() {
            return;
        }
        self.stop();
        self.present.set_value(whose);
        self.timer.set_value(set_timeout_with_handle(move || self.back(), ANSWER).ok());
    }

    fn stop(self) {
        self.timer.update_value(|timer| {
            if let Some(timer) = timer.take() {
                timer.clear();
            }
        });
    }
}

fn speak(lang: tr::Lang) {
    if untrack(tr::lang) != lang {
        tr::set_lang(lang);
    }
}

/// The sentence for a light that lets in.
fn told(light: Light, reason: &DoorReason, first_name: String) -> Said {
    match (light, reason) {
        (Light::Green, _) => Said::Welcome { first_name },
        (_, DoorReason::AlreadyIn { .. }) => Said::Already { first_name },
        (Light::Amber | Light::Red, _) => Said::Word { first_name },
    }
}

/// Who is meant; nothing when there was nothing.
fn who(studio: &Studio, text: &str) -> Option<Who> {
    let me = studio.me_now()?;
    match read_scan(me.studio, text) {
        Scan::Ours { number } => Some(by_card(studio, &number).unwrap_or(Who::Nobody)),
        Scan::Foreign => Some(Who::Nobody),
        Scan::Typed(words) if words.is_empty() => None,
        Scan::Typed(words) => {
            Some(by_card(studio, &words).or_else(|| by_phone(studio, &words)).unwrap_or(Who::Nobody))
        }
    }
}

/// True for what anybody can type; a card's code carries the studio's mark.
fn is_typed(studio: &Studio, text: &str) -> bool {
    studio.me_now().is_some_and(|me| matches!(read_scan(me.studio, text), Scan::Typed(_)))
}

/// True for what a scanner read to its end.
pub(super) fn is_whole(studio: &Studio, text: &str) -> bool {
    who(studio, text).is_some_and(|who| who != Who::Nobody)
}

fn by_card(studio: &Studio, number: &str) -> Option<Who> {
    match holders(studio, number).as_slice() {
        [] => None,
        [one] => Some(Who::One(Guest { member: one.member, card: Some(one.card), found: Found::Scan })),
        _ => Some(Who::Several),
    }
}

/// Whoever has this telephone number, written in full.
fn by_phone(studio: &Studio, typed: &str) -> Option<Who> {
    let number = phone::normalise(typed, home(studio))?;
    let contacts = studio.live().by_key::<Contact>(PHONE_KEY, KeyValue::of(number.as_str()));
    let mut people: Vec<MemberId> = contacts.iter().map(|one| stands(studio, one.member)).collect();
    people.sort_unstable();
    people.dedup();
    match people.as_slice() {
        [] => None,
        [one] => Some(Who::One(Guest { member: *one, card: None, found: Found::Search })),
        _ => Some(Who::Several),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn no_answer_says_what_is_owed_or_when_something_ends() {
        let owes = DoorReason::Owes { owed_cents: 129_900 };
        let said = told(Light::Amber, &owes, "Ada".to_owned());
        assert_eq!(said, Said::Word { first_name: "Ada".to_owned() });
        let words = format!("{} {}", untrack(|| said.title()), untrack(|| said.note()));
        assert!(!words.chars().any(|c| c.is_ascii_digit()), "{words}");
    }

    #[wasm_bindgen_test]
    fn red_names_nobody() {
        assert_eq!(untrack(|| Said::Desk.title()), untrack(t::desk));
    }
}
