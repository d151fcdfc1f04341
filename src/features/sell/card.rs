//! The card that goes with a sale: the one they have, a new number, or a pre-printed blank.

use leptos::prelude::*;

use super::state::{CardWish, Counter};
use crate::tr::passes as t;
use crate::ui::{Choice, Fact, Facts, LineKind, Need, RadioGroup, RadioLook, TextField};

/// Asks only those who have none.
#[component]
pub(super) fn CardChoice(counter: Counter) -> impl IntoView {
    let held = move || counter.card_held();
    let choices =
        vec![Choice::new(CardWish::Counted, t::card_new), Choice::new(CardWish::Printed, t::card_printed)];
    let printed = move || held().is_none() && counter.card.get() == Some(CardWish::Printed);
    let error = move || {
        (counter.tried.get() && counter.printed_missing()).then(|| t::card_number_missing().to_owned())
    };
    view! {
        {move || held().map(|card| view! { <Facts><Fact name=t::card>{t::card_keeps(card.number)}</Fact></Facts> })}
        <Show when=move || held().is_none()>
            <RadioGroup label=t::card value=counter.card choices=choices.clone() look=RadioLook::List />
        </Show>
        <Show when=printed>
            <TextField label=t::card_number value=counter.printed kind=LineKind::Code need=Need::Required length_max=40 error />
        </Show>
    }
}
