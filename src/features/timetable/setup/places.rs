//! Where it is taught: rooms, meeting points, courts.

use leptos::prelude::*;
use rollcall_domain::classes::{DescribePlace, Place, PlaceDraft, PlaceId, PlaceKind};

use super::super::may;
use super::super::state::places;
use super::{Ends, name_chars, needed};
use crate::parts::doing::Doing;
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr;
use crate::tr::classes as t;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, Dialog, List, Need, RadioGroup, RadioLook, Row, Section,
    TextField, TimeField,
};

/// Where it can be.
#[component]
pub(super) fn Places() -> impl IntoView {
    let studio = use_studio();
    let may_edit = may::<DescribePlace>(&studio);
    let all = Memo::new(move |_| places(&studio));
    let (open, in_hand) = (RwSignal::new(false), RwSignal::new(None::<Place>));
    let edit = move |place: Option<Place>| {
        in_hand.set(place);
        open.set(true);
    };
    let row = move |place: Place| {
        let (name, kind, note) = (place.draft.name.clone(), place.draft.kind, place.draft.note.clone());
        let act = may_edit.then(|| view! {
            <Button size=ButtonSize::Small on_press=move |()| edit(Some(place.clone()))>{tr::common::edit}</Button>
        });
        let words = move || match kind {
            PlaceKind::Room => t::place_room().to_owned(),
            PlaceKind::Outdoor { .. } => t::place_outdoor().to_owned(),
            PlaceKind::Court { opens, closes } => t::place_court_line(opens, closes),
        };
        view! { <Row after=act.into_any()><b>{name}</b> <small>{words} {(!note.is_empty()).then(|| format!(" · {note}"))}</small></Row> }
    };
    let title = move || if in_hand.with(Option::is_some) { t::place_edit() } else { t::place_add() };
    view! {
        <Section title=t::places>
            <Show when=move || all.with(Vec::is_empty)><p class="quiet">{t::places_none}</p></Show>
            <List label=t::places>{move || all.get().into_iter().map(row).collect_view()}</List>
            {may_edit.then(|| view! { <Button on_press=move |()| edit(None)>{t::place_add}</Button> })}
        </Section>
        <Dialog title open><PlaceForm place=in_hand.get_untracked() on_done=move |()| open.set(false) /></Dialog>
    }
}

/// What a place is, as the form asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Room,
    Outdoor,
    Court,
}

#[component]
fn PlaceForm(place: Option<Place>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let before = place.as_ref().map(|place| place.draft.clone());
    let text =
        |get: fn(&PlaceDraft) -> &String| before.as_ref().map(|one| get(one).clone()).unwrap_or_default();
    let (name, note) = (RwSignal::new(text(|one| &one.name)), RwSignal::new(text(|one| &one.note)));
    let was = before.as_ref().map_or(PlaceKind::Room, |one| one.kind);
    let (kind, opens, closes) = match was {
        PlaceKind::Room => (Kind::Room, 9, 21),
        PlaceKind::Outdoor { .. } => (Kind::Outdoor, 9, 21),
        PlaceKind::Court { opens, closes } => (Kind::Court, opens, closes),
    };
    let kind = RwSignal::new(Some(kind));
    let (opens, closes) = (RwSignal::new(Some(opens * 60)), RwSignal::new(Some(closes * 60)));
    let tried = RwSignal::new(false);
    let known =
        place.as_ref().map_or_else(|| (PlaceId(studio.mint()), 0), |place| (place.id, place.revision));
    let capacity = before.as_ref().and_then(|one| one.capacity);
    let give = move |retired: bool| {
        let kind = match (kind.get_untracked(), was) {
            (Some(Kind::Outdoor), PlaceKind::Outdoor { point }) => PlaceKind::Outdoor { point },
            (Some(Kind::Outdoor), _) => PlaceKind::Outdoor { point: None },
            (Some(Kind::Court), _) => PlaceKind::Court {
                opens: opens.get_untracked().unwrap_or(0) / 60,
                closes: closes
                    .get_untracked()
                    .map_or(24, |minute| if minute == 0 { 24 } else { minute.div_ceil(60) }),
            },
            _ => PlaceKind::Room,
        };
        let draft = PlaceDraft { name: name.get_untracked(), kind, capacity, note: note.get_untracked() };
        let wish = DescribePlace { place_id: known.0, seen_revision: known.1, draft, retired };
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
    let kinds = vec![
        Choice::new(Kind::Room, t::place_room),
        Choice::new(Kind::Outdoor, t::place_outdoor),
        Choice::new(Kind::Court, t::place_court),
    ];
    view! {
        <form class="form" novalidate on:submit=submit>
            <TextField label=t::name value=name need=Need::Required length_max=name_chars() error=needed(tried, name) />
            <RadioGroup label=t::place_kind value=kind choices=kinds look=RadioLook::Segments />
            <Show when=move || kind.get() == Some(Kind::Court)>
                <div class="group">
                    <TimeField label=t::court_opens value=opens />
                    <TimeField label=t::court_closes value=closes />
                </div>
            </Show>
            <TextField label=t::place_note value=note length_max=200 />
            {(known.1 > 0).then(|| view! {
                <div class="cluster"><Button kind=ButtonKind::Quiet busy=doing.busy() on_press=move |()| for_retire(true)>{t::place_retire}</Button></div>
            })}
            <Ends doing on_done />
        </form>
    }
}
