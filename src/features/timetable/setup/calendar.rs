//! Calendar files: the timetable of another program taken over after a look at every row, and one's own handed on.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::classes::export::{AHEAD_DAYS, Export};
use rollcall_domain::classes::import::{
    Here, ImportCalendar, ImportedRow, LeftOut, NewClass, Offer, ROWS_MAX, Row as FileRow, preview,
};
use rollcall_domain::classes::{
    COLOURS, ClassDraft, ClassType, ClassTypeId, Days, Level, NAME_CHARS_MAX, Place, Schedule, Terms,
};
use rollcall_domain::kernel::text;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};

use super::super::may;
use super::super::state::{classes, places, timetable};
use crate::device::hand_over;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::settings::{moment, studio_settings};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr;
use crate::tr::calendar as t;
use crate::ui::{Actions, Answer, Banner, Button, ButtonKind, List, Row, Section};

/// A calendar of a studio has some hundred kilobytes.
const FILE_MB_MAX: u32 = 5;
/// Seats of a class nobody has said more about.
const USUAL_CAPACITY: u32 = 12;
const USUAL_LENGTH_MINUTES: u32 = 60;

/// The section.
#[component]
pub(super) fn CalendarFiles() -> impl IntoView {
    let studio = use_studio();
    let may_take = may::<ImportCalendar>(&studio);
    let rows = RwSignal::new(None::<Result<Vec<FileRow>, String>>);
    let save = move |()| save(&studio);
    view! {
        <Section title=t::title>
            <p class="quiet">{t::lead}</p>
            <div class="cluster">
                <Button on_press=save>{t::save}</Button>
                {may_take.then(|| view! { <Choose rows /> })}
            </div>
            <p class="quiet">{t::save_note}</p>
            <p><a href="/settings/calendar">{tr::feeds::from_timetable}</a></p>
            {move || rows.get().map(|read| match read {
                Err(sentence) => view! { <Banner answer=Answer::Stop text=sentence /> }.into_any(),
                Ok(read) => view! { <Preview read on_done=move |()| rows.set(None) /> }.into_any(),
            })}
        </Section>
    }
}

/// Writes what is planned from today on.
fn save(studio: &Studio) {
    let first = studio.day_now();
    let span = Days { first, last: first + chrono::Duration::days(i64::from(AHEAD_DAYS)) };
    let known =
        untrack(|| (timetable(studio, span), classes(studio), places(studio), studio_settings(studio)));
    let (planned, classes, places, settings) = known;
    let name = settings.map(|settings| settings.name).unwrap_or_default();
    let words = |terms: &Terms| {
        let class = classes.iter().find(|class| class.id == terms.class_type_id);
        let place = places.iter().find(|place| Some(place.id) == terms.place_id);
        let title = class.map(|class| class.name_in(tr::lang().tag()).to_owned());
        (
            title.unwrap_or_else(|| t::untitled().to_owned()),
            place.map(|p| p.draft.name.clone()).unwrap_or_default(),
        )
    };
    let zone = untrack(|| studio.zone());
    let export = Export { studio: &name, zone, now: studio.now(), from: first, words: &words };
    let file = export.text(&planned);
    // A browser that cannot save says so itself.
    hand_over(file.as_bytes(), "timetable.ics", "text/calendar");
}

#[component]
fn Choose(rows: RwSignal<Option<Result<Vec<FileRow>, String>>>) -> impl IntoView {
    let studio = use_studio();
    let reading = RwSignal::new(false);
    let changed = move |input: HtmlInputElement| {
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // Emptied, so that choosing the same file again, corrected meanwhile, is a change again.
        input.set_value("");
        reading.set(true);
        let studio = studio.clone();
        spawn_local(async move {
            let read = read(&studio, &file).await;
            reading.try_set(false);
            rows.try_set(Some(read));
        });
    };
    view! {
        <label class="button file">
            <input class="only-read" type="file" accept=".ics,text/calendar" on:change:target=move |event| changed(event.target()) />
            {t::open}
        </label>
        <span role="status">{move || reading.get().then(t::reading)}</span>
    }
}

async fn read(studio: &Studio, file: &File) -> Result<Vec<FileRow>, String> {
    if file.size() > f64::from(FILE_MB_MAX) * 1024.0 * 1024.0 {
        return Err(t::too_large(FILE_MB_MAX));
    }
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| t::unreadable().to_owned())?;
    let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
    let Some(me) = studio.me_now() else { return Err(t::unreadable().to_owned()) };
    let has = |id: rollcall_domain::classes::ScheduleId| {
        untrack(|| studio.live().get::<Schedule>(id.raw())).is_some()
    };
    let zone = untrack(|| studio.zone());
    let here = Here { studio: me.studio, zone, now: studio.now(), has: &has };
    preview(&bytes, &here).map_err(|_| t::no_calendar().to_owned())
}

