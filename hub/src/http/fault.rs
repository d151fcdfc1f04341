//! Why a call failed, as the device is told: a status code, a code for the app, a sentence without anything personal.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rollcall_domain::sync::wire::{Problem, ProblemCode};

use crate::outside::NoRandomness;
use crate::storage::StorageError;

/// A refusal of the hub's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {problem}")]
pub(crate) struct Fault {
    /// For HTTP.
    pub(crate) status: StatusCode,
    /// For the app.
    pub(crate) problem: Problem,
    /// When to try again.
    pub(crate) retry_after_s: Option<u64>,
}

impl Fault {
    /// A refusal.
    pub(crate) fn new(status: StatusCode, code: ProblemCode, detail: impl Into<String>) -> Self {
        Self::of(status, Problem { code, detail: detail.into(), hub_epoch: None })
    }

    /// A problem as it is.
    pub(crate) const fn of(status: StatusCode, problem: Problem) -> Self {
        Self { status, problem, retry_after_s: None }
    }

    pub(crate) fn sign_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ProblemCode::SignIn, "this call needs a session")
    }

    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ProblemCode::BadRequest, detail)
    }

    pub(crate) fn not_claimed() -> Self {
        Self::new(StatusCode::CONFLICT, ProblemCode::NotClaimed, "no studio lives here yet")
    }

    pub(crate) fn wrong_code() -> Self {
        Self::new(StatusCode::FORBIDDEN, ProblemCode::WrongCode, "the code is wrong, used up or too old")
    }

    pub(crate) fn not_allowed(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, ProblemCode::NotAllowed, detail)
    }

    pub(crate) fn revoked() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            ProblemCode::Revoked,
            "this device is not in use any more; it may drop off what it has",
        )
    }

    pub(crate) fn bad_signature() -> Self {
        Self::new(StatusCode::FORBIDDEN, ProblemCode::BadSignature, "the signature does not fit")
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, ProblemCode::NotFound, "there is no such thing here")
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        let detail = format!("this call takes {limit} bytes at most");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge, detail)
    }

    pub(crate) fn too_often(after_s: u64) -> Self {
        let fault = Self::new(StatusCode::TOO_MANY_REQUESTS, ProblemCode::TooOften, "too often");
        Self { retry_after_s: Some(after_s.max(1)), ..fault }
    }

    pub(crate) fn busy() -> Self {
        let fault =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Failed, "the hub is busy; try again");
        Self { retry_after_s: Some(2), ..fault }
    }

    pub(crate) fn failed() -> Self {
        let fault =
            Self::new(StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Failed, "the hub failed; try again");
        Self { retry_after_s: Some(2), ..fault }
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        tracing::error!(%error, "storage");
        match error {
            StorageError::Full => Self {
                retry_after_s: Some(60),
                ..Self::new(StatusCode::INSUFFICIENT_STORAGE, ProblemCode::Failed, "the hub's disk is full")
            },
            StorageError::Busy(_) | StorageError::Away(_) => Self::busy(),
            _ => Self::failed(),
        }
    }
}

impl From<NoRandomness> for Fault {
    fn from(error: NoRandomness) -> Self {
        tracing::error!(%error, "outside");
        Self::failed()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&self.problem).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(after) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(after));
        }
        response
    }
}
