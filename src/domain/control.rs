//! The operator's hand on an install: the command in force, and why.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{FreeText, Unknown};

/// The operator's hand on an install.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Control {
    /// The command in force.
    pub command: Command,
    /// Rises with each command; a log says which one it has followed.
    pub generation: u32,
    /// The generation of the latest retry: one that was overtaken by another command is followed all the same.
    #[serde(default, skip_serializing_if = "never")]
    pub retried: u32,
    /// The retry takes up seats with these reasons alone, as [`masked`](super::reasons::masked) writes them; none:
    /// all that it can.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub retry_only: BTreeSet<String>,
    /// So many waves have been let through, whatever their gates say.
    #[serde(default, skip_serializing_if = "is_none")]
    pub released: usize,
    /// Why, in the operator's words.
    #[serde(default, skip_serializing_if = "FreeText::is_empty")]
    pub reason: FreeText,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Control {
    /// Is the latest command a retry? Of an install that is held, the seats that it takes up are tried all the same.
    pub fn is_retried(&self) -> bool {
        self.retried > 0 && self.retried == self.generation
    }

    /// Was the wave after this one let through, whatever the gate between them says?
    pub fn has_released(&self, wave: usize) -> bool {
        wave > 0 && self.released >= wave
    }
}

fn is_none(number: &usize) -> bool {
    *number == 0
}

fn never(generation: &u32) -> bool {
    *generation == 0
}

/// What an operator can want of an unfinished install.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Command {
    /// Go on.
    #[default]
    Run,
    /// Start no further seat, beside those that a retry took up since; running ones finish.
    Pause,
    /// End it: waiting seats are `cancelled`, running ones are cancelled on the platform.
    Cancel,
    /// Try the seats that failed, timed out or are unknown once more.
    Retry,
    /// Begin the next wave now, whatever its gate says. Never in force: it becomes `run`.
    #[serde(skip)]
    Next,
}

impl Command {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Pause => "pause",
            Self::Cancel => "cancel",
            Self::Retry => "retry",
            Self::Next => "next",
        }
    }

    /// As an operator types it.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Run => "resume",
            other => other.as_str(),
        }
    }
}