/// Every row with what it would bring, or why it brings nothing.
#[component]
fn Preview(read: Vec<FileRow>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let doing = Doing::new(&studio);
    let (offered, left_out): (Vec<FileRow>, Vec<FileRow>) =
        read.into_iter().partition(|row| row.outcome.is_ok());
    let (offers, out) = (count(offered.len()), count(left_out.len()));
    let none = offers == 0 && out == 0;
    let for_rows = studio.clone();
    let rows = offered.iter().chain(&left_out).map(|row| line(&for_rows, row)).collect_view();
    let more = offered.len() > ROWS_MAX;
    let taken = count(offered.len().min(ROWS_MAX));
    let take = move |()| {
        let command = command(&studio, &offered);
        doing.run(
            &studio,
            |id| Order::new(id, &command, &()),
            move |_| {
                shell.say(t::taken(taken));
                on_done.try_run(());
            },
        );
    };
    view! {
        <div class="stack" data-testid="calendar-rows">
            {none.then(|| view! { <p>{t::none}</p> })}
            <p>{(offers > 0).then(|| t::offered(offers))} {(offers > 0 && out > 0).then_some(" · ")} {(out > 0).then(|| t::left_out(out))}</p>
            <List label=t::title>{rows}</List>
            {more.then(|| view! { <p class="quiet">{t::more}</p> })}
            <Trouble doing />
            <Actions>
                <Button on_press=move |()| on_done.run(())>{tr::common::cancel}</Button>
                {(offers > 0).then(|| view! { <Button kind=ButtonKind::Primary busy=doing.busy() on_press=take>{t::take}</Button> })}
            </Actions>
        </div>
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

fn line(studio: &Studio, row: &FileRow) -> AnyView {
    let name = title(row);
    let is_new = row.outcome.is_ok() && known_class(studio, &name).is_none();
    let words = match &row.outcome {
        Ok(Offer { next, count: sessions, .. }) => match next.first() {
            Some(at) => t::sessions(count(*sessions), moment(studio, *at)),
            None => t::none_ahead().to_owned(),
        },
        Err(why) => reason(why).to_owned(),
    };
    let after = is_new.then(|| view! { <span>{t::new_class}</span> });
    view! { <Row after=after.into_any()><b>{name}</b> <small>{words}</small></Row> }.into_any()
}

/// Why an event is left out, and what to do about it.
fn reason(why: &LeftOut) -> &'static str {
    match why {
        LeftOut::Unreadable(_) => t::out_unreadable(),
        LeftOut::Cancelled => t::out_cancelled(),
        LeftOut::Over => t::out_over(),
        LeftOut::WholeDay => t::out_whole_day(),
        LeftOut::Length => t::out_length(),
        LeftOut::SeveralADay => t::out_several_a_day(),
        LeftOut::SeveralRules => t::out_several_rules(),
        LeftOut::NoEvent => t::out_no_event(),
        LeftOut::OtherZone => t::out_other_zone(),
        LeftOut::HereAlready => t::out_here_already(),
        LeftOut::TooManyDays => t::out_too_many_days(),
        LeftOut::NotExactly => t::out_not_exactly(),
    }
}

/// What a row's class is called, as long as a class may be.
fn title(row: &FileRow) -> String {
    let name: String = text::tidy_line(&row.summary).chars().take(NAME_CHARS_MAX).collect();
    if name.is_empty() { t::untitled().to_owned() } else { name }
}

fn is_called(known: &str, name: &str) -> bool {
    text::tidy_line(known).to_lowercase() == text::tidy_line(name).to_lowercase()
}

fn known_class(studio: &Studio, name: &str) -> Option<ClassType> {
    untrack(|| classes(studio)).into_iter().find(|class| is_called(&class.draft.name, name))
}

/// All offered rows as one command: classes and places of the same name are those of the studio, other classes are new.
fn command(studio: &Studio, offered: &[FileRow]) -> ImportCalendar {
    let known: Vec<Place> = untrack(|| places(studio));
    let mut new: Vec<NewClass> = Vec::new();
    let mut rows = Vec::new();
    for row in offered.iter().take(ROWS_MAX) {
        let Ok(Offer { plan, .. }) = &row.outcome else { continue };
        let first = plan.stretches.first();
        let (start_minute, length_minutes) =
            first.map_or((0, USUAL_LENGTH_MINUTES), |first| (first.start_minute, first.length_minutes));
        let (class_type_id, capacity) = class_of(studio, &title(row), length_minutes, &mut new);
        let place = known.iter().find(|place| is_called(&place.draft.name, &row.location));
        let place_id = place.map(|place| place.id);
        let terms = Terms {
            class_type_id,
            coaches: Vec::new(),
            place_id,
            start_minute,
            length_minutes,
            capacity,
            people_min: 0,
        };
        rows.push(ImportedRow { plan: plan.clone(), terms });
    }
    ImportCalendar { classes: new, rows }
}

fn class_of(studio: &Studio, name: &str, length_minutes: u32, new: &mut Vec<NewClass>) -> (ClassTypeId, u32) {
    if let Some(class) = known_class(studio, name) {
        return (class.id, class.draft.capacity);
    }
    if let Some(class) = new.iter().find(|class| is_called(&class.draft.name, name)) {
        return (class.class_type_id, class.draft.capacity);
    }
    let class_type_id = ClassTypeId(studio.mint());
    let colour = u8::try_from(new.len() % usize::from(COLOURS)).unwrap_or(0);
    let draft = ClassDraft {
        name: name.to_owned(),
        names: std::collections::BTreeMap::new(),
        colour,
        length_minutes,
        capacity: USUAL_CAPACITY,
        level: Level::default(),
        opened_by: Vec::new(),
    };
    new.push(NewClass { class_type_id, draft });
    (class_type_id, USUAL_CAPACITY)
}
