//! What can go wrong with a store, told so that an operator knows what to do.

use std::time::Duration;

use super::{Key, Revision};
use crate::domain::words::{Say, say, word};

/// A failed call to a store.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.say())]
pub enum StoreError {
    /// It did not answer, and nothing was changed (reads), or it refused before doing anything.
    Unavailable {
        /// Which store.
        store: String,
        /// What was tried and what came back.
        reason: Say,
    },
    /// A watch was asked whether it is still there, and nothing has come for so long. Whatever comes after all is
    /// delivered: it has not ended.
    Silent {
        /// Which store.
        store: String,
        /// Since it was heard of last.
        since: Duration,
    },
    /// A transaction was sent and no answer came: it may have been applied.
    Unknown {
        /// Which store.
        store: String,
        /// What came back.
        reason: Say,
    },
    /// Wrong user, password, certificate or missing right.
    Denied {
        /// Which store.
        store: String,
        /// What it said.
        reason: Say,
    },
    /// It has no room for a change; nothing was done. Reads work.
    NoSpace {
        /// Which store.
        store: String,
        /// What it said.
        reason: Say,
    },
    /// The revision asked for is compacted away; list again.
    Compacted {
        /// The oldest revision still there, as far as known.
        revision: Revision,
    },
    /// More than the store takes in one request. A fault of this program.
    TooLarge(String),
    /// A transaction that touches a key twice, or a revision that is yet to come. A fault of this program;
    /// nothing was done.
    Invalid(String),
    /// A record that cannot be read.
    Corrupt {
        /// Its key.
        key: Key,
        /// Why.
        reason: String,
    },
    /// This process no longer leads; nothing was changed.
    NotLeader,
    /// Settings that cannot work.
    Misconfigured(String),
}

impl StoreError {
    /// It was said in as many words that this cannot be done: asking again at once helps nothing.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::NoSpace { .. })
    }

    /// In words.
    pub fn say(&self) -> Say {
        match self {
            Self::Unavailable { store, reason } => say!("store-unavailable", store = store, reason = reason),
            Self::Silent { store, .. } => say!("store-silent", store = store),
            Self::Unknown { store, reason } => say!("store-unknown", store = store, reason = reason),
            Self::Denied { store, reason } => say!("store-denied", store = store, reason = reason),
            Self::NoSpace { store, reason } => say!("store-no-space", store = store, reason = reason),
            Self::Compacted { revision } => say!("store-compacted", revision = *revision),
            Self::TooLarge(reason) => say!("store-too-large", reason = reason),
            Self::Invalid(reason) => say!("store-invalid", reason = reason),
            Self::Corrupt { key, reason } => say!("store-corrupt", key = key.as_str(), reason = reason),
            Self::NotLeader => word!("store-not-leader").into(),
            Self::Misconfigured(why) => Say::plain(why),
        }
    }
}
