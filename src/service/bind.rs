//! The seats a segment is meant for: one list for all versions of its prefix.

use std::collections::BTreeSet;

use super::{Service, ServiceError};
use crate::domain::{SeatId, SegmentId};

impl Service {
    /// The bound seats, and the revision they were read at.
    ///
    /// # Errors
    /// `notFound` for an unknown id.
    pub async fn bound(&self, _id: &SegmentId) -> Result<(i64, BTreeSet<SeatId>), ServiceError> {
        super::unbuilt()
    }

    /// Replaces the list for all versions of the prefix, and returns it. `if_revision`: only if the list has not
    /// changed since that revision.
    ///
    /// # Errors
    /// `notFound` for an unknown id or seat (all named); `conflict` when somebody else changed it.
    pub async fn bind(
        &self,
        _id: &SegmentId,
        _seats: &BTreeSet<SeatId>,
        _if_revision: Option<i64>,
    ) -> Result<BTreeSet<SeatId>, ServiceError> {
        super::unbuilt()
    }
}
