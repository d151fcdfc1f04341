//! Moving a block with a finger or a mouse: where it is dropped opens the form of a change. The form is the way without.

use chrono::NaiveDate;
use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use rollcall_domain::classes::Session;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;

use super::state::{InHand, Moved, SNAP_MINUTES, days};

/// A finger rests so long before it lifts a block; sooner it scrolls.
const LIFT_MS: u64 = 350;
/// A mouse moves so far before it carries a block; less is a click.
const CARRY_PIXELS: f64 = 6.0;
/// Minutes of a day.
const DAY_MINUTES: i32 = 24 * 60;

/// The block on its way.
#[derive(Debug, Clone)]
struct Carried {
    session: Session,
    from: (f64, f64),
    pointer: i32,
    /// True once it follows the pointer.
    lifted: bool,
    block: web_sys::HtmlElement,
    timer: Option<TimeoutHandle>,
}

/// Moving blocks within one grid.
#[derive(Clone, Copy)]
pub(super) struct Drag {
    in_hand: InHand,
    grid: NodeRef<html::Div>,
    allowed: bool,
    carried: StoredValue<Option<Carried>, LocalStorage>,
    dropped: StoredValue<bool>,
}

impl Drag {
    pub(super) fn new(in_hand: InHand, grid: NodeRef<html::Div>, allowed: bool) -> Self {
        let drag = Self {
            in_hand,
            grid,
            allowed,
            carried: StoredValue::new_local(None),
            dropped: StoredValue::new(false),
        };
        drag.listen();
        drag
    }

    /// True for the click that a browser makes of the end of a move.
    pub(super) fn just_dropped(self) -> bool {
        let dropped = self.dropped.get_value();
        self.dropped.set_value(false);
        dropped
    }

    /// A pointer went down on a block.
    pub(super) fn begin(self, event: &web_sys::PointerEvent, session: &Session) {
        let block = event.current_target().and_then(|t| t.dyn_into::<web_sys::HtmlElement>().ok());
        let (Some(block), true) = (block, self.allowed && event.button() == 0 && event.is_primary()) else {
            return;
        };
        let lift = move || self.lift();
        let touch = event.pointer_type() == "touch";
        let timer = touch
            .then(|| set_timeout_with_handle(lift, std::time::Duration::from_millis(LIFT_MS)).ok())
            .flatten();
        self.dropped.set_value(false);
        self.carried.set_value(Some(Carried {
            session: session.clone(),
            from: (f64::from(event.client_x()), f64::from(event.client_y())),
            pointer: event.pointer_id(),
            lifted: false,
            block,
            timer,
        }));
    }

    fn lift(self) {
        self.carried.update_value(|carried| {
            if let Some(carried) = carried {
                carried.lifted = true;
                // A pointer that is gone by now is not captured; the move ends with it.
                let _ = carried.block.set_pointer_capture(carried.pointer);
                let _ = carried.block.class_list().add_1("block--lifted");
            }
        });
    }

