//! Columns and orders of the tables.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::chooser::SeatSets;
use super::columns::{InstallColumn, InstallSeatColumn, SeatColumn, SegmentColumn};
use super::data::Data;
use super::table::Row;
use crate::domain::{RecordId, SeatId, SeatState, SegmentId, version};
use crate::service::SeatView;
use crate::ui::rows::{InstallRow, SeatRow, SegmentRow};

impl Row for SegmentRow {
    type Id = SegmentId;
    type Column = SegmentColumn;
    const FIRST: SegmentColumn = SegmentColumn::Id;
    fn id(&self) -> &SegmentId {
        &self.id
    }
}

impl Row for SeatRow {
    type Id = SeatId;
    type Column = SeatColumn;
    const FIRST: SeatColumn = SeatColumn::Id;
    fn id(&self) -> &SeatId {
        &self.id
    }
}

impl Row for InstallRow {
    type Id = RecordId;
    type Column = InstallColumn;
    const FIRST: InstallColumn = InstallColumn::Requested;
    fn id(&self) -> &RecordId {
        &self.id
    }
}

impl Row for SeatView {
    type Id = SeatId;
    type Column = InstallSeatColumn;
    const FIRST: InstallSeatColumn = InstallSeatColumn::Seat;
    fn id(&self) -> &SeatId {
        &self.seat
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
    let order = by_column(a, b, column, data);
    let order = if descending { order.reverse() } else { order };
    if column == SegmentColumn::Id { order } else { order.then_with(|| by_id(&a.id, &b.id)) }
}

/// The same order for many at once: ids are compared once, not wherever the column says nothing, and what must be
/// looked up is looked up once a row.
pub fn sort_segments(rows: &mut [Arc<SegmentRow>], column: SegmentColumn, descending: bool, data: &Data) {
    rows.sort_by(|a, b| by_id(&a.id, &b.id));
    let placed = |count: usize| if descending { usize::MAX - count } else { count };
    // Stable: rows that are equal in the column stay in the order of their ids.
    match column {
        SegmentColumn::Id if descending => rows.reverse(),
        SegmentColumn::Id => {}
        SegmentColumn::Installed => rows.sort_by_cached_key(|row| placed(data.installed(&row.id))),
        SegmentColumn::Bound => rows.sort_by_cached_key(|row| placed(data.bound(&row.id.prefix))),
        column if descending => rows.sort_by(|a, b| by_column(b, a, column, data)),
        column => rows.sort_by(|a, b| by_column(a, b, column, data)),
    }
}

fn by_column(a: &SegmentRow, b: &SegmentRow, column: SegmentColumn, data: &Data) -> Ordering {
    match column {
        SegmentColumn::Id => by_id(&a.id, &b.id),
        SegmentColumn::Name => a.name.cmp(&b.name),
        SegmentColumn::Kind => a.kind.cmp(&b.kind),
        SegmentColumn::Vendor => a.vendor.cmp(&b.vendor),
        SegmentColumn::By => a.created_by.cmp(&b.created_by),
        SegmentColumn::Remote => a.remote.cmp(&b.remote),
        SegmentColumn::State => stands(a).cmp(&stands(b)),
        SegmentColumn::Installed => data.installed(&a.id).cmp(&data.installed(&b.id)),
        SegmentColumn::Bound => data.bound(&a.id.prefix).cmp(&data.bound(&b.id.prefix)),
        SegmentColumn::Size => a.file_size.cmp(&b.file_size),
        SegmentColumn::Updated => a.updated_at.cmp(&b.updated_at),
    }
}

/// What needs a look comes first.
fn stands(row: &SegmentRow) -> u8 {
    use crate::domain::{CreateState, DeleteState};
    match (row.delete_state, row.create_state) {
        _ if row.removed_at.is_some() => 0,
        (Some(DeleteState::Failed), _) => 0,
        (None, _) if row.file_state.is_some() => 0,
        (None, CreateState::Failed) => 1,
        (Some(DeleteState::Processing), _) => 2,
        (None, CreateState::Processing) => 3,
        (None, CreateState::Pending) => 4,
        (None, CreateState::Succeeded) => 5,
    }
}

/// The order of two seats by a column of their own.
pub fn seats(a: &SeatRow, b: &SeatRow, column: SeatColumn, descending: bool) -> Ordering {
    let order = match column {
        SeatColumn::Group => a.group.cmp(&b.group),
        SeatColumn::Ip => a.ip.cmp(&b.ip),
        SeatColumn::Tags => a.tags.cmp(&b.tags),
        SeatColumn::Note => a.note.cmp(&b.note),
        SeatColumn::Id | SeatColumn::Bound | SeatColumn::Installed | SeatColumn::Wanted => {
            version::compare(a.id.as_str(), b.id.as_str())
        }
    };
    let order = if descending { order.reverse() } else { order };
    order.then_with(|| version::compare(a.id.as_str(), b.id.as_str())).then_with(|| a.id.cmp(&b.id))
}

/// Where a seat stands in a column that is about the selected segment: what has it after what has not.
pub fn rank(seat: &SeatId, column: SeatColumn, sets: &SeatSets, marks: Option<&BTreeSet<SeatId>>) -> u8 {
    let yes = match column {
        SeatColumn::Bound => sets.bound.contains(seat),
        SeatColumn::Installed => sets.installed.contains(seat),
        SeatColumn::Wanted => match marks {
            Some(marks) => marks.contains(seat),
            None => {
                sets.coming.contains(seat) || (sets.installed.contains(seat) && !sets.going.contains(seat))
            }
        },
        SeatColumn::Id | SeatColumn::Group | SeatColumn::Ip | SeatColumn::Tags | SeatColumn::Note => false,
    };
    u8::from(yes)
}

/// The order of two installs by a column; newest first where nothing else decides.
pub fn installs(a: &InstallRow, b: &InstallRow, column: InstallColumn, descending: bool) -> Ordering {
    let order = match column {
        InstallColumn::Requested => a.id.cmp(&b.id),
        InstallColumn::Segment => by_id(&a.segment_id, &b.segment_id),
        InstallColumn::State => a.state.cmp(&b.state),
        InstallColumn::Bar | InstallColumn::Percent => a.percent.cmp(&b.percent),
        InstallColumn::Seats => a.seats().cmp(&b.seats()),
        InstallColumn::Attempt => a.attempt.cmp(&b.attempt),
        InstallColumn::By => a.requested_by.cmp(&b.requested_by),
        InstallColumn::Reason => a.reason.cmp(&b.reason),
    };
    let order = if descending { order.reverse() } else { order };
    order.then_with(|| b.id.cmp(&a.id))
}

/// Sorts the seats of an install by a column. They come wave by wave, in order of their ids, and stay so where the
/// column says nothing.
pub fn install_seats(rows: &mut [Arc<SeatView>], column: InstallSeatColumn, descending: bool) {
    let order = |a: &SeatView, b: &SeatView| match column {
        InstallSeatColumn::Seat => Ordering::Equal,
        InstallSeatColumn::State => needs_a_look(a.state).cmp(&needs_a_look(b.state)),
        InstallSeatColumn::Percent => a.shown_percent().cmp(&b.shown_percent()),
        InstallSeatColumn::Message => a.message.cmp(&b.message),
        InstallSeatColumn::Op => a.op.cmp(&b.op),
        InstallSeatColumn::Wave => a.wave.cmp(&b.wave),
        InstallSeatColumn::Ip => a.ip.cmp(&b.ip),
        InstallSeatColumn::Updated => a.updated_at.cmp(&b.updated_at),
    };
    match column {
        InstallSeatColumn::Seat if descending => rows.reverse(),
        InstallSeatColumn::Seat => {}
        _ if descending => rows.sort_by(|a, b| order(b, a)),
        _ => rows.sort_by(|a, b| order(a, b)),
    }
}

/// What failed comes first, then what goes on, what waits, and what is done.
fn needs_a_look(state: SeatState) -> u8 {
    match state {
        SeatState::Failed => 0,
        SeatState::TimedOut => 1,
        SeatState::Unknown => 2,
        SeatState::Running => 3,
        SeatState::WaitingOnline => 4,
        SeatState::Queued => 5,
        SeatState::Skipped => 6,
        SeatState::Cancelled => 7,
        SeatState::NotApplicable => 8,
        SeatState::AlreadyInstalled => 9,
        SeatState::Succeeded => 10,
    }
}
