//! What ids and their like look like inside a text. Here and not beside the words, which their own files use.

use super::words::{Value, word};
use super::{Prefix, RecordId, RemoteKind, Requirement, SeatId, SegmentId, Timestamp};

impl From<&SegmentId> for Value {
    fn from(id: &SegmentId) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<&SeatId> for Value {
    fn from(id: &SeatId) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<RecordId> for Value {
    fn from(id: RecordId) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<&Prefix> for Value {
    fn from(prefix: &Prefix) -> Self {
        Self::Text(prefix.to_string())
    }
}

impl From<&Requirement> for Value {
    fn from(requirement: &Requirement) -> Self {
        Self::Text(requirement.to_string())
    }
}

/// In English as records and settings name it.
impl From<RemoteKind> for Value {
    fn from(remote: RemoteKind) -> Self {
        match remote {
            RemoteKind::Sdp => word!("name-sdp").into(),
            RemoteKind::Store15s => word!("name-store15s").into(),
        }
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Moment(at)
    }
}
