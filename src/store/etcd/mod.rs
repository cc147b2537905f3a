//! The etcd backend: records of a team. What belongs here: everything that knows etcd. What does not: what a
//! record means.
//!
//! Nothing outside this folder sees an etcd client; every call goes through [`Cluster::call`], which holds the
//! deadline, fails over between endpoints and says what is known of the outcome.

mod cluster;
mod connect;
mod fault;
mod lease;
mod login;
mod member;
mod read;
mod root;
mod transact;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::cluster::Cluster;
use self::lease::Renewals;
use self::login::Login;
use super::{
    Got, Key, LeaseId, ListQuery, Page, ReadStore, Revision, Store, StoreError, StoreStatus, Txn, TxnOutcome,
    Watch,
};
use crate::settings::StoreSettings;

/// How long a call may take in all, whatever it has to try.
const DEADLINE: Duration = Duration::from_secs(5);

/// Records in an etcd cluster.
pub struct EtcdStore {
    cluster: Cluster,
    renewals: Renewals,
}

impl EtcdStore {
    /// Makes the store without touching the network: a server that is away shows at the first call, and only
    /// there.
    ///
    /// # Errors
    /// [`StoreError::Misconfigured`] for settings that can never work: a bad address, an unreadable
    /// certificate, key or password file.
    pub fn open(settings: &StoreSettings) -> Result<Arc<Self>, StoreError> {
        // Whoever came first is as good: there is one provider in the program.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let login = Login::new(settings);
        let cluster = Cluster::new(connect::read(settings)?, login);
        Ok(Arc::new(Self { cluster, renewals: Renewals::default() }))
    }
}

#[async_trait]
impl ReadStore for EtcdStore {
    async fn get_many(&self, keys: &[Key]) -> Result<Got, StoreError> {
        read::get_many(&self.cluster, keys).await
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, StoreError> {
        read::list(&self.cluster, query).await
    }

    async fn watch(&self, prefix: &str, from: Revision) -> Result<Watch, StoreError> {
        watch::start(&self.cluster, prefix, from).await
    }

    async fn status(&self) -> Result<StoreStatus, StoreError> {
        read::status(&self.cluster).await
    }

    fn name(&self) -> String {
        self.cluster.name().to_owned()
    }

    fn cluster(&self) -> Option<u64> {
        self.cluster.id()
    }
}

#[async_trait]
impl Store for EtcdStore {
    async fn txn(&self, txn: Txn) -> Result<TxnOutcome, StoreError> {
        transact::commit(&self.cluster, &txn).await
    }

    async fn lease_grant(&self, ttl: Duration) -> Result<(LeaseId, Duration), StoreError> {
        lease::grant(&self.cluster, ttl).await
    }

    async fn lease_renew(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        self.renewals.renew(&self.cluster, lease).await
    }

    async fn lease_revoke(&self, lease: LeaseId) -> Result<(), StoreError> {
        self.renewals.forget(lease);
        lease::revoke(&self.cluster, lease).await
    }

    async fn compact(&self, revision: Revision) -> Result<(), StoreError> {
        transact::compact(&self.cluster, revision).await
    }
}
