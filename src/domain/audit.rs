//! Who did what, from where, when, and what it changed.

use serde::{Deserialize, Serialize};

use super::{FreeText, RecordId, Timestamp, Unknown};

/// Who acts: taken from the process's surroundings once, at start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// Login name.
    pub user: FreeText,
    /// The host the program runs on.
    pub host: FreeText,
    /// The address an SSH session came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh_client: Option<FreeText>,
}

impl AuditEntry {
    /// Is it about this object: a segment id, seat id, install record id, remote, or a prefix, which stands for
    /// all of its versions?
    pub fn is_about(&self, object: &str) -> bool {
        let named = self.object.strip_prefix(object);
        // An import names all of its seats, and the first of them as its object.
        let among = || self.after.get("seats")?.as_array()?.iter().find(|seat| *seat == object);
        named.is_some_and(|rest| rest.is_empty() || rest.starts_with('@')) || among().is_some()
    }

    /// Was it this user: `alice`, or `alice@host`?
    pub fn is_by(&self, user: &str) -> bool {
        self.who.user.raw() == user || self.who.label().raw() == user
    }
}

impl Actor {
    /// `user@host`, as records name their maker.
    pub fn label(&self) -> FreeText {
        format!("{}@{}", self.user.raw(), self.host.raw()).into()
    }
}

/// The record `audit/<record id>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its id.
    pub id: RecordId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: Actor,
    /// What, e.g. `segment.upload`.
    pub action: String,
    /// On which record: a segment id, seat id or install record id.
    pub object: String,
    /// What it was before, in short; lists as difference and hash.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub before: serde_json::Value,
    /// What it is after, in short.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub after: serde_json::Value,
    /// `done`, or how it ended.
    pub result: String,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}
