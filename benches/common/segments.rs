//! Many segments in a store, each record as the program writes it.
#![allow(dead_code, reason = "each benchmark uses its own part of it")]

use segdeck::domain::SegmentId;
use segdeck::store::{Op, SharedStore, Txn, keys};

/// The id of the `n`th segment: four versions of each prefix.
pub fn id(n: usize) -> SegmentId {
    format!("segment-{:06}@{}.{}.0", n / 4, n % 4, n % 10).parse().unwrap()
}

/// Writes so many segments of 800 bytes; returns the bytes of the last one.
pub async fn fill(store: &SharedStore, records: usize) -> usize {
    let ids: Vec<SegmentId> = (0..records).map(id).collect();
    let mut bytes = 0;
    for chunk in ids.chunks(100) {
        let mut txn = Txn::new();
        for id in chunk {
            let value = value(id);
            bytes = value.len();
            txn.ops.push(Op::Put(keys::segment(id), value.into(), None));
        }
        store.txn(txn).await.unwrap();
    }
    bytes
}

/// A record filled up to 800 bytes by its description.
fn value(id: &SegmentId) -> String {
    let value = |description: &str| {
        serde_json::json!({
            "id": id, "prefix": id.prefix, "version": id.version, "name": format!("Software of {}", id.prefix),
            "type": "application", "description": description, "vendor": "ACME Marine", "format": "zip",
            "container": "zip", "remote": "sdp", "fileName": format!("{id}.zip"), "fileSize": 123_456_789,
            "sha256": "0123456789abcdef".repeat(4),
            "storageKey": format!("segments/{}/01ARZ3NDEKTSV4RRFFQ69G5FAV.zip", id.prefix), "isLocal": true,
            "createdAt": "2026-01-02T03:04:05.678Z", "createdBy": "anna@bridge-1",
            "updatedAt": "2026-01-02T03:04:06.789Z",
            "createStatus": {"state": "succeeded", "time": "2026-01-02T03:04:06.789Z", "retryCount": 0,
                "generation": 0},
            "remoteExtra": {"uid": format!("uid-{id}")},
        })
        .to_string()
    };
    let rest = 800_usize.saturating_sub(value("").len());
    value(&"d".repeat(rest))
}
