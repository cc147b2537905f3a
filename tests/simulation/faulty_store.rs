//! The store as one host sees it through the weather.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use segdeck::domain::words::Say;
use segdeck::store::{
    Got, Key, LeaseId, ListQuery, Page, ReadStore, Revision, Store, StoreError, StoreStatus, Txn, TxnOutcome,
    Watch,
};
use tokio::sync::mpsc;

use super::compares::Compares;
use super::model_store::ModelStore;
use super::weather::{Host, Hurry, Lost, Place, Weather};

/// See the module.
#[derive(Clone)]
pub struct FaultyStore {
    pub model: ModelStore,
    pub weather: Arc<Weather>,
    pub host: Host,
    pub compares: Compares,
}

impl FaultyStore {
    async fn ask<T, F, A>(&self, ask: A) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
        A: FnOnce(ModelStore) -> F,
    {
        let asked = ask(self.model.clone());
        match self.weather.carry(self.host, Place::Store, asked).await {
            Ok(answer) => answer,
            Err(_) => Err(self.away()),
        }
    }

    fn away(&self) -> StoreError {
        StoreError::Unavailable { store: self.name(), reason: Say::plain("the weather") }
    }
}

#[async_trait]
impl ReadStore for FaultyStore {
    async fn get_many(&self, keys: &[Key]) -> Result<Got, StoreError> {
        let keys = keys.to_vec();
        self.ask(|model| async move { model.get_many(&keys).await }).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, StoreError> {
        let query = query.clone();
        self.ask(|model| async move { model.list(&query).await }).await
    }

    async fn watch(&self, prefix: &str, from: Revision) -> Result<Watch, StoreError> {
        let prefix = prefix.to_owned();
        let watch = self.ask(|model| async move { model.watch(&prefix, from).await }).await?;
        let (told, heard) = mpsc::channel(16);
        tokio::spawn(self.clone().forward(watch, told));
        Ok(heard)
    }

    async fn status(&self) -> Result<StoreStatus, StoreError> {
        self.ask(|model| async move { model.status().await }).await
    }

    fn name(&self) -> String {
        self.model.name()
    }
}

impl FaultyStore {
    /// Passes a watch on until it breaks; what it forgets, only the next list mends.
    async fn forward(
        self,
        mut watch: Watch,
        told: mpsc::Sender<Result<segdeck::store::WatchBatch, StoreError>>,
    ) {
        loop {
            let batch = tokio::select! {
                biased;
                () = told.closed() => return,
                batch = watch.recv() => batch,
            };
            let Some(batch) = batch else { return };
            self.weather.thaw(self.host).await;
            if self.weather.is_cut(self.host, Place::Store)
                || self.weather.happens(|climate| climate.watch_breaks)
            {
                tokio::time::sleep(Duration::from_millis(500)).await;
                return drop(told.send(Err(self.away())).await);
            }
            if self.weather.happens(|climate| climate.watch_forgets) {
                continue;
            }
            if told.send(batch).await.is_err() {
                return;
            }
        }
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn txn(&self, txn: Txn) -> Result<TxnOutcome, StoreError> {
        let model = self.model.clone();
        let (txn, left_out) = self.compares.pass(txn);
        let hurry = if left_out.is_empty() { Hurry::Usual } else { Hurry::Late };
        if hurry == Hurry::Late {
            self.compares.tell(self.host, &left_out);
        }
        let sent = async move { Ok(left_out.mend(model.txn(txn).await?)) };
        match self.weather.carry_at(hurry, self.host, Place::Store, sent).await {
            Ok(answer) => answer,
            Err(Lost::Refused) => Err(self.away()),
            Err(Lost::Unclear) => {
                Err(StoreError::Unknown { store: self.name(), reason: Say::plain("the weather") })
            }
        }
    }

    async fn lease_grant(&self, ttl: Duration) -> Result<(LeaseId, Duration), StoreError> {
        self.ask(|model| async move { model.lease_grant(ttl).await }).await
    }

    async fn lease_renew(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        self.ask(|model| async move { model.lease_renew(lease).await }).await
    }

    async fn lease_revoke(&self, lease: LeaseId) -> Result<(), StoreError> {
        self.ask(|model| async move { model.lease_revoke(lease).await }).await
    }

    async fn compact(&self, revision: Revision) -> Result<(), StoreError> {
        self.ask(|model| async move { model.compact(revision).await }).await
    }
}
