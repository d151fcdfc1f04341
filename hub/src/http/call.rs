//! The door every call of the API goes through: rate, origin, session, size and type are checked here, once.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts as _, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use http_body_util::{BodyExt as _, Limited};
use rollcall_domain::kernel::access::{Principal, Role, STAFF, Scope, scopes_of};
use rollcall_domain::kernel::ids::{Hash, StudioId};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::kernel::{Planted, planted};
use rollcall_domain::sync::wire::ProblemCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::Fault;
use super::limits::{Caller, Pace};
use super::routes::{Needs, Route};
use crate::hub::{Counters, Hub, hashed};
use crate::storage::{Device, SESSION};

/// A small body has this long to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);
/// The cookie that opens a session.
pub(crate) const COOKIE: &str = "rollcall_session";

/// What a handler gives back.
pub(crate) type Answer = Result<Response, Fault>;

/// Who calls, with a session that holds.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) studio: StudioId,
    pub(crate) principal: Principal,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) token: Hash,
    pub(crate) expires_at: Timestamp,
}

/// One call, past the door.
pub(crate) struct Call {
    pub(crate) hub: Hub,
    pub(crate) headers: HeaderMap,
    pub(crate) param: Option<String>,
    session: Option<Session>,
    body: Body,
    limit: usize,
}

impl Call {
    /// The session; routes that need one are not reached without.
    pub(crate) fn session(&self) -> Result<&Session, Fault> {
        self.session.as_ref().ok_or_else(Fault::sign_in)
    }

    /// The body as JSON of this type.
    pub(crate) async fn json<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        let json = self.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let is_json = json.and_then(|v| v.split(';').next()).is_some_and(|v| v.trim() == "application/json");
        if !is_json {
            return Err(Fault::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                ProblemCode::BadRequest,
                "this call takes application/json",
            ));
        }
        let bytes = self.bytes().await?;
        // The parser's own words may quote the body; the place is enough.
        serde_json::from_slice(&bytes).map_err(|e| {
            Fault::bad(format!("not what this call takes: line {}, column {}", e.line(), e.column()))
        })
    }

    /// The body as it is.
    pub(crate) async fn bytes(&mut self) -> Result<Vec<u8>, Fault> {
        let body = std::mem::take(&mut self.body);
        let read = Limited::new(body, self.limit).collect();
        match tokio::time::timeout(BODY_TIME, read).await {
            Ok(Ok(all)) => Ok(all.to_bytes().to_vec()),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
                Err(Fault::too_large(self.limit))
            }
            Ok(Err(_)) => Err(Fault::bad("the body broke off")),
            Err(_) => Err(Fault::new(
                StatusCode::REQUEST_TIMEOUT,
                ProblemCode::BadRequest,
                "the body took too long",
            )),
        }
    }

    /// The body as a stream, within the route's limit.
    pub(crate) fn stream(&mut self) -> Limited<Body> {
        Limited::new(std::mem::take(&mut self.body), self.limit)
    }

    pub(crate) const fn limit(&self) -> usize {
        self.limit
    }
}

/// Takes a request through the door and to its handler.
pub(super) async fn enter(hub: Hub, route: &'static Route, request: Request) -> Response {
    hub.counters.requests.fetch_add(1, Ordering::Relaxed);
    let answer = match admit(hub.clone(), route, request).await {
        Ok(call) => (route.handler)(call).await,
        Err(fault) => Err(fault),
    };
    let mut response = answer.unwrap_or_else(|fault| {
        Counters::add(&hub.counters.faults, 1);
        tracing::debug!(path = route.path, status = fault.status.as_u16(), "refused");
        fault.into_response()
    });
    // Only what a secret opens says by itself who may keep it.
    if route.needs != Needs::Secret || !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

async fn admit(hub: Hub, route: &'static Route, request: Request) -> Result<Call, Fault> {
    let (mut parts, body) = request.into_parts();
    let from = peer(&parts);
    if let Some(pace) = route.pace {
        hub.limits.take(pace, Caller::at(from))?;
    }
    same_origin(&parts)?;
    let session = match route.needs {
        Needs::Nothing | Needs::Signature | Needs::Secret => None,
        Needs::Loopback => {
            let session = find_session(&hub, &parts.headers).await?;
            let is_staff = session.is_some_and(|s| STAFF.contains(&s.principal.role));
            if !from.to_canonical().is_loopback() && !is_staff {
                return Err(Fault::sign_in());
            }
            None
        }
        Needs::Session | Needs::Till | Needs::Manager | Needs::Owner => {
            let session = find_session(&hub, &parts.headers).await?.ok_or_else(Fault::sign_in)?;
            if !route.needs.allow(session.principal.role) {
                return Err(Fault::not_allowed("this is not for the role of the device"));
            }
            hub.limits.take(Pace::Device, Caller::Device(session.principal.device))?;
            Some(session)
        }
    };
    let announced: Option<usize> =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    if announced.is_some_and(|length| length > route.limit) {
        return Err(Fault::too_large(route.limit));
    }
    let param = RawPathParams::from_request_parts(&mut parts, &())
        .await
        .ok()
        .and_then(|params| params.iter().next().map(|(_, value)| value.to_owned()));
    Ok(Call { hub, headers: parts.headers, param, session, body, limit: route.limit })
}

/// The address of the other end of the socket: headers about it are anybody's to write.
fn peer(parts: &Parts) -> IpAddr {
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), |info| info.0.ip())
}

/// A page of another origin must not act with this device's cookie. Callers without these headers are no browsers.
fn same_origin(parts: &Parts) -> Result<(), Fault> {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let foreign = || Err(Fault::not_allowed("calls come from the hub's own pages"));
    let text = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if site == "same-origin" { Ok(()) } else { foreign() };
    }
    match (text("origin"), text("host")) {
        (None, _) => Ok(()),
        (Some(origin), Some(host)) if origin.split_once("://").is_some_and(|(_, at)| at == host) => Ok(()),
        _ => foreign(),
    }
}

/// The session of the cookie, if it holds and its device is still let in.
pub(super) async fn find_session(hub: &Hub, headers: &HeaderMap) -> Result<Option<Session>, Fault> {
    let Some(secret) = cookie(headers) else { return Ok(None) };
    let mut look = hub.storage.read().await?;
    let Some(token) = look.token(&hashed(secret), hub.now()).await? else { return Ok(None) };
    if token.purpose != SESSION {
        return Ok(None);
    }
    let device =
        look.device(token.device).await?.filter(|d| d.is_in_use() || planted(Planted::SessionOutlives));
    Ok(device.map(|device| session_of(&device, token.hash, token.expires_at)))
}

/// As whom a device reads: itself, but for a bug that is built in on purpose.
fn read_as(principal: &Principal) -> Principal {
    let role = if planted(Planted::ScopeIgnored) { Role::Owner } else { principal.role };
    Principal { role, ..principal.clone() }
}

pub(crate) fn session_of(device: &Device, token: Hash, expires_at: Timestamp) -> Session {
    let principal = Principal { device: device.device, person: device.person, role: device.role };
    Session { studio: device.studio, scopes: scopes_of(&read_as(&principal)), principal, token, expires_at }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// An answer with a body.
pub(crate) fn json(body: &impl Serialize) -> Answer {
    let text = serde_json::to_string(body).map_err(|_| Fault::failed())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// An answer without.
pub(crate) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
