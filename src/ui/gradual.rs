//! A long list that appears over several frames, so that no frame waits for all of it. Must never know what is listed.

use leptos::prelude::*;
use leptos::task::{spawn_local, tick};

use super::dom::next_frame;

/// Rows that are drawn with the screen itself.
const AT_ONCE: usize = 2;
/// A frame has about 16 ms; what is left of it is for laying out and painting what was drawn.
const FRAME_WORK_MS: f64 = 6.0;

/// How many rows of a list are drawn by now: a few at once, and more with each frame, as many as this machine draws in a
/// part of it. `of` says what the rows belong to: when that changes the list begins again; when only the rows do it goes on.
#[must_use]
pub fn gradually<K>(of: Signal<K>, rows: Signal<usize>) -> Memo<usize>
where
    K: Clone + PartialEq + Send + Sync + 'static,
{
    let drawn = RwSignal::new((of.get_untracked(), AT_ONCE));
    let limit = Memo::new(move |_| {
        let now = of.get();
        drawn.with(|(then, count)| if *then == now { *count } else { AT_ONCE })
    });
    let turn = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let now = of.get();
        if limit.get_untracked() >= rows.get() {
            return;
        }
        turn.update_value(|turn| *turn = turn.wrapping_add(1));
        spawn_local(draw(Drawing { of: now, rows, drawn, limit, turn, this: turn.get_value() }));
    });
    limit
}

/// The rows of a list that are drawn by now, as [`gradually`] counts them.
pub fn gradual_rows<K, T>(
    of: Signal<K>,
    rows: Memo<Vec<T>>,
) -> impl Fn() -> Vec<T> + Copy + Send + Sync + 'static
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    let count = Memo::new(move |_| rows.with(Vec::len));
    let drawn = gradually(of, count.into());
    move || rows.with(|rows| rows.iter().take(drawn.get()).cloned().collect())
}

struct Drawing<K: Send + Sync + 'static> {
    of: K,
    rows: Signal<usize>,
    drawn: RwSignal<(K, usize)>,
    limit: Memo<usize>,
    turn: StoredValue<u32>,
    this: u32,
}

/// A part with every frame until all are drawn, the list is about something else, or it is no longer there.
async fn draw<K: Clone + Send + Sync + 'static>(list: Drawing<K>) {
    let mut step = 1;
    loop {
        next_frame().await;
        let wanted = list.rows.try_get_untracked();
        let (Some(limit), Some(wanted)) = (list.limit.try_get_untracked(), wanted) else { return };
        if limit >= wanted || list.turn.try_get_value() != Some(list.this) {
            return;
        }
        let began_ms = now_ms();
        if list.drawn.try_set((list.of.clone(), limit + step)).is_some() {
            return;
        }
        tick().await;
        let took_ms = now_ms() - began_ms;
        step = if took_ms > FRAME_WORK_MS {
            (step / 2).max(1)
        } else if took_ms * 2.0 < FRAME_WORK_MS {
            step * 2
        } else {
            step
        };
    }
}

fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
