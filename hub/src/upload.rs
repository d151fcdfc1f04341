//! `POST /api/v1/upload`: the claiming owner's records, once, before anything else happens here.
//!
//! The body is spooled to a file first, so that a slow line holds up no writer.

use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use rollcall_domain::kernel::ids::{Hash, StudioId};
use rollcall_domain::sync::wire::{ProblemCode, Uploaded};
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufReader};

use crate::erasures;
use crate::http::fault::Fault;
use crate::http::{Answer, Call, json};
use crate::hub::Hub;
use crate::intake::{Ground, Intake, IntakeError};
use crate::outside::mint;
use crate::storage::Studio;

/// What a studio's last upload was answered, kept under this and its id: asked again, it is said again.
const UPLOADED: &str = "uploaded";

/// Takes the backup over.
pub(crate) async fn call(mut call: Call) -> Answer {
    let hub = call.hub.clone();
    let studio = call.session()?.studio;
    let (file, sum) = spool(&mut call).await?;
    json(&take(&hub, studio, file, sum).await?)
}

/// What an earlier upload brought, and its answer.
type Before = (Hash, Uploaded);

async fn take(hub: &Hub, studio: StudioId, file: File, sum: Hash) -> Result<Uploaded, Fault> {
    let uploaded = format!("{UPLOADED} {studio}");
    let mut work = hub.storage.write(studio).await?;
    let mut studio = work.studio(studio).await?.ok_or_else(Fault::not_claimed)?;
    let before = work.setting(&uploaded).await?.and_then(|text| serde_json::from_str::<Before>(&text).ok());
    if studio.head > 0 {
        match before {
            // The same file again gets the same answer.
            Some((of, uploaded)) if of == sum => return Ok(uploaded),
            // The answer was lost and the device went on alone: its newer backup takes the place of the first.
            Some((_, uploaded)) if uploaded.hub_seq == studio.head => {
                work.clear(studio.studio).await?;
                let (head, hash, genesis) = (0, Hash::default(), Hash::default());
                studio = Studio { head, hash, genesis, hub_epoch: mint(&*hub.outside)?, ..studio };
            }
            _ => return Err(too_late()),
        }
    }
    let ground = Ground { catalogue: hub.catalogue, secret: hub.secret, now: hub.now(), keep: false };
    let mut intake = Intake::new(ground, work, studio);
    let mut lines = BufReader::new(file).lines();
    while let Some(line) = lines.next_line().await.map_err(|_| Fault::bad("the backup is no text"))? {
        intake.line(&line).await.map_err(refused)?;
    }
    let (mut work, studio, answer, _) = intake.finish().await.map_err(refused)?;
    let kept = serde_json::to_string(&(sum, &answer)).map_err(|_| Fault::failed())?;
    work.set(&uploaded, Some(&kept)).await?;
    work.commit().await?;
    hub.news.tell(studio.studio, studio.head);
    // Who was erased before there was a hub is on its list from now on; a start would see to it as well.
    if let Err(fault) = erasures::reconcile(&*hub.storage, &*hub.list).await {
        tracing::warn!(%fault, "the list of who was erased could not be brought up");
    }
    tracing::info!(records = answer.records, entries = answer.entries, "a backup was taken over");
    Ok(answer)
}

fn too_late() -> Fault {
    let detail = "this hub has a history of its own already: a backup goes into an empty one only";
    Fault::new(StatusCode::CONFLICT, ProblemCode::AlreadyClaimed, detail)
}

/// Writes the body to a file without a name, and names it by its hash.
async fn spool(call: &mut Call) -> Result<(File, Hash), Fault> {
    use sha2::Digest as _;
    let limit = call.limit();
    let broken = |_| Fault::failed();
    let mut file = tempfile().map_err(broken)?;
    let mut sum = sha2::Sha256::new();
    let mut body = call.stream();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| match error.is::<http_body_util::LengthLimitError>() {
            true => Fault::too_large(limit),
            false => Fault::bad("the body broke off"),
        })?;
        if let Some(bytes) = frame.data_ref() {
            sum.update(bytes);
            file.write_all(bytes).await.map_err(broken)?;
        }
    }
    file.flush().await.map_err(broken)?;
    file.rewind().await.map_err(broken)?;
    let hex: String = sum.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok((file, Hash(hex)))
}

/// A file that is gone with its handle, whatever happens.
fn tempfile() -> std::io::Result<File> {
    tempfile::tempfile().map(File::from_std)
}

fn refused(error: IntakeError) -> Fault {
    match error {
        IntakeError::Storage(error) => error.into(),
        IntakeError::Accept(_) => Fault::failed(),
        other => Fault::bad(other.to_string()),
    }
}
