//! A photo taken or chosen, made small before anybody keeps it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, File, HtmlCanvasElement, ImageBitmap, Url};

use super::button::{Button, ButtonKind};
use super::field::{FieldParts, Need, framed_group};
use super::text::Text;
use super::words::words;

/// A photo is kept in every device's storage, so it must be small.
pub const PHOTO_BYTES_MAX: usize = 60 * 1024;
/// Side of the square that is cut from the middle.
const SIDE_PX: u32 = 480;
/// Tried in turn until the picture is small enough; the last is tried again at half the side.
const QUALITIES: [f64; 5] = [0.85, 0.75, 0.65, 0.5, 0.35];

/// A photo as it will be kept: JPEG bytes.
pub type PhotoBytes = Vec<u8>;

#[derive(Debug, thiserror::Error)]
enum PhotoError {
    #[error("the browser cannot read this picture")]
    Unreadable,
    #[error("the picture stays too large")]
    TooLarge,
}

impl From<JsValue> for PhotoError {
    fn from(_: JsValue) -> Self {
        Self::Unreadable
    }
}

/// A photo from the camera or a file, cut to a square and scaled to at most 60 KB.
#[component]
pub fn PhotoField(
    #[prop(into)] label: Text,
    value: RwSignal<Option<PhotoBytes>>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(false));
    let shown = Signal::derive(move || {
        error.get().or_else(|| failed.get().then(|| (words().photo_unreadable)().to_owned()))
    });
    let parts = FieldParts::new(label, hint, shown, need);
    let take = move |file: File| {
        busy.set(true);
        spawn_local(async move {
            let made = shrink(&file).await;
            // The form may be gone by now; then the photo is not wanted either.
            failed.try_set(made.is_err());
            if let Ok(bytes) = made {
                value.try_set(Some(bytes));
            }
            busy.try_set(false);
        });
    };
    let take = Callback::new(take);
    let controls = view! {
        <div class="photo">
            <PhotoView bytes=value label />
            <div class="photo__acts">
                <FileButton label=move || (words().photo_take)() capture="user" busy on_file=take />
                <FileButton label=move || (words().photo_choose)() busy on_file=take />
                {move || value.with(Option::is_some).then(|| view! {
                    <Button kind=ButtonKind::Quiet on_press=move |()| value.set(None)>
                        {move || (words().photo_remove)()}
                    </Button>
                })}
            </div>
        </div>
    };
    framed_group(parts, "field", controls)
}

#[component]
fn PhotoView(bytes: RwSignal<Option<PhotoBytes>>, label: Text) -> impl IntoView {
    move || match bytes.with(|bytes| bytes.as_deref().and_then(PhotoUrl::new)) {
        Some(url) => {
            let src = url.0.clone();
            on_cleanup(move || drop(url));
            view! { <img class="photo__view" src=src alt=move || label.get() /> }.into_any()
        }
        None => {
            view! { <span class="photo__view photo__none">{move || (words().photo_none)()}</span> }.into_any()
        }
    }
}

/// A blob address that is given back to the browser when nobody shows it any more.
#[derive(Debug)]
pub struct PhotoUrl(String);

impl PhotoUrl {
    /// An address for JPEG bytes.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let array = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
        let kind = web_sys::BlobPropertyBag::new();
        kind.set_type("image/jpeg");
        let blob = Blob::new_with_u8_array_sequence_and_options(&array, &kind).ok()?;
        Url::create_object_url_with_blob(&blob).ok().map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for PhotoUrl {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}

/// A file input that looks like a button. `capture` asks a tablet for its camera.
#[component]
fn FileButton(
    #[prop(into)] label: Text,
    #[prop(optional)] capture: Option<&'static str>,
    busy: RwSignal<bool>,
    on_file: Callback<File>,
) -> impl IntoView {
    let changed = move |input: web_sys::HtmlInputElement| {
        let file = input.files().and_then(|files| files.get(0));
        // Emptied, so that choosing the same file again is a change again.
        input.set_value("");
        if let Some(file) = file {
            on_file.run(file);
        }
    };
    let class = if capture.is_some() { "button file file--camera" } else { "button file" };
    view! {
        <label class=class aria-busy=move || busy.get().then_some("true")>
            <input
                class="only-read"
                type="file"
                accept="image/*"
                capture=capture
                disabled=move || busy.get()
                on:change:target=move |event| changed(event.target())
            />
            {move || label.get()}
            <span class="button__busy" aria-hidden="true"></span>
        </label>
    }
}

/// Cuts the middle square out, scales it, and lowers the quality until it is small enough.
async fn shrink(file: &File) -> Result<PhotoBytes, PhotoError> {
    let promise = window().create_image_bitmap_with_blob(file)?;
    let picture: ImageBitmap =
        JsFuture::from(promise).await?.dyn_into().map_err(|_| PhotoError::Unreadable)?;
    let side = picture.width().min(picture.height()).clamp(1, SIDE_PX);
    for (side, quality) in QUALITIES.map(|quality| (side, quality)).into_iter().chain([(side / 2 + 1, 0.6)]) {
        let canvas = square(&picture, side)?;
        let bytes = encode(&canvas, quality).await?;
        if bytes.len() <= PHOTO_BYTES_MAX {
            picture.close();
            return Ok(bytes);
        }
    }
    Err(PhotoError::TooLarge)
}

fn square(picture: &ImageBitmap, side: u32) -> Result<HtmlCanvasElement, PhotoError> {
    let canvas: HtmlCanvasElement =
        document().create_element("canvas")?.dyn_into().map_err(|_| PhotoError::Unreadable)?;
    canvas.set_width(side);
    canvas.set_height(side);
    let pen: CanvasRenderingContext2d = canvas
        .get_context("2d")?
        .ok_or(PhotoError::Unreadable)?
        .dyn_into()
        .map_err(|_| PhotoError::Unreadable)?;
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let cut = width.min(height);
    // Faces are in the upper part of a tall picture.
    let (left, top) = ((width - cut) / 2.0, (height - cut) / 3.0);
    let side = f64::from(side);
    // Transparent parts would come out black.
    pen.set_fill_style_str("#fff");
    pen.fill_rect(0.0, 0.0, side, side);
    pen.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
        picture, left, top, cut, cut, 0.0, 0.0, side, side,
    )?;
    Ok(canvas)
}

async fn encode(canvas: &HtmlCanvasElement, quality: f64) -> Result<PhotoBytes, PhotoError> {
    let blob = js_sys::Promise::new(&mut |done, failed| {
        let give = Closure::once_into_js(move |blob: JsValue| {
            // Calling a promise's own function cannot fail.
            let _ = done.call1(&JsValue::UNDEFINED, &blob);
        });
        let asked =
            canvas.to_blob_with_type_and_encoder_options(give.unchecked_ref(), "image/jpeg", &quality.into());
        if let Err(why) = asked {
            let _ = failed.call1(&JsValue::UNDEFINED, &why);
        }
    });
    let blob: Blob = JsFuture::from(blob).await?.dyn_into().map_err(|_| PhotoError::Unreadable)?;
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}
