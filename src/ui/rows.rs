//! What the tables show: the columns of records, shared with whoever else holds them.

use std::collections::BTreeMap;

use crate::domain::install::Command;
use crate::domain::{FreeText, InstallState, RecordId, Seat, SeatState, SegmentId, Timestamp};
use crate::store;

/// A row of the segments and of the versions.
pub type SegmentRow = store::SegmentRow;

/// A row of the seats.
pub type SeatRow = Seat;

/// A row of the installs.
#[derive(Debug, Clone, PartialEq)]
pub struct InstallRow {
    /// The install record.
    pub id: RecordId,
    /// What is installed or uninstalled.
    pub segment_id: SegmentId,
    /// Where it stands.
    pub state: InstallState,
    /// Seats at an end over all seats, 0 to 100.
    pub percent: u8,
    /// How many seats are in each state.
    pub counts: BTreeMap<SeatState, usize>,
    /// 1 for the first.
    pub attempt: u32,
    /// What the operator wants of it.
    pub command: Command,
    /// Who asked for it.
    pub requested_by: FreeText,
    /// When.
    pub requested_at: Timestamp,
    /// Last progress.
    pub updated_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Not before this moment.
    pub next_retry_at: Option<Timestamp>,
    /// Why it ended or what it waits for.
    pub reason: Option<FreeText>,
}

impl InstallRow {
    /// All its seats.
    pub fn seats(&self) -> usize {
        self.counts.values().sum()
    }

    /// Seats at their goal.
    pub fn good(&self) -> usize {
        self.count(SeatState::is_good)
    }

    /// Seats at an end that is not their goal.
    pub fn bad(&self) -> usize {
        self.count(|state| state.is_terminal() && !state.is_good())
    }

    fn count(&self, wanted: impl Fn(SeatState) -> bool) -> usize {
        self.counts.iter().filter(|(state, _)| wanted(**state)).map(|(_, n)| n).sum()
    }
}

impl From<&store::InstallRow> for InstallRow {
    fn from(row: &store::InstallRow) -> Self {
        Self {
            id: row.id,
            segment_id: row.segment_id.clone(),
            state: row.state,
            percent: row.percent,
            counts: row.counts.clone(),
            attempt: row.attempt,
            command: row.command,
            requested_by: row.requested_by.clone(),
            requested_at: row.requested_at,
            updated_at: row.updated_at,
            finished_at: row.finished_at,
            next_retry_at: row.next_retry_at,
            reason: row.reason.clone(),
        }
    }
}
