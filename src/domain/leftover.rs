//! What is left of a segment whose record went while seats have it: enough to name it there, and to take it off.

use serde::{Deserialize, Serialize};

use super::{FreeText, Segment, Timestamp};

/// Longest that a record gets, in bytes of JSON.
const MAX_RECORD: usize = 4 * 1024;

/// The record `leftovers/<prefix>/<version>`. It lies beside the installed lists and goes with the last seat of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leftover {
    /// The record as it was.
    #[serde(flatten)]
    pub segment: Segment,
    /// When it went.
    pub removed_at: Timestamp,
}

impl Leftover {
    /// Of a segment that goes now. Its description goes first where the record would be too long.
    pub fn of(segment: &Segment, removed_at: Timestamp) -> Self {
        let mut left = Self { segment: segment.clone(), removed_at };
        let is_long = |left: &Self| serde_json::to_vec(left).map_or(0, |json| json.len()) > MAX_RECORD;
        if is_long(&left) {
            left.segment.description = FreeText::default();
        }
        // What newer versions wrote is theirs, and may be long.
        if is_long(&left) {
            left.segment.unknown.clear();
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::segment::MAX_DESCRIPTION;

    fn segment(description: &str, of_a_newer_one: usize) -> Segment {
        let at = "2026-01-02T03:04:05Z";
        let mut record = serde_json::json!({
            "id": "nav@1", "prefix": "nav", "version": "1", "name": "Nav", "description": description,
            "format": "zip", "container": "zip", "remote": "sdp", "fileName": "nav.zip", "fileSize": 1,
            "sha256": "ab", "storageKey": "k", "isLocal": true, "createdAt": at, "createdBy": "ada",
            "updatedAt": at, "createStatus": { "state": "succeeded", "time": at }, "remoteExtra": { "uid": "u1" },
        });
        record["new"] = "x".repeat(of_a_newer_one).into();
        serde_json::from_value(record).unwrap()
    }

    #[test]
    fn it_is_the_record_and_when_it_went() {
        let whole = segment("about it", 10);
        let left = Leftover::of(&whole, Timestamp::UNIX_EPOCH);
        let json = serde_json::to_value(&left).unwrap();
        assert_eq!((json["id"].as_str(), json["removedAt"].is_string()), (Some("nav@1"), true));
        assert_eq!(serde_json::from_value::<Leftover>(json).unwrap(), left);
        assert_eq!(left.segment, whole, "and the fields of newer versions");
    }

    #[test]
    fn a_long_one_is_cut() {
        for of_a_newer_one in [2_600, 9_000] {
            let left =
                Leftover::of(&segment(&"d".repeat(MAX_DESCRIPTION), of_a_newer_one), Timestamp::UNIX_EPOCH);
            let json = serde_json::to_vec(&left).unwrap();
            assert!(json.len() <= MAX_RECORD, "{}", json.len());
            assert_eq!(left.segment.uid(), Some("u1"));
        }
    }
}
