//! Fields where one picks: select, radio tiles and segments, checkbox, switch.

use leptos::prelude::*;

use super::dom::{next_id, tell_left};
use super::field::{FieldParts, Need, below, framed, framed_group};
use super::text::Text;
use super::words::words;

/// One thing that can be picked.
#[derive(Debug, Clone)]
pub struct Choice<K> {
    pub value: K,
    pub label: Text,
    /// A second, quieter line, shown by tiles and lists.
    pub note: Option<Text>,
    /// False for what is in sight and cannot be picked now; something beside it says why.
    pub is_open: bool,
}

impl<K> Choice<K> {
    pub fn new(value: K, label: impl Into<Text>) -> Self {
        Self { value, label: label.into(), note: None, is_open: true }
    }

    /// In sight, and not to be picked now.
    #[must_use]
    pub fn shut(self) -> Self {
        Self { is_open: false, ..self }
    }

    #[must_use]
    pub fn note(self, note: impl Into<Text>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}

/// What the markup needs of the choices, free of their type so that it is compiled once.
type Labels = Signal<Vec<(Text, Option<Text>, bool)>>;

/// Which of the choices is picked, and how to pick another.
fn by_place<K>(
    value: RwSignal<Option<K>>,
    choices: Signal<Vec<Choice<K>>>,
) -> (Labels, Signal<Option<usize>>, Callback<usize>)
where
    K: Clone + PartialEq + Send + Sync + 'static,
{
    let labels = Signal::derive(move || {
        choices.with(|all| all.iter().map(|choice| (choice.label, choice.note, choice.is_open)).collect())
    });
    let picked = Signal::derive(move || {
        let value = value.get()?;
        choices.with(|all| all.iter().position(|choice| choice.value == value))
    });
    let pick = Callback::new(move |place: usize| {
        let choice = choices.with_untracked(|all| all.get(place).map(|choice| choice.value.clone()));
        if choice.is_some() {
            value.set(choice);
        }
    });
    (labels, picked, pick)
}

/// One of many, in the browser's own list. For up to five choices prefer [`RadioGroup`].
#[component]
pub fn Select<K>(
    #[prop(into)] label: Text,
    value: RwSignal<Option<K>>,
    #[prop(into)] choices: Signal<Vec<Choice<K>>>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_leave: Option<Callback<()>>,
) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
{
    let (labels, picked, pick) = by_place(value, choices);
    let clear = Callback::new(move |()| value.set(None));
    let parts = FieldParts::new(label, hint, error, need);
    framed(parts, select_control(parts, labels, picked, pick, clear, on_leave))
}

fn select_control(
    parts: FieldParts,
    labels: Labels,
    picked: Signal<Option<usize>>,
    pick: Callback<usize>,
    clear: Callback<()>,
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let options = move || {
        labels
            .get()
            .into_iter()
            .enumerate()
            .map(|(place, (label, _, is_open))| {
                view! {
                    <option value=place disabled=!is_open selected=move || picked.get() == Some(place)>{move || label.get()}</option>
                }
            })
            .collect_view()
    };
    let change = move |value: String| match value.parse() {
        Ok(place) => pick.run(place),
        Err(_) => clear.run(()),
    };
    view! {
        <div class="select">
            <select
                class="input input--select"
                id=parts.id()
                prop:value=move || picked.get().map(|place| place.to_string()).unwrap_or_default()
                aria-required=parts.required()
                aria-invalid=parts.invalid()
                aria-describedby=parts.described_by()
                on:change:target=move |event| change(event.target().value())
                on:blur=move |_| tell_left(on_leave)
            >
                <option value="" selected=move || picked.get().is_none()>{move || (words().choose)()}</option>
                {options}
            </select>
        </div>
    }
}

/// How a radio group looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RadioLook {
    /// One below the other.
    #[default]
    List,
    /// One strip, for two to five short words.
    Segments,
    /// Tiles with a second line, for plans and large choices.
    Tiles,
}

impl RadioLook {
    fn class(self) -> &'static str {
        match self {
            Self::List => "field choices choices--list",
            Self::Segments => "field choices choices--segments",
            Self::Tiles => "field choices choices--tiles",
        }
    }
}

/// One of a few, all in sight. Arrow keys move, as in every radio group.
#[component]
pub fn RadioGroup<K>(
    #[prop(into)] label: Text,
    value: RwSignal<Option<K>>,
    #[prop(into)] choices: Signal<Vec<Choice<K>>>,
    #[prop(optional)] look: RadioLook,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
{
    let (labels, picked, pick) = by_place(value, choices);
    let parts = FieldParts::new(label, hint, error, need);
    framed_group(parts, look.class(), radio_controls(labels, picked, pick))
}

fn radio_controls(labels: Labels, picked: Signal<Option<usize>>, pick: Callback<usize>) -> impl IntoView {
    let name = next_id("radio");
    let one = move |place: usize, label: Text, note: Option<Text>, is_open: bool| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    class="choice__dot"
                    name=name.clone()
                    disabled=!is_open
                    prop:checked=move || picked.get() == Some(place)
                    on:change=move |_| pick.run(place)
                />
                <span class="choice__text">
                    <span class="choice__label">{move || label.get()}</span>
                    {note.map(|note| view! { <span class="choice__note">{move || note.get()}</span> })}
                </span>
            </label>
        }
    };
    view! {
        <div class="choices__all">
            {move || {
                labels
                    .get()
                    .into_iter()
                    .enumerate()
                    .map(|(place, (label, note, is_open))| one(place, label, note, is_open))
                    .collect_view()
            }}
        </div>
    }
}

/// Yes or no, decided when the form is saved.
#[component]
pub fn Checkbox(
    #[prop(into)] label: Text,
    value: RwSignal<bool>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    tick(FieldParts::new(label, hint, error, need), value, Tick::Box)
}

/// On or off, in force at once.
#[component]
pub fn Toggle(
    #[prop(into)] label: Text,
    value: RwSignal<bool>,
    #[prop(optional, into)] hint: Option<Text>,
) -> impl IntoView {
    tick(FieldParts::new(label, hint, Signal::default(), Need::Optional), value, Tick::Switch)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tick {
    Box,
    Switch,
}

fn tick(parts: FieldParts, value: RwSignal<bool>, look: Tick) -> impl IntoView {
    let class = if look == Tick::Switch { "choice__switch" } else { "choice__box" };
    view! {
        <div class="field" data-invalid=parts.invalid()>
            <label class="choice choice--tick" for=parts.id()>
                <input
                    type="checkbox"
                    class=class
                    id=parts.id()
                    role=(look == Tick::Switch).then_some("switch")
                    prop:checked=move || value.get()
                    aria-required=parts.required()
                    aria-invalid=parts.invalid()
                    aria-describedby=parts.described_by()
                    on:change:target=move |event| value.set(event.target().checked())
                />
                <span class="choice__text">
                    <span class="choice__label">
                        {move || parts.label.get()} {super::field::need_word(parts.need)}
                    </span>
                </span>
            </label>
            {below(parts)}
        </div>
    }
}
