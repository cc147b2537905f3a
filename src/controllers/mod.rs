//! The background loops: publish, remove, complete, install, pull, sweep, prune; the work queue; leadership.
//!
//! What belongs here: driving records to their goal. What does not: deciding what an operator may ask for
//! (`service`).
//!
//! ```text
//! store watch -> Cache -> changed keys -+
//! timers, retry times ------------------+-> WorkQueue -> worker: read the record -> plan -> one step -> requeue
//! leadership: epoch, key revision, lease -> LeaderStore, the only store a step can write to
//! ```

mod complete;
mod drive;
mod gone;
mod import;
mod install;
mod kept_revision;
mod leadership;
mod leftover;
mod notices;
mod panicked;
mod platforms;
mod proof;
mod prune;
mod publish;
mod pull;
mod queue;
mod refetch;
mod remove;
mod resuming;
mod run;
mod segment;
mod stand_back;
mod step;
mod sweep;
mod taking_over;
mod trash;

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::leadership::Means;
use crate::domain::Timestamp;
use crate::domain::words::Say;
use crate::service::Service;
use crate::store::{Cache, LeaderRecord};

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
    NotStanding(Say),
    /// It might stand but could do nothing, and lets others be first.
    StoodBack {
        /// What keeps it from leading.
        why: Say,
        /// Until it tries again.
        until: Timestamp,
    },
    /// The store is away.
    Unknown(String),
    /// It does not stand for a while, because it was asked to.
    Aside,
}

/// Running controllers of this process.
pub struct Controllers {
    /// Where it stands, live.
    pub lead: watch::Receiver<Lead>,
    /// Ends when they have stepped down.
    pub ended: JoinHandle<()>,
    /// Before the process is stopped for a while.
    pub aside: Aside,
}

/// Makes running controllers stand aside, so that others lead while this process cannot.
#[derive(Debug, Clone)]
pub struct Aside {
    wanted: watch::Sender<bool>,
    lead: watch::Receiver<Lead>,
}

impl Aside {
    /// Steps down; returns when another process may lead. They stand no more until [`Aside::end`].
    pub async fn begin(&self) {
        self.wanted.send_replace(true);
        // Controllers that have ended lead no more either.
        _ = self.lead.clone().wait_for(|lead| *lead == Lead::Aside).await;
    }

    /// They stand again.
    pub fn end(&self) {
        self.wanted.send_replace(false);
    }
}

/// How much is done at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Records worked on.
    pub workers: usize,
}

impl Default for Pace {
    fn default() -> Self {
        // Calls to remotes and fsyncs of the store overlap; more gave nothing on 2 cores.
        Self { workers: 16 }
    }
}

/// Stands for election and drives while it leads, until `cancel`; steps down then. The records are cached
/// only while it leads.
pub fn start(service: Arc<Service>, cancel: CancellationToken) -> Controllers {
    start_with(service, None, cancel)
}

/// As [`start`], woken by a cache that the process has anyway.
pub fn start_with(
    service: Arc<Service>,
    cache: Option<Arc<Cache>>,
    cancel: CancellationToken,
) -> Controllers {
    start_at(Pace::default(), service, cache, cancel)
}

/// The same at another pace.
pub fn start_at(
    pace: Pace,
    service: Arc<Service>,
    cache: Option<Arc<Cache>>,
    cancel: CancellationToken,
) -> Controllers {
    let (sender, lead) = watch::channel(Lead::Starting);
    let (wanted, asked_aside) = watch::channel(false);
    let aside = Aside { wanted, lead: lead.clone() };
    let ended = tokio::spawn(leadership::stand(service, Means { cache, pace }, sender, asked_aside, cancel));
    Controllers { lead, ended, aside }
}
