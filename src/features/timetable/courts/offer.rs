//! Letting a court: for how many hours, and for whom.

use leptos::prelude::*;
use rollcall_domain::classes::{Hire, HireCourt, HireId, HirerName, NAME_CHARS_MAX, ReleaseCourt};
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::members::MemberId;

use super::{Courts, Slot};
use crate::fmt;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::members::{Somebody, find_somebody, phone_of};
use crate::parts::refusals::say_run_error;
use crate::shell::{ShellState, use_shell};
use crate::studio::{Done, Order, Studio, use_studio};
use crate::tr;
use crate::tr::courts as t;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonRole, Choice, Need, NumberField, PickOption, Picker, RadioGroup,
    RadioLook, TextField, time_text,
};

/// People offered for what was typed.
const HITS_MAX: usize = 8;

/// Who wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    Member,
    Other,
}

/// What was typed.
#[derive(Debug, Clone, Copy)]
struct Fields {
    hours: RwSignal<Option<i64>>,
    whom: RwSignal<Option<Whom>>,
    query: RwSignal<String>,
    picked: RwSignal<Option<(MemberId, String)>>,
    name: RwSignal<String>,
    tried: RwSignal<bool>,
}

impl Fields {
    fn new() -> Self {
        Self {
            hours: RwSignal::new(Some(1)),
            whom: RwSignal::new(Some(Whom::Member)),
            query: RwSignal::new(String::new()),
            picked: RwSignal::new(None),
            name: RwSignal::new(String::new()),
            tried: RwSignal::new(false),
        }
    }

    /// The member, while the line still says their name.
    fn member(self) -> Option<MemberId> {
        self.picked.get().filter(|(_, name)| self.query.with(|typed| typed == name)).map(|(id, _)| id)
    }

    fn hours_now(self) -> Option<u32> {
        self.hours.get().and_then(|hours| u32::try_from(hours).ok()).filter(|hours| *hours > 0)
    }

    /// For whom, and under which name where it is no member; nothing while that is missing.
    fn hirer(self) -> Option<(Option<MemberId>, HirerName)> {
        match self.whom.get()? {
            Whom::Member => self.member().map(|member| (Some(member), HirerName::default())),
            Whom::Other => {
                let name = self.name.get();
                (!name.trim().is_empty()).then_some((None, HirerName { name }))
            }
        }
    }
}

/// The form.
#[component]
pub(super) fn LetForm(wish: Slot, here: Courts) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let fields = Fields::new();
    let (court, on, from, most) = (wish.court.clone(), wish.on, wish.from, i64::from(24 - wish.from));
    let until = move || {
        let hours = fields.hours_now().unwrap_or(1);
        t::until(time_text((from + hours) * 60 % (24 * 60)))
    };
    let enough = move || {
        fields.hours_now().is_some_and(|hours| hours > wish.free).then(|| t::free_for(u64::from(wish.free)))
    };
    let place_id = wish.place_id;
    let name = court.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        fields.tried.set(true);
        let Some((hours, (member_id, hirer))) = untrack(|| fields.hours_now().zip(fields.hirer())) else {
            return;
        };
        let command = HireCourt { place_id, on, from_hour: from, hours, member_id };
        let (for_undo, court) = (studio.clone(), name.clone());
        doing.run(
            &studio,
            move |id| Order::new(id, &command, &hirer),
            move |done| {
                tell(&for_undo, shell, &done, &court, from);
                here.letting.try_set(false);
            },
        );
    };
    let missing = move |is_missing: bool| (fields.tried.get() && is_missing).then(|| t::needed().to_owned());
    view! {
        <form class="form" novalidate on:submit=submit>
            <p><b>{court}</b> ", " {move || fmt::day_heading(on)} ", " <span class="figures">{time_text(from * 60)}</span> " " {until}</p>
            <NumberField label=t::hours value=fields.hours min=1 max=most need=Need::Required
                error=Signal::derive(move || missing(fields.hours.get().is_none())) />
            {move || enough().map(|text| view! { <p class="quiet">{text}</p> })}
            <RadioGroup label=t::whom value=fields.whom look=RadioLook::Segments
                choices=vec![Choice::new(Whom::Member, t::whom_member), Choice::new(Whom::Other, t::whom_other)] />
            <Show when=move || fields.whom.get() == Some(Whom::Member) fallback=move || view! {
                <TextField label=t::name value=fields.name length_max=u32::try_from(NAME_CHARS_MAX).unwrap_or(60) need=Need::Required
                    error=Signal::derive(move || missing(fields.name.with(|name| name.trim().is_empty()))) />
            }>
                <Member fields />
            </Show>
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| here.letting.set(false)>{tr::common::cancel}</Button>
                <Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{t::let_it}</Button>
            </Actions>
        </form>
    }
}

#[component]
fn Member(fields: Fields) -> impl IntoView {
    let studio = use_studio();
    let options = Signal::derive(move || {
        // Whoever was picked need not be offered again.
        if untrack(|| fields.member()).is_some() {
            return Vec::new();
        }
        let found = fields.query.with(|text| match text.trim() {
            "" => Vec::new(),
            _ => find_somebody(&studio, text, HITS_MAX),
        });
        let option = |who: Somebody| PickOption {
            id: who.id.to_string(),
            note: phone_of(&studio, who.id).unwrap_or_default(),
            title: who.name,
        };
        found.into_iter().map(option).collect()
    });
    let pick = move |option: PickOption| {
        let Ok(id) = option.id.parse::<Id>() else { return };
        fields.picked.set(Some((MemberId(id), option.title.clone())));
        fields.query.set(option.title);
    };
    let error = Signal::derive(move || {
        (fields.tried.get() && fields.member().is_none()).then(|| t::pick_somebody().to_owned())
    });
    view! { <Picker label=t::member query=fields.query options on_pick=pick need=Need::Required error placeholder=t::member_hint /> }
}

/// The hire that a decision made.
fn hire_of(done: &Done) -> Option<Hire> {
    let mut bodies = done.changes.iter().filter(|change| change.kind == Hire::KIND);
    bodies.find_map(|change| serde_json::from_str(change.body.as_deref()?).ok())
}

fn tell(studio: &Studio, shell: ShellState, done: &Done, court: &str, from: u32) {
    let time = time_text(from * 60);
    let said = if done.predicted { t::requested_said(court, time) } else { t::let_said(court, time) };
    match hire_of(done) {
        Some(hire) => {
            let studio = studio.clone();
            shell.say_undo(said, move || give_back(&studio, shell, hire.id));
        }
        None => shell.say(said),
    }
}

/// Gives the hours back, from wherever it was asked for.
fn give_back(studio: &Studio, shell: ShellState, hire_id: HireId) {
    let studio = studio.clone();
    leptos::task::spawn_local(async move {
        match studio.run(Order::new(studio.intent(), &ReleaseCourt { hire_id }, &())).await {
            Ok(_) => shell.say(t::given_back_said()),
            Err(error) => shell.say(say_run_error(&error)),
        }
    });
}

/// Lets the same hours to the same person again.
pub(super) fn let_again(studio: &Studio, shell: ShellState, hire: &Hire) {
    let Hire { place_id, on, from_hour, hours, member_id, name, .. } = hire.clone();
    let (studio, command) = (studio.clone(), HireCourt { place_id, on, from_hour, hours, member_id });
    leptos::task::spawn_local(async move {
        match studio.run(Order::new(studio.intent(), &command, &HirerName { name })).await {
            Ok(_) => shell.say(t::let_again_said()),
            Err(error) => shell.say(say_run_error(&error)),
        }
    });
}
