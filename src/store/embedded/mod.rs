//! The embedded store: one SQLite file that several processes on one host share, with etcd's revisions.
//!
//! As k3s does without etcd, every change is a row of a log (`schema`), so that lists and watches of older
//! revisions work until those are forgotten (`history`). One thread writes (`writer`, `turn`, `apply`,
//! `leases`), a few connections read (`readers`, `rows`); `wake` and `look` tell the watches (`watching`) of
//! what other processes did. The write-ahead log is flushed to the disk before a change is answered.

mod apply;
mod boot;
mod fault;
mod history;
mod leases;
mod look;
mod network;
mod place;
mod readers;
mod rows;
mod schema;
mod turn;
mod wake;
mod watching;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use notify::RecommendedWatcher;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

pub use history::Generation;
pub use place::Sharing;

use super::{
    Got, Key, LeaseId, ListQuery, Page, ReadStore, Revision, Store, StoreError, StoreStatus, Txn, TxnOutcome,
    Watch,
};
use boot::Boot;
use look::Look;
use place::Place;
use readers::{DEADLINE, Readers};
use wake::{Known, Waker};
use writer::{Answer, Order, Work, Writer};

use crate::domain::plainly;
use crate::domain::words::{Say, Word, say, word};

/// Orders that wait for the writer; more wait for their turn to wait.
const QUEUE: usize = 256;

/// How to open a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Who may open the file, if it does not exist yet.
    pub sharing: Sharing,
    /// How much of the past is kept.
    pub generation: Generation,
    /// Most pages of 4 KiB that the file may have; beyond, the disk counts as full.
    pub most_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self { sharing: Sharing::AsFolder, generation: Generation::default(), most_pages: None }
    }
}

/// A store in a file.
pub struct EmbeddedStore {
    place: Place,
    readers: Arc<Readers>,
    orders: mpsc::Sender<Order>,
    known: Arc<Known>,
    look: AbortHandle,
    /// Ends with the store.
    _listener: Option<RecommendedWatcher>,
}

impl EmbeddedStore {
    /// Opens the store in `path`; creates it, and its folder, where there is none.
    ///
    /// # Errors
    /// A folder that cannot be created, a file that is not ours or damaged, a network file system.
    pub async fn open(path: &Path) -> Result<Arc<Self>, StoreError> {
        Self::open_with(path, Options::default()).await
    }

    /// The same with other options.
    ///
    /// # Errors
    /// As [`EmbeddedStore::open`].
    pub async fn open_with(path: &Path, options: Options) -> Result<Arc<Self>, StoreError> {
        let path = path.to_owned();
        let runtime = tokio::runtime::Handle::current();
        let name = path.display().to_string();
        let opening = tokio::task::spawn_blocking(move || {
            let _entered = runtime.enter();
            Self::open_now(&path, options)
        });
        opening
            .await
            .unwrap_or_else(|error| {
                Err(StoreError::Unavailable { store: name, reason: Say::plain(&error.to_string()) })
            })
            .map(Arc::new)
    }

    fn open_now(path: &Path, options: Options) -> Result<Self, StoreError> {
        let place = Place::prepare(path, options.sharing)?;
        let name = place.name();
        let unavailable = |doing: Word, error: std::io::Error| StoreError::Unavailable {
            store: name.clone(),
            reason: say!("store-cannot", doing = doing, error = plainly(error)),
        };
        let boot = Boot::read().map_err(|error| unavailable(word!("doing-read-boot-id"), error))?;
        let connection = schema::open_writer(&place, options.most_pages)?;
        let file = place
            .open_wake_file()
            .inspect_err(|error| tracing::warn!(%error, store = name, "the wake file cannot be opened"))
            .ok();
        let readers = Arc::new(Readers::new(place.clone()));
        let known = Arc::new(watch::channel(0).0);
        let mut writer = Writer {
            connection,
            name: name.clone(),
            place: place.clone(),
            boot: boot.clone(),
            generation: options.generation,
            waker: Waker { known: Arc::clone(&known), file },
        };
        // What an earlier start of the machine left must not be seen, not even once.
        if readers.read_now(|connection| leases::any_ended(connection, &boot).map(Ok))? {
            writer.serve_group(Vec::new());
        }
        let (orders, waiting) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("store".into())
            .spawn(move || writer.serve(waiting))
            .map_err(|error| unavailable(word!("doing-start-thread"), error))?;
        let touched = Arc::new(Notify::new());
        let listener = wake::listen(&place.wake_file(), Arc::clone(&touched));
        let look =
            Look { readers: Arc::clone(&readers), boot, known: Arc::clone(&known), orders: orders.clone() };
        let look = tokio::spawn(look.run(touched)).abort_handle();
        Ok(Self { place, readers, orders, known, look, _listener: listener })
    }

