//! What an install would do, without doing it.

use std::collections::BTreeSet;

use super::{Service, ServiceError};
use crate::domain::plan::Plan;
use crate::domain::{SeatId, SegmentId};

/// Which seats shall have the segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The whole list.
    Seats(BTreeSet<SeatId>),
    /// Every seat of a group.
    Group(String),
    /// The bound seats.
    Bound,
    /// None: uninstall everywhere.
    None,
    /// Changes to the installed list.
    Change {
        /// New seats.
        add: BTreeSet<SeatId>,
        /// Seats to take it off.
        remove: BTreeSet<SeatId>,
    },
}

impl Service {
    /// Compares installed with wanted. Seats that are unknown or busy with another install of the prefix come
    /// back as blocked.
    ///
    /// # Errors
    /// `notFound` for an unknown id or group; `conflict` when the segment cannot be installed now (not
    /// published, being deleted, its remote cannot deploy).
    pub async fn plan(&self, _id: &SegmentId, _wanted: &Wanted) -> Result<Plan, ServiceError> {
        super::unbuilt()
    }
}
