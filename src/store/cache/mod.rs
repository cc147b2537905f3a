//! The cache: the shown columns of all records, followed live. What belongs here: list, watch, swap; who
//! changed. What does not: sorting, filtering and what a change means.
//!
//! One writer (see `follow`), any number of readers. Readers see the first list grow; after that they never
//! see half a list.

mod change;
mod diff;
mod follow;
mod installs;
mod load;
mod parse;
mod rows;
mod segment;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::change::Subscribers;
pub use self::change::{Change, Subscription};
pub use self::installs::InstallRow;
pub use self::load::PREFIXES as CACHED;
pub use self::parse::is_readable;
pub use self::rows::{Rows, ShardCounts};
pub use self::segment::SegmentRow;
use super::{ReadStore, Revision};
use crate::domain::words::Say;
use crate::domain::{Clock, Timestamp};

/// Can what is shown be trusted?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freshness {
    /// The first list is on its way; so many records are here.
    Loading {
        /// Records so far.
        rows: usize,
    },
    /// As the store is.
    Live {
        /// The revision all of it shows.
        revision: Revision,
    },
    /// As the store was; it is tried again by itself.
    Stale {
        /// Since when.
        since: Timestamp,
        /// Why nothing newer comes.
        reason: Say,
    },
}

/// How often things are done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// A page for the first screen.
    pub first_page: usize,
    /// Every later page.
    pub page: usize,
    /// The pause after the first failure; it doubles.
    pub shortest_pause: Duration,
    /// The pause after many.
    pub longest_pause: Duration,
    /// Everything is listed again after this at the earliest, twice this at the latest: some etcd releases
    /// lose watch events around a compaction.
    pub relist: Duration,
    /// Where between two bounds a pause lies.
    pub spread: Spread,
}

/// How pauses are spread between their bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// By chance, so that many processes do not all come at once.
    Chance,
    /// In the middle, so that a simulation goes the same way twice.
    Middle,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_page: 256,
            page: 5_000,
            shortest_pause: Duration::from_millis(100),
            // With the time to list it all, what is shown is right 5 s after a store is well again.
            longest_pause: Duration::from_secs(3),
            relist: Duration::from_secs(300),
            spread: Spread::Chance,
        }
    }
}

/// The shown columns of all records.
pub struct Cache {
    rows: RwLock<Rows>,
    freshness: watch::Sender<Freshness>,
    subscribers: Subscribers,
}

impl Cache {
    /// Begins to follow the store, until `cancel`.
    pub fn start(store: Arc<dyn ReadStore>, clock: Clock, cancel: CancellationToken) -> Arc<Self> {
        Self::start_at(Pace::default(), store, clock, cancel)
    }

    /// The same at another pace.
    pub fn start_at(
        pace: Pace,
        store: Arc<dyn ReadStore>,
        clock: Clock,
        cancel: CancellationToken,
    ) -> Arc<Self> {
        let cache = Arc::new(Self {
            rows: RwLock::default(),
            freshness: watch::Sender::new(Freshness::Loading { rows: 0 }),
            subscribers: Subscribers::default(),
        });
        let writer = follow::Writer::new(Arc::clone(&cache), store, clock, pace);
        tokio::spawn(async move {
            // Whatever the writer is at can be dropped: it changes rows only between two awaits.
            cancel.run_until_cancelled(writer.run()).await;
        });
        cache
    }

    /// Reads under a lock that holds the writer up: look, copy, return.
    pub fn read<T>(&self, look: impl FnOnce(&Rows) -> T) -> T {
        look(&self.rows.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether what is shown can be trusted, now and as it changes.
    pub fn freshness(&self) -> watch::Receiver<Freshness> {
        self.freshness.subscribe()
    }

    /// What changes from now on. The first answer is [`Change::Reset`]: look at everything.
    pub fn subscribe(&self) -> Subscription {
        self.subscribers.add()
    }

    /// Changes rows under the lock and tells the subscribers what `change` returns.
    fn write(&self, change: impl FnOnce(&mut Rows) -> Vec<Change>) {
        let changes = change(&mut self.rows.write().unwrap_or_else(PoisonError::into_inner));
        self.subscribers.tell(&changes);
    }

    /// Puts a complete list in place of what was there.
    fn swap(&self, fresh: Rows) {
        let old = {
            let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *rows, fresh)
        };
        // There is no other writer, so the rows stay as they are while they are compared.
        let changes = self.read(|fresh| diff::changes(&old, fresh));
        self.subscribers.tell(&changes);
    }
}
