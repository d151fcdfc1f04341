//! The file itself: chosen, read, and decoded by the browser, which brings the tables of every encoding.

use std::sync::Arc;

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use rollcall_domain::import::{Encoding, TableFlaw};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};

use super::state::{FileFlaw, Source, Wizard};
use super::words;
use crate::tr::import as t;
use crate::ui::{Answer, Banner};

/// Megabytes a file may have.
pub const FILE_MB_MAX: u32 = 20;

/// The text of a file; bytes that fit no character become the mark for it, which every row then names. Nothing when the
/// browser has no decoder of that name.
#[must_use]
pub fn decode(bytes: &[u8], encoding: Encoding) -> Option<String> {
    let make: Function = Reflect::get(&js_sys::global(), &"TextDecoder".into()).ok()?.dyn_into().ok()?;
    let decoder: Object = Reflect::construct(&make, &Array::of1(&encoding.label().into())).ok()?.into();
    let decode: Function = Reflect::get(&decoder, &"decode".into()).ok()?.dyn_into().ok()?;
    decode.call1(&decoder, &Uint8Array::from(bytes)).ok()?.as_string()
}

async fn bytes_of(file: &File) -> Result<Arc<[u8]>, FileFlaw> {
    if file.size() > f64::from(FILE_MB_MAX) * 1024.0 * 1024.0 {
        return Err(FileFlaw::TooLarge);
    }
    let buffer: JsValue = JsFuture::from(file.array_buffer()).await.map_err(|_| FileFlaw::Unreadable)?;
    Ok(Uint8Array::new(&buffer).to_vec().into())
}

/// Chooses the file, says what is wrong with it.
#[component]
pub fn ChooseFile(wizard: Wizard) -> impl IntoView {
    let changed = move |input: HtmlInputElement| {
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // Emptied, so that choosing the same file again, corrected meanwhile, is a change again.
        input.set_value("");
        wizard.reading.set(true);
        wizard.file_flaw.set(None);
        spawn_local(async move {
            let read = bytes_of(&file).await;
            if wizard.reading.try_set(false).is_some() {
                // The page was left meanwhile.
                return;
            }
            match read {
                Ok(bytes) => wizard.take(Source { name: file.name(), bytes }),
                Err(flaw) => wizard.file_flaw.set(Some(flaw)),
            }
        });
    };
    let label = move || if wizard.source.with(Option::is_some) { t::choose_other() } else { t::choose() };
    let name = move || wizard.source.with(|source| source.as_ref().map(|s| s.name.clone()));
    view! {
        <div class="cluster">
            <label class="button file" class:button--primary=move || wizard.source.with(Option::is_none)>
                <input class="only-read" type="file" accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
                    on:change:target=move |event| changed(event.target()) />
                {label}
            </label>
            <b>{name}</b>
            <span role="status">{move || wizard.reading.get().then(t::reading)}</span>
        </div>
        {move || wizard.file_flaw.get().map(|flaw| view! { <Banner answer=Answer::Stop text=move || words::file_flaw(flaw) /> })}
        {move || flaw_of(wizard).map(|flaw| view! { <Banner answer=Answer::Stop text=move || words::table_flaw(&flaw) /> })}
    }
}

fn flaw_of(wizard: Wizard) -> Option<TableFlaw> {
    wizard.table.with(|table| table.as_ref().and_then(|table| table.as_ref().err().cloned()))
}
