//! Records: the [`Store`] trait, its two backends, the key layout, codecs, and the `Cache`.
//!
//! What belongs here: how records are kept and watched. What does not: what a change means (`service`,
//! `controllers`).

mod cache;
mod codec;
pub mod embedded;
mod error;
mod etcd;
pub mod keys;
mod leader;
mod open;
mod proof;
mod txn;
mod watermark;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::mpsc;

pub use cache::{
    CACHED, Cache, Change, Freshness, InstallRow, Pace, Rows, SegmentRow, ShardCounts, Spread, Subscription,
    is_readable,
};
pub use codec::{decode, decode_or_warn, encode};
pub use error::StoreError;
pub use etcd::EtcdStore;
pub use keys::Key;
pub use leader::{Belief, LeaderRecord, LeaderStore, Leadership};
pub use open::open;
pub(crate) use proof::prove;
pub use txn::{Compare, Op, Txn, TxnOutcome};
pub use watermark::{StepBack, Watermark};

/// A revision of the whole store; rises with each change. Zero: before anything.
pub type Revision = i64;

/// A lease; what was put under it goes when it ends.
pub type LeaseId = i64;

/// Most compares and most operations of one transaction; etcd itself refuses more than 128.
pub const MAX_OPS: usize = 100;

/// Most bytes of keys and values in one transaction; etcd itself refuses 1.5 MiB.
pub const MAX_TXN_BYTES: usize = 1_400 * 1024;

/// Most bytes of one value.
pub const MAX_VALUE_BYTES: usize = 256 * 1024;

/// One record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key, below the root.
    pub key: Key,
    /// JSON.
    pub value: Bytes,
    /// When it was created.
    pub create_revision: Revision,
    /// When it was last changed.
    pub mod_revision: Revision,
    /// It lies under a lease and goes with it. What was put back by a copy of the records does not.
    pub leased: bool,
}

/// What a single read found, and at which revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// The store's revision at the read.
    pub revision: Revision,
    /// In the order asked for; `None` where there is no such record.
    pub entries: Vec<Option<Entry>>,
}

/// Which part of the store to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// Every key that begins so.
    pub prefix: String,
    /// Only keys after this one: the last key of the page before.
    pub after: Option<Key>,
    /// At most so many entries, at least 1.
    pub limit: usize,
    /// As of this revision; `None`: now. Pages after the first pass the first one's.
    pub revision: Option<Revision>,
    /// Leave the values out.
    pub keys_only: bool,
}

impl ListQuery {
    /// The first page of everything below `prefix`, now.
    pub fn prefix(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), after: None, limit: 5_000, revision: None, keys_only: false }
    }
}

impl ListQuery {
    /// Turns to the page after this one, as of the same revision; `false` at the end.
    pub fn turn(&mut self, page: &Page) -> bool {
        if let Some(last) = page.entries.last() {
            self.after = Some(last.key.clone());
        }
        self.revision = Some(page.revision);
        page.more
    }

    /// The same as it is then: for whoever takes longer over a page than a store remembers, and compares no
    /// two of them.
    pub fn turn_now(&mut self, page: &Page) -> bool {
        let more = self.turn(page);
        self.revision = None;
        more
    }
}

/// A page of a list, in key order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The revision it shows; pass it on for the next page.
    pub revision: Revision,
    /// The entries.
    pub entries: Vec<Entry>,
    /// There are more after the last one.
    pub more: bool,
}

/// A change as a watch tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchEvent {
    /// Created or changed.
    Put(Entry),
    /// Deleted at this revision.
    Delete(Key, Revision),
}

/// What a watch delivers: all changes of one or several whole revisions, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchBatch {
    /// The revision the watcher has now seen.
    pub revision: Revision,
    /// The changes.
    pub events: Vec<WatchEvent>,
}

/// A running watch; dropping it ends it. After an error nothing more comes: list again, watch again.
/// [`StoreError::Compacted`] says that the wanted revisions are gone. [`StoreError::Silent`] alone is no end; what
/// follows it, be it a batch without events, says that all is well again.
pub type Watch = mpsc::Receiver<Result<WatchBatch, StoreError>>;

/// How large a store is, for `doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatus {
    /// Current revision.
    pub revision: Revision,
    /// Bytes on disk.
    pub size: u64,
    /// Version of the engine, e.g. `etcd 3.4.23` or `sqlite 3.50.4`.
    pub engine: String,
}

/// The reading half of a store: all that most of the program sees.
///
/// Every call gives up by itself after a deadline (5 s) with [`StoreError::Unavailable`].
#[async_trait]
pub trait ReadStore: Send + Sync + 'static {
    /// Reads some records at one revision.
    async fn get_many(&self, keys: &[Key]) -> Result<Got, StoreError>;

    /// Reads a page of records in key order. A revision that is compacted away is
    /// [`StoreError::Compacted`].
    async fn list(&self, query: &ListQuery) -> Result<Page, StoreError>;

    /// Every change of keys that begin with `prefix` from revision `from` on (inclusive). `from` may lie in
    /// the future; 0 means from now on.
    async fn watch(&self, prefix: &str, from: Revision) -> Result<Watch, StoreError>;

    /// Size and revision.
    async fn status(&self) -> Result<StoreStatus, StoreError>;

    /// What an operator knows it by, e.g. `etcd 127.0.0.1:2379` or the file's path.
    fn name(&self) -> String;

    /// The id of the cluster that answered last, where it has one.
    fn cluster(&self) -> Option<u64> {
        None
    }

    /// Has it answered with an earlier revision than before, and is that not yet known to all?
    fn stepped_back(&self) -> Option<StepBack> {
        None
    }

    /// That step back is written down.
    fn step_back_is_known(&self, _step: StepBack) {}

    /// Reads one record, and the revision of the read.
    async fn get(&self, key: &Key) -> Result<(Revision, Option<Entry>), StoreError> {
        let mut got = self.get_many(std::slice::from_ref(key)).await?;
        Ok((got.revision, got.entries.pop().flatten()))
    }

    /// Reads everything below `prefix` at one revision. For lists that are small by nature.
    async fn list_all(&self, prefix: &str) -> Result<Page, StoreError> {
        let mut query = ListQuery::prefix(prefix);
        let mut all = self.list(&query).await?;
        while query.turn(&all) {
            let page = self.list(&query).await?;
            all.entries.extend(page.entries);
            all.more = page.more;
        }
        Ok(all)
    }
}

/// Where records lie. Both backends (`etcd`, `embedded`) pass one conformance suite.
#[async_trait]
pub trait Store: ReadStore {
    /// Does all operations if all compares hold, else none. One that ended in [`StoreError::Unknown`] may
    /// have been applied: read before trying again.
    async fn txn(&self, txn: Txn) -> Result<TxnOutcome, StoreError>;

    /// A new lease that ends `ttl` after its last renewal. Returns the time really granted.
    async fn lease_grant(&self, ttl: Duration) -> Result<(LeaseId, Duration), StoreError>;

    /// Renews a lease; the time granted, zero when it is lost.
    async fn lease_renew(&self, lease: LeaseId) -> Result<Duration, StoreError>;

    /// Ends a lease now; what was put under it is deleted.
    async fn lease_revoke(&self, lease: LeaseId) -> Result<(), StoreError>;

    /// Forgets changes before `revision`; lists and watches of older ones answer [`StoreError::Compacted`].
    async fn compact(&self, revision: Revision) -> Result<(), StoreError>;
}

/// A store shared by everything in the process.
pub type SharedStore = Arc<dyn Store>;
