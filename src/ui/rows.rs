//! What the tables show: records as whoever else shows them holds them, shared and not copied.

use crate::domain::Seat;
use crate::store;

/// A row of the segments and of the versions.
pub type SegmentRow = store::SegmentRow;

/// A row of the seats.
pub type SeatRow = Seat;

/// A row of the installs.
pub type InstallRow = store::InstallRow;
