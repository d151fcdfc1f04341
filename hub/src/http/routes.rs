//! The table of routes: method, path, who may call, how much they may send. What is not in it is refused.

use std::future::Future;
use std::pin::Pin;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, on};
use rollcall_domain::kernel::access::{MANAGERS, OWNER, Role, TILL};
use rollcall_domain::sync::wire::{BLOB_BYTES_MAX, ProblemCode};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use super::call::{Answer, Call, enter, find_session};
use super::fault::Fault;
use super::headers;
use super::limits::Pace;
use super::pages::Pages;
use crate::hub::Hub;
use crate::{auth, blobs, feed, house, sync, upload};

/// Bodies of most calls.
const SMALL: usize = 64 * 1024;
/// A push: 256 KiB of entries, escaped inside JSON, and their receipts.
const PUSH: usize = 1024 * 1024;
/// The backup a studio comes with.
const UPLOAD: usize = 256 * 1024 * 1024;

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody: nothing of the studio is in the answer.
    Nothing,
    /// A device that signs what it sends.
    Signature,
    /// Whoever holds the secret that is part of the path: a program without a session.
    Secret,
    /// The machine itself, or a session.
    Loopback,
    /// A device with a session.
    Session,
    /// A session of a device that works at the till.
    Till,
    /// A session of an owner's or manager's device.
    Manager,
    /// The owner's device with a session.
    Owner,
}

impl Needs {
    /// True when a session of this role may call.
    pub(super) fn allow(self, role: Role) -> bool {
        match self {
            Self::Owner => OWNER.contains(&role),
            Self::Manager => MANAGERS.contains(&role),
            Self::Till => TILL.contains(&role),
            Self::Nothing | Self::Signature | Self::Secret | Self::Loopback | Self::Session => {
                role != Role::Unknown
            }
        }
    }
}

type Handled = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// One line of the table.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, `{…}` standing for one part.
    pub path: &'static str,
    /// Who may call.
    pub needs: Needs,
    pub(super) pace: Option<Pace>,
    pub(super) limit: usize,
    pub(super) handler: fn(Call) -> Handled,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.path, self.needs)
    }
}

macro_rules! route {
    ($method:ident $path:literal, $needs:ident, $pace:expr, $limit:expr, $handler:path) => {
        Route {
            method: Method::$method,
            path: $path,
            needs: Needs::$needs,
            pace: $pace,
            limit: $limit,
            handler: |call| Box::pin($handler(call)),
        }
    };
}

static ROUTES: [Route; 23] = [
    route!(GET "/api/v1/status", Nothing, Some(Pace::Open), SMALL, house::status),
    route!(POST "/api/v1/claim", Nothing, Some(Pace::Code), SMALL, auth::claim::call),
    route!(POST "/api/v1/upload", Owner, None, UPLOAD, upload::call),
    route!(POST "/api/v1/pairing", Till, None, SMALL, auth::pairing::start),
    route!(POST "/api/v1/join", Nothing, Some(Pace::Code), SMALL, auth::pairing::join),
    route!(POST "/api/v1/sign-in", Nothing, Some(Pace::Password), SMALL, auth::passwords::sign_in),
    route!(POST "/api/v1/password", Session, None, SMALL, auth::passwords::set),
    route!(GET "/api/v1/logins", Manager, None, SMALL, auth::passwords::list),
    route!(POST "/api/v1/challenge", Nothing, Some(Pace::Open), SMALL, auth::session::challenge),
    route!(POST "/api/v1/session", Signature, Some(Pace::Open), SMALL, auth::session::prove),
    route!(POST "/api/v1/push", Signature, None, PUSH, sync::push::call),
    route!(POST "/api/v1/pull", Session, None, SMALL, sync::pull::call),
    route!(GET "/api/v1/news", Session, None, SMALL, sync::news::call),
    route!(PUT "/api/v1/blobs/{sha256}", Till, None, BLOB_BYTES_MAX, blobs::put),
    route!(GET "/api/v1/blobs/{sha256}", Session, None, SMALL, blobs::get),
    route!(GET "/api/v1/devices", Owner, None, SMALL, auth::devices::list),
    route!(POST "/api/v1/devices/{id}/retire", Owner, None, SMALL, auth::devices::retire),
    route!(POST "/api/v1/devices/{id}/revoke", Owner, None, SMALL, auth::devices::revoke),
    route!(GET "/api/v1/hub", Owner, None, SMALL, house::about),
    route!(POST "/api/v1/hub/continue", Owner, None, SMALL, house::go_on),
    route!(GET "/api/v1/calendar/{address}", Secret, Some(Pace::Feed), SMALL, feed::get),
    route!(GET "/healthz", Nothing, None, SMALL, house::health),
    route!(GET "/metrics", Loopback, None, SMALL, house::metrics),
];

/// The whole table.
#[must_use]
pub fn routes() -> &'static [Route] {
    &ROUTES
}

/// Everything the hub answers.
pub fn router(hub: Hub, pages: Pages) -> Router {
    let mut api: Router<Hub> = Router::new();
    for route in &ROUTES {
        let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::OPTIONS);
        let handler =
            move |State(hub): State<Hub>, request: Request| async move { enter(hub, route, request).await };
        api = api.route(route.path, on(filter, handler));
    }
    api.route("/api", axum::routing::any(unknown))
        .route("/api/", axum::routing::any(unknown))
        .route("/api/{*rest}", axum::routing::any(unknown))
        .method_not_allowed_fallback(wrong_method)
        .with_state(hub)
        .layer(CompressionLayer::new())
        .fallback(move |request: Request| {
            let pages = pages.clone();
            async move { pages.serve(request).await }
        })
        .layer(CatchPanicLayer::custom(|_| Fault::failed().into_response()))
        .layer(from_fn(headers::add))
}

/// No such call; without a session not even that is told.
async fn unknown(State(hub): State<Hub>, request: Request) -> Response {
    match find_session(&hub, request.headers()).await {
        Ok(Some(_)) => Fault::not_found().into_response(),
        Ok(None) => Fault::sign_in().into_response(),
        Err(fault) => fault.into_response(),
    }
}

async fn wrong_method() -> Response {
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, ProblemCode::BadRequest, "this call has another method")
        .into_response()
}
