//! Why a request was not done, with a code that programs can rely on.

use serde::{Deserialize, Serialize};

use crate::archive::ArchiveError;
use crate::domain::words::Say;
use crate::remote::{Meaning, RemoteError};
use crate::storage::StorageError;
use crate::store::StoreError;

/// The code of an error; part of the command line's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Code {
    /// There is one already.
    Exists,
    /// Something still needs it.
    InUse,
    /// Somebody else changed it, or its state does not allow this.
    Conflict,
    /// There is none.
    NotFound,
    /// This process only looks.
    ReadOnly,
    /// Store, storage or remote is away, or nobody leads.
    Unavailable,
    /// The request makes no sense.
    Usage,
    /// A file or value is not acceptable.
    Invalid,
    /// It was tried and failed.
    Failed,
}

impl Code {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed | Self::Invalid => 1,
            Self::Exists | Self::InUse | Self::Conflict | Self::ReadOnly => 3,
            Self::NotFound => 4,
            Self::Unavailable => 5,
            Self::Usage => 64,
        }
    }
}

/// A request that was not done. The message says what was tried, on what, and what to do next.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct ServiceError {
    /// For programs.
    pub code: Code,
    /// For people.
    pub message: Say,
    /// It ended because that was asked for, and for no other reason.
    cancelled: bool,
    /// The store said in as many words that it may not be done.
    refused: bool,
}

impl ServiceError {
    /// Puts an error together.
    pub fn new(code: Code, message: impl Into<Say>) -> Self {
        Self { code, message: message.into(), cancelled: false, refused: false }
    }

    /// It ended because that was asked for: nothing failed, and nothing is left of it.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    /// The store refused it for want of rights or room: asking again at once helps nothing.
    pub fn is_refusal(&self) -> bool {
        self.refused
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Unavailable { .. }
            | StoreError::Silent { .. }
            | StoreError::Denied { .. }
            | StoreError::NoSpace { .. }
            | StoreError::Unknown { .. } => Code::Unavailable,
            StoreError::NotLeader | StoreError::Compacted { .. } => Code::Conflict,
            StoreError::TooLarge(_) | StoreError::Misconfigured(_) => Code::Invalid,
            StoreError::Corrupt { .. } | StoreError::Invalid(_) => Code::Failed,
        };
        Self { refused: error.is_refusal(), ..Self::new(code, error.say()) }
    }
}

impl From<StorageError> for ServiceError {
    fn from(error: StorageError) -> Self {
        let code = match error {
            StorageError::Unavailable { .. } | StorageError::Full { .. } | StorageError::Refused { .. } => {
                Code::Unavailable
            }
            StorageError::NotFound { .. } => Code::NotFound,
            StorageError::Source(_) | StorageError::Cancelled => Code::Failed,
            StorageError::TooLarge { .. } | StorageError::Misconfigured(_) => Code::Invalid,
        };
        let cancelled = matches!(error, StorageError::Cancelled);
        Self { cancelled, ..Self::new(code, error.say()) }
    }
}

impl From<ArchiveError> for ServiceError {
    fn from(error: ArchiveError) -> Self {
        let code = match error {
            // The file was readable when it was staged: what fails now is the storage.
            ArchiveError::Io(_) => Code::Unavailable,
            ArchiveError::Cancelled => Code::Failed,
            _ => Code::Invalid,
        };
        let cancelled = matches!(error, ArchiveError::Cancelled);
        Self { cancelled, ..Self::new(code, error.say()) }
    }
}

impl From<RemoteError> for ServiceError {
    fn from(error: RemoteError) -> Self {
        let code = match error.meaning {
            Meaning::OtherPlatform => Code::Conflict,
            _ => Code::Unavailable,
        };
        Self::new(code, error.say())
    }
}
