//! Where things stand: the word and the meaning of each state.

use super::rows::{InstallRow, SegmentRow};
use super::theme::Role;
use crate::domain::install::Command;
use crate::domain::segment::FileState;
use crate::domain::words::{Word, word};
use crate::domain::{CreateState, DeleteState, InstallState, RemoteKind, SeatOp, SeatState};

/// Of a segment; what only seats have has no other state. A deletion outweighs its file, and a file that is not well its creation.
pub(in crate::ui) fn segment(row: &SegmentRow) -> (Word, Role) {
    if row.removed_at.is_some() {
        return (word!("state-removed"), Role::Bad);
    }
    if let (None, Some(state)) = (row.delete_state, row.file_state) {
        return match state {
            FileState::Missing => (word!("state-file-missing"), Role::Bad),
            FileState::Altered => (word!("state-file-altered"), Role::Bad),
        };
    }
    match (row.delete_state, row.create_state) {
        (Some(DeleteState::Processing), _) => (word!("state-deleting"), Role::Busy),
        (Some(DeleteState::Failed), _) => (word!("state-delete-failed"), Role::Bad),
        (None, CreateState::Pending) => (word!("state-create-pending"), Role::Busy),
        (None, CreateState::Processing) if row.retry_count > 0 => {
            (word!("state-create-retrying"), Role::Warn)
        }
        (None, CreateState::Processing) => (word!("state-create-processing"), Role::Busy),
        (None, CreateState::Succeeded) => (word!("state-create-succeeded"), Role::Good),
        (None, CreateState::Failed) => (word!("state-create-failed"), Role::Bad),
    }
}

/// Of an install; a command that is not followed yet is told.
pub(in crate::ui) fn install(row: &InstallRow) -> (Word, Role) {
    match (row.command, row.state) {
        (Command::Cancel, state) if !state.is_terminal() => (word!("state-install-cancelling"), Role::Warn),
        (Command::Pause, InstallState::Running | InstallState::Pending) => {
            (word!("state-install-pausing"), Role::Warn)
        }
        (_, InstallState::Pending) => (word!("state-install-pending"), Role::Busy),
        (_, InstallState::Scheduled) => (word!("state-install-scheduled"), Role::Busy),
        (_, InstallState::Running) => (word!("state-install-running"), Role::Busy),
        (_, InstallState::Paused) => (word!("state-install-paused"), Role::Warn),
        (_, InstallState::WaitingGate) => (word!("state-install-waiting"), Role::Warn),
        (_, InstallState::Succeeded) => (word!("state-install-succeeded"), Role::Good),
        (_, InstallState::Partial) => (word!("state-install-partial"), Role::Warn),
        (_, InstallState::Failed) => (word!("state-install-failed"), Role::Bad),
        (_, InstallState::Cancelled) => (word!("state-install-cancelled"), Role::Dim),
        (_, InstallState::TimedOut) => (word!("state-install-timed-out"), Role::Bad),
    }
}

/// Of one seat of an install.
pub(in crate::ui) fn seat(state: SeatState) -> (Word, Role) {
    match state {
        SeatState::Queued => (word!("state-seat-queued"), Role::Dim),
        SeatState::WaitingOnline => (word!("state-seat-waiting"), Role::Warn),
        SeatState::Running => (word!("state-seat-running"), Role::Busy),
        SeatState::Succeeded => (word!("state-seat-succeeded"), Role::Good),
        SeatState::AlreadyInstalled => (word!("state-seat-already"), Role::Good),
        SeatState::NotApplicable => (word!("state-seat-not-applicable"), Role::Good),
        SeatState::Failed => (word!("state-seat-failed"), Role::Bad),
        SeatState::TimedOut => (word!("state-seat-timed-out"), Role::Bad),
        SeatState::Skipped => (word!("state-seat-skipped"), Role::Dim),
        SeatState::Cancelled => (word!("state-seat-cancelled"), Role::Dim),
        SeatState::Unknown => (word!("state-seat-unknown"), Role::Bad),
    }
}

/// The name of a platform.
pub(in crate::ui) fn remote(remote: RemoteKind) -> Word {
    match remote {
        RemoteKind::Sdp => word!("remote-sdp"),
        RemoteKind::Store15s => word!("remote-store15s"),
    }
}

/// What is done on a seat.
pub(in crate::ui) fn op(op: SeatOp) -> Word {
    match op {
        SeatOp::Install => word!("op-install"),
        SeatOp::Uninstall => word!("op-uninstall"),
    }
}
