//! What a remote's answer means for the effect that was asked for.

use std::time::Duration;

use crate::domain::words::{Say, say};
use crate::domain::{FreeText, RemoteKind};

/// The meaning of a failed call; from the table of gRPC codes that the contract documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Not done, and no retry can mend it (InvalidArgument, FailedPrecondition, PermissionDenied,
    /// Unimplemented, OutOfRange).
    Refused,
    /// Not done; credentials are wrong or stale (Unauthenticated).
    NotAuthenticated,
    /// Not done; try later, not before the hint (ResourceExhausted, Aborted).
    Later(Option<Duration>),
    /// Not done: another platform than the pinned one answers (FailedPrecondition that names its identity).
    OtherPlatform,
    /// Done before, or somebody else's (AlreadyExists): look it up.
    Exists,
    /// There is no such thing (NotFound).
    NotFound,
    /// Not known whether it was done (Unavailable, DeadlineExceeded, Cancelled, Unknown, Internal, DataLoss).
    Unclear,
}

/// A failed call to a remote.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.say())]
pub struct RemoteError {
    /// What it means.
    pub meaning: Meaning,
    /// Which platform.
    pub remote: RemoteKind,
    /// Where it was looked for.
    pub endpoint: String,
    /// What was tried, e.g. `CreateSegment nav-core@2.1.0`.
    pub call: String,
    /// The gRPC code's name.
    pub code: String,
    /// What it said.
    pub message: FreeText,
}

impl RemoteError {
    /// In words.
    pub fn say(&self) -> Say {
        let Self { remote, endpoint, call, code, message, .. } = self;
        say!(
            "remote-answered",
            remote = *remote,
            endpoint = endpoint,
            call = call,
            code = code,
            message = message
        )
    }
}
