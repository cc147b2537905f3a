//! Columns and orders of the tables.

use std::cmp::Ordering;

use super::data::Data;
use super::table::Row;
use crate::domain::{RecordId, SeatId, SegmentId, version};
use crate::ui::rows::{InstallRow, SeatRow, SegmentRow};

impl Row for SegmentRow {
    type Id = SegmentId;
    fn id(&self) -> &SegmentId {
        &self.id
    }
}

impl Row for SeatRow {
    type Id = SeatId;
    fn id(&self) -> &SeatId {
        &self.id
    }
}

impl Row for InstallRow {
    type Id = RecordId;
    fn id(&self) -> &RecordId {
        &self.id
    }
}

/// Columns of the segments by which they are sorted, in the order of `o`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentColumn {
    /// Prefix, then version.
    Id,
    /// The human name.
    Name,
    /// The platform.
    Remote,
    /// Where it stands.
    State,
    /// Seats that have it.
    Installed,
    /// Seats it is meant for.
    Bound,
    /// Bytes.
    Size,
    /// Last change.
    Updated,
}

impl SegmentColumn {
    /// In the order of `o`.
    pub const ALL: [Self; 8] = [
        Self::Id,
        Self::Name,
        Self::Remote,
        Self::State,
        Self::Installed,
        Self::Bound,
        Self::Size,
        Self::Updated,
    ];

    /// By its index in a table.
    pub fn at(index: usize) -> Self {
        Self::ALL.get(index).copied().unwrap_or(Self::Id)
    }

    /// Does the greatest come first when it is chosen?
    pub fn begins_descending(self) -> bool {
        matches!(self, Self::Installed | Self::Bound | Self::Size | Self::Updated)
    }

    /// Do numbers beside the row decide?
    pub fn counts(self) -> bool {
        matches!(self, Self::Installed | Self::Bound)
    }
}

/// Prefix, then version by its own order.
pub fn by_id(a: &SegmentId, b: &SegmentId) -> Ordering {
    a.prefix.cmp(&b.prefix).then_with(|| version::compare(a.version.as_str(), b.version.as_str()))
}

/// The order of two segments by a column; total, since ids differ.
pub fn segments(
    a: &SegmentRow,
    b: &SegmentRow,
    column: SegmentColumn,
    descending: bool,
    data: &Data,
) -> Ordering {
    let order = match column {
        SegmentColumn::Id => by_id(&a.id, &b.id),
        SegmentColumn::Name => a.name.cmp(&b.name),
        SegmentColumn::Remote => a.remote.cmp(&b.remote),
        SegmentColumn::State => stands(a).cmp(&stands(b)),
        SegmentColumn::Installed => data.installed(&a.id).cmp(&data.installed(&b.id)),
        SegmentColumn::Bound => data.bound(&a.id.prefix).cmp(&data.bound(&b.id.prefix)),
        SegmentColumn::Size => a.file_size.cmp(&b.file_size),
        SegmentColumn::Updated => a.updated_at.cmp(&b.updated_at),
    };
    let order = if descending { order.reverse() } else { order };
    if column == SegmentColumn::Id { order } else { order.then_with(|| by_id(&a.id, &b.id)) }
}

/// What needs a look comes first.
fn stands(row: &SegmentRow) -> u8 {
    use crate::domain::{CreateState, DeleteState};
    match (row.delete_state, row.create_state) {
        (Some(DeleteState::Failed), _) => 0,
        (None, _) if row.file_state.is_some() => 0,
        (None, CreateState::Failed) => 1,
        (Some(DeleteState::Processing), _) => 2,
        (None, CreateState::Processing) => 3,
        (None, CreateState::Pending) => 4,
        (None, CreateState::Succeeded) => 5,
    }
}

/// How many columns the seats can be sorted by: id, group, address.
pub const SEAT_COLUMNS: usize = 3;

/// The order of two seats by a column.
pub fn seats(a: &SeatRow, b: &SeatRow, column: usize, descending: bool) -> Ordering {
    let order = match column {
        1 => a.group.cmp(&b.group),
        2 => a.ip.cmp(&b.ip),
        _ => version::compare(a.id.as_str(), b.id.as_str()),
    };
    let order = if descending { order.reverse() } else { order };
    order.then_with(|| a.id.cmp(&b.id))
}

/// How many columns the installs can be sorted by: age, segment, state, percent.
pub const INSTALL_COLUMNS: usize = 4;

/// The order of two installs by a column; newest first where nothing else decides.
pub fn installs(a: &InstallRow, b: &InstallRow, column: usize, descending: bool) -> Ordering {
    let order = match column {
        1 => by_id(&a.segment_id, &b.segment_id),
        2 => a.state.cmp(&b.state),
        3 => a.percent.cmp(&b.percent),
        _ => b.id.cmp(&a.id),
    };
    let order = if descending { order.reverse() } else { order };
    order.then_with(|| b.id.cmp(&a.id))
}
