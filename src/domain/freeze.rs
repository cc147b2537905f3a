//! A freeze: no new task is sent to any seat until it is lifted.

use serde::{Deserialize, Serialize};

use super::{FreeText, Timestamp, Unknown};

/// Longest reason, in bytes.
pub const MAX_REASON: usize = 500;

/// The record `freeze`; absent: there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Freeze {
    /// Why.
    pub reason: FreeText,
    /// `user@host`.
    pub by: FreeText,
    /// Since when.
    pub since: Timestamp,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}
