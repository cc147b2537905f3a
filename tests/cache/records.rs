//! Records to put into a store, and ways to wait for what the cache makes of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use segdeck::domain::{Clock, RecordId, SegmentId, Timestamp};
use segdeck::store::{
    Cache, EtcdStore, Freshness, Key, MAX_OPS, Op, Pace, Rows, SharedStore, Txn, TxnOutcome, keys,
};
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::etcd::shared;

pub const PATIENCE: Duration = Duration::from_secs(20);

/// A store with a root of its own in the shared etcd.
pub fn store() -> SharedStore {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let root = format!("/cache-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    EtcdStore::open(&shared().settings(&root)).unwrap()
}

pub fn id(text: &str) -> SegmentId {
    text.parse().unwrap()
}

pub fn record_id() -> RecordId {
    RecordId::new(Timestamp::now())
}

/// A segment record as JSON; `name` is its name.
pub fn segment(id: &SegmentId, name: &str) -> Value {
    json!({
        "id": id, "prefix": id.prefix, "version": id.version, "name": name, "type": "application",
        "description": "d".repeat(300), "vendor": "ACME", "format": "zip", "container": "zip", "remote": "sdp",
        "fileName": "a.zip", "fileSize": 1234, "sha256": "0".repeat(64), "storageKey": "k", "isLocal": true,
        "createdAt": "2026-01-02T03:04:05Z", "createdBy": "anna@host", "updatedAt": "2026-01-02T03:04:06Z",
        "createStatus": {"state": "pending", "time": "2026-01-02T03:04:05Z"},
    })
}

pub fn seat(name: &str) -> Value {
    json!({"id": name, "ip": "10.0.0.1", "group": "g", "tags": ["a"]})
}

pub fn put(key: Key, value: &Value) -> Op {
    Op::Put(key, Bytes::from(value.to_string()), None)
}

/// Puts the record `leader` as whoever leads does, under a lease.
pub async fn put_leader(store: &SharedStore, value: &Value) -> Op {
    let (lease, _) = store.lease_grant(std::time::Duration::from_secs(600)).await.unwrap();
    Op::Put(keys::leader(), Bytes::from(value.to_string()), Some(lease))
}

pub fn put_segment(name: &str) -> Op {
    let id = id(name);
    put(keys::segment(&id), &segment(&id, "a name"))
}

/// Commits in as many transactions as it needs; the last revision.
pub async fn commit(store: &SharedStore, ops: Vec<Op>) -> i64 {
    let mut last = 0;
    for chunk in ops.chunks(MAX_OPS) {
        match store.txn(Txn { compares: vec![], ops: chunk.to_vec() }).await.unwrap() {
            TxnOutcome::Done(revision) => last = revision,
            refused => panic!("{refused:?}"),
        }
    }
    last
}

/// A cache that stops with the test.
pub struct Running {
    pub cache: Arc<Cache>,
    _stop: DropGuard,
}

pub fn start(store: &SharedStore) -> Running {
    start_at(Pace::default(), store)
}

pub fn start_at(pace: Pace, store: &SharedStore) -> Running {
    let stop = CancellationToken::new();
    let cache = Cache::start_at(pace, store.clone(), Clock::system(), stop.clone());
    Running { cache, _stop: stop.drop_guard() }
}

impl Running {
    /// Waits until the freshness is as wanted, and returns it.
    pub async fn freshness(&self, wanted: impl FnMut(&Freshness) -> bool) -> Freshness {
        let mut freshness = self.cache.freshness();
        tokio::time::timeout(PATIENCE, freshness.wait_for(wanted))
            .await
            .expect("it becomes so")
            .unwrap()
            .clone()
    }

    pub async fn live(&self) -> Freshness {
        self.freshness(|freshness| matches!(freshness, Freshness::Live { .. })).await
    }

    /// Waits until the cache shows this revision.
    pub async fn shows(&self, wanted: i64) {
        self.freshness(|freshness| matches!(freshness, Freshness::Live { revision } if *revision >= wanted))
            .await;
    }

    pub fn read<T>(&self, look: impl FnOnce(&Rows) -> T) -> T {
        self.cache.read(look)
    }
}
