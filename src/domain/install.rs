//! What an operator asked for on seats (the install record) and what became of it (the install log).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub use super::control::{Command, Control};
use super::strategy::Strategy;
use super::{FreeText, OperationId, RecordId, SeatId, SegmentId, Timestamp, Unknown};

/// Longest message of one seat that a log keeps, in bytes: 20,000 seats in 32 shards stay under 256 KiB each.
pub const MAX_SEAT_MESSAGE: usize = 96;

/// The record `install-records/<prefix>/<version>/<record>`, also called SegInstallRecord.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstallRecord {
    /// Its id.
    pub id: RecordId,
    /// What shall be installed or uninstalled.
    pub segment_id: SegmentId,
    /// How the seats are taken.
    #[serde(default)]
    pub strategy: Strategy,
    /// `user@host`.
    pub requested_by: FreeText,
    /// When.
    pub requested_at: Timestamp,
    /// What the platform calls a segment that had no record any more when this was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// What the operator wants of it now.
    pub control: Control,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

fn is_none(number: &usize) -> bool {
    *number == 0
}

/// A shard of the seats an install record names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstallSeats {
    /// Seats to install on.
    #[serde(default)]
    pub install_seat_list: BTreeSet<SeatId>,
    /// Seats to uninstall from.
    #[serde(default)]
    pub uninstall_seat_list: BTreeSet<SeatId>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Where an install stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InstallState {
    /// Asked for; no controller has begun.
    Pending,
    /// Waits for its time.
    Scheduled,
    /// Under way.
    Running,
    /// Held by an operator or a threshold.
    Paused,
    /// A wave is done; waits for the word.
    WaitingGate,
    /// Every seat is at its goal.
    Succeeded,
    /// Some seats are.
    Partial,
    /// None is.
    Failed,
    /// Ended by an operator.
    Cancelled,
    /// The rest ran out of time.
    TimedOut,
}

impl InstallState {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::WaitingGate => "waitingGate",
            Self::Succeeded => "succeeded",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timedOut",
        }
    }

    /// No controller will touch it again by itself.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Partial | Self::Failed | Self::Cancelled | Self::TimedOut)
    }
}

/// Where one seat of an install stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SeatState {
    /// Not begun; with a task the platform has it.
    Queued,
    /// The seat is off; it is installed when it comes.
    WaitingOnline,
    /// The platform is at it.
    Running,
    /// Done.
    Succeeded,
    /// It was there before.
    AlreadyInstalled,
    /// Not meant for this seat.
    NotApplicable,
    /// The platform says it failed.
    Failed,
    /// A deadline passed.
    TimedOut,
    /// Left out on purpose.
    Skipped,
    /// Ended by an operator before it was done.
    Cancelled,
    /// Nobody can say.
    Unknown,
}

impl SeatState {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::WaitingOnline,
        Self::Running,
        Self::Succeeded,
        Self::AlreadyInstalled,
        Self::NotApplicable,
        Self::Failed,
        Self::TimedOut,
        Self::Skipped,
        Self::Cancelled,
        Self::Unknown,
    ];

    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::WaitingOnline => "waitingOnline",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::AlreadyInstalled => "alreadyInstalled",
            Self::NotApplicable => "notApplicable",
            Self::Failed => "failed",
            Self::TimedOut => "timedOut",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    /// At an end.
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::WaitingOnline | Self::Running)
    }

    /// At its goal.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Succeeded | Self::AlreadyInstalled | Self::NotApplicable)
    }

    /// A retry takes it up again.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut | Self::Unknown | Self::Skipped | Self::Cancelled)
    }

    /// The software is on the seat after an install, or gone after an uninstall.
    pub fn moves_installed(self) -> bool {
        matches!(self, Self::Succeeded | Self::AlreadyInstalled)
    }
}

/// What shall happen on a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SeatOp {
    /// Put the segment on it.
    Install,
    /// Take it off.
    Uninstall,
}

impl SeatOp {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Uninstall => "uninstall",
        }
    }
}

/// The state of one seat in a log shard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatProgress {
    /// Install or uninstall.
    pub op: SeatOp,
    /// Where it stands.
    pub state: SeatState,
    /// 0 to 100.
    pub percent: u8,
    /// What the platform said last, at most [`MAX_SEAT_MESSAGE`] bytes.
    #[serde(default, skip_serializing_if = "FreeText::is_empty")]
    pub message: FreeText,
    /// Last change.
    pub updated_at: Timestamp,
    /// Index into the log's `tasks` of the task that works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<usize>,
    /// The address the task was given; the seat's own may change meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
}

impl InstallLog {
    /// The wave whose seats have their turn, from 1, and how many there are; `None`: all seats are in one.
    pub fn turn(&self) -> Option<(usize, usize)> {
        (self.waves > 1).then_some((self.wave, self.waves))
    }

    /// From when this attempt counts: the time before its maintenance window is not its own.
    pub fn begun_at(&self) -> Option<Timestamp> {
        self.started_at.map(|at| self.opens_at.map_or(at, |opens| opens.max(at)))
    }
}

impl SeatProgress {
    /// A seat that nothing has happened to since `at`.
    pub fn queued(op: SeatOp, at: Timestamp) -> Self {
        Self {
            op,
            state: SeatState::Queued,
            percent: 0,
            message: FreeText::default(),
            updated_at: at,
            task: None,
            ip: None,
        }
    }
}