    /// Has something done by the writer.
    async fn order(&self, work: Work) -> Result<Answer, StoreError> {
        let until = Instant::now() + DEADLINE;
        let store = || self.place.name();
        let unavailable = |reason: Word| StoreError::Unavailable { store: store(), reason: reason.into() };
        let (reply, answer) = oneshot::channel();
        let taken = Arc::new(AtomicBool::new(false));
        let order = Order { work, taken: Arc::clone(&taken), reply };
        match timeout_at(until, self.orders.send(order)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(unavailable(word!("store-thread-ended"))),
            Err(_) => return Err(unavailable(word!("store-many-wait"))),
        }
        let reason = match timeout_at(until, answer).await {
            Ok(Ok(answer)) => return answer,
            Ok(Err(_)) => word!("store-thread-ended"),
            Err(_) => word!("store-disk-slow"),
        };
        // Not begun, it never will be.
        if taken.swap(true, Ordering::AcqRel) {
            Err(StoreError::Unknown { store: store(), reason: reason.into() })
        } else {
            Err(unavailable(reason))
        }
    }

    /// An answer to something else: a fault of this program.
    fn unexpected<T>(&self, answer: &Answer) -> Result<T, StoreError> {
        Err(StoreError::Unknown {
            store: self.place.name(),
            reason: Say::plain(&format!("an answer to something else: {answer:?}")),
        })
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.look.abort();
    }
}

#[async_trait]
impl ReadStore for EmbeddedStore {
    async fn get_many(&self, keys: &[Key]) -> Result<Got, StoreError> {
        let keys = keys.to_vec();
        let read = self.readers.read(move |connection| {
            let revision = rows::state(connection)?.revision;
            let entries =
                keys.iter().map(|key| rows::entry(connection, key)).collect::<rusqlite::Result<_>>()?;
            Ok(Ok(Got { revision, entries }))
        });
        read.await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, StoreError> {
        let query = query.clone();
        let read = self.readers.read(move |connection| {
            let state = rows::state(connection)?;
            let revision = query.revision.filter(|revision| *revision > 0).unwrap_or(state.revision);
            if revision < state.compacted {
                return Ok(Err(StoreError::Compacted { revision: state.compacted }));
            }
            if revision > state.revision {
                let reason = format!("revision {revision} is to come; the store is at {}", state.revision);
                return Ok(Err(StoreError::Invalid(reason)));
            }
            rows::page(connection, &query, revision).map(Ok)
        });
        read.await
    }

    async fn watch(&self, prefix: &str, from: Revision) -> Result<Watch, StoreError> {
        let now = self.readers.read(|connection| Ok(Ok(rows::state(connection)?.revision))).await?;
        wake::tell(&self.known, now);
        let from = if from > 0 { from } else { now + 1 };
        Ok(watching::begin(Arc::clone(&self.readers), self.known.subscribe(), prefix.into(), from))
    }

    async fn status(&self) -> Result<StoreStatus, StoreError> {
        let place = self.place.clone();
        let read = self.readers.read(move |connection| {
            let engine = format!("sqlite {}", rusqlite::version());
            Ok(Ok(StoreStatus { revision: rows::state(connection)?.revision, size: place.size(), engine }))
        });
        read.await
    }

    fn name(&self) -> String {
        self.place.name()
    }
}

#[async_trait]
impl Store for EmbeddedStore {
    async fn txn(&self, txn: Txn) -> Result<TxnOutcome, StoreError> {
        txn.check()?;
        match self.order(Work::Txn(txn)).await? {
            Answer::Outcome(outcome) => Ok(outcome),
            other => self.unexpected(&other),
        }
    }

    async fn lease_grant(&self, ttl: Duration) -> Result<(LeaseId, Duration), StoreError> {
        match self.order(Work::Grant(ttl)).await? {
            Answer::Granted(lease, ttl) => Ok((lease, ttl)),
            other => self.unexpected(&other),
        }
    }

    async fn lease_renew(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        match self.order(Work::Renew(lease)).await? {
            Answer::Renewed(ttl) => Ok(ttl),
            other => self.unexpected(&other),
        }
    }

    async fn lease_revoke(&self, lease: LeaseId) -> Result<(), StoreError> {
        self.order(Work::Revoke(lease)).await.map(drop)
    }

    async fn compact(&self, revision: Revision) -> Result<(), StoreError> {
        self.order(Work::Compact(revision)).await.map(drop)
    }
}
