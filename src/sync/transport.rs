//! Requests to the hub of this page's origin. Anything that is not the hub's own word counts as offline.

use gloo_net::http::{Request, Response};
use rollcall_domain::sync::meeting::CallError;
use rollcall_domain::sync::wire::{Problem, ProblemCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Milliseconds a request may take.
const TIMEOUT_MS: u32 = 20_000;
/// Milliseconds the upload of a whole studio may take.
const UPLOAD_TIMEOUT_MS: u32 = 600_000;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No network, no hub, or somebody else's page (a captive portal).
    #[error("the hub cannot be reached")]
    Offline,
    /// The hub said no.
    #[error("{problem}")]
    Problem {
        /// Its words.
        problem: Problem,
        /// When it asked to come again, in milliseconds from now.
        retry_ms: Option<u32>,
    },
    /// The body could not be encoded.
    #[error("the request cannot be encoded")]
    Unencodable,
}

impl TransportError {
    /// The hub's code, if it spoke.
    #[must_use]
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem { problem, .. } => Some(problem.code),
            _ => None,
        }
    }
}

impl From<TransportError> for CallError {
    fn from(error: TransportError) -> Self {
        match error {
            // A body that cannot be encoded never left the device; the next try may have another one.
            TransportError::Offline | TransportError::Unencodable => Self::Offline,
            TransportError::Problem { problem, retry_ms } => Self::Refused { problem, retry_ms },
        }
    }
}

/// Asks with a body.
pub(super) async fn post<B: Serialize, A: DeserializeOwned>(
    path: &str,
    body: &B,
) -> Result<A, TransportError> {
    let json = serde_json::to_string(body).map_err(|_| TransportError::Unencodable)?;
    read(send_json(path, json, TIMEOUT_MS).await?).await
}

/// Sends a body that has no answer.
pub(super) async fn post_quiet<B: Serialize>(path: &str, body: &B) -> Result<(), TransportError> {
    let json = serde_json::to_string(body).map_err(|_| TransportError::Unencodable)?;
    checked(send_json(path, json, TIMEOUT_MS).await?).await.map(|_| ())
}

/// Sends a whole backup.
pub(super) async fn upload<A: DeserializeOwned>(path: &str, ndjson: String) -> Result<A, TransportError> {
    let request = Request::post(path)
        .header("content-type", "application/x-ndjson")
        .abort_signal(Some(&web_sys::AbortSignal::timeout_with_u32(UPLOAD_TIMEOUT_MS)))
        .body(ndjson)
        .map_err(|_| TransportError::Unencodable)?;
    read(request.send().await.map_err(|_| TransportError::Offline)?).await
}

/// Asks without a body.
pub(super) async fn get<A: DeserializeOwned>(path: &str) -> Result<A, TransportError> {
    let signal = web_sys::AbortSignal::timeout_with_u32(TIMEOUT_MS);
    let response =
        Request::get(path).abort_signal(Some(&signal)).send().await.map_err(|_| TransportError::Offline)?;
    read(response).await
}

/// Fetches bytes.
pub(super) async fn get_bytes(path: &str) -> Result<Vec<u8>, TransportError> {
    let signal = web_sys::AbortSignal::timeout_with_u32(TIMEOUT_MS);
    let response =
        Request::get(path).abort_signal(Some(&signal)).send().await.map_err(|_| TransportError::Offline)?;
    checked(response).await?.binary().await.map_err(|_| TransportError::Offline)
}

/// Stores bytes.
pub(super) async fn put_bytes(path: &str, bytes: &[u8]) -> Result<(), TransportError> {
    let request = Request::put(path)
        .header("content-type", "application/octet-stream")
        .abort_signal(Some(&web_sys::AbortSignal::timeout_with_u32(TIMEOUT_MS)))
        .body(js_sys::Uint8Array::from(bytes))
        .map_err(|_| TransportError::Unencodable)?;
    checked(request.send().await.map_err(|_| TransportError::Offline)?).await.map(|_| ())
}

async fn send_json(path: &str, json: String, timeout_ms: u32) -> Result<Response, TransportError> {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .abort_signal(Some(&web_sys::AbortSignal::timeout_with_u32(timeout_ms)))
        .body(json)
        .map_err(|_| TransportError::Unencodable)?;
    request.send().await.map_err(|_| TransportError::Offline)
}

async fn checked(response: Response) -> Result<Response, TransportError> {
    if response.ok() {
        return Ok(response);
    }
    let retry_s: Option<u32> = response.headers().get("retry-after").and_then(|s| s.parse().ok());
    // A gateway's error page is no word of the hub's.
    let problem: Problem = parsed(response).await?;
    Err(TransportError::Problem { problem, retry_ms: retry_s.map(|s| s.saturating_mul(1_000)) })
}

async fn read<A: DeserializeOwned>(response: Response) -> Result<A, TransportError> {
    // A captive portal answers 200 with a page of its own: that is not the hub either.
    parsed(checked(response).await?).await
}

async fn parsed<A: DeserializeOwned>(response: Response) -> Result<A, TransportError> {
    let text = response.text().await.map_err(|_| TransportError::Offline)?;
    serde_json::from_str(&text).map_err(|_| TransportError::Offline)
}
