//! How a command ends: its exit code, or why it could not be done.

use crate::domain::words::Say;
use crate::service::{Code, ServiceError};

/// An exit code of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exit(pub(super) u8);

impl Exit {
    /// Done.
    pub(super) const DONE: Self = Self(0);
    /// It was tried and did not succeed.
    pub(super) const FAILED: Self = Self(1);
    /// A plan or a dry run has changes.
    pub(super) const CHANGES: Self = Self(2);
    /// Blocked or held.
    pub(super) const REFUSED: Self = Self(3);
    /// There is none.
    pub(super) const NOT_FOUND: Self = Self(4);
    /// Store, storage or remote is away, or nobody leads.
    pub(super) const UNAVAILABLE: Self = Self(5);
    /// The request makes no sense.
    pub(super) const USAGE: Self = Self(64);
    /// Ended by Ctrl-C, as shells count it.
    pub(super) const INTERRUPTED: Self = Self(130);
}

/// Shown below every `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   failed
  2   a plan or a dry run has changes
  3   refused: exists, in use, conflict, blocked, held, read-only
  4   not found
  5   unavailable: store, storage or remote is away, or nobody leads and this process may not
  64  wrong usage
  130 ended by Ctrl-C";

/// Why a command could not be done.
#[derive(Debug)]
pub(super) enum Failure {
    /// What a use case said.
    Service(ServiceError),
    /// Ctrl-C; with what goes on without us and how to look again.
    Interrupted(String),
    /// Whoever read our output has gone (`| head`): nothing is left to say, and nobody to say it to.
    ReaderGone,
}

impl Failure {
    /// A request that makes no sense.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        ServiceError::new(Code::Usage, Say::plain(&message.into())).into()
    }

    /// A file or value that is not acceptable.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        ServiceError::new(Code::Invalid, Say::plain(&message.into())).into()
    }

    /// It may not be done like this.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        ServiceError::new(Code::Conflict, Say::plain(&message.into())).into()
    }

    /// Something is away.
    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        ServiceError::new(Code::Unavailable, Say::plain(&message.into())).into()
    }

    /// It was tried and failed.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        ServiceError::new(Code::Failed, Say::plain(&message.into())).into()
    }

    /// The exit code.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Service(error) => Exit(error.code.exit_code()),
            Self::Interrupted(_) => Exit::INTERRUPTED,
            Self::ReaderGone => Exit::DONE,
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

/// What every command returns.
pub(super) type Outcome = Result<Exit, Failure>;
