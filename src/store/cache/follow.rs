//! The writer: list, watch from the next revision, and on any doubt list again.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::load::load;
use super::parse::parse;
use super::segment::Words;
use super::{Cache, Freshness, Pace, Spread};
use crate::domain::words::word;
use crate::domain::{Clock, clock};
use crate::store::{ReadStore, Revision, StoreError, WatchBatch, WatchEvent};

/// A watch that lasted this long was a good one; the pauses begin anew after it.
const LASTED: Duration = Duration::from_secs(10);

/// The only one who changes rows.
pub(super) struct Writer {
    cache: Arc<Cache>,
    store: Arc<dyn ReadStore>,
    clock: Clock,
    pace: Pace,
    words: Words,
}

impl Writer {
    pub(super) fn new(cache: Arc<Cache>, store: Arc<dyn ReadStore>, clock: Clock, pace: Pace) -> Self {
        Self { cache, store, clock, pace, words: Words::default() }
    }

    /// Never ends by itself.
    pub(super) async fn run(mut self) {
        let mut failures = 0;
        loop {
            let began = Instant::now();
            match self.list_and_watch().await {
                Ok(()) => failures = 0,
                Err(error) => {
                    tracing::warn!(%error, "the cache has lost the store");
                    self.stale(&error, Duration::ZERO);
                    failures = if began.elapsed() > LASTED { 1 } else { failures + 1 };
                    sleep(self.pause(failures)).await;
                }
            }
        }
    }

    /// Until it is time to list again anyway, or until something is wrong.
    async fn list_and_watch(&mut self) -> Result<(), StoreError> {
        let revision = load(&self.cache, &*self.store, &self.pace, &mut self.words).await?;
        let mut watch = self.store.watch("", revision + 1).await?;
        self.live(revision);
        let relist = sleep_until(Instant::now() + self.between(self.pace.relist, self.pace.relist * 2));
        tokio::pin!(relist);
        loop {
            let batch = tokio::select! {
                biased;
                () = &mut relist => return Ok(()),
                batch = watch.recv() => batch,
            };
            match batch {
                Some(Ok(batch)) => {
                    let revision = batch.revision;
                    self.apply(batch);
                    self.live(revision);
                }
                Some(Err(error @ StoreError::Silent { since, .. })) => self.stale(&error, since),
                Some(Err(error)) => return Err(error),
                None => {
                    let store = self.store.name();
                    return Err(StoreError::Unavailable { store, reason: word!("store-watch-ended").into() });
                }
            }
        }
    }

    fn apply(&mut self, batch: WatchBatch) {
        // Parsed before the lock is taken.
        let words = &mut self.words;
        let events: Vec<_> = batch
            .events
            .into_iter()
            .map(|event| match event {
                WatchEvent::Put(entry) => Ok(parse(entry, words)),
                WatchEvent::Delete(key, revision) => Err((key, revision)),
            })
            .collect();
        self.cache.write(|rows| {
            let mut changes = Vec::new();
            for event in events {
                match event {
                    Ok(parsed) => rows.put(parsed, &mut changes),
                    Err((key, revision)) => rows.remove(&key, revision, &mut changes),
                }
            }
            rows.revision = batch.revision;
            changes
        });
    }

    fn live(&self, revision: Revision) {
        self.cache.freshness.send_replace(Freshness::Live { revision });
    }

    /// Stale since the store was heard of last before the first failure, for the reason of the last.
    fn stale(&self, error: &StoreError, unheard: Duration) {
        let last = clock::before(self.clock.now(), unheard);
        self.cache.freshness.send_modify(|freshness| {
            let since = match freshness {
                Freshness::Stale { since, .. } => *since,
                Freshness::Loading { .. } | Freshness::Live { .. } => last,
            };
            *freshness = Freshness::Stale { since, reason: error.say() };
        });
    }

    fn pause(&self, failures: u32) -> Duration {
        let doubled = self.pace.shortest_pause.saturating_mul(1 << failures.saturating_sub(1).min(16));
        let longest = doubled.min(self.pace.longest_pause);
        self.between(longest / 2, longest)
    }

    /// A time between two.
    fn between(&self, least: Duration, most: Duration) -> Duration {
        let share = match self.pace.spread {
            // Every RandomState has other keys.
            Spread::Chance => {
                f64::from(RandomState::new().build_hasher().finish() as u32) / f64::from(u32::MAX)
            }
            Spread::Middle => 0.5,
        };
        least + most.saturating_sub(least).mul_f64(share)
    }
}
