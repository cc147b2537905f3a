//! Records to JSON and back.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Entry, Key, StoreError};

/// A record as JSON.
///
/// # Errors
/// [`StoreError::Corrupt`] for what JSON cannot hold.
pub fn encode<T: Serialize>(key: &Key, value: &T) -> Result<Bytes, StoreError> {
    serde_json::to_vec(value)
        .map(Bytes::from)
        .map_err(|error| StoreError::Corrupt { key: key.clone(), reason: error.to_string() })
}

/// Reads a record.
///
/// # Errors
/// [`StoreError::Corrupt`] with the key and what is wrong.
pub fn decode<T: DeserializeOwned>(entry: &Entry) -> Result<T, StoreError> {
    serde_json::from_slice(&entry.value)
        .map_err(|error| StoreError::Corrupt { key: entry.key.clone(), reason: error.to_string() })
}

/// Reads a record that others can do without; one that cannot be read is told in the log.
pub fn decode_or_warn<T: DeserializeOwned>(entry: &Entry) -> Option<T> {
    match decode(entry) {
        Ok(record) => Some(record),
        Err(error) => {
            tracing::warn!(%error, "a record is left out");
            None
        }
    }
}
