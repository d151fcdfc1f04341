//! What finds a code in a picture: the browser's own detector where it knows QR codes, else our worker, which is fetched
//! only now.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MessageEvent, Worker, WorkerOptions,
    WorkerType,
};

use super::camera::CameraError;

/// Where the build puts the worker.
const WORKER: &str = "/scan.js";
/// The longer side of what the worker looks at: enough for a code at arm's length, and quick on an old tablet.
const SIDE_PX: u32 = 800;

/// One of the two ways.
pub(super) enum Reader {
    /// The browser's own.
    Native(JsValue),
    /// Ours.
    Own(Own),
}

impl Reader {
    /// The browser's, or ours once it has arrived.
    pub(super) async fn open() -> Result<Self, CameraError> {
        match native().await {
            Some(detector) => Ok(Self::Native(detector)),
            None => Own::start().await.map(Self::Own),
        }
    }

    /// The text of a code in what the camera sees now. A picture that cannot be read has none.
    pub(super) async fn read(&self, video: &HtmlVideoElement) -> Option<String> {
        // A camera that has only begun has no picture.
        if video.ready_state() < web_sys::HtmlMediaElement::HAVE_CURRENT_DATA || video.video_width() == 0 {
            return None;
        }
        let text = match self {
            Self::Native(detector) => detect(detector, video).await,
            Self::Own(own) => own.read(video).await,
        };
        text.filter(|text| !text.is_empty())
    }
}

/// The browser's detector, if it knows QR codes.
async fn native() -> Option<JsValue> {
    let class = get(&window(), "BarcodeDetector")?.dyn_into::<js_sys::Function>().ok()?;
    let formats = settled(call(&class, "getSupportedFormats", None)?).await?;
    let knows =
        js_sys::Array::from(&formats).iter().any(|format| format.as_string().as_deref() == Some("qr_code"));
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"formats".into(), &js_sys::Array::of1(&"qr_code".into())).ok()?;
    knows.then(|| js_sys::Reflect::construct(&class, &js_sys::Array::of1(&options)).ok())?
}

async fn detect(detector: &JsValue, video: &HtmlVideoElement) -> Option<String> {
    let found = settled(call(detector, "detect", Some(video))?).await?;
    get(&js_sys::Array::from(&found).get(0), "rawValue")?.as_string()
}

fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined())
}

fn call(on: &JsValue, name: &str, with: Option<&JsValue>) -> Option<JsValue> {
    let function: js_sys::Function = get(on, name)?.dyn_into().ok()?;
    match with {
        Some(with) => function.call1(on, with),
        None => function.call0(on),
    }
    .ok()
}

async fn settled(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(js_sys::Promise::resolve(&promise)).await.ok()
}

/// The answers of a worker, one at a time.
type Waiting = Rc<RefCell<Option<oneshot::Sender<Option<String>>>>>;

/// The worker and the canvas its pictures are taken with.
pub(super) struct Own {
    worker: Worker,
    waiting: Waiting,
    canvas: HtmlCanvasElement,
    pen: CanvasRenderingContext2d,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut(JsValue)>,
}

impl Own {
    /// Starts it; an error when it cannot be fetched.
    async fn start() -> Result<Self, CameraError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(WORKER, &options).map_err(|_| CameraError::NoReader)?;
        let waiting = Waiting::default();
        let (heard, failed) = (hear(&waiting), fail(&waiting));
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        let (canvas, pen) = canvas().ok_or(CameraError::NoReader)?;
        let own = Self { worker, waiting, canvas, pen, _heard: heard, _failed: failed };
        let (sender, ready) = oneshot::channel();
        own.waiting.replace(Some(sender));
        ready.await.map_err(|_| CameraError::NoReader)?;
        Ok(own)
    }

    async fn read(&self, video: &HtmlVideoElement) -> Option<String> {
        let (width, height) = scaled(video.video_width(), video.video_height());
        self.canvas.set_width(width);
        self.canvas.set_height(height);
        self.pen
            .draw_image_with_html_video_element_and_dw_and_dh(
                video,
                0.0,
                0.0,
                f64::from(width),
                f64::from(height),
            )
            .ok()?;
        let image = self.pen.get_image_data(0.0, 0.0, f64::from(width), f64::from(height)).ok()?;
        let pixels = js_sys::Uint8Array::from(image.data().0.as_slice()).buffer();
        let message = js_sys::Object::new();
        for (name, value) in
            [("width", width.into()), ("height", height.into()), ("pixels", JsValue::from(&pixels))]
        {
            js_sys::Reflect::set(&message, &name.into(), &value).ok()?;
        }
        let (sender, answer) = oneshot::channel();
        self.waiting.replace(Some(sender));
        self.worker.post_message_with_transfer(&message, &js_sys::Array::of1(&pixels)).ok()?;
        answer.await.ok().flatten()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn hear(waiting: &Waiting) -> Closure<dyn FnMut(MessageEvent)> {
    let waiting = waiting.clone();
    Closure::new(move |event: MessageEvent| {
        let text = get(&event.data(), "text").and_then(|text| text.as_string());
        if let Some(sender) = waiting.borrow_mut().take() {
            // Whoever asked may have gone.
            let _ = sender.send(text);
        }
    })
}

/// A worker that breaks answers nobody any more: letting go of the sender says so.
fn fail(waiting: &Waiting) -> Closure<dyn FnMut(JsValue)> {
    let waiting = waiting.clone();
    Closure::new(move |_| drop(waiting.borrow_mut().take()))
}

fn canvas() -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    let options = js_sys::Object::new();
    // It is read far more often than drawn.
    js_sys::Reflect::set(&options, &"willReadFrequently".into(), &JsValue::TRUE).ok()?;
    let pen = canvas.get_context_with_context_options("2d", &options).ok()??.dyn_into().ok()?;
    Some((canvas, pen))
}

/// The size at which a picture is looked at: no longer than [`SIDE_PX`], in its own proportions.
fn scaled(width: u32, height: u32) -> (u32, u32) {
    let longer = width.max(height).max(1);
    let side = |of: u32| (of.saturating_mul(SIDE_PX.min(longer)) / longer).max(1);
    (side(width), side(height))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn large_pictures_are_made_small_and_small_ones_stay() {
        assert_eq!(scaled(1280, 720), (800, 450));
        assert_eq!(scaled(720, 1280), (450, 800));
        assert_eq!(scaled(640, 480), (640, 480));
        assert_eq!(scaled(0, 0), (1, 1));
    }
}
