//! The network between devices and the hub: it loses, repeats and delays, as the world tells it to.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use axum::Router;
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Request, header};
use http_body_util::BodyExt as _;
use rollcall_domain::kernel::ids::DeviceId;
use rollcall_domain::sync::meeting::CallError;
use rollcall_domain::sync::wire::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt as _;

/// Old requests that are kept to be delivered once more.
const KEPT_MAX: usize = 8;

/// What becomes of the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Fate {
    /// It arrives and is answered.
    #[default]
    Fine,
    /// It does not arrive.
    RequestLost,
    /// It arrives, the answer does not.
    ReplyLost,
    /// It arrives twice, and the first answer is heard.
    Twice,
    /// Somebody else answers, with a page.
    Portal,
}

/// An answer.
pub(crate) struct Reply {
    body: Vec<u8>,
    pub(crate) cookie: Option<String>,
}

impl Reply {
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        // What cannot be read is no word of the hub's.
        serde_json::from_slice(&self.body).map_err(|_| CallError::Offline)
    }
}

/// A request that was made.
#[derive(Clone)]
struct Asked {
    path: &'static str,
    cookie: Option<String>,
    body: String,
}

/// The way to the hub.
pub(crate) struct Net {
    pub(crate) router: RefCell<Option<Router>>,
    pub(crate) fate: Cell<Fate>,
    /// Set while a meeting waits for its turn.
    pub(crate) parked: Cell<bool>,
    /// Calls made so far.
    pub(crate) calls: Cell<u64>,
    /// Devices that are shut out now.
    pub(crate) shut_out: RefCell<BTreeSet<DeviceId>>,
    /// Set when one of them was sent records.
    pub(crate) leaked: Cell<Option<DeviceId>>,
    old: RefCell<Vec<Asked>>,
}

impl Net {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self {
            router: RefCell::new(None),
            fate: Cell::new(Fate::Fine),
            parked: Cell::new(false),
            calls: Cell::new(0),
            shut_out: RefCell::default(),
            leaked: Cell::new(None),
            old: RefCell::new(Vec::new()),
        })
    }

    /// Makes a call; whatever goes wrong is what a device would see.
    pub(crate) async fn post(
        &self,
        path: &'static str,
        cookie: Option<&str>,
        body: &impl Serialize,
    ) -> Result<Reply, CallError> {
        let body = serde_json::to_string(body).map_err(|_| CallError::Offline)?;
        let asked = Asked { path, cookie: cookie.map(str::to_owned), body };
        self.calls.set(self.calls.get() + 1);
        if path == "/api/v1/push" {
            let mut old = self.old.borrow_mut();
            old.push(asked.clone());
            if old.len() > KEPT_MAX {
                old.remove(0);
            }
        }
        match self.fate.take() {
            Fate::RequestLost | Fate::Portal => Err(CallError::Offline),
            Fate::Fine => self.send(&asked).await,
            Fate::ReplyLost => {
                let _ = self.send(&asked).await;
                Err(CallError::Offline)
            }
            Fate::Twice => {
                let first = self.send(&asked).await;
                let _ = self.send(&asked).await;
                first
            }
        }
    }

    /// The backup a studio begins with.
    pub(crate) async fn upload(&self, cookie: Option<&str>, text: String) -> Result<(), CallError> {
        let request = Request::post("/api/v1/upload").header(header::CONTENT_TYPE, "application/x-ndjson");
        self.answer(request, cookie, text).await.map(|_| ())
    }

    /// Takes a device out of use: `how` is `revoke` or `retire`.
    pub(crate) async fn leave(
        &self,
        cookie: Option<&str>,
        device: DeviceId,
        how: &'static str,
    ) -> Result<(), CallError> {
        let request = Request::post(format!("/api/v1/devices/{device}/{how}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.answer(request, cookie, "{}".to_owned()).await.map(|_| ())
    }

    /// Asks without a body.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &'static str,
        cookie: Option<&str>,
    ) -> Result<T, CallError> {
        self.answer(Request::get(path), cookie, String::new()).await?.read()
    }

    /// A push from before arrives once more, out of order; nobody hears the answer.
    pub(crate) async fn straggler(&self, which: usize) {
        let asked = {
            let old = self.old.borrow();
            if old.is_empty() { None } else { old.get(which % old.len()).cloned() }
        };
        if let Some(asked) = asked {
            let _ = self.send(&asked).await;
        }
    }

    /// The connections of a hub end with it: no packet of one reaches the hub that takes its place.
    pub(crate) fn cut(&self) {
        self.old.borrow_mut().clear();
    }

    async fn send(&self, asked: &Asked) -> Result<Reply, CallError> {
        let request = Request::post(asked.path).header(header::CONTENT_TYPE, "application/json");
        self.answer(request, asked.cookie.as_deref(), asked.body.clone()).await
    }

    async fn answer(
        &self,
        mut request: Builder,
        cookie: Option<&str>,
        body: String,
    ) -> Result<Reply, CallError> {
        let router = self.router.borrow().clone().ok_or(CallError::Offline)?;
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::from(body)).map_err(|_| CallError::Offline)?;
        let response = router.oneshot(request).await.map_err(|never| match never {})?;
        let status = response.status();
        let text = |name: header::HeaderName| {
            response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
        };
        let cookie = text(header::SET_COOKIE).and_then(|c| c.split(';').next().map(str::to_owned));
        let retry_s: Option<u32> = text(header::RETRY_AFTER).and_then(|s| s.parse().ok());
        let body = response.into_body().collect().await.map_err(|_| CallError::Offline)?.to_bytes().to_vec();
        if status.is_success() {
            return Ok(Reply { body, cookie });
        }
        let problem: Problem = serde_json::from_slice(&body).map_err(|_| CallError::Offline)?;
        Err(CallError::Refused { problem, retry_ms: retry_s.map(|s| s.saturating_mul(1_000)) })
    }
}

/// What a program reads at an address that knows no session; nothing where the hub says no.
pub(crate) async fn read(router: Option<Router>, path: &str) -> Option<String> {
    let request = Request::get(path).body(Body::empty()).ok()?;
    let response = router?.oneshot(request).await.unwrap_or_else(|never| match never {});
    if !response.status().is_success() {
        return None;
    }
    let bytes = response.into_body().collect().await.ok()?.to_bytes();
    String::from_utf8(bytes.to_vec()).ok()
}
