//! The trash: what was deleted here, by whom or by what, and how long it can still be brought back.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FreeText, RecordId, RemoteKind, SeatId, Segment, SegmentId, Timestamp, Unknown, clock};

/// Longest name, file name and reason of an entry, in bytes: an entry stays under 4 KiB.
pub const MAX_TEXT: usize = 512;

/// What put it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cause {
    /// An operator deleted the segment.
    Delete,
    /// Its platform had it no more.
    Sync,
    /// No record named its file.
    Sweep,
}

impl Cause {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Sync => "sync",
            Self::Sweep => "sweep",
        }
    }

    /// Who did it where no operator asked for it.
    pub fn actor(self) -> &'static str {
        match self {
            Self::Delete => "an operator",
            Self::Sync => "data sync",
            Self::Sweep => "the sweep",
        }
    }
}

/// The record `trash/<id>`. As long as it is there, its file is nobody's orphan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrashEntry {
    /// Its id.
    pub id: RecordId,
    /// The segment it was; of a file without a record, what its place says.
    pub segment_id: SegmentId,
    /// The segment's name.
    #[serde(default, skip_serializing_if = "FreeText::is_empty")]
    pub name: FreeText,
    /// What put it here.
    pub cause: Cause,
    /// When.
    pub at: Timestamp,
    /// Who asked for it.
    pub by: FreeText,
    /// Why, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FreeText>,
    /// The platform it belongs to.
    pub remote: RemoteKind,
    /// The platform's id of it, once it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Where its file lies in shared storage.
    pub storage_key: String,
    /// In bytes.
    pub file_size: u64,
    /// Lower-case hex; absent for a file that no record described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// It is being emptied: it cannot be brought back any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emptying: bool,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl TrashEntry {
    /// When it goes by itself; absent: never.
    pub fn expires_at(&self, keep: Duration) -> Option<Timestamp> {
        (!keep.is_zero()).then(|| clock::after(self.at, keep))
    }

    /// Is it to be emptied now?
    pub fn is_due(&self, keep: Duration, now: Timestamp) -> bool {
        self.emptying || self.expires_at(keep).is_some_and(|at| at <= now)
    }
}

/// What lies beside the file: `trash/<id>.json` in shared storage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrashContent {
    /// The entry that names it, so that it is found again if the records lose it.
    pub entry: TrashEntry,
    /// The record as it was; absent for a file that had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Segment>,
    /// The manifest as it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Value>,
    /// The seats that its prefix was bound to.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub bindings: BTreeSet<SeatId>,
}

impl TrashContent {
    /// The most bytes of it: a manifest of 256 KiB, the record, and 20,000 seats with the longest ids.
    pub const MAX_BYTES: u64 = 4 << 20;

    /// Where it lies in shared storage.
    pub fn key(id: RecordId) -> String {
        format!("trash/{id}.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_entry_stays_under_4_kib() {
        let long = |bytes: usize| FreeText::from("x".repeat(bytes));
        let name = "n".repeat(128);
        let entry = TrashEntry {
            id: RecordId::new(Timestamp::UNIX_EPOCH),
            segment_id: format!("{name}@{name}").parse().unwrap(),
            name: long(MAX_TEXT),
            cause: Cause::Delete,
            at: Timestamp::UNIX_EPOCH,
            by: long(MAX_TEXT),
            reason: Some(long(MAX_TEXT)),
            remote: RemoteKind::Sdp,
            uid: Some("u".repeat(128)),
            storage_key: "k".repeat(1024),
            file_size: u64::MAX,
            sha256: Some("f".repeat(64)),
            emptying: true,
            unknown: Unknown::default(),
        };
        assert!(serde_json::to_vec(&entry).unwrap().len() < 4096);
    }

    #[test]
    fn it_goes_when_its_time_is_over_or_it_is_asked_for() {
        let entry: TrashEntry = serde_json::from_value(serde_json::json!({
            "id": RecordId::new(Timestamp::UNIX_EPOCH), "segmentId": "a@1", "cause": "sync",
            "at": "2026-01-01T00:00:00Z", "by": "x", "remote": "sdp", "storageKey": "segments/a/1/x.zip", "fileSize": 1
        }))
        .unwrap();
        let day = Duration::from_secs(24 * 3600);
        let then = entry.at;
        assert!(!entry.is_due(7 * day, clock::after(then, 6 * day)));
        assert!(entry.is_due(7 * day, clock::after(then, 7 * day)));
        assert!(
            !entry.is_due(Duration::ZERO, clock::after(then, 700 * day)),
            "0 keeps it until somebody empties it"
        );
        assert!(TrashEntry { emptying: true, ..entry }.is_due(7 * day, then));
    }
}
