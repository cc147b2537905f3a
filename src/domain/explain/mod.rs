//! Why an unfinished record is not finished: who drives it, what it waits for, and what may be done now.
//!
//! From the record, the leader, the settings and the time alone, so that a command that read the record and a
//! console that has its columns say the same.

mod install;
mod segment;
#[cfg(test)]
mod tests;
mod usual;

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

pub use install::{InstallFacts, Steer};
pub use segment::SegmentFacts;
pub use usual::{Usual, took};

use super::install::Command;
use super::{FreeText, OperationId, RemoteKind, Timestamp};

/// Who drives where nobody leads.
pub const NOBODY: &str = "nobody";

/// What is the same for all records.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Who leads the controllers, if anybody does.
    pub leader: Option<&'a FreeText>,
    /// Is no new task sent to any seat?
    pub frozen: bool,
    /// Tries after the first one (`controllers.retry_limit`).
    pub retry_limit: u32,
    /// From the start of an install to its end (`install.total_deadline`).
    pub total_deadline: Duration,
    /// The time.
    pub now: Timestamp,
}

/// A call whose outcome is not recorded yet.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCall {
    /// Its request id.
    pub operation: OperationId,
    /// When it gives up by itself.
    pub deadline: Timestamp,
}

/// The `explanation` of an unfinished record; finished ones have none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Who leads and so drives it, or [`NOBODY`].
    pub owner: FreeText,
    /// The last change that its controllers or an operator made to it.
    pub last_progress_at: Timestamp,
    /// When what it does now is given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// The counted try that is under way or comes next; 1 for the first.
    pub attempt: u32,
    /// How many of them there are.
    pub attempts: u32,
    /// When the next try comes, where it has to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<Timestamp>,
    /// How long installs of its prefix take, and whether this one is over that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual: Option<Usual>,
    /// What has to happen for it to go on.
    #[serde(serialize_with = "sentence")]
    pub waits_for: WaitsFor,
    /// What an operator may do now.
    pub actions: Vec<Action>,
}

/// A command that is possible now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Action {
    /// As it is typed.
    pub command: String,
    /// What it does.
    pub what: &'static str,
}

/// What has to happen for a record to go on.
#[derive(Debug, Clone, PartialEq)]
pub enum WaitsFor {
    /// Somebody to drive the controllers.
    Leader,
    /// Its turn with the leader.
    Turn,
    /// The leader, to follow an operator's command.
    Following(Command),
    /// The moment of its next try.
    NextTry(Timestamp),
    /// What a remote says to a call, or what a look there finds of it.
    Answer(RemoteKind, OperationId),
    /// Seats a task works on, of all of them.
    Seats {
        /// Those that are not at an end.
        open: usize,
        /// All.
        of: usize,
    },
    /// Seats that are switched off.
    Online {
        /// Those.
        open: usize,
        /// All.
        of: usize,
    },
    /// Its time: it begins not before.
    Start(Timestamp),
    /// Its maintenance window, which opens then.
    Window(Timestamp),
    /// The end of the freeze.
    Thaw,
    /// The gate after a wave: a time, or an operator's word.
    Gate {
        /// The wave, from 1.
        wave: usize,
        /// How many there are.
        waves: usize,
        /// When it opens by itself.
        until: Option<Timestamp>,
    },
    /// An operator, who holds it; some seats may be in work still.
    Paused {
        /// Those.
        open: usize,
        /// All.
        of: usize,
    },
}

impl fmt::Display for WaitsFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leader => f.write_str("for a leader: nobody drives the controllers"),
            Self::Turn => f.write_str("for its turn: the leader has it on its list"),
            Self::Following(command) => write!(f, "for the leader to follow `{}`", command.verb()),
            Self::NextTry(at) => write!(f, "for the next try at {at}"),
            Self::Answer(remote, operation) => {
                write!(f, "for the answer of {remote} to operation {operation}")
            }
            Self::Start(at) => write!(f, "for its time: it begins at {at}"),
            Self::Window(at) => write!(f, "for its maintenance window: it opens at {at}"),
            Self::Thaw => f.write_str("for the end of the freeze; `segdeck unfreeze` lifts it"),
            Self::Gate { wave, waves, until: None } => write!(f, "at the gate after wave {wave} of {waves}"),
            Self::Gate { wave, waves, until: Some(at) } => {
                write!(f, "at the gate after wave {wave} of {waves}, which opens at {at}")
            }
            Self::Seats { open, of } => write!(f, "for {open} of {of} seats: their task runs"),
            Self::Online { open, of } => write!(f, "for {open} of {of} seats: they are not online"),
            Self::Paused { open: 0, .. } => f.write_str("for an operator: it is paused"),
            Self::Paused { open, of } => {
                write!(f, "for an operator: it is paused, {open} of {of} seats still run")
            }
        }
    }
}

fn sentence<S: Serializer>(waits_for: &WaitsFor, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(waits_for)
}

impl Around<'_> {
    fn owner(&self) -> FreeText {
        self.leader.cloned().unwrap_or_else(|| NOBODY.into())
    }

    /// The first thing to do where nobody drives.
    fn first_actions(&self) -> Vec<Action> {
        let drive =
            Action { command: "segdeck controller".to_owned(), what: "drive it from here: nobody else does" };
        if self.leader.is_none() { vec![drive] } else { Vec::new() }
    }

    /// A moment that has not come yet.
    fn ahead(&self, at: Option<Timestamp>) -> Option<Timestamp> {
        at.filter(|at| *at > self.now)
    }
}
