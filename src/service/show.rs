//! One segment with its seats.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Service, ServiceError};
use crate::domain::{SeatId, Segment, SegmentId};
use crate::store::keys;

/// The JSON of `segment show`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SegmentView {
    /// The record.
    #[serde(flatten)]
    pub segment: Segment,
    /// Bound seats.
    pub seats: BTreeSet<SeatId>,
    /// Installed seats.
    pub installed_seats: BTreeSet<SeatId>,
    /// How many of them.
    pub installed_seat_count: usize,
    /// The revision all of it was read at, for `--if-revision`.
    pub revision: i64,
}

impl Service {
    /// A segment with its bound and installed seats.
    ///
    /// # Errors
    /// `notFound` for an unknown id.
    pub async fn show_segment(&self, id: &SegmentId) -> Result<SegmentView, ServiceError> {
        let (_, segment) = self.segment_entry(id).await?;
        let bound = self.seat_lists(&keys::bindings_of(&id.prefix)).await?;
        let installed = self.seat_lists(&keys::installed_of(id)).await?;
        Ok(SegmentView {
            segment,
            seats: bound.joined(),
            installed_seat_count: installed.joined().len(),
            installed_seats: installed.joined(),
            revision: installed.revision,
        })
    }
}
