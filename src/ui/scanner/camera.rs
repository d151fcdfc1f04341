//! The camera: asked for, pointed at what lies in front of the device, its light, and given back.

use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

/// Why there is no picture. Each has a sentence of its own that says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum CameraError {
    /// A page that did not come over https gets no camera.
    #[error("the page is not secure")]
    Insecure,
    /// There is none.
    #[error("there is no camera")]
    Missing,
    /// Somebody, or a rule of the device, said no.
    #[error("the camera is not allowed")]
    Refused,
    /// Another program has it.
    #[error("the camera is in use")]
    InUse,
    /// What reads the pictures could not be fetched.
    #[error("the reader is not here")]
    NoReader,
}

impl From<JsValue> for CameraError {
    fn from(why: JsValue) -> Self {
        let name = why.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default();
        match name.as_str() {
            "NotAllowedError" | "SecurityError" => Self::Refused,
            "NotFoundError" | "OverconstrainedError" => Self::Missing,
            _ => Self::InUse,
        }
    }
}

/// A camera in use. It is given back when the last of its holders lets go of it.
#[derive(Debug)]
pub(super) struct Camera {
    stream: MediaStream,
}

impl Camera {
    /// Asks for the camera on the back of the device; one at the front is taken where there is no other.
    pub(super) async fn open() -> Result<Self, CameraError> {
        let window = window();
        if !window.is_secure_context() {
            return Err(CameraError::Insecure);
        }
        // A browser without the interface has no camera to give, whatever is built into the device.
        let devices = window.navigator().media_devices().map_err(|_| CameraError::Missing)?;
        let wanted = MediaStreamConstraints::new();
        wanted.set_audio(&JsValue::FALSE);
        wanted.set_video(&rear());
        let stream = JsFuture::from(devices.get_user_media_with_constraints(&wanted)?).await?;
        let stream = stream.dyn_into().map_err(|_| CameraError::Missing)?;
        Ok(Self { stream })
    }

    /// Shows its picture.
    pub(super) fn show_in(&self, video: &HtmlVideoElement) {
        video.set_src_object(Some(&self.stream));
        // A browser that does not play by itself says so in a promise nobody has to wait for: it plays at the next tap.
        let _ = video.play();
    }

    /// True when it has a light that a page may switch.
    pub(super) fn has_light(&self) -> bool {
        let can = |track: &MediaStreamTrack| {
            let ask: js_sys::Function =
                js_sys::Reflect::get(track, &"getCapabilities".into()).ok()?.dyn_into().ok()?;
            js_sys::Reflect::get(&ask.call0(track).ok()?, &"torch".into()).ok()
        };
        self.track().as_ref().and_then(can).is_some_and(|torch| torch.is_truthy())
    }

    /// Switches the light. A camera that refuses stays as it is.
    pub(super) fn light(&self, on: bool) {
        let Some(track) = self.track() else { return };
        let wanted = object(&[("advanced", js_sys::Array::of1(&object(&[("torch", on.into())])).into())]);
        let apply = js_sys::Reflect::get(&track, &"applyConstraints".into())
            .ok()
            .and_then(|apply| apply.dyn_into::<js_sys::Function>().ok());
        if let Some(promise) = apply.and_then(|apply| apply.call1(&track, &wanted).ok()) {
            leptos::task::spawn_local(async move {
                // Refused or not: what is seen is the light itself.
                let _ = JsFuture::from(js_sys::Promise::resolve(&promise)).await;
            });
        }
    }

    fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.get_video_tracks().get(0).dyn_into().ok()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in
            self.stream.get_tracks().iter().filter_map(|track| track.dyn_into::<MediaStreamTrack>().ok())
        {
            track.stop();
        }
    }
}

/// The wish for the camera on the back, with a picture large enough for a code at arm's length.
fn rear() -> JsValue {
    let ideal = |value: JsValue| object(&[("ideal", value)]);
    object(&[
        ("facingMode", ideal("environment".into())),
        ("width", ideal(1280.into())),
        ("height", ideal(720.into())),
    ])
}

fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in entries {
        // Setting a property of a plain object cannot fail.
        let _ = js_sys::Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
