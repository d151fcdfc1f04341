//! A line's bytes: written once, never migrated; only an erasure takes words out of them. The standing lies beside them,
//! because it changes.
//!
//! Bytes and answer are sealed, each bound to the command they belong to; id and standing are not, because the database
//! looks for them. It must never know a transaction.

use js_sys::{Object, Reflect};
use rollcall_domain::kernel::ids::CommandId;
use rollcall_domain::kernel::{Change, Outcome};
use rollcall_domain::sync::envelope::Entry;
use rollcall_domain::sync::wire::Answered;
use wasm_bindgen::JsValue;

use super::schema::{BY_ID, BY_STANDING};
use super::{Draft, JournalError, Line, Standing};
use crate::bytes::{Garbled, Reader, Writer};
use crate::vault::Sealer;

/// The format of the bytes.
const FORMAT: u8 = 1;
/// The bytes are plain; 1 means sealed, see `domain::kernel::seal`.
const PLAIN: u8 = 0;

const BYTES: &str = "bytes";
const ANSWER: &str = "answer";
const WHY: &str = "why";

pub(super) const WAITING: &str = "waiting";
pub(super) const SENT: &str = "sent";
pub(super) const HELD: &str = "held";
pub(super) const DECIDED: &str = "decided";
pub(super) const ASIDE: &str = "aside";

/// The key of a command in the index.
pub(super) fn id_key(id: CommandId) -> JsValue {
    JsValue::from(id_text(id))
}

/// A command as it is written in the index: 32 hexadecimal digits.
pub(super) fn id_text(id: CommandId) -> String {
    id.raw().simple().to_string()
}

/// Whose row it is.
pub(super) fn id_of(row: &JsValue) -> Result<String, JournalError> {
    Reflect::get(row, &BY_ID.into())?.as_string().ok_or(JournalError::Unreadable)
}

/// Where a line's bytes lie, for their seal.
fn bytes_place(id: &str) -> String {
    format!("entries/{id}")
}

/// Where a line's answer lies.
fn answer_place(id: &str) -> String {
    format!("answers/{id}")
}

/// The row of a new line.
pub(super) fn encode(at: u64, draft: &Draft, sealer: &Sealer) -> Result<JsValue, JournalError> {
    let id = id_text(draft.id);
    let bytes = sealer.sealed(&bytes_place(&id), encode_bytes(&Said::by(at, draft))?)?;
    let row = Object::new();
    Reflect::set(&row, &BY_ID.into(), &id.as_str().into())?;
    let stands = if draft.decision.is_some() { DECIDED } else { WAITING };
    Reflect::set(&row, &BY_STANDING.into(), &stands.into())?;
    Reflect::set(&row, &BYTES.into(), &bytes)?;
    Ok(row.into())
}

/// The bytes of a line that is there already, with other words in it, under a seal of their own.
pub(super) fn rewritten(line: &Line, sealer: &Sealer) -> Result<JsValue, JournalError> {
    let bytes = encode_bytes(&Said {
        at: line.at,
        id: line.id,
        entry: &line.entry,
        outcome: line.outcome.as_ref(),
        decision: line.decision.as_deref(),
    })?;
    Ok(sealer.sealed(&bytes_place(&id_text(line.id)), bytes)?.into())
}

/// Puts other bytes in the place of a row's; its standing stays.
pub(super) fn replace(row: &JsValue, bytes: &JsValue) -> Result<(), JournalError> {
    Reflect::set(row, &BYTES.into(), bytes)?;
    Ok(())
}

/// What a line's bytes say.
struct Said<'a> {
    at: u64,
    id: CommandId,
    entry: &'a Entry,
    outcome: Option<&'a Outcome>,
    decision: Option<&'a [Change]>,
}

impl<'a> Said<'a> {
    fn by(at: u64, draft: &'a Draft) -> Self {
        let (outcome, decision) = (draft.outcome.as_ref(), draft.decision.as_deref());
        Self { at, id: draft.id, entry: &draft.entry, outcome, decision }
    }
}

fn encode_bytes(said: &Said<'_>) -> Result<Vec<u8>, JournalError> {
    let mut w = Writer::with_capacity(said.entry.envelope.len() + said.entry.payload.len() + 512);
    w.u8(FORMAT);
    w.u8(PLAIN);
    w.u64(said.at);
    w.id(said.id.raw());
    w.text(&said.entry.envelope);
    w.text(&said.entry.payload);
    w.maybe_text(said.entry.personal.as_deref());
    let outcome =
        said.outcome.map(serde_json::to_string).transpose().map_err(|_| JournalError::Unreadable)?;
    w.maybe_text(outcome.as_deref());
    w.u8(u8::from(said.decision.is_some()));
    if let Some(changes) = said.decision {
        w.len(changes.len());
        for change in changes {
            w.text(&change.kind);
            w.u16(change.kind_version);
            w.id(change.id);
            w.maybe_text(change.body.as_deref());
        }
    }
    Ok(w.0)
}

