//! Tests that need a real browser, in one binary: run by `cargo xtask test --only web`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
#![allow(clippy::cloned_ref_to_slice_refs, reason = "an expected list reads as a list")]

mod erase;
mod faults;
mod journal;
mod kinds;
mod same;
mod seal;
mod shelf;
mod store;
mod support;
mod vault;

use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_browser_has_what_the_app_stands_on() {
    for name in ["indexedDB", "crypto", "BroadcastChannel", "navigator"] {
        let value = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str(name)).unwrap();
        assert!(!value.is_undefined(), "{name}");
    }
}
