//! What a new studio could do next; it goes away by itself once all of it is done.

use leptos::prelude::*;
use rollcall_domain::attendance::MemberVisits;
use rollcall_domain::kernel::RecordBody as _;
use rollcall_domain::members::Member;
use rollcall_domain::passes::Pass;
use rollcall_domain::plans::Plan;

use crate::studio::{Studio, use_studio};
use crate::tr::today as t;
use crate::ui::{Answer, Mark, Section};

/// One step.
struct Step {
    href: &'static str,
    title: fn() -> &'static str,
    note: fn() -> &'static str,
    /// The kind of record that shows it was done.
    kind: &'static str,
}

const STEPS: [Step; 5] = [
    Step { href: "/settings/plans", title: t::steps_plan, note: t::steps_plan_note, kind: Plan::KIND },
    Step { href: "/members/new", title: t::steps_member, note: t::steps_member_note, kind: Member::KIND },
    Step { href: "/members/import", title: t::steps_import, note: t::steps_import_note, kind: Member::KIND },
    Step { href: "/sell", title: t::steps_pass, note: t::steps_pass_note, kind: Pass::KIND },
    Step {
        href: "/check-in",
        title: t::steps_check_in,
        note: t::steps_check_in_note,
        kind: MemberVisits::KIND,
    },
];

fn is_done(studio: &Studio, step: &Step) -> bool {
    studio.live().count(step.kind) > 0
}

/// The list, as long as something on it is not done.
#[component]
pub fn FirstSteps() -> impl IntoView {
    let studio = use_studio();
    let all_done = Memo::new(move |_| STEPS.iter().all(|step| is_done(&studio, step)));
    view! {
        <Show when=move || !all_done.get()>
            <Section title=t::steps_title>
                <p class="quiet">{t::steps_lead}</p>
                <ul class="list">{STEPS.iter().map(|step| view! { <OneStep step /> }).collect_view()}</ul>
            </Section>
        </Show>
    }
}

#[component]
fn OneStep(step: &'static Step) -> impl IntoView {
    let studio = use_studio();
    let done = Memo::new(move |_| is_done(&studio, step));
    let after = move || match done.get() {
        true => view! { <Mark answer=Answer::Ok text=t::steps_done /> }.into_any(),
        false => view! { <span class="steps__go" aria-hidden="true">"›"</span> }.into_any(),
    };
    view! {
        <li>
            <a class="row row--press today__row" class:steps__done=done href=step.href>
                <span class="row__words"><b>{step.title}</b> <small>{step.note}</small></span>
                <span class="row__after">{after}</span>
            </a>
        </li>
    }
}
