//! Asking the browser to keep what is stored here, and how much room there is.
//!
//! It must never hide the answer: a desk whose storage may be taken away has to know.

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The browser's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// It keeps the data until a person removes it.
    Kept,
    /// It may remove the data when it needs room.
    MayGo,
    /// It does not say.
    Unknown,
}

/// Room for this origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes in use.
    pub used_bytes: u64,
    /// Bytes it may use.
    pub quota_bytes: u64,
}

/// Asks that the data be kept. Some browsers ask the person, some decide by themselves.
pub async fn ask() -> Persistence {
    answer(call("persist").await)
}

/// Whether the data is kept, without asking for it.
pub async fn standing() -> Persistence {
    answer(call("persisted").await)
}

/// How much room is used and left, as the browser guesses it.
pub async fn room() -> Option<Room> {
    let estimate = call("estimate").await?;
    Some(Room { used_bytes: field(&estimate, "usage")?, quota_bytes: field(&estimate, "quota")? })
}

fn answer(value: Option<JsValue>) -> Persistence {
    match value.and_then(|v| v.as_bool()) {
        Some(true) => Persistence::Kept,
        Some(false) => Persistence::MayGo,
        None => Persistence::Unknown,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes in a double")]
fn field(of: &JsValue, name: &str) -> Option<u64> {
    Reflect::get(of, &name.into()).ok()?.as_f64().map(|n| n as u64)
}

/// `navigator.storage` is missing outside secure contexts, and some of its calls in older browsers.
async fn call(name: &str) -> Option<JsValue> {
    let navigator = web_sys::window()?.navigator();
    let storage = Reflect::get(&navigator, &"storage".into()).ok()?;
    let function: js_sys::Function = Reflect::get(&storage, &name.into()).ok()?.dyn_into().ok()?;
    let promise: Promise = function.call0(&storage).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}
