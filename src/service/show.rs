//! One segment with its seats.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Service, ServiceError};
use crate::domain::explain::{Around, Explanation, SegmentFacts};
use crate::domain::incarnation::Incarnation;
use crate::domain::{SeatId, Segment, SegmentId};
use crate::store::{LeaderRecord, keys};

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
    /// Why it is not finished; finished ones have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// The revision all of it was read at, for `--if-revision`.
    pub revision: i64,
    /// The life of the records that this revision is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incarnation: Option<Incarnation>,
}

impl Service {
    /// A segment with its bound and installed seats.
    ///
    /// # Errors
    /// `notFound` for an unknown id.
    pub async fn show_segment(&self, id: &SegmentId) -> Result<SegmentView, ServiceError> {
        let incarnation = self.incarnation().await?;
        let (_, segment) = self.segment_entry(id).await?;
        let bound = self.seat_lists(&keys::bindings_of(&id.prefix)).await?;
        let installed = self.seat_lists(&keys::installed_of(id)).await?;
        let leader = self.leader().await?;
        let explanation = SegmentFacts::from(&segment).explain(&self.around(leader.as_ref(), false));
        Ok(SegmentView {
            segment,
            explanation,
            seats: bound.joined(),
            installed_seat_count: installed.joined().len(),
            installed_seats: installed.joined(),
            revision: installed.revision,
            incarnation,
        })
    }

    /// The seats that have a segment, also one that has no record any more.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn installed(&self, id: &SegmentId) -> Result<BTreeSet<SeatId>, ServiceError> {
        Ok(self.seat_lists(&keys::installed_of(id)).await?.joined())
    }

    /// What explanations need beside the record.
    pub(super) fn around<'a>(&self, leader: Option<&'a LeaderRecord>, frozen: bool) -> Around<'a> {
        Around {
            leader: leader.map(|leader| &leader.who),
            frozen,
            retry_limit: self.settings.controllers.retry_limit,
            total_deadline: self.settings.install.total_deadline,
            now: self.clock.now(),
        }
    }
}
