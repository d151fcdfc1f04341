//! What is taught: classes with their colour, length and seats.

use leptos::prelude::*;
use rollcall_domain::classes::{
    CAPACITY_MAX, COLOURS, ClassDraft, ClassType, ClassTypeId, DescribeClass, LENGTH_MINUTES_MAX, Level,
};

use super::super::may;
use super::super::state::classes;
use super::{Ends, name_chars, needed};
use crate::parts::doing::Doing;
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr;
use crate::tr::classes as t;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, Dialog, List, Need, NumberField, Row, Section, Select, TextField,
};

/// What is taught.
#[component]
pub(super) fn Classes() -> impl IntoView {
    let studio = use_studio();
    let may_edit = may::<DescribeClass>(&studio);
    let all = Memo::new(move |_| classes(&studio));
    let (open, in_hand) = (RwSignal::new(false), RwSignal::new(None::<ClassType>));
    let edit = move |class: Option<ClassType>| {
        in_hand.set(class);
        open.set(true);
    };
    let row = move |class: ClassType| {
        let (name, colour) = (class.clone(), class.draft.colour);
        let note = t::class_line(class.draft.length_minutes, class.draft.capacity);
        let kept = class;
        let act = may_edit.then(|| view! {
            <Button size=ButtonSize::Small on_press=move |()| edit(Some(kept.clone()))>{tr::common::edit}</Button>
        });
        view! {
            <Row before=view! { <span class=format!("dot block--{colour}")></span> }.into_any() after=act.into_any()>
                <b>{move || name.name_in(tr::lang().tag()).to_owned()}</b> <small>{note}</small>
            </Row>
        }
    };
    let title = move || if in_hand.with(Option::is_some) { t::class_edit() } else { t::class_add() };
    view! {
        <Section title=t::classes>
            <Show when=move || all.with(Vec::is_empty)><p class="quiet">{t::classes_none}</p></Show>
            <List label=t::classes>{move || all.get().into_iter().map(row).collect_view()}</List>
            {may_edit.then(|| view! { <Button on_press=move |()| edit(None)>{t::class_add}</Button> })}
        </Section>
        <Dialog title open><ClassForm class=in_hand.get_untracked() on_done=move |()| open.set(false) /></Dialog>
    }
}

#[component]
fn ClassForm(class: Option<ClassType>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let before = class.as_ref().map(|class| class.draft.clone());
    let name = RwSignal::new(before.as_ref().map(|draft| draft.name.clone()).unwrap_or_default());
    let figure = |n: Option<u32>, usual: i64| RwSignal::new(Some(n.map_or(usual, i64::from)));
    let length = figure(before.as_ref().map(|draft| draft.length_minutes), 60);
    let seats = figure(before.as_ref().map(|draft| draft.capacity), 12);
    let free = untrack(|| free_colour(&studio));
    let colour = RwSignal::new(Some(before.as_ref().map_or(free, |draft| draft.colour)));
    let level = RwSignal::new(Some(before.as_ref().map(|draft| draft.level).unwrap_or_default()));
    let tried = RwSignal::new(false);
    let known =
        class.as_ref().map_or_else(|| (ClassTypeId(studio.mint()), 0), |class| (class.id, class.revision));
    let kept = before.unwrap_or_else(|| ClassDraft {
        name: String::new(),
        names: Default::default(),
        colour: free,
        length_minutes: 60,
        capacity: 12,
        level: Level::Open,
        opened_by: Vec::new(),
    });
    let draft = move || ClassDraft {
        name: name.get(),
        colour: colour.get().unwrap_or(0),
        length_minutes: whole(length.get()),
        capacity: whole(seats.get()),
        level: level.get().unwrap_or_default(),
        ..kept.clone()
    };
    let draft = StoredValue::new(draft);
    let give = move |retired: bool| {
        let draft = untrack(|| draft.with_value(|draft| draft()));
        let (class_type_id, seen_revision) = known;
        let wish = DescribeClass { class_type_id, seen_revision, draft, retired };
        doing.run(
            &studio,
            move |id| Order::new(id, &wish, &()),
            move |_| {
                shell.say(tr::common::saved());
                on_done.try_run(());
            },
        );
    };
    let for_retire = give.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if !name.with_untracked(|name| name.trim().is_empty()) {
            give(false);
        }
    };
    let colours = (0..COLOURS).map(|n| Choice::new(n, move || t::colour(n + 1))).collect::<Vec<_>>();
    let levels = vec![
        Choice::new(Level::Open, t::level_open),
        Choice::new(Level::Beginner, t::level_beginner),
        Choice::new(Level::Intermediate, t::level_intermediate),
        Choice::new(Level::Advanced, t::level_advanced),
    ];
    view! {
        <form class="form" novalidate on:submit=submit>
            <div class="group">
                <TextField label=t::name value=name need=Need::Required length_max=name_chars() error=needed(tried, name) />
                <Select label=t::colour_label value=colour choices=colours />
                <NumberField label=t::length value=length min=5 max=i64::from(LENGTH_MINUTES_MAX) need=Need::Required />
                <NumberField label=t::seats value=seats min=1 max=i64::from(CAPACITY_MAX) need=Need::Required />
                <Select label=t::level value=level choices=levels />
            </div>
            {(known.1 > 0).then(|| view! {
                <div class="cluster"><Button kind=ButtonKind::Quiet busy=doing.busy() on_press=move |()| for_retire(true)>{t::class_retire}</Button></div>
            })}
            <Ends doing on_done />
        </form>
    }
}

/// A colour that no class has yet, else the first.
fn free_colour(studio: &Studio) -> u8 {
    let taken: Vec<u8> = classes(studio).iter().map(|class| class.draft.colour).collect();
    (0..COLOURS).find(|colour| !taken.contains(colour)).unwrap_or(0)
}

/// A figure as the rules take it; what is missing or below zero is refused with a sentence.
fn whole(value: Option<i64>) -> u32 {
    value.and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
}
