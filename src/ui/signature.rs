//! A signature drawn by finger, pen or mouse, or given by typing one's name.

use std::fmt::Write as _;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, PointerEvent};

use super::field::{FieldParts, Need, framed_group};
use super::text::Text;
use super::words::words;

/// Lines of points, each coordinate from 0 to 1000 of the pad's width and height.
pub type Strokes = Vec<Vec<(u16, u16)>>;

/// Enough for any signature; more is somebody leaning on the glass.
const POINTS_MAX: usize = 4000;
/// Points closer than this (in thousandths) add nothing to see.
const APART_MIN: u16 = 3;
/// Width to height of the pad, as in the style sheet.
const WIDTH: u16 = 3;

/// How it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Hand,
    Name,
}

/// A pad to sign on. By keyboard: type the full name instead.
#[component]
pub fn SignaturePad(
    #[prop(into)] label: Text,
    strokes: RwSignal<Strokes>,
    /// The name typed instead of a drawing; empty while drawing.
    typed_name: RwSignal<String>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let parts = FieldParts::new(label, hint, error, need);
    let way = RwSignal::new(if typed_name.read_untracked().is_empty() { Way::Hand } else { Way::Name });
    let inside = move || match way.get() {
        Way::Hand => view! { <Pad strokes /> }.into_any(),
        Way::Name => view! { <TypedName typed_name /> }.into_any(),
    };
    let switch = move |_| {
        strokes.set(Vec::new());
        typed_name.set(String::new());
        way.update(|way| *way = if *way == Way::Hand { Way::Name } else { Way::Hand });
    };
    let switch_word = move || match way.get() {
        Way::Hand => (words().sign_by_name)(),
        Way::Name => (words().sign_by_hand)(),
    };
    let controls = view! {
        {inside}
        <div class="sign__acts">
            <button type="button" class="button button--quiet button--small" on:click=switch>{switch_word}</button>
            <button
                type="button"
                class="button button--quiet button--small"
                hidden=move || way.get() == Way::Name || strokes.with(Vec::is_empty)
                on:click=move |_| strokes.set(Vec::new())
            >
                {move || (words().clear)()}
            </button>
        </div>
    };
    framed_group(parts, "field sign", controls)
}

#[component]
fn TypedName(typed_name: RwSignal<String>) -> impl IntoView {
    view! {
        <super::input::TextField
            label=move || (words().sign_name)()
            value=typed_name
            hint=move || (words().sign_name_hint)()
            length_max=100
        />
    }
}

#[component]
fn Pad(strokes: RwSignal<Strokes>) -> impl IntoView {
    let node = NodeRef::<html::Canvas>::new();
    let drawing = StoredValue::new(None::<i32>);
    Effect::new(move |_| {
        if let Some(canvas) = node.get() {
            strokes.with(|strokes| draw(&canvas, strokes));
        }
    });
    let down = move |event: PointerEvent| {
        let Some(canvas) = node.get_untracked().filter(|_| event.is_primary() && event.button() == 0) else {
            return;
        };
        event.prevent_default();
        // Without capture a line that leaves the pad ends there; nothing else is lost.
        let _ = canvas.set_pointer_capture(event.pointer_id());
        drawing.set_value(Some(event.pointer_id()));
        strokes.update(|strokes| strokes.push(vec![place(&canvas, &event)]));
    };
    let moved = move |event: PointerEvent| {
        let (Some(canvas), true) = (node.get_untracked(), drawing.get_value() == Some(event.pointer_id()))
        else {
            return;
        };
        let point = place(&canvas, &event);
        if strokes.with_untracked(|strokes| wants(strokes, point)) {
            strokes.update(|strokes| strokes.last_mut().into_iter().for_each(|line| line.push(point)));
        }
    };
    let up = move |_| drawing.set_value(None);
    let said =
        move || if strokes.with(Vec::is_empty) { (words().sign_here)() } else { (words().sign_done)() };
    view! {
        <div class="sign__pad">
            <canvas
                node_ref=node
                class="sign__canvas"
                role="img"
                aria-label=said
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=up
                on:pointercancel=up
            ></canvas>
            <span class="sign__line" aria-hidden="true"></span>
            <span class="sign__here" aria-hidden="true" hidden=move || !strokes.with(Vec::is_empty)>
                {move || (words().sign_here)()}
            </span>
        </div>
    }
}

fn wants(strokes: &Strokes, point: (u16, u16)) -> bool {
    let far =
        |from: &(u16, u16)| from.0.abs_diff(point.0) >= APART_MIN || from.1.abs_diff(point.1) >= APART_MIN;
    let all: usize = strokes.iter().map(Vec::len).sum();
    all < POINTS_MAX && strokes.last().and_then(|line| line.last()).is_some_and(far)
}

fn place(canvas: &HtmlCanvasElement, event: &PointerEvent) -> (u16, u16) {
    let rect = canvas.get_bounding_client_rect();
    let x = thousandths(f64::from(event.client_x()) - rect.left(), rect.width());
    let y = thousandths(f64::from(event.client_y()) - rect.top(), rect.height());
    (x, y)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to 0..=1000 first")]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0..=1000 first")]
fn thousandths(at: f64, of: f64) -> u16 {
    if of > 0.0 { (at / of * 1000.0).round().clamp(0.0, 1000.0) as u16 } else { 0 }
}

#[expect(clippy::cast_possible_truncation, reason = "a canvas is a few thousand pixels wide")]
#[expect(clippy::cast_sign_loss, reason = "sizes are never negative")]
fn draw(canvas: &HtmlCanvasElement, strokes: &Strokes) {
    let density = window().device_pixel_ratio().max(1.0);
    let (width, height) =
        (f64::from(canvas.client_width()) * density, f64::from(canvas.client_height()) * density);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let Some(pen) = pen(canvas) else { return };
    pen.set_line_width(2.5 * density);
    pen.set_line_cap("round");
    pen.set_line_join("round");
    for line in strokes {
        let mut points =
            line.iter().map(|(x, y)| (f64::from(*x) / 1000.0 * width, f64::from(*y) / 1000.0 * height));
        let Some((x, y)) = points.next() else { continue };
        pen.begin_path();
        pen.move_to(x, y);
        // A tap is a point: a line of no length with round ends.
        pen.line_to(x, y);
        for (x, y) in points {
            pen.line_to(x, y);
        }
        pen.stroke();
    }
}

/// The canvas's pen, in the colour of its text.
fn pen(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    let pen: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    if let Ok(Some(style)) = window().get_computed_style(canvas)
        && let Ok(colour) = style.get_property_value("color")
    {
        pen.set_stroke_style_str(&colour);
    }
    Some(pen)
}

/// A signature as it was drawn, for the file and for paper.
#[component]
pub fn Signature(#[prop(into)] strokes: Signal<Strokes>, #[prop(into)] label: Text) -> impl IntoView {
    view! {
        <svg class="signature" viewBox="0 0 3000 1000" role="img" aria-label=move || label.get()>
            <path d=move || strokes.with(stroke_path) />
        </svg>
    }
}

fn stroke_path(strokes: &Strokes) -> String {
    let mut path = String::new();
    for line in strokes {
        for (at, (x, y)) in line.iter().enumerate() {
            let _ = write!(path, "{}{} {y}", if at == 0 { 'M' } else { 'L' }, x * WIDTH);
        }
        if let [(x, y)] = line[..] {
            let _ = write!(path, "L{} {y}", x * WIDTH);
        }
    }
    path
}

#[cfg(test)]
mod tests;
