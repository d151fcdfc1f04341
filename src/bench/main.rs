//! A page that measures: the real journal, store and shelf under `window.bench`, for any harness to drive.
//!
//! Never part of a release; it must never be what the app is made of.

mod desk;
mod drain;
mod js;
mod kinds;
mod overlay;
mod paint;

use desk::Desk;
use js::{Fault, method, name_of};
use wasm_bindgen::JsValue;

fn main() {
    let desk = Desk::default();
    let bench = js_sys::Object::new();
    let given = |run: Result<(), JsValue>| {
        if let Err(why) = run {
            web_sys::console::error_1(&why);
        }
    };
    given(offer(&bench, &desk));
    let cold =
        web_sys::window().and_then(|w| w.location().search().ok()).is_some_and(|s| s.contains("cold=1"));
    if cold {
        wasm_bindgen_futures::spawn_local(async move {
            if let Err(fault) = paint::cold(&desk).await {
                web_sys::console::error_1(&fault.into());
            }
        });
    }
    let global = js_sys::global();
    given(js_sys::Reflect::set(&global, &"bench".into(), &bench).map(drop));
    given(js_sys::Reflect::set(&global, &"ready".into(), &true.into()).map(drop));
}

/// The calls of the harness, by the names it knows.
fn offer(bench: &js_sys::Object, desk: &Desk) -> Result<(), JsValue> {
    let call = |name, run: fn(Desk, Vec<JsValue>) -> js::Running| method(bench, name, desk.clone(), run);
    call("open", |desk, _| {
        Box::pin(async move { desk.open().await.map(drop).map(|()| JsValue::UNDEFINED) })
    })?;
    call("destroy", |desk, _| Box::pin(async move { desk.destroy().await.map(|()| JsValue::UNDEFINED) }))?;
    call("importMembers", |desk, given| {
        Box::pin(async move { desk.import_members(&js::lines(given.first())?).await.map(JsValue::from) })
    })?;
    call("importCheckins", |desk, given| {
        Box::pin(async move { desk.import_checkins(&js::lines(given.first())?).await.map(JsValue::from) })
    })?;
    call("checkin", |desk, given| {
        Box::pin(async move { desk.checkin(&js::text(given.first())?).await.map(JsValue::from) })
    })?;
    call("prepareSearch", |desk, _| {
        Box::pin(async move { desk.prepare_search().await.map(|()| JsValue::UNDEFINED) })
    })?;
    call("outboxClear", |desk, _| {
        Box::pin(async move { desk.outbox_clear().await.map(|()| JsValue::UNDEFINED) })
    })?;
    call("outboxAdd", |desk, given| {
        Box::pin(async move { desk.outbox_add(&js::text(given.first())?).await.map(JsValue::from) })
    })?;
    call("outboxSettle", |desk, _| {
        Box::pin(async move { desk.outbox_settle().await.map(|()| JsValue::UNDEFINED) })
    })?;
    call("drain", |desk, given| {
        Box::pin(async move {
            let url = given
                .first()
                .and_then(JsValue::as_string)
                .ok_or_else(|| Fault::new("drain needs an address"))?;
            desk.drain(&url, given.get(1).and_then(JsValue::as_f64).unwrap_or(100.0)).await.map(JsValue::from)
        })
    })?;
    call("replay", |_, given| {
        Box::pin(async move {
            let [all, again] = overlay::replay(given.first().and_then(JsValue::as_f64).unwrap_or(2_000.0))?;
            Ok(js_sys::Array::of2(&all.into(), &again.into()).into())
        })
    })?;
    js::search(bench, desk.clone())?;
    name_of(bench, "journal, store and shelf of Rollcall")
}
