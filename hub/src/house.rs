//! What the hub says about itself. Nothing of the studio is in these answers but for its owner.

use axum::http::header;
use axum::response::IntoResponse as _;
use rollcall_domain::sync::wire::{About, GoOn, Status};

use crate::accept;
use crate::http::fault::Fault;
use crate::http::{Answer, Call, json, no_content};
use crate::hub::claim_codes;
use crate::sync::history::{self, Came};
use crate::sync::push;

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

/// How much is here, for the owner.
pub(crate) async fn about(call: Call) -> Answer {
    let studio = call.session()?.studio;
    let mut look = call.hub.storage.read().await?;
    let (records, commands, blobs) = look.counts(studio).await?;
    let held = look.count_held(studio).await?;
    let found = look.studio(studio).await?.ok_or_else(Fault::not_claimed)?;
    let recovering = history::recovering(&mut *look, &found).await?;
    let (version, head) = (env!("CARGO_PKG_VERSION").to_owned(), found.head);
    json(&About { version, head, records, commands, blobs, held, recovering })
}

/// The owner waits no longer for devices that have not come back since a restore.
pub(crate) async fn go_on(mut call: Call) -> Answer {
    let studio = call.session()?.studio;
    let go_on: GoOn = call.json().await?;
    let mut look = call.hub.storage.read().await?;
    let found = look.studio(studio).await?.ok_or_else(Fault::not_claimed)?;
    let recovering = history::recovering(&mut *look, &found).await?;
    drop(look);
    // What the owner saw must be what is waited for now: another restore may have come between.
    if recovering.is_none_or(|r| r.since != go_on.since) {
        return Err(Fault::bad("the studio does not wait since then"));
    }
    let came = if go_on.for_good { Came::ForGood } else { Came::GoOn };
    accept::recover(&call.hub, studio, came).await.map_err(push::refused)?;
    Ok(no_content())
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
