//! Leases. The time granted is the server's word: it raises short ones, and zero means lost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use etcd_client::{Client, LeaseKeepAliveStream, LeaseKeeper};
use tokio::time::{Instant, timeout};

use super::DEADLINE;
use super::cluster::{Cluster, Effect};
use super::fault::Fault;
use super::member::Lane;
use crate::domain::words::word;
use crate::store::{LeaseId, StoreError};

/// Granting twice does no harm: the lease nobody knows of ends by itself.
pub(super) async fn grant(cluster: &Cluster, ttl: Duration) -> Result<(LeaseId, Duration), StoreError> {
    let seconds = i64::try_from(ttl.as_millis().div_ceil(1000)).unwrap_or(i64::MAX).max(1);
    let granted = cluster
        .call(Lane::Short, Effect::Repeatable, |client| async move {
            Ok(client.lease_client().grant(seconds, None).await?)
        })
        .await?;
    Ok((granted.id(), of_seconds(granted.ttl())))
}

pub(super) async fn revoke(cluster: &Cluster, lease: LeaseId) -> Result<(), StoreError> {
    cluster
        .call(Lane::Short, Effect::Repeatable, |client| async move {
            match client.lease_client().revoke(lease).await.map_err(Fault::from) {
                Ok(_) | Err(Fault::NoLease) => Ok(()),
                Err(fault) => Err(fault),
            }
        })
        .await
}

/// The open renewal streams, one for each lease.
#[derive(Default)]
pub(super) struct Renewals(Mutex<HashMap<LeaseId, Arc<tokio::sync::Mutex<Option<Stream>>>>>);

impl Renewals {
    /// Renews once and returns the time granted.
    pub(super) async fn renew(&self, cluster: &Cluster, lease: LeaseId) -> Result<Duration, StoreError> {
        let deadline = Instant::now() + DEADLINE;
        let slot =
            Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(lease).or_default());
        let mut slot = slot.lock().await;
        // Taken out while in use: after a failed or abandoned renewal its late answer would be taken for the
        // answer of the next.
        if let Some(mut stream) = slot.take()
            && let Ok(Ok(granted)) = timeout(DEADLINE / 2, stream.renew()).await
        {
            return Ok(self.keep(lease, &mut slot, stream, granted));
        }
        let opened = cluster
            .call_until(deadline, Lane::Long, Effect::Repeatable, |client| async move {
                let mut stream = Stream::open(&client, lease).await?;
                // The client swallows what the first renewal was granted.
                let granted = stream.renew().await?;
                Ok((stream, granted))
            })
            .await;
        match opened {
            Ok((stream, granted)) => Ok(self.keep(lease, &mut slot, stream, granted)),
            Err(Fault::NoLease) => {
                self.forget(lease);
                Ok(Duration::ZERO)
            }
            Err(fault) => Err(cluster.told(fault, 0)),
        }
    }

    fn keep(&self, lease: LeaseId, slot: &mut Option<Stream>, stream: Stream, granted: Duration) -> Duration {
        if granted.is_zero() {
            self.forget(lease);
        } else {
            *slot = Some(stream);
        }
        granted
    }

    /// Closes the stream of a lease.
    pub(super) fn forget(&self, lease: LeaseId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&lease);
    }
}

struct Stream {
    keeper: LeaseKeeper,
    answers: LeaseKeepAliveStream,
}

impl Stream {
    async fn open(client: &Client, lease: LeaseId) -> Result<Self, Fault> {
        let (keeper, answers) = client.lease_client().keep_alive(lease).await?;
        Ok(Self { keeper, answers })
    }

    async fn renew(&mut self) -> Result<Duration, Fault> {
        self.keeper.keep_alive().await?;
        match self.answers.message().await? {
            Some(answer) => Ok(of_seconds(answer.ttl())),
            None => Err(Fault::Unanswered(word!("store-renewal-ended").into())),
        }
    }
}

fn of_seconds(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}
