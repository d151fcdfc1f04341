//! Small dealings with the document that several primitives share.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// An id that no other element has, to tie labels and descriptions to fields.
pub fn next_id(prefix: &str) -> String {
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The element that has the focus, to give it back later.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// Focuses an element, if it can be.
pub fn focus(element: &HtmlElement) {
    // An element that left the document refuses: the browser then keeps the focus where it is.
    let _ = element.focus();
}

/// Tells that a field was left. A field that goes away while it has the focus is left too, and by then whoever wanted to
/// know may be gone.
pub(super) fn tell_left(on_leave: Option<Callback<()>>) {
    if let Some(on_leave) = on_leave {
        on_leave.try_run(());
    }
}

/// Whether a key belongs to an input method that is composing, so that nobody else may use it.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    // 229 is what older WebKit says for the key that ends a composition.
    event.is_composing() || event.key_code() == 229
}

/// Whether the media query holds now.
pub fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Scrolls as little as needed to show the element.
pub fn reveal(element: &web_sys::Element) {
    let how = web_sys::ScrollIntoViewOptions::new();
    how.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&how);
}

/// Waits for the next frame. In a page that is not seen that is when it is seen again.
pub async fn next_frame() {
    let (tell, told) = futures_channel::oneshot::channel();
    request_animation_frame(move || {
        // Whoever waited may be gone.
        let _ = tell.send(());
    });
    // A frame that never comes (the page is being left) drops the sender: nothing is waited for any longer.
    let _ = told.await;
}
