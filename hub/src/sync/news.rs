//! `GET /api/v1/news`: a stream that says "there is something new up to n", and nothing else. It ends with its session.

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::response::IntoResponse as _;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use rollcall_domain::kernel::ids::DeviceId;
use rollcall_domain::sync::wire::News;
use tokio::sync::watch;

use crate::http::{Answer, Call, Session};
use crate::hub::Hub;

/// Keeps proxies and sleeping tablets from taking the line for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

struct Listener {
    hub: Hub,
    session: Session,
    heads: watch::Receiver<u64>,
    ends: watch::Receiver<Option<DeviceId>>,
    closings: watch::Receiver<bool>,
    first: Option<u64>,
}

/// Opens the stream.
pub(crate) async fn call(call: Call) -> Answer {
    let session = call.session()?.clone();
    let hub = call.hub;
    let heads = hub.news.heads(session.studio);
    // Asked after listening began: what is committed in between is told twice and never missed.
    let head = hub.storage.read().await?.studio(session.studio).await?.map_or(0, |studio| studio.head);
    hub.news.known(session.studio, head);
    hub.counters.streams.fetch_add(1, Ordering::Relaxed);
    let listener = Listener {
        heads,
        ends: hub.news.ends(),
        closings: hub.news.closings(),
        hub,
        session,
        first: Some(head),
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let head = listener.next().await?;
        let event = Event::default().json_data(News { head }).ok()?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

impl Listener {
    /// The next head worth telling; nothing when the stream is over.
    async fn next(&mut self) -> Option<u64> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            let left_ms = self.session.expires_at.0 - self.hub.now().0;
            let left = Duration::from_millis(u64::try_from(left_ms).unwrap_or(0));
            tokio::select! {
                changed = self.heads.changed() => {
                    changed.ok()?;
                    return self.holds().await.then(|| *self.heads.borrow_and_update());
                }
                changed = self.ends.changed() => {
                    changed.ok()?;
                    if !self.holds().await {
                        return None;
                    }
                }
                _ = self.closings.changed() => return None,
                () = tokio::time::sleep(left) => return None,
            }
        }
    }

    /// True while the session has not expired and was not ended.
    async fn holds(&self) -> bool {
        let Ok(mut look) = self.hub.storage.read().await else { return false };
        matches!(look.token(&self.session.token, self.hub.now()).await, Ok(Some(_)))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.counters.streams.fetch_sub(1, Ordering::Relaxed);
    }
}
