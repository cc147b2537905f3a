//! What a look at a piece of work ends with, and the fenced commit every step uses.

use std::time::Duration;

use super::drive::Drive;
use crate::domain::{Timestamp, clock};
use crate::remote::RemoteError;
use crate::service::{Audited, ServiceError};
use crate::storage::StorageError;
use crate::store::{Revision, StoreError, Txn, TxnOutcome, keys};

/// When to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// When it changes.
    Change,
    /// At once: there is more to do.
    Now,
    /// After a while, or when it changes.
    Pause(Duration),
}

impl After {
    /// At a moment of the records' time.
    pub(super) fn at(at: Timestamp, now: Timestamp) -> Self {
        Self::Pause(clock::between(now, at))
    }
}

/// Why a step could not be done. None of these counts as a try of the record.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The record changed under us: look again.
    #[error("the record changed meanwhile")]
    Conflict,
    /// The leadership is over.
    #[error("no longer leading")]
    NotLeader,
    /// The store.
    #[error("{0}")]
    Store(StoreError),
    /// Shared storage.
    #[error("{0}")]
    Storage(#[from] StorageError),
    /// A use case that a step uses.
    #[error("{0}")]
    Service(#[from] ServiceError),
    /// A read at a remote that no record counts.
    #[error("{0}")]
    Remote(#[from] RemoteError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotLeader => Self::NotLeader,
            error => Self::Store(error),
        }
    }
}

/// How a step ends.
pub(super) type Stepped = Result<After, Trouble>;

impl Drive {
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
