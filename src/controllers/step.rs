//! What a look at a piece of work ends with.

use std::time::Duration;

use crate::domain::words::Say;
use crate::domain::{Timestamp, clock};
use crate::remote::{Meaning, RemoteError};
use crate::service::ServiceError;
use crate::storage::StorageError;
use crate::store::StoreError;

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
    Remote(RemoteError),
    /// Another platform than the one of the records answers: this process drives no more.
    #[error("{0}")]
    OtherPlatform(Say),
}

impl From<RemoteError> for Trouble {
    fn from(error: RemoteError) -> Self {
        match error.meaning {
            Meaning::OtherPlatform => Self::OtherPlatform(error.say()),
            _ => Self::Remote(error),
        }
    }
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