/// A shard of an install log: the seats that are not simply `queued` since the request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatLog {
    /// By seat.
    pub seats: BTreeMap<SeatId, SeatProgress>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// One task that the platform took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// The platform's id of it.
    pub task_id: String,
    /// The request id it was made under.
    pub operation_id: OperationId,
    /// Install or uninstall.
    pub op: SeatOp,
    /// Which attempt of the record.
    pub attempt: u32,
    /// How many seats it covers.
    pub seats: usize,
    /// All its seats are at an end, and recorded.
    pub done: bool,
    /// The platform was told to cancel it, or cannot.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// When it was taken.
    pub started_at: Timestamp,
}

/// What a controller was about to ask the platform for. While it stands, the outcome is looked up first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskIntent {
    /// The request id of the call.
    pub operation_id: OperationId,
    /// Install or uninstall.
    pub op: SeatOp,
    /// The seats of the chunk, and the addresses that are asked for.
    pub seats: BTreeMap<SeatId, IpAddr>,
    /// The leadership it was made under.
    pub epoch: u64,
    /// When it was written.
    pub since: Timestamp,
    /// When the call gives up by itself.
    pub deadline: Timestamp,
}

/// The record `install-logs/<prefix>/<version>/<record>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstallLog {
    /// The record it belongs to.
    pub id: RecordId,
    /// The segment.
    pub segment_id: SegmentId,
    /// Where it stands.
    pub state: InstallState,
    /// Seats at an end over all seats, 0 to 100.
    pub percent: u8,
    /// Tasks the platform took, in order.
    #[serde(default)]
    pub tasks: Vec<Task>,
    /// How many seats are in each state; states without a seat are absent.
    #[serde(default)]
    pub counts: BTreeMap<SeatState, usize>,
    /// 1 for the first; each retry adds one.
    pub attempt: u32,
    /// The control generation this log has followed.
    #[serde(default)]
    pub followed: u32,
    /// Chunks sent or about to be sent so far; numbers their operation ids.
    #[serde(default)]
    pub chunks: usize,
    /// The wave whose seats have their turn, from 1; 0: as with [`InstallLog::waves`].
    #[serde(default, skip_serializing_if = "is_none")]
    pub wave: usize,
    /// How many waves there are; 0: not begun, or all seats are in one.
    #[serde(default, skip_serializing_if = "is_none")]
    pub waves: usize,
    /// Since when its seats have had it, where a gate is before the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wave_ended_at: Option<Timestamp>,
    /// When the gate before the next wave opens by itself, where it waits for a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate_opens_at: Option<Timestamp>,
    /// Failures of it that an operator has seen and gone on.
    #[serde(default, skip_serializing_if = "is_none")]
    pub accepted: usize,
    /// Failed tries of the call under way.
    #[serde(default)]
    pub retry_count: u32,
    /// Not before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_retry_at: Option<Timestamp>,
    /// When this attempt began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// Last progress.
    pub updated_at: Timestamp,
    /// When the maintenance window opens, or opened, that its seats wait for, or last waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Why it ended or what it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FreeText>,
    /// A call whose outcome is not yet recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<TaskIntent>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The record `active-installs/<prefix>`: the unfinished installs of any version of the prefix.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveInstalls {
    /// By record id.
    pub installs: BTreeMap<RecordId, SegmentId>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Seats at an end over all seats, rounded down, so that 100 means all.
pub fn percent(counts: &BTreeMap<SeatState, usize>) -> u8 {
    let all: usize = counts.values().sum();
    let ended: usize = counts.iter().filter(|(state, _)| state.is_terminal()).map(|(_, n)| n).sum();
    (ended * 100).checked_div(all).map_or(100, |percent| percent as u8)
}

/// How an install whose seats are all at an end has ended.
pub fn end_state(counts: &BTreeMap<SeatState, usize>, cancelled: bool) -> InstallState {
    let count = |wanted: fn(SeatState) -> bool| -> usize {
        counts.iter().filter(|(state, _)| wanted(**state)).map(|(_, n)| n).sum()
    };
    let good = count(SeatState::is_good);
    let all: usize = counts.values().sum();
    if good == all {
        InstallState::Succeeded
    } else if cancelled {
        InstallState::Cancelled
    } else if count(|state| matches!(state, SeatState::Succeeded)) > 0 || good > 0 {
        InstallState::Partial
    } else if count(|state| state == SeatState::TimedOut) == all {
        InstallState::TimedOut
    } else {
        InstallState::Failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(SeatState, usize)]) -> BTreeMap<SeatState, usize> {
        of.iter().copied().collect()
    }

    #[test]
    fn an_end_has_one_name() {
        use SeatState::*;
        let cases = [
            (vec![(Succeeded, 3), (AlreadyInstalled, 1), (NotApplicable, 1)], false, InstallState::Succeeded),
            (vec![(Succeeded, 3)], true, InstallState::Succeeded),
            (vec![(Succeeded, 3), (Cancelled, 1)], true, InstallState::Cancelled),
            (vec![(Succeeded, 3), (Failed, 1)], false, InstallState::Partial),
            (vec![(TimedOut, 3)], false, InstallState::TimedOut),
            (vec![(TimedOut, 3), (Failed, 1)], false, InstallState::Failed),
            (vec![(Failed, 1)], false, InstallState::Failed),
        ];
        for (of, cancelled, expected) in cases {
            assert_eq!(end_state(&counts(&of), cancelled), expected, "{of:?}");
        }
    }

    #[test]
    fn percent_is_100_only_when_all_are_done() {
        assert_eq!(percent(&counts(&[(SeatState::Succeeded, 199), (SeatState::Running, 1)])), 99);
        assert_eq!(percent(&counts(&[(SeatState::Succeeded, 199), (SeatState::Failed, 1)])), 100);
    }
}
