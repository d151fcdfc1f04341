//! Between the harness's values and ours.

use std::future::Future;
use std::pin::Pin;

use js_sys::{Array, Object, Reflect};
use rollcall::journal::JournalError;
use rollcall::store::StoreError;
use rollcall::vault::VaultError;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::future_to_promise;

use super::desk::Desk;

/// What the harness sees when a call fails.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Fault(String);

impl Fault {
    pub(super) fn new(what: &str) -> Self {
        Self(what.to_owned())
    }
}

impl From<Fault> for JsValue {
    fn from(fault: Fault) -> Self {
        js_sys::Error::new(&fault.0).into()
    }
}

macro_rules! faults {
    ($($error:ty),*) => {$(
        impl From<$error> for Fault {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        }
    )*};
}
faults!(JournalError, StoreError, VaultError, serde_json::Error, gloo_net::Error);

impl From<JsValue> for Fault {
    fn from(value: JsValue) -> Self {
        Self(format!("{value:?}"))
    }
}

/// A call on its way.
pub(super) type Running = Pin<Box<dyn Future<Output = Result<JsValue, Fault>>>>;

/// Puts an asynchronous function under a name. The page lives as long as its functions, so they are never freed.
pub(super) fn method(
    on: &Object,
    name: &str,
    desk: Desk,
    run: fn(Desk, Vec<JsValue>) -> Running,
) -> Result<(), JsValue> {
    let call = move |a: JsValue, b: JsValue| {
        let running = run(desk.clone(), vec![a, b]);
        JsValue::from(future_to_promise(async move { running.await.map_err(JsValue::from) }))
    };
    let function = Closure::<dyn FnMut(JsValue, JsValue) -> JsValue>::new(call).into_js_value();
    Reflect::set(on, &name.into(), &function).map(drop)
}

/// The one call that answers at once: a key stroke waits for nothing.
pub(super) fn search(on: &Object, desk: Desk) -> Result<(), JsValue> {
    let call = move |query: JsValue| JsValue::from(desk.search(&query.as_string().unwrap_or_default()));
    let function = Closure::<dyn FnMut(JsValue) -> JsValue>::new(call).into_js_value();
    Reflect::set(on, &"search".into(), &function).map(drop)
}

/// Says what is being measured.
pub(super) fn name_of(on: &Object, name: &str) -> Result<(), JsValue> {
    Reflect::set(on, &"name".into(), &name.into()).map(drop)
}

/// A value's JSON.
pub(super) fn text(value: Option<&JsValue>) -> Result<String, Fault> {
    let value = value.ok_or_else(|| Fault::new("an argument is missing"))?;
    Ok(js_sys::JSON::stringify(value)?.into())
}

/// Each element's JSON, in a line of its own: one crossing instead of ten thousand. JSON text holds no bare line feed.
pub(super) fn lines(value: Option<&JsValue>) -> Result<String, Fault> {
    let list: &Array = value.and_then(|v| v.dyn_ref()).ok_or_else(|| Fault::new("a list is missing"))?;
    let join =
        js_sys::Function::new_with_args("list", "return list.map((one) => JSON.stringify(one)).join('\\n')");
    Ok(join.call1(&JsValue::NULL, list)?.as_string().unwrap_or_default())
}

/// Milliseconds since the page began.
pub(super) fn now() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}
