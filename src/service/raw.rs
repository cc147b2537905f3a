//! Records as they lie in the store, for those who want to see all of it.

use serde_json::Value;

use super::{Code, Service, ServiceError};
use crate::domain::words::say;
use crate::domain::{RecordId, SeatId, SegmentId};
use crate::store::keys::{self, Key};

/// A thing with records of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A segment.
    Segment(SegmentId),
    /// A seat.
    Seat(SeatId),
    /// An install: what was asked for, and its log.
    Install(RecordId),
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Segment(id) => id.fmt(f),
            Self::Seat(id) => id.fmt(f),
            Self::Install(record) => record.fmt(f),
        }
    }
}

/// A record as it lies in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRecord {
    /// Below the root, e.g. `segments/nav-core/2.1.0`.
    pub key: String,
    /// The revision it was last written at.
    pub revision: i64,
    /// What it says, also what this version does not know; its bytes as text where it is no JSON.
    pub value: Value,
}

impl Service {
    /// The records of a thing; lists of seats are left out, since they may be as long as the fleet.
    ///
    /// # Errors
    /// `notFound` when it has none, `unavailable` for the store.
    pub async fn raw(&self, thing: &Thing) -> Result<Vec<RawRecord>, ServiceError> {
        let (name, keys): (String, Vec<Key>) = match thing {
            Thing::Segment(id) => (id.to_string(), vec![keys::segment(id)]),
            Thing::Seat(id) => (id.to_string(), vec![keys::seat(id)]),
            Thing::Install(record) => {
                let id = self.segment_of_install(*record).await?;
                (
                    record.to_string(),
                    vec![keys::install_record(&id, *record), keys::install_log(&id, *record)],
                )
            }
        };
        let got = self.store.get_many(&keys).await?;
        let records: Vec<RawRecord> = got
            .entries
            .into_iter()
            .flatten()
            .map(|entry| RawRecord {
                key: entry.key.to_string(),
                revision: entry.mod_revision,
                value: serde_json::from_slice(&entry.value)
                    .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&entry.value).into_owned())),
            })
            .collect();
        if records.is_empty() {
            return Err(ServiceError::new(Code::NotFound, say!("is-gone", name = name)));
        }
        Ok(records)
    }
}
