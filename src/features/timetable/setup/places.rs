//! Where it is taught: rooms, meeting points, courts.

use leptos::prelude::*;
use rollcall_domain::classes::{DescribePlace, MapPoint, NoMapPoint, Place, PlaceDraft, PlaceId, PlaceKind};

use super::super::may;
use super::super::state::places;
use super::{Ends, name_chars, needed};
use crate::parts::doing::Doing;
use crate::parts::map::OnMap;
use crate::shell::use_shell;
use crate::studio::{Order, use_studio};
use crate::tr;
use crate::tr::classes as t;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, Dialog, List, Need, RadioGroup, RadioLook, Row, Section,
    TextField, TimeField,
};

/// Links out of map apps are long.
const POINT_CHARS: u32 = 2_000;
/// Figures are the same in every language.
const POINT_EXAMPLE: &str = "25.0340, 121.5645";

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

/// What was typed.
#[derive(Debug, Clone, Copy)]
struct Fields {
    name: RwSignal<String>,
    note: RwSignal<String>,
    kind: RwSignal<Option<Kind>>,
    opens: RwSignal<Option<u32>>,
    closes: RwSignal<Option<u32>>,
    point: RwSignal<String>,
    tried: RwSignal<bool>,
}

impl Fields {
    fn of(before: Option<&PlaceDraft>) -> Self {
        let text =
            |get: fn(&PlaceDraft) -> &String| RwSignal::new(before.map(get).cloned().unwrap_or_default());
        let (kind, opens, closes, point) = match before.map_or(PlaceKind::Room, |one| one.kind) {
            PlaceKind::Room => (Kind::Room, 9, 21, None),
            PlaceKind::Outdoor { point } => (Kind::Outdoor, 9, 21, point),
            PlaceKind::Court { opens, closes } => (Kind::Court, opens, closes, None),
        };
        Self {
            name: text(|one| &one.name),
            note: text(|one| &one.note),
            kind: RwSignal::new(Some(kind)),
            opens: RwSignal::new(Some(opens * 60)),
            closes: RwSignal::new(Some(closes * 60)),
            point: RwSignal::new(point.map(|point| point.to_string()).unwrap_or_default()),
            tried: RwSignal::new(false),
        }
    }

    fn is(self, kind: Kind) -> bool {
        self.kind.get() == Some(kind)
    }

    /// The point that was typed or pasted; nothing where the field is empty.
    fn point(self) -> Result<Option<MapPoint>, NoMapPoint> {
        self.point.with(|text| if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) })
    }

    /// What it is; nothing while its point cannot be read.
    fn kind(self) -> Option<PlaceKind> {
        let hour = |minute: u32| if minute == 0 { 24 } else { minute.div_ceil(60) };
        Some(match self.kind.get()? {
            Kind::Room => PlaceKind::Room,
            Kind::Outdoor => PlaceKind::Outdoor { point: self.point().ok()? },
            Kind::Court => PlaceKind::Court {
                opens: self.opens.get().unwrap_or(0) / 60,
                closes: self.closes.get().map_or(24, hour),
            },
        })
    }
}

#[component]
fn PlaceForm(place: Option<Place>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let before = place.as_ref().map(|place| place.draft.clone());
    let fields = Fields::of(before.as_ref());
    let known =
        place.as_ref().map_or_else(|| (PlaceId(studio.mint()), 0), |place| (place.id, place.revision));
    let (capacity, was) = (before.as_ref().and_then(|one| one.capacity), before.map(|one| one.kind));
    let give = move |kind: PlaceKind, retired: bool| {
        let (name, note) = (fields.name.get_untracked(), fields.note.get_untracked());
        let draft = PlaceDraft { name, kind, capacity, note };
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
    // A place that is given up stays what it was, whatever stands half typed in its field.
    let retire = move |()| was.into_iter().for_each(|was| for_retire(was, true));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        fields.tried.set(true);
        let named = fields.name.with_untracked(|name| !name.trim().is_empty());
        if let Some(kind) = untrack(|| fields.kind()).filter(|_| named) {
            give(kind, false);
        }
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <TextField label=t::name value=fields.name need=Need::Required length_max=name_chars() error=needed(fields.tried, fields.name) />
            <WhatItIs fields />
            <TextField label=t::place_note value=fields.note length_max=200 />
            {(known.1 > 0).then(|| view! {
                <div class="cluster"><Button kind=ButtonKind::Quiet busy=doing.busy() on_press=retire>{t::place_retire}</Button></div>
            })}
            <Ends doing on_done />
        </form>
    }
}

/// The kind, and what only that kind has.
#[component]
fn WhatItIs(fields: Fields) -> impl IntoView {
    let kinds = vec![
        Choice::new(Kind::Room, t::place_room),
        Choice::new(Kind::Outdoor, t::place_outdoor),
        Choice::new(Kind::Court, t::place_court),
    ];
    view! {
        <RadioGroup label=t::place_kind value=fields.kind choices=kinds look=RadioLook::Segments />
        <Show when=move || fields.is(Kind::Court)>
            <div class="group">
                <TimeField label=t::court_opens value=fields.opens />
                <TimeField label=t::court_closes value=fields.closes />
            </div>
        </Show>
        <Show when=move || fields.is(Kind::Outdoor)><PointField fields /></Show>
    }
}

/// A point on the map: what was pasted is written again as it was read, and leads to the map for a look.
#[component]
fn PointField(fields: Fields) -> impl IntoView {
    let left = RwSignal::new(false);
    let read = Memo::new(move |_| fields.point());
    let unread = move || {
        let told = left.get() || fields.tried.get();
        (told && read.get().is_err()).then(|| t::place_point_unread(POINT_EXAMPLE))
    };
    let leave = move |()| {
        left.set(true);
        if let Ok(Some(point)) = read.get_untracked() {
            fields.point.set(point.to_string());
        }
    };
    let look = move || {
        let point = read.get().ok().flatten()?;
        Some(view! { <p class="quiet"><OnMap name=t::place_point_look() point /></p> })
    };
    view! {
        <div class="stack">
            <TextField label=t::place_point value=fields.point length_max=POINT_CHARS hint=t::place_point_hint
                placeholder=POINT_EXAMPLE error=Signal::derive(unread) on_leave=leave />
            {look}
        </div>
    }
}
