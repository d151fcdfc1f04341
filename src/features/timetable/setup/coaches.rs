//! Who teaches: people who work here, under the name that stands in the timetable.

use leptos::prelude::*;
use rollcall_domain::classes::{Coach, CoachName, IntroduceCoach};
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::kernel::{Id, access, order};
use rollcall_domain::studio::Person;

use super::super::may;
use super::super::state::coaches;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::settings::people;
use crate::studio::{Order, use_studio};
use crate::tr::classes as t;
use crate::ui::{Button, ButtonSize, List, Row, Section};

/// Who teaches: people who work here, under the name that stands in the timetable.
#[component]
pub(super) fn Coaches() -> impl IntoView {
    let studio = use_studio();
    let (for_all, for_others, for_run) = (studio.clone(), studio.clone(), studio.clone());
    let may_edit = may::<IntroduceCoach>(&studio);
    let all = Memo::new(move |_| coaches(&for_all));
    let others = Memo::new(move |_| {
        let mut others = people(&for_others);
        others.retain(|one| access::STAFF.contains(&one.role) && !one.name.is_empty());
        others.retain(|one| all.with(|all| all.iter().all(|coach| coach.id.raw() != one.id)));
        order::by(&mut others, |a, b| a.name.cmp(&b.name));
        others
    });
    let doing = Doing::new(&studio);
    let give = Callback::new(move |(person, name, retired): (Id, String, bool)| {
        let person_id = PersonId(person);
        let seen = untrack(|| for_run.live().get::<Coach>(person));
        let wish = IntroduceCoach { person_id, seen_revision: seen.map_or(0, |one| one.revision), retired };
        doing.run(&for_run, move |id| Order::new(id, &wish, &CoachName { name }), |_| {});
    });
    let row = move |id: Id, name: String, teaches: bool| {
        let kept = name.clone();
        let label: fn() -> &'static str = if teaches { t::coach_stop } else { t::coach_begin };
        let act = may_edit.then(|| view! {
            <Button size=ButtonSize::Small busy=doing.busy() on_press=move |()| give.run((id, kept.clone(), teaches))>{label}</Button>
        });
        view! { <Row after=act.into_any()><b>{name}</b></Row> }
    };
    view! {
        <Section title=t::coaches>
            <Show when=move || all.with(Vec::is_empty)><p class="quiet">{t::coaches_none}</p></Show>
            <List label=t::coaches>{move || all.get().into_iter().map(|one| row(one.id.raw(), one.name, true)).collect_view()}</List>
            <Show when=move || may_edit && others.with(|all| !all.is_empty())>
                <details class="fold">
                    <summary>{t::coach_add}</summary>
                    <List label=t::coach_add>
                        {move || others.get().into_iter().map(|one: Person| row(one.id, one.name, false)).collect_view()}
                    </List>
                </details>
            </Show>
            <Trouble doing />
        </Section>
    }
}
