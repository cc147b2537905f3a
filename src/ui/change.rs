//! What the console asks for that changes records, files or seats. A type of its own, so that one gate holds all of it
//! back where nothing may be changed: a new change cannot be written as anything else.

use std::collections::BTreeSet;

use super::effect::{Effect, NotUploaded, Outcome, PlanRequest};
use super::model::batch::Errand;
use crate::domain::install::Command;
use crate::domain::words::Say;
use crate::domain::{RecordId, RemoteKind, SeatId, SeenAt, SegmentId};
use crate::service::{Seen, UploadRequest};

/// What shall be changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Upload a file.
    Upload {
        /// The answers name it.
        number: u32,
        /// The file, and what was edited.
        request: UploadRequest,
    },
    /// Write an install.
    Install {
        /// What was planned.
        request: PlanRequest,
        /// As what the plan was seen.
        seen: SeenAt,
        /// The explicit word was typed.
        confirmed: bool,
    },
    /// Replace the bound seats.
    Bind {
        /// The segment.
        segment: SegmentId,
        /// The whole list.
        seats: BTreeSet<SeatId>,
        /// As what the list was seen.
        seen: SeenAt,
    },
    /// Order a deletion.
    Delete(SegmentId, Seen),
    /// Bring an entry of the trash back.
    Restore {
        /// The entry.
        entry: RecordId,
        /// The segment it was.
        segment: SegmentId,
    },
    /// Delete an entry of the trash for good.
    Empty {
        /// The entry.
        entry: RecordId,
        /// The segment it was.
        segment: SegmentId,
    },
    /// Do the same to many segments.
    Batch {
        /// What.
        errand: Errand,
        /// To these.
        segments: Vec<SegmentId>,
        /// What was seen when it was decided.
        seen: Seen,
    },
    /// Begin a new generation of tries.
    RetryCreate(SegmentId, Seen),
    /// Retry the seats of an install that ended for a reason like this one.
    RetryAlike(RecordId, String, Seen),
    /// Put a command of an install in force.
    Control(RecordId, Command, Seen),
    /// End an install whose end nobody can find out.
    ForceFinish {
        /// The install.
        record: RecordId,
        /// Why.
        reason: String,
        /// What was seen when it was decided.
        seen: Seen,
    },
    /// Send nothing new to any seat, for this reason.
    Freeze(String),
    /// Lift that.
    Unfreeze,
    /// Ask for a data sync.
    Sync {
        /// Of this remote.
        remote: RemoteKind,
        /// Held removals are confirmed.
        confirm: bool,
    },
}

impl Change {
    /// The answers that whoever asked for it waits for, as if the service had refused it.
    pub(in crate::ui) fn refused(self, why: &Say) -> Vec<Outcome> {
        let why = || why.clone();
        vec![match self {
            Self::Upload { number, .. } => Outcome::Uploaded(number, Err(NotUploaded::Failed(why()))),
            Self::Install { request, .. } => Outcome::Installed(request.segment, Err(why())),
            Self::Bind { segment, .. } => Outcome::Bound(segment, Err(why())),
            Self::Delete(segment, _) => Outcome::Deleted(segment, Err(why())),
            Self::Restore { segment, .. } => Outcome::Restored(segment, Err(why())),
            Self::Empty { segment, .. } => Outcome::Emptying(segment, Err(why())),
            Self::Batch { segments, .. } => {
                let each = segments.into_iter().map(|segment| Outcome::BatchOne(segment, Err(why())));
                return each.chain([Outcome::BatchEnded]).collect();
            }
            Self::RetryCreate(segment, _) => Outcome::Retried(segment, Err(why())),
            Self::RetryAlike(record, ..) => Outcome::Controlled(record, Command::Retry, Err(why())),
            Self::Control(record, command, _) => Outcome::Controlled(record, command, Err(why())),
            Self::ForceFinish { record, .. } => Outcome::ForceFinished(record, Err(why())),
            Self::Freeze(_) => Outcome::Frozen(true, Err(why())),
            Self::Unfreeze => Outcome::Frozen(false, Err(why())),
            Self::Sync { remote, .. } => Outcome::SyncAsked(remote, Err(why())),
        }]
    }
}

impl From<Change> for Effect {
    fn from(change: Change) -> Self {
        Self::Change(change)
    }
}
