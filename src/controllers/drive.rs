//! What a step works with: records to read, the fenced commit, what is remembered.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::notices::Notices;
use super::queue::WorkQueue;
use super::step::Trouble;
use super::{Pace, install, platforms, pull, sweep};
use crate::domain::windows::Windows;
use crate::service::{Audited, Service};
use crate::storage::SharedStorage;
use crate::store::{LeaderStore, Revision, Txn, TxnOutcome, keys};

/// Everything a step works with.
pub(super) struct Drive {
    /// Records to read, files, remotes, settings.
    pub service: Arc<Service>,
    /// The only way to write records.
    pub leader: LeaderStore,
    /// The only way to write files.
    pub storage: SharedStorage,
    /// How much is done at once.
    pub pace: Pace,
    /// What is to be looked at.
    pub queue: WorkQueue,
    /// What is remembered of running installs.
    pub installs: install::Memory,
    /// Which platforms are those of the records.
    pub platforms: platforms::Platforms,
    /// When each remote was compared.
    pub synced: pull::LastRuns,
    /// What in shared storage is none of ours, as it was told last.
    pub strangers: sweep::Told,
    /// When seats may be worked on.
    pub windows: Windows,
    /// Who is told what happened.
    pub notices: Notices,
    /// Cancelled when the leadership turns out to be lost.
    pub lost: CancellationToken,
}

impl Drive {
    /// The shared storage for who takes something away in it: that it is still ours is asked right before.
    pub(super) async fn owned_storage(&self) -> Result<&SharedStorage, Trouble> {
        self.service.owns_storage().await?;
        Ok(&self.storage)
    }

    /// Commits under the leadership. A compare that does not hold is [`Trouble::Conflict`].
    pub(super) async fn commit(&self, txn: Txn) -> Result<Revision, Trouble> {
        match self.leader.commit(txn).await? {
            TxnOutcome::Done(revision) => Ok(revision),
            TxnOutcome::Refused { .. } => Err(Trouble::Conflict),
        }
    }

    /// Commits a change that the audit trail shall show.
    pub(super) async fn commit_audited(&self, txn: Txn, audited: Audited<'_>) -> Result<Revision, Trouble> {
        let entry = self.service.audit_entry(audited);
        self.commit(txn.put(keys::audit(entry.id), &entry)?).await
    }
}
