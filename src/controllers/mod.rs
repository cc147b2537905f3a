//! The background loops: publish, remove, install, pull, sweep; the work queue; leadership.
//!
//! What belongs here: driving records to their goal. What does not: deciding what an operator may ask for
//! (`service`).

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::domain::Timestamp;
use crate::service::Service;
use crate::store::LeaderRecord;

/// Where this process stands in the election.
#[derive(Debug, Clone, PartialEq)]
pub enum Lead {
    /// Not known yet.
    Starting,
    /// This process drives.
    Leading {
        /// Since when.
        since: Timestamp,
        /// Its epoch.
        epoch: u64,
    },
    /// Another one does.
    Following(LeaderRecord),
    /// This process may not stand, and why.
    NotStanding(String),
    /// The store is away.
    Unknown(String),
}

/// Running controllers of this process.
pub struct Controllers {
    /// Where it stands, live.
    pub lead: watch::Receiver<Lead>,
    /// Ends when they have stepped down.
    pub ended: JoinHandle<()>,
}

/// Stands for election and drives while it leads, until `cancel`; steps down then.
pub fn start(_service: Arc<Service>, cancel: CancellationToken) -> Controllers {
    let (_sender, lead) = watch::channel(Lead::Starting);
    Controllers { lead, ended: tokio::spawn(async move { cancel.cancelled().await }) }
}
