//! What the hub says about itself. Nothing of the studio is in these answers but for its owner.

use axum::http::header;
use axum::response::IntoResponse as _;
use rollcall_domain::sync::wire::Status;
use serde::Serialize;

use crate::http::{Answer, Call, json};
use crate::hub::claim_codes;

/// Whether a studio can move in: one can while a claim code waits, however many live here.
pub(crate) async fn status(call: Call) -> Answer {
    let mut look = call.hub.storage.read().await?;
    let claimed = claim_codes(&mut *look).await?.is_empty() && !look.studios_after(None, 1).await?.is_empty();
    drop(look);
    json(&Status {
        product: "rollcall".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        claimed,
        hub_time: call.hub.now(),
    })
}

/// Figures for the owner's page about the hub.
#[derive(Debug, Serialize)]
struct About {
    version: &'static str,
    head: u64,
    records: u64,
    commands: u64,
    blobs: u64,
    held: u64,
}

/// How much is here, for the owner.
pub(crate) async fn about(call: Call) -> Answer {
    let studio = call.session()?.studio;
    let mut look = call.hub.storage.read().await?;
    let (records, commands, blobs) = look.counts(studio).await?;
    let held = look.count_held(studio).await?;
    let head = look.studio(studio).await?.map_or(0, |s| s.head);
    json(&About { version: env!("CARGO_PKG_VERSION"), head, records, commands, blobs, held })
}

/// For whatever watches the process: it answers, and its database does.
pub(crate) async fn health(call: Call) -> Answer {
    call.hub.storage.read().await?.studios_after(None, 1).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "ok\n").into_response())
}

/// Counters in the text format monitoring tools read.
pub(crate) async fn metrics(call: Call) -> Answer {
    let text = call.hub.counters.text();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
