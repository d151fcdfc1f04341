//! Rows, and the list that draws only those in sight.

use leptos::html;
use leptos::prelude::*;

use super::dom::next_id;
use super::text::Text;

/// Rows drawn beyond the edge on each side, so that a flick never shows a gap.
const OVERSCAN_ROWS: usize = 10;
/// The window moves in steps, so that a slow scroll does not rebuild it each frame.
const STEP_ROWS: usize = 5;
/// Up to here every row is drawn: the browser's own search finds them all.
const WHOLE_ROWS_MAX: usize = 200;

/// A list of hairlined rows.
#[component]
pub fn List(#[prop(optional, into)] label: Option<Text>, children: Children) -> impl IntoView {
    view! { <ul class="list" aria-label=label.map(|text| move || text.get())>{children()}</ul> }
}

/// One row: something before, words, something after.
#[component]
pub fn Row(
    #[prop(optional)] before: Option<AnyView>,
    #[prop(optional)] after: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    view! {
        <li class="row">
            {before}
            <div class="row__words">{children()}</div>
            {after.map(|after| view! { <div class="row__after">{after}</div> })}
        </li>
    }
}

/// A list of any length that one moves through with the keyboard and opens rows of.
///
/// It fills its container's height and scrolls inside. Arrow keys, Page Up and Down, Home and End move,
/// Enter opens. All rows have one height, set by `--row-size` in the style sheet.
#[component]
pub fn VirtualList<T, K>(
    #[prop(into)] label: Text,
    #[prop(into)] items: Signal<Vec<T>>,
    /// What tells one row from another.
    key: fn(&T) -> K,
    /// The inside of a row; it may not contain anything to press.
    view: fn(T) -> AnyView,
    #[prop(into)] on_open: Callback<T>,
    /// The row whose detail is shown beside the list.
    #[prop(optional, into)]
    selected: Signal<Option<K>>,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    K: Clone + Eq + std::hash::Hash + Send + Sync + 'static,
{
    let node = NodeRef::<html::Div>::new();
    let count = Memo::new(move |_| items.with(Vec::len));
    let frame = Frame::new(node, count);
    Effect::new(move |_| frame.stay_inside());
    let open = move |place: usize| {
        let item = items.with_untracked(|all| all.get(place).cloned());
        if let Some(item) = item {
            frame.active.set(place);
            on_open.run(item);
        }
    };
    let rows = move || {
        let (first, last) = frame.window.get();
        items.with(|all| {
            let last = last.min(all.len());
            all[first.min(last)..last]
                .iter()
                .cloned()
                .enumerate()
                .map(|(i, item)| (first + i, item))
                .collect::<Vec<_>>()
        })
    };
    let row = move |(place, item): (usize, T)| {
        let of = key(&item);
        let is_selected = move || selected.with(|selected| selected.as_ref() == Some(&of));
        frame.row(place, count, is_selected, Callback::new(move |()| open(place)), view(item))
    };
    frame.outer(
        label,
        node,
        Callback::new(open),
        view! {
            <For each=rows key=move |(place, item)| (*place, key(item)) children=row />
        },
    )
}

/// What is drawn and where the keyboard is. Free of the row's type, so that it is compiled once.
#[derive(Clone, Copy)]
struct Frame {
    node: NodeRef<html::Div>,
    id: StoredValue<String>,
    count: Memo<usize>,
    active: RwSignal<usize>,
    /// Height of a row in px, measured once rows are there.
    row_px: RwSignal<f64>,
    /// Height of what is in sight, in px.
    port_px: RwSignal<f64>,
    first_in_sight: RwSignal<usize>,
    window: Memo<(usize, usize)>,
}

impl Frame {
    fn new(node: NodeRef<html::Div>, count: Memo<usize>) -> Self {
        let row_px = RwSignal::new(60.0);
        let port_px = RwSignal::new(900.0);
        let first_in_sight = RwSignal::new(0_usize);
        let window = Memo::new(move |_| {
            let count = count.get();
            if count <= WHOLE_ROWS_MAX {
                return (0, count);
            }
            let in_sight = whole(port_px.get() / row_px.get()) + 1;
            let first = first_in_sight.get() / STEP_ROWS * STEP_ROWS;
            (first.saturating_sub(OVERSCAN_ROWS), (first + in_sight + STEP_ROWS + OVERSCAN_ROWS).min(count))
        });
        let active = RwSignal::new(0);
        Self {
            node,
            id: StoredValue::new(next_id("list")),
            count,
            active,
            row_px,
            port_px,
            first_in_sight,
            window,
        }
    }

    /// Reads what the browser made of the style sheet.
    fn measure(&self) {
        let Some(outer) = self.node.get_untracked() else { return };
        self.port_px.set(f64::from(outer.client_height()));
        if let Ok(Some(row)) = outer.query_selector("[role=option]") {
            let height = row.get_bounding_client_rect().height();
            if height > 1.0 && (height - self.row_px.get_untracked()).abs() > 0.1 {
                self.row_px.set(height);
            }
        }
        self.first_in_sight.set(whole(f64::from(outer.scroll_top()) / self.row_px.get_untracked()));
    }

    /// Keeps the keyboard's place inside the list when it gets shorter.
    fn stay_inside(&self) {
        let last = self.count.get().saturating_sub(1);
        if self.active.get_untracked() > last {
            self.active.set(last);
        }
        self.measure();
    }

    /// Handles a key; gives the place to open, if it was Enter.
    fn key(&self, event: &web_sys::KeyboardEvent) -> Option<usize> {
        let count = self.count.get_untracked();
        if count == 0 || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return None;
        }
        let page = (whole(self.port_px.get_untracked() / self.row_px.get_untracked())).max(2) - 1;
        let at = self.active.get_untracked().min(count - 1);
        let to = match event.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" => at.saturating_sub(1),
            "PageDown" => at + page,
            "PageUp" => at.saturating_sub(page),
            "Home" => 0,
            "End" => count - 1,
            "Enter" | " " => {
                event.prevent_default();
                return Some(at);
            }
            _ => return None,
        };
        event.prevent_default();
        self.active.set(to.min(count - 1));
        self.bring_into_sight();
        None
    }

    #[expect(clippy::cast_precision_loss, reason = "a row's place is far below 2^53")]
    #[expect(clippy::cast_possible_truncation, reason = "a pixel position fits")]
    fn bring_into_sight(&self) {
        let Some(outer) = self.node.get_untracked() else { return };
        let row_px = self.row_px.get_untracked();
        let top = self.active.get_untracked() as f64 * row_px;
        let bottom = top + row_px;
        let (from, port) = (f64::from(outer.scroll_top()), f64::from(outer.client_height()));
        if top < from {
            outer.set_scroll_top(top as i32);
        } else if bottom > from + port {
            outer.set_scroll_top((bottom - port).ceil() as i32);
        }
        self.measure();
    }

    fn row(
        self,
        place: usize,
        count: Memo<usize>,
        is_selected: impl Fn() -> bool + Send + Sync + 'static,
        on_open: Callback<()>,
        inside: AnyView,
    ) -> impl IntoView {
        view! {
            <div
                class="row row--press"
                role="option"
                id=format!("{}-{place}", self.id.get_value())
                aria-setsize=move || count.get()
                aria-posinset=place + 1
                aria-selected=move || is_selected().to_string()
                data-active=move || (self.active.get() == place).then_some("true")
                on:click=move |_| on_open.run(())
            >
                {inside}
            </div>
        }
    }

    fn outer(
        self,
        label: Text,
        node: NodeRef<html::Div>,
        open: Callback<usize>,
        rows: impl IntoView,
    ) -> impl IntoView {
        let active_id = move || {
            let (first, last) = self.window.get();
            let at = self.active.get();
            (first..last).contains(&at).then(|| format!("{}-{at}", self.id.get_value()))
        };
        let count = self.count;
        let window = self.window;
        Effect::new(move |_| {
            let (count, (first, _)) = (count.get(), window.get());
            if let Some(outer) = node.get() {
                let style = web_sys::HtmlElement::style(&outer);
                // Positions move by custom properties: the style sheet says what they mean.
                let _ = style.set_property("--rows", &count.to_string());
                let _ = style.set_property("--first", &first.to_string());
            }
        });
        view! {
            <div
                node_ref=node
                class="virtual"
                role="listbox"
                tabindex="0"
                aria-label=move || label.get()
                aria-activedescendant=active_id
                on:scroll=move |_| self.measure()
                on:keydown=move |event| {
                    if let Some(place) = self.key(&event) {
                        open.run(place);
                    }
                }
            >
                <div class="virtual__all" role="presentation">
                    <div class="virtual__window" role="presentation">{rows}</div>
                </div>
            </div>
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked against the range of usize first")]
#[expect(clippy::cast_sign_loss, reason = "checked to be positive first")]
fn whole(number: f64) -> usize {
    if number.is_finite() && number > 0.0 && number < 1e9 { number as usize } else { 0 }
}
