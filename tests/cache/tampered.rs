//! A store that loses events, ends watches and holds lists back when a test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use segdeck::store::{
    Got, Key, LeaseId, ListQuery, Page, ReadStore, Revision, SharedStore, Store, StoreError, StoreStatus,
    Txn, TxnOutcome, Watch,
};
use tokio::sync::{Notify, Semaphore, mpsc};

/// Lets everything through, or only as many as it has permits for.
#[derive(Default)]
struct Gate(std::sync::Mutex<Option<Arc<Semaphore>>>);

impl Gate {
    fn hold(&self, permits: usize) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(permits));
        *self.0.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    async fn pass(&self) {
        let gate = self.0.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
    }
}

#[derive(Default)]
pub struct Tamper {
    /// Watches deliver nothing while this is set.
    pub deaf: AtomicBool,
    /// Ends the watch as compacted; one that is not waiting just now hears of it later.
    pub compacted: Notify,
    lists: Gate,
    watches: Gate,
    bytes: AtomicUsize,
}

impl Tamper {
    /// Lets only so many pages through until permits are added.
    pub fn hold_lists(&self, pages: usize) -> Arc<Semaphore> {
        self.lists.hold(pages)
    }

    /// Lets no watch begin until permits are added.
    pub fn hold_watches(&self) -> Arc<Semaphore> {
        self.watches.hold(0)
    }

    /// Bytes of all values that were read.
    pub fn bytes_read(&self) -> usize {
        self.bytes.load(Ordering::SeqCst)
    }
}

pub struct Tampered {
    inner: SharedStore,
    tamper: Arc<Tamper>,
}

impl Tampered {
    pub fn over(inner: SharedStore) -> (SharedStore, Arc<Tamper>) {
        let tamper = Arc::new(Tamper::default());
        (Arc::new(Self { inner, tamper: Arc::clone(&tamper) }), tamper)
    }
}

#[async_trait]
impl ReadStore for Tampered {
    async fn get_many(&self, keys: &[Key]) -> Result<Got, StoreError> {
        let got = self.inner.get_many(keys).await?;
        let bytes: usize = got.entries.iter().flatten().map(|entry| entry.value.len()).sum();
        self.tamper.bytes.fetch_add(bytes, Ordering::SeqCst);
        Ok(got)
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, StoreError> {
        self.tamper.lists.pass().await;
        let page = self.inner.list(query).await?;
        let bytes: usize = page.entries.iter().map(|entry| entry.value.len()).sum();
        self.tamper.bytes.fetch_add(bytes, Ordering::SeqCst);
        Ok(page)
    }

    async fn watch(&self, prefix: &str, from: Revision) -> Result<Watch, StoreError> {
        self.tamper.watches.pass().await;
        let mut watch = self.inner.watch(prefix, from).await?;
        let (sender, receiver) = mpsc::channel(1);
        let tamper = Arc::clone(&self.tamper);
        tokio::spawn(async move {
            loop {
                let item = tokio::select! {
                    () = tamper.compacted.notified() => Err(StoreError::Compacted { revision: 1 }),
                    () = sender.closed() => return,
                    item = watch.recv() => match item {
                        Some(item) => item,
                        None => return,
                    },
                };
                if item.is_ok() && tamper.deaf.load(Ordering::SeqCst) {
                    continue;
                }
                let over = item.is_err();
                if sender.send(item).await.is_err() || over {
                    return;
                }
            }
        });
        Ok(receiver)
    }

    async fn status(&self) -> Result<StoreStatus, StoreError> {
        self.inner.status().await
    }

    fn name(&self) -> String {
        self.inner.name()
    }
}

#[async_trait]
impl Store for Tampered {
    async fn txn(&self, txn: Txn) -> Result<TxnOutcome, StoreError> {
        self.inner.txn(txn).await
    }

    async fn lease_grant(&self, ttl: Duration) -> Result<(LeaseId, Duration), StoreError> {
        self.inner.lease_grant(ttl).await
    }

    async fn lease_renew(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        self.inner.lease_renew(lease).await
    }

    async fn lease_revoke(&self, lease: LeaseId) -> Result<(), StoreError> {
        self.inner.lease_revoke(lease).await
    }

    async fn compact(&self, revision: Revision) -> Result<(), StoreError> {
        self.inner.compact(revision).await
    }
}
