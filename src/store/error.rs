//! What can go wrong with a store, told so that an operator knows what to do.

use super::{Key, Revision};

/// A failed call to a store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// It did not answer, and nothing was changed (reads), or it refused before doing anything.
    #[error("{store} is not available: {reason}")]
    Unavailable {
        /// Which store.
        store: String,
        /// What was tried and what came back.
        reason: String,
    },
    /// A transaction was sent and no answer came: it may have been applied.
    #[error("{store} did not answer a change, so it may or may not be done: {reason}")]
    Unknown {
        /// Which store.
        store: String,
        /// What came back.
        reason: String,
    },
    /// Wrong user, password, certificate or missing right.
    #[error("{store} refuses us: {reason}")]
    Denied {
        /// Which store.
        store: String,
        /// What it said.
        reason: String,
    },
    /// The revision asked for is compacted away; list again.
    #[error("revision {revision} is compacted away")]
    Compacted {
        /// The oldest revision still there, as far as known.
        revision: Revision,
    },
    /// More than the store takes in one request. A fault of this program.
    #[error("a request is too large for the store: {0}")]
    TooLarge(String),
    /// A transaction that touches a key twice, or a revision that is yet to come. A fault of this program;
    /// nothing was done.
    #[error("a request makes no sense to the store: {0}")]
    Invalid(String),
    /// A record that cannot be read.
    #[error("the record {key} cannot be read: {reason}")]
    Corrupt {
        /// Its key.
        key: Key,
        /// Why.
        reason: String,
    },
    /// This process no longer leads; nothing was changed.
    #[error("this process no longer leads the controllers")]
    NotLeader,
    /// Settings that cannot work.
    #[error("{0}")]
    Misconfigured(String),
}