    fn listen(self) {
        let on_move = window_event_listener(leptos::ev::pointermove, move |event| self.follow(&event));
        let on_up = window_event_listener(leptos::ev::pointerup, move |event| self.drop(&event));
        let on_cancel = window_event_listener(leptos::ev::pointercancel, move |_| self.put_down());
        let keys = window_event_listener(leptos::ev::keydown, move |event| {
            if event.key() == "Escape" {
                self.put_down();
            }
        });
        // A page that scrolls under a lifted block would take the pointer away.
        let hold = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
            let lifted = self.carried.try_with_value(|c| c.as_ref().is_some_and(|c| c.lifted));
            if lifted == Some(true) && event.cancelable() {
                event.prevent_default();
            }
        });
        let options = web_sys::AddEventListenerOptions::new();
        options.set_passive(false);
        let held = hold.as_ref().unchecked_ref::<js_sys::Function>().clone();
        let _ = window().add_event_listener_with_callback_and_add_event_listener_options(
            "touchmove",
            &held,
            &options,
        );
        let hold = StoredValue::new_local(hold);
        on_cleanup(move || {
            for handle in [on_move, on_up, on_cancel] {
                handle.remove();
            }
            keys.remove();
            let _ = window().remove_event_listener_with_callback("touchmove", &held);
            hold.dispose();
        });
    }

    fn follow(self, event: &web_sys::PointerEvent) {
        let Some(carried) =
            self.carried.try_get_value().flatten().filter(|c| c.pointer == event.pointer_id())
        else {
            return;
        };
        let (x, y) =
            (f64::from(event.client_x()) - carried.from.0, f64::from(event.client_y()) - carried.from.1);
        if !carried.lifted {
            let far = x.hypot(y) > CARRY_PIXELS;
            match (far, event.pointer_type() == "touch") {
                (true, true) => self.put_down(),
                (true, false) => self.lift(),
                (false, _) => {}
            }
            return;
        }
        let style = carried.block.style();
        // Only how it looks on its way.
        let _ = style.set_property("--x", &format!("{x}px"));
        let _ = style.set_property("--y", &format!("{y}px"));
    }

    fn put_down(self) {
        let Some(carried) = self.carried.try_get_value().flatten() else { return };
        if let Some(timer) = carried.timer {
            timer.clear();
        }
        let _ = carried.block.class_list().remove_1("block--lifted");
        let style = carried.block.style();
        let _ = style.remove_property("--x");
        let _ = style.remove_property("--y");
        self.carried.set_value(None);
    }

    fn drop(self, event: &web_sys::PointerEvent) {
        let carried = self.carried.try_get_value().flatten().filter(|c| c.pointer == event.pointer_id());
        self.put_down();
        let Some(carried) = carried.filter(|carried| carried.lifted) else { return };
        self.dropped.set_value(true);
        let Some((on, start_minute)) = self.place(&carried, event) else { return };
        if (on, start_minute) != (carried.session.on, carried.session.terms.start_minute) {
            self.in_hand.change(Moved { session: carried.session, on, start_minute });
        }
    }

    /// The day under the pointer, and the time to which the block was carried.
    fn place(self, carried: &Carried, event: &web_sys::PointerEvent) -> Option<(NaiveDate, u32)> {
        let columns = self.grid.get_untracked()?.query_selector_all(".week__column").ok()?;
        let x = f64::from(event.client_x());
        let days = days(self.in_hand.first.get_untracked());
        let on = days.into_iter().zip(0..).find_map(|(day, index)| {
            let bounds = columns.get(index)?.dyn_into::<web_sys::Element>().ok()?.get_bounding_client_rect();
            (bounds.left() <= x && x < bounds.right()).then_some(day)
        })?;
        let block = carried.block.get_bounding_client_rect();
        let length = f64::from(carried.session.terms.length_minutes);
        if block.height() <= 0.0 {
            return None;
        }
        let minutes = (f64::from(event.client_y()) - carried.from.1) * length / block.height();
        let start = i32::try_from(carried.session.terms.start_minute).ok()?;
        let snapped = snap(start, minutes);
        u32::try_from(snapped.clamp(0, DAY_MINUTES - SNAP_MINUTES)).ok().map(|minute| (on, minute))
    }
}

/// A time so many minutes later, on the nearest step.
#[expect(clippy::cast_possible_truncation, reason = "minutes on a screen are a small number")]
fn snap(start: i32, minutes: f64) -> i32 {
    let steps = (minutes / f64::from(SNAP_MINUTES)).round() as i32;
    start + steps * SNAP_MINUTES
}

#[cfg(test)]
mod tests {
    use super::snap;

    #[test]
    fn a_block_goes_to_the_nearest_quarter_from_where_it_was() {
        assert_eq!(snap(600, 7.0), 600);
        assert_eq!(snap(600, 8.0), 615);
        assert_eq!(snap(605, -16.0), 590);
    }
}
