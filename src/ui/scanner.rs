//! A camera that reads codes: a button, and below it the picture for as long as somebody wants it.
//!
//! It hands out the text of a code, once for each showing, and never knows what a text means. The camera is given back
//! when the view is closed, when the page is out of sight, and when the screen goes.

mod camera;
mod once;
mod reader;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use web_sys::HtmlVideoElement;

use super::button::{Button, ButtonKind, ButtonSize};
use super::mark::Answer;
use super::notice::Banner;
use super::words::words;
use camera::{Camera, CameraError};
use once::Once;
use reader::Reader;

/// Between two looks at the picture.
const LOOK_MS: u32 = 120;
/// How long the frame says that a code was read.
const READ_MS: u32 = 500;

/// Opens and closes the camera. What is pressed next is what somebody else decides: `on_press` runs after the change.
#[component]
pub fn ScanButton(
    open: RwSignal<bool>,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    let press = move |()| {
        open.update(|open| *open = !*open);
        on_press.into_iter().for_each(|pressed| pressed.run(()));
    };
    view! {
        <Button kind size on_press=press>
            {move || if open.get() { (words().scan_close)() } else { (words().scan_open)() }}
        </Button>
    }
}

/// The picture, while `open`. Every code it shows is handed to `on_read`.
#[component]
pub fn Scanner(#[prop(into)] open: Signal<bool>, #[prop(into)] on_read: Callback<String>) -> impl IntoView {
    let is_open = Memo::new(move |_| open.get());
    move || is_open.get().then(|| view! { <View on_read /> })
}

/// What the view shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Camera and reader are on their way.
    Starting,
    /// Looking.
    Looking,
    /// Why not.
    Trouble(CameraError),
}

/// The view's signals.
#[derive(Clone, Copy)]
struct Signals {
    stage: RwSignal<Stage>,
    has_light: RwSignal<bool>,
    /// True for a moment after a code was read.
    read: RwSignal<bool>,
    on_read: Callback<String>,
}

/// The camera of one view. Each start is a turn of its own: one that was overtaken gives its camera back.
#[derive(Default)]
struct Holder {
    turn: Cell<u32>,
    camera: RefCell<Option<Camera>>,
}

impl Holder {
    /// Gives the camera back; whatever still runs finds that its turn is over.
    fn stop(&self) -> u32 {
        self.camera.replace(None);
        self.turn.set(self.turn.get().wrapping_add(1));
        self.turn.get()
    }

    fn is(&self, turn: u32) -> bool {
        self.turn.get() == turn
    }
}

#[component]
fn View(on_read: Callback<String>) -> impl IntoView {
    let node = NodeRef::<html::Video>::new();
    let signals = Signals {
        stage: RwSignal::new(Stage::Starting),
        has_light: RwSignal::new(false),
        read: RwSignal::new(false),
        on_read,
    };
    let holder = StoredValue::new_local(Rc::new(Holder::default()));
    let start = move || {
        let Some(video) = node.get_untracked() else { return };
        let holder = holder.get_value();
        let turn = holder.stop();
        signals.stage.set(Stage::Starting);
        spawn_local(async move {
            if let Err(why) = look(&holder, turn, &video, signals).await
                && holder.is(turn)
            {
                holder.stop();
                signals.stage.try_set(Stage::Trouble(why));
            }
        });
    };
    Effect::new(move |_| {
        if node.get().is_some() {
            start();
        }
    });
    stop_when_out_of_sight(holder.get_value(), start);
    let light = RwSignal::new(false);
    let switch = move |()| {
        light.update(|on| *on = !*on);
        if let Some(camera) = &*holder.get_value().camera.borrow() {
            camera.light(light.get_untracked());
        }
    };
    view! {
        <section class="scanner" data-testid="scanner" data-stage=move || name_of(signals.stage.get())>
            <div class="scanner__frame" class:scanner__frame--read=move || signals.read.get() hidden=move || matches!(signals.stage.get(), Stage::Trouble(_))>
                <video class="scanner__picture" node_ref=node autoplay playsinline muted aria-label=move || (words().scan_picture)()></video>
                <span class="scanner__aim" aria-hidden="true"></span>
            </div>
            <div class="scanner__words">
                {move || match signals.stage.get() {
                    Stage::Starting => view! { <p role="status">{(words().scan_starting)()}</p> }.into_any(),
                    Stage::Looking => view! { <p role="status">{(words().scan_aim)()}</p> }.into_any(),
                    Stage::Trouble(why) => view! {
                        <Banner answer=Answer::Warn text=move || sentence(why)>
                            <Button on_press=move |()| start()>{move || (words().scan_again)()}</Button>
                        </Banner>
                    }.into_any(),
                }}
                <Show when=move || signals.has_light.get()>
                    <button type="button" class="button" aria-pressed=move || light.get().to_string() on:click=move |_| switch(())>
                        {move || (words().scan_light)()}
                    </button>
                </Show>
            </div>
        </section>
    }
}

/// Opens camera and reader, and looks until its turn is over.
async fn look(
    holder: &Rc<Holder>,
    turn: u32,
    video: &HtmlVideoElement,
    signals: Signals,
) -> Result<(), CameraError> {
    let camera = Camera::open().await?;
    // Closed while the browser was asking: dropping it gives it back.
    if !holder.is(turn) {
        return Ok(());
    }
    camera.show_in(video);
    signals.has_light.try_set(camera.has_light());
    holder.camera.replace(Some(camera));
    let reader = Reader::open().await?;
    if !holder.is(turn) {
        return Ok(());
    }
    signals.stage.try_set(Stage::Looking);
    let mut once = Once::default();
    while holder.is(turn) {
        if let Some(text) = reader.read(video).await.filter(|_| holder.is(turn))
            && once.is_new(&text, js_sys::Date::now())
        {
            flash(signals.read);
            signals.on_read.try_run(text);
        }
        TimeoutFuture::new(LOOK_MS).await;
    }
    Ok(())
}

fn flash(read: RwSignal<bool>) {
    read.try_set(true);
    spawn_local(async move {
        TimeoutFuture::new(READ_MS).await;
        read.try_set(false);
    });
}

/// Nobody who turned the tablet off, or went to another page of it, wants to be looked at.
fn stop_when_out_of_sight(holder: Rc<Holder>, start: impl Fn() + 'static) {
    let watched = holder.clone();
    let look = SendWrapper::new(move || {
        if document().visibility_state() == web_sys::VisibilityState::Hidden {
            watched.stop();
        } else {
            start();
        }
    });
    let heard = window_event_listener_untyped("visibilitychange", move |_| look());
    let holder = SendWrapper::new(holder);
    on_cleanup(move || {
        heard.remove();
        holder.stop();
    });
}

fn name_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Starting => "starting",
        Stage::Looking => "looking",
        Stage::Trouble(_) => "trouble",
    }
}

fn sentence(why: CameraError) -> &'static str {
    let words = words();
    match why {
        CameraError::Insecure => (words.scan_insecure)(),
        CameraError::Missing => (words.scan_missing)(),
        CameraError::Refused => (words.scan_refused)(),
        CameraError::InUse => (words.scan_in_use)(),
        CameraError::NoReader => (words.scan_no_reader)(),
    }
}
