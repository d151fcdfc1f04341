//! A cold start as the harness times it: open, the first fifty members on the screen, all of them searchable.

use futures_channel::oneshot;
use js_sys::{Object, Reflect};
use rollcall_domain::kernel::RecordBody as _;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Element;

use super::desk::{Desk, HITS};
use super::js::{Fault, now};
use super::kinds::BenchMember;

pub(super) async fn cold(desk: &Desk) -> Result<(), Fault> {
    let opened = desk.open().await?;
    let open_at = now();
    let hits = opened.shelf.borrow().search("", HITS);
    let names: Vec<String> = hits.iter().map(|hit| name_of(&opened.member(hit.subject))).collect();
    let rows = paint(&names)?;
    painted().await;
    let first50 = now();
    desk.prepare_search().await?;
    let n = opened.shelf.borrow().count(BenchMember::KIND);
    let all = now();
    let script_at = Reflect::get(&js_sys::global(), &"rollcallScriptAt".into())?;
    let result = Object::new();
    let set = |name: &str, value: JsValue| Reflect::set(&result, &name.into(), &value).map(drop);
    set("scriptAt", script_at)?;
    set("openAt", open_at.into())?;
    set("first50", first50.into())?;
    set("all", all.into())?;
    set("n", u32::try_from(n).unwrap_or(0).into())?;
    set("rows", rows.into())?;
    set("firstName", names.first().map_or(JsValue::NULL, |n| n.as_str().into()))?;
    set("lastName", names.last().map_or(JsValue::NULL, |n| n.as_str().into()))?;
    Reflect::set(&js_sys::global(), &"coldResult".into(), &result)?;
    Ok(())
}

fn name_of(member: &JsValue) -> String {
    Reflect::get(member, &"name".into()).ok().and_then(|n| n.as_string()).unwrap_or_default()
}

/// Puts the names into the page's list; says how many rows there are.
fn paint(names: &[String]) -> Result<u32, Fault> {
    let document =
        web_sys::window().and_then(|w| w.document()).ok_or_else(|| Fault::new("there is no page"))?;
    let list: Element = match document.get_element_by_id("rows") {
        Some(list) => list,
        None => {
            let list = document.create_element("ol")?;
            list.set_id("rows");
            document.body().ok_or_else(|| Fault::new("there is no body"))?.append_child(&list)?;
            list
        }
    };
    for name in names {
        let row = document.create_element("li")?;
        row.set_text_content(Some(name));
        list.append_child(&row)?;
    }
    Ok(list.child_element_count())
}

/// Waits until the browser has painted what is there: a frame, and then whatever comes after it.
async fn painted() {
    let (tell, told) = oneshot::channel();
    let frame = Closure::once_into_js(move || {
        let _heard = tell.send(());
    });
    let asked = web_sys::window().map(|w| w.request_animation_frame(frame.unchecked_ref()));
    if matches!(asked, Some(Ok(_))) {
        let _frame = told.await;
        gloo_timers::future::TimeoutFuture::new(0).await;
    }
}
