//! A store in front of a store: it remembers how far the records had come. One that answers with an earlier revision was
//! restored, emptied, or is another one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::{
    Got, Key, LeaseId, ListQuery, Page, ReadStore, Revision, SharedStore, Store, StoreError, StoreStatus,
    Txn, TxnOutcome, Watch,
};

/// The store was at one revision, and later at an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepBack {
    /// What it had answered.
    pub from: Revision,
    /// What it answered then.
    pub to: Revision,
}

#[derive(Debug, Default)]
struct Seen {
    highest: Revision,
    step: Option<StepBack>,
}

/// See the module.
pub struct Watermark {
    store: SharedStore,
    seen: Mutex<Seen>,
}

impl Watermark {
    /// In front of this one.
    pub fn over(store: SharedStore) -> Self {
        Self { store, seen: Mutex::default() }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far it had come before something is asked. An answer may arrive late, after that to a later question; it is
    /// never of an earlier revision than what was known when it was asked.
    fn highest(&self) -> Revision {
        self.seen().highest
    }

    fn answered(&self, before: Revision, revision: Revision) {
        let mut seen = self.seen();
        if revision < before {
            // The first step counts until it is known: it was from the highest.
            let from = seen.step.map_or(before, |step| step.from);
            tracing::warn!(from, to = revision, "the store answers with an earlier revision than before");
            seen.step = Some(StepBack { from, to: revision });
            seen.highest = revision;
        } else {
            seen.highest = seen.highest.max(revision);
        }
    }
}

#[async_trait]
impl ReadStore for Watermark {
    async fn get_many(&self, keys: &[Key]) -> Result<Got, StoreError> {
        let before = self.highest();
        let got = self.store.get_many(keys).await?;
        self.answered(before, got.revision);
        Ok(got)
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, StoreError> {
        let before = self.highest();
        let page = self.store.list(query).await?;
        if query.revision.is_none() {
            self.answered(before, page.revision);
        }
        Ok(page)
    }

    async fn watch(&self, prefix: &str, from: Revision) -> Result<Watch, StoreError> {
        self.store.watch(prefix, from).await
    }

    async fn status(&self) -> Result<StoreStatus, StoreError> {
        // Any member may answer it, also one that lags behind.
        self.store.status().await
    }

    fn name(&self) -> String {
        self.store.name()
    }

    fn cluster(&self) -> Option<u64> {
        self.store.cluster()
    }

    fn stepped_back(&self) -> Option<StepBack> {
        self.seen().step
    }

    fn step_back_is_known(&self, step: StepBack) {
        let mut seen = self.seen();
        if seen.step == Some(step) {
            seen.step = None;
        }
    }
}

#[async_trait]
impl Store for Watermark {
    async fn txn(&self, txn: Txn) -> Result<TxnOutcome, StoreError> {
        let before = self.highest();
        let outcome = self.store.txn(txn).await?;
        let (TxnOutcome::Done(revision) | TxnOutcome::Refused { revision, .. }) = &outcome;
        self.answered(before, *revision);
        Ok(outcome)
    }

    async fn lease_grant(&self, ttl: Duration) -> Result<(LeaseId, Duration), StoreError> {
        self.store.lease_grant(ttl).await
    }

    async fn lease_renew(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        self.store.lease_renew(lease).await
    }

    async fn lease_revoke(&self, lease: LeaseId) -> Result<(), StoreError> {
        self.store.lease_revoke(lease).await
    }

    async fn compact(&self, revision: Revision) -> Result<(), StoreError> {
        self.store.compact(revision).await
    }
}
