//! Reading typed bodies out of JSON that is already a value. It must never know a type.
//!
//! Every body is read from text and from nothing else: serde builds a type's reader once per source, and a second
//! source would double the code of every record, command and refusal in the app.

use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

/// The type a value stands for. Fails where the value has another shape.
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    serde_json::from_str(&value.to_string())
}

/// A JSON text of an older version in today's shape, as text.
pub(super) fn lifted(
    from_version: u16,
    json: &str,
    upcast: fn(u16, Value) -> Value,
) -> Result<String, Error> {
    Ok(upcast(from_version, serde_json::from_str(json)?).to_string())
}
