//! Blobs: photos by their SHA-256, readable by whoever may read a record that names them. What they show is unknown here.

use axum::http::header;
use axum::response::IntoResponse as _;
use rollcall_domain::kernel::ids::Hash;

use crate::http::fault::Fault;
use crate::http::{Answer, Call, no_content};

fn name(call: &Call) -> Result<Hash, Fault> {
    let hash = Hash(call.param.clone().unwrap_or_default());
    if hash.is_well_formed() { Ok(hash) } else { Err(Fault::bad("a blob is named by 64 hex digits")) }
}

/// Keeps bytes under their own hash; the command that names them comes later.
pub(crate) async fn put(mut call: Call) -> Answer {
    let name = name(&call)?;
    let studio = call.session()?.studio;
    let bytes = call.bytes().await?;
    if Hash::of(&bytes) != name {
        return Err(Fault::bad("the bytes do not fit the name"));
    }
    let mut work = call.hub.storage.write(studio).await?;
    work.put_blob(studio, &name, &bytes, call.hub.now()).await?;
    work.commit().await?;
    Ok(no_content())
}

/// The bytes. Never shown as a page, whatever they are.
pub(crate) async fn get(call: Call) -> Answer {
    let name = name(&call)?;
    let session = call.session()?;
    let found = call.hub.storage.read().await?.blob(session.studio, &session.scopes, &name).await?;
    let bytes = found.ok_or_else(Fault::not_found)?;
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream"), (header::CONTENT_DISPOSITION, "attachment")];
    Ok((headers, bytes).into_response())
}
