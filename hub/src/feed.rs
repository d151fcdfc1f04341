//! `GET /api/v1/calendar/{address}`: what the registry shows to whoever holds a secret. The address is the only key there
//! is, so it stands in no log, and whatever is wrong with one is answered alike. What is shown is unknown here.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rollcall_domain::kernel::facts::{Answer as Answered, Facts, Want};
use rollcall_domain::kernel::feed::{Address, Feed, FeedCtx, Holder, ROUNDS_MAX};
use rollcall_domain::kernel::ids::{Hash, StudioId};
use rollcall_domain::kernel::keys::KeyValue;
use rollcall_domain::kernel::record::{KindName, Record};

use crate::http::fault::Fault;
use crate::http::{Answer, Call};
use crate::hub::Hub;
use crate::storage::{Look, StorageError};

/// Kept by the program that reads it, and asked for again each time.
const CACHE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The text, or that it is the one the caller has.
pub(crate) async fn get(call: Call) -> Answer {
    let address = call.param.as_deref().and_then(|text| text.parse::<Address>().ok());
    let address = address.ok_or_else(Fault::not_found)?;
    let (feed, text) = shown(&call.hub, &address).await?.ok_or_else(Fault::not_found)?;
    Ok(answer(feed, text, &call.headers))
}

fn answer(feed: &Feed, text: String, asked: &HeaderMap) -> Response {
    // Weak: what is compressed on its way is another sequence of bytes.
    let hash = Hash::of(text.as_bytes()).0;
    let tag = format!("W/\"{}\"", hash.get(..32).unwrap_or(&hash));
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = known.flat_map(|line| line.split(',')).any(|one| is_same(one.trim(), &tag));
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(Body::from(text)),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, CACHE);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(feed.content_type));
    // Hexadecimal digits and quotes are a header's text.
    headers.extend(HeaderValue::from_str(&tag).ok().map(|tag| (header::ETAG, tag)));
    response
}

/// Compared weakly: some programs leave the first letters out.
fn is_same(asked: &str, tag: &str) -> bool {
    let bare = |text: &str| text.strip_prefix("W/").unwrap_or(text).to_owned();
    asked == "*" || bare(asked) == bare(tag)
}

async fn shown(hub: &Hub, address: &Address) -> Result<Option<(&'static Feed, String)>, StorageError> {
    let mut look = hub.storage.read().await?;
    let Some((feed, record)) = find(hub, &mut *look, address).await? else { return Ok(None) };
    let Some(holder) = (feed.holder)(&record) else { return Ok(None) };
    if !is_let_in(&mut *look, address.studio, holder).await? {
        return Ok(None);
    }
    let catalogue = hub.catalogue;
    let mut facts = Facts::default();
    let mut ctx = FeedCtx { studio: address.studio, now: hub.now(), zone: Default::default() };
    load(&mut *look, address.studio, &mut facts, vec![(catalogue.zone_want)(address.studio)]).await?;
    ctx.zone = (catalogue.zone)(&facts, address.studio);
    for _ in 0..ROUNDS_MAX {
        let wants = (feed.wants)(&record, &facts, &ctx);
        let missing: Vec<Want> = wants.into_iter().filter(|want| !facts.has(want)).collect();
        if missing.is_empty() {
            break;
        }
        load(&mut *look, address.studio, &mut facts, missing).await?;
    }
    Ok((feed.text)(&record, &facts, &ctx).map(|text| (feed, text)))
}

async fn load(
    look: &mut dyn Look,
    studio: StudioId,
    facts: &mut Facts,
    wants: Vec<Want>,
) -> Result<(), StorageError> {
    let found = look.answers(studio, &wants).await?;
    for (want, records) in wants.into_iter().zip(found) {
        facts.add(want, Answered { records, complete: true });
    }
    Ok(())
}

/// The record of an address, of whichever kind has it.
async fn find(
    hub: &Hub,
    look: &mut dyn Look,
    address: &Address,
) -> Result<Option<(&'static Feed, Arc<Record>)>, StorageError> {
    let feeds: Vec<(&'static str, &'static Feed)> =
        hub.catalogue.feeds().map(|(kind, feed)| (kind.name, feed)).collect();
    let value = KeyValue::of(address.hash().0);
    let want = |(kind, feed): &(&'static str, &'static Feed)| Want::Key {
        kind: KindName::Borrowed(kind),
        name: KindName::Borrowed(feed.key),
        value: value.clone(),
    };
    let wants: Vec<Want> = feeds.iter().map(want).collect();
    let found = look.answers(address.studio, &wants).await?;
    let mut both = feeds.into_iter().zip(found);
    Ok(both.find_map(|((_, feed), records)| records.into_iter().next().map(|record| (feed, record))))
}

/// True while its person has a way in: on the device it was asked for, or, when another one took that one's place, on
/// any. With a device that was shut out its addresses are lost as well.
async fn is_let_in(look: &mut dyn Look, studio: StudioId, holder: Holder) -> Result<bool, StorageError> {
    let devices = look.devices(studio).await?;
    let Some(made_on) = devices.iter().find(|device| device.device == holder.device) else {
        return Ok(false);
    };
    let another = || devices.iter().any(|device| device.person == holder.person && device.is_in_use());
    Ok(!made_on.revoked && (made_on.is_in_use() || another()))
}
