//! What would come of a wish, shown in its form before it is saved: why it cannot be, who or what would be needed twice,
//! and whom it touches.

use leptos::prelude::*;
use rollcall_domain::classes::{ClassRefusal, Days, Schedule, Timetable};
use rollcall_domain::kernel::Timestamp;

use super::saying::say;
use super::state::clashes_of;
use super::touched::{Touch, TouchedPeople, of_change};
use crate::fmt;
use crate::parts::settings::moment;
use crate::studio::{Studio, use_studio};
use crate::tr::classes as t;
use crate::ui::{Answer, Banner};

/// Clashes that are named.
const CLASHES_MAX: usize = 3;

/// What would come of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Foresight {
    pub(super) refused: Option<ClassRefusal>,
    pub(super) clashes: Vec<(String, Timestamp)>,
    pub(super) touched: Vec<Touch>,
    /// Why what is asked for would not take place all the same.
    pub(super) off: Option<String>,
}

impl Foresight {
    /// It cannot be.
    pub(super) fn refused(why: ClassRefusal) -> Self {
        Self { refused: Some(why), ..Self::default() }
    }

    /// A schedule becomes another one. Follows changes.
    pub(super) fn of_schedule(
        studio: &Studio,
        span: Days,
        before: &Timetable,
        after: &Timetable,
        schedule: &Schedule,
    ) -> Self {
        let clashes = clashes_of(studio, span, after, |key| key.schedule_id == schedule.id);
        Self { clashes, touched: of_change(studio, span, before, after), ..Self::default() }
    }
}

/// The sentence of a refusal that a form shows at one of its fields.
pub(super) fn at_field(
    foreseen: Memo<Option<Foresight>>,
    here: fn(&ClassRefusal) -> bool,
) -> Signal<Option<String>> {
    Signal::derive(move || {
        foreseen
            .with(|all| all.as_ref().and_then(|one| one.refused.as_ref()).filter(|why| here(why)).map(say))
    })
}

/// What stands before the buttons of a form. A refusal that is said at a field is not said again.
#[component]
pub(super) fn Foreseen(
    foreseen: Memo<Option<Foresight>>,
    #[prop(default = |_| false)] said_at_field: fn(&ClassRefusal) -> bool,
) -> impl IntoView {
    let studio = use_studio();
    move || {
        let Foresight { refused, clashes, touched, off } = foreseen.get()?;
        let refused = refused.filter(|why| !said_at_field(why)).map(|why| say(&why));
        let warnings = off.into_iter().chain(clash_words(&studio, &clashes));
        Some(view! {
            {refused.map(|text| view! { <Banner answer=Answer::Stop text /> })}
            {warnings.map(|text| view! { <Banner answer=Answer::Warn text /> }).collect_view()}
            <TouchedPeople all=Signal::stored(touched) />
        })
    }
}

/// Clashes as one sentence; nothing where there are none.
pub(super) fn clash_words(studio: &Studio, all: &[(String, Timestamp)]) -> Option<String> {
    let named = all.iter().take(CLASHES_MAX);
    let each: Vec<String> = named.map(|(name, at)| t::clash_at(name, moment(studio, *at))).collect();
    (!each.is_empty()).then(|| t::clash_note(fmt::list(&each)))
}
