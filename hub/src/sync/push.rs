//! `POST /api/v1/push`: checks seal and shape, then hands the commands to the writer. The answers go out as stored.

use rollcall_domain::kernel::devices::Standing;
use rollcall_domain::kernel::ids::{Id, StudioId};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::kernel::{Planted, planted};
use rollcall_domain::sync::envelope::BadEntry;
use rollcall_domain::sync::wire::{
    DROP_BYTES_MAX, DROP_COUNT_MAX, Fork, PUSH_BYTES_MAX, PUSH_COUNT_MAX, Push, push_message,
};
use rollcall_domain::sync::{Entry, Envelope};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::accept::{AcceptError, Incoming, Reply, Request};
use crate::auth::{devices, keys};
use crate::http::fault::Fault;
use crate::http::limits::{Caller, Pace};
use crate::http::{Answer, Call, json};
use crate::sync::history;

/// A `PushAnswer` whose answers are the stored texts, byte for byte.
#[derive(Serialize)]
struct Stored {
    hub_epoch: Id,
    hub_time: Timestamp,
    answers: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fork: Option<Fork>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wipe: Option<Standing>,
}

/// Takes what a device has, be it shut out or not.
pub(crate) async fn call(mut call: Call) -> Answer {
    let push: Push = call.json().await?;
    // Counted before anything is looked up: a signature costs more to check than to make up.
    call.hub.limits.take(Pace::Device, Caller::Device(push.device))?;
    let envelopes = read(&push)?;
    let device = call.hub.storage.read().await?.device(push.device).await?;
    let device = device.filter(|d| d.studio == push.studio).ok_or_else(Fault::bad_signature)?;
    let last = push.entries.last().map(Entry::hash).unwrap_or_default();
    let message = push_message(push.studio, push.device, push.epoch, &last);
    if !keys::fits(&device.public_key, &message, &push.signature) {
        return Err(Fault::bad_signature());
    }
    let wipe = (!device.is_in_use()).then(|| device.standing());
    if wipe.is_some() {
        drop_off(&call, &push)?;
    }
    // Before a device is told to forget, it gives back what a restored hub has forgotten.
    if let Some(known) = &push.known {
        let studio =
            call.hub.storage.read().await?.studio(push.studio).await?.ok_or_else(Fault::not_claimed)?;
        history::check(&call.hub, &studio, known).await?;
    }
    if push.entries.is_empty() {
        // Nothing waits there: all that is left is to hear that it shall forget.
        let wipe = wipe.ok_or_else(|| Fault::bad("a push carries at least one command"))?;
        return answer(Reply::default(), call.hub.now(), Some(wipe));
    }
    let request = request(push, envelopes);
    let studio = request.studio;
    let reply = call.hub.door.accept(&call.hub, request).await.map_err(refused)?;
    if reply.fork.is_some() {
        // What a device held by itself it does not hold in another life.
        devices::introduce(&call.hub, studio).await;
    }
    answer(reply, call.hub.now(), wipe)
}

/// A device that is not in use any more may only drop off what it has, slowly and in small pieces.
fn drop_off(call: &Call, push: &Push) -> Result<(), Fault> {
    call.hub.limits.take(Pace::Drop, Caller::Device(push.device))?;
    let bytes: usize = push.entries.iter().map(Entry::bytes).sum();
    if push.entries.len() > DROP_COUNT_MAX || (bytes > DROP_BYTES_MAX && push.entries.len() > 1) {
        return Err(Fault::too_large(DROP_BYTES_MAX));
    }
    Ok(())
}

/// Reads the envelopes and checks that they are one chain of one life of this device: what the signature covers.
fn read(push: &Push) -> Result<Vec<(Envelope, bool)>, Fault> {
    let bytes: usize = push.entries.iter().map(Entry::bytes).sum();
    if push.entries.len() > PUSH_COUNT_MAX || (bytes > PUSH_BYTES_MAX && push.entries.len() > 1) {
        return Err(Fault::too_large(PUSH_BYTES_MAX));
    }
    let mut read: Vec<(Envelope, bool)> = Vec::with_capacity(push.entries.len());
    for (at, entry) in push.entries.iter().enumerate() {
        let (envelope, whole) =
            open(entry).ok_or_else(|| Fault::bad(format!("entry {at}: no envelope of version 1")))?;
        if !is_of(&envelope, push.studio, push) {
            return Err(Fault::bad(format!("entry {at}: of another studio, device or life")));
        }
        let before = at.checked_sub(1).and_then(|before| push.entries.get(before));
        let broken = before.is_some_and(|before| envelope.prev_hash != before.hash());
        let counted = read.last().is_none_or(|(before, _)| before.seq.checked_add(1) == Some(envelope.seq));
        if broken || !counted {
            return Err(Fault::bad(format!(
                "entry {at}: does not follow the one before; push each chain by itself"
            )));
        }
        read.push((envelope, whole));
    }
    Ok(read)
}

/// The envelope, and whether payload and personal block are the ones it names.
fn open(entry: &Entry) -> Option<(Envelope, bool)> {
    match entry.open() {
        Ok(envelope) => Some((envelope, true)),
        Err(BadEntry::Payload | BadEntry::Personal) => {
            serde_json::from_str(&entry.envelope).ok().map(|envelope| (envelope, false))
        }
        Err(BadEntry::Envelope | BadEntry::Format) => None,
    }
}

fn is_of(envelope: &Envelope, studio: StudioId, push: &Push) -> bool {
    envelope.studio == studio
        && envelope.device == push.device
        && envelope.epoch == push.epoch
        && envelope.seq > 0
        && !envelope.id.raw().is_nil()
}

fn request(push: Push, envelopes: Vec<(Envelope, bool)>) -> Request {
    let receipts = push.receipts;
    let mut incoming: Vec<Incoming> = push
        .entries
        .into_iter()
        .zip(envelopes)
        .map(|(entry, (envelope, whole))| {
            let promised = receipts.iter().find(|r| r.id == envelope.id).cloned();
            Incoming { entry, envelope, whole, promised }
        })
        .collect();
    if planted(Planted::OrderByClock) {
        incoming.sort_by_key(|i| i.envelope.claimed_at);
    }
    Request { studio: push.studio, device: push.device, incoming, fired: Vec::new() }
}

fn answer(reply: Reply, hub_time: Timestamp, wipe: Option<Standing>) -> Answer {
    let raw: Result<Vec<_>, _> = reply.answers.into_iter().map(RawValue::from_string).collect();
    json(&Stored {
        hub_epoch: reply.hub_epoch,
        hub_time,
        answers: raw.map_err(|_| Fault::failed())?,
        fork: reply.fork,
        retry_after_ms: reply.retry_after_ms,
        wipe,
    })
}

pub(crate) fn refused(error: AcceptError) -> Fault {
    match error {
        AcceptError::Storage(error) => error.into(),
        AcceptError::UnknownDevice => Fault::bad_signature(),
        AcceptError::ForeignId => Fault::bad("an id belongs to another device"),
        AcceptError::NotClaimed => Fault::not_claimed(),
        AcceptError::Busy | AcceptError::Closing => Fault::busy(),
        AcceptError::Poison(_) | AcceptError::Encoding | AcceptError::List(_) => Fault::failed(),
    }
}