/// An answer as it lies in its line.
pub(super) fn encode_answer(answered: &Answered, sealer: &Sealer) -> Result<JsValue, JournalError> {
    let text = serde_json::to_string(answered).map_err(|_| JournalError::Unreadable)?;
    if !sealer.is_sealing() {
        return Ok(text.into());
    }
    Ok(sealer.sealed(&answer_place(&id_text(answered.id)), text.into_bytes())?.into())
}

/// The row after an answer.
pub(super) fn answered(row: &JsValue, stands: &str, answer: &JsValue) -> Result<(), JournalError> {
    Reflect::set(row, &BY_STANDING.into(), &stands.into())?;
    Reflect::set(row, &ANSWER.into(), answer)?;
    Ok(())
}

/// The row once no hub could read it.
pub(super) fn laid_aside(row: &JsValue, why: &str) -> Result<(), JournalError> {
    Reflect::set(row, &BY_STANDING.into(), &ASIDE.into())?;
    Reflect::set(row, &WHY.into(), &why.into())?;
    Ok(())
}

/// True for a line that waits.
pub(super) fn is_waiting(row: &JsValue) -> bool {
    standing_name(row).as_deref() == Some(WAITING)
}

/// True where an answer may be noted: not on what this device decided itself, and on a line whose final answer is known
/// only the same answer again, with the receipt of a hub that was put back since.
pub(super) fn takes(row: &JsValue, answered: &Answered, sealer: &Sealer) -> bool {
    match standing_name(row).as_deref() {
        Some(WAITING | HELD | ASIDE) => true,
        Some(SENT) => kept_answer(row, sealer).is_ok_and(|kept| kept.answer == answered.answer),
        _ => false,
    }
}

fn standing_name(row: &JsValue) -> Option<String> {
    Reflect::get(row, &BY_STANDING.into()).ok().and_then(|v| v.as_string())
}

/// Reads a row.
pub(super) fn decode(row: &JsValue, sealer: &Sealer) -> Result<Line, JournalError> {
    let bytes = Reflect::get(row, &BYTES.into())?;
    let mut line = decode_bytes(&sealer.opened(&bytes_place(&id_of(row)?), &bytes)?)?;
    line.standing = match standing_name(row).as_deref() {
        Some(WAITING) => Standing::Waiting,
        Some(DECIDED) => Standing::Decided,
        Some(SENT) => Standing::Sent { answered: kept_answer(row, sealer)? },
        Some(HELD) => Standing::Held { answered: kept_answer(row, sealer)? },
        Some(ASIDE) => Standing::Aside { why: parsed(row, WHY)? },
        _ => return Err(JournalError::Unreadable),
    };
    Ok(line)
}

/// A line's answer: sealed, or a text from before rows were sealed.
fn kept_answer(row: &JsValue, sealer: &Sealer) -> Result<Answered, JournalError> {
    let value = Reflect::get(row, &ANSWER.into())?;
    if value.is_string() {
        return parsed(row, ANSWER);
    }
    let json = sealer.opened(&answer_place(&id_of(row)?), &value)?;
    serde_json::from_slice(&json).map_err(|_| JournalError::Unreadable)
}

fn parsed<T: serde::de::DeserializeOwned>(row: &JsValue, name: &str) -> Result<T, JournalError> {
    let text = Reflect::get(row, &name.into())?.as_string().ok_or(JournalError::Unreadable)?;
    serde_json::from_str(&text).map_err(|_| JournalError::Unreadable)
}

fn decode_bytes(bytes: &[u8]) -> Result<Line, JournalError> {
    let mut r = Reader::new(bytes);
    if (r.u8()?, r.u8()?) != (FORMAT, PLAIN) {
        return Err(JournalError::Unreadable);
    }
    let (at, id) = (r.u64()?, CommandId(r.id()?));
    let entry = Entry {
        envelope: r.text()?.to_owned(),
        payload: r.text()?.to_owned(),
        personal: r.maybe_text()?.map(str::to_owned),
    };
    let outcome =
        r.maybe_text()?.map(serde_json::from_str).transpose().map_err(|_| JournalError::Unreadable)?;
    let decision = match r.u8()? {
        0 => None,
        _ => Some(changes(&mut r)?),
    };
    Ok(Line { at, id, entry, decision, outcome, standing: Standing::Waiting })
}

fn changes(r: &mut Reader<'_>) -> Result<Vec<Change>, Garbled> {
    let count = r.count()?;
    let mut changes = Vec::new();
    for _ in 0..count {
        let (kind, kind_version, id) = (r.text()?.to_owned().into(), r.u16()?, r.id()?);
        changes.push(Change { kind, kind_version, id, body: r.maybe_text()?.map(Into::into) });
    }
    Ok(changes)
}

#[cfg(test)]
mod tests;
