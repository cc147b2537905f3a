//! The seats a segment is meant for: one list for all versions of its prefix.

use std::collections::BTreeSet;

use super::commit::{Audited, seats_changed};
use super::seen::Seen;
use super::{Service, ServiceError};
use crate::domain::words::say;
use crate::domain::{SeatId, SeenAt, SegmentId};
use crate::store::{Txn, keys};

impl Service {
    /// The bound seats, and as what they were seen.
    ///
    /// # Errors
    /// `notFound` for an unknown id.
    pub async fn bound(&self, id: &SegmentId) -> Result<(SeenAt, BTreeSet<SeatId>), ServiceError> {
        let incarnation = self.incarnation().await?;
        if !self.exists(id).await? && self.leftover(id).await?.is_none() {
            return Err(self.no_segment(id).await);
        }
        let bound = self.seat_lists(&keys::bindings_of(&id.prefix)).await?;
        Ok((Self::seen_at(bound.revision, incarnation), bound.joined()))
    }

    /// Replaces the list for all versions of the prefix, and returns it. `seen`: only if nobody has
    /// changed the list since that revision. Where the list is what was asked for already, nothing is written.
    ///
    /// # Errors
    /// `notFound` for an unknown id or seat (all named); `conflict` when somebody else changed it.
    pub async fn bind(
        &self,
        id: &SegmentId,
        seats: &BTreeSet<SeatId>,
        seen: Seen,
    ) -> Result<BTreeSet<SeatId>, ServiceError> {
        let life = self.same_life(seen).await?;
        let (entry, _) = self.segment_entry(id).await?;
        self.require_seats(seats).await?;
        let bound = self.seat_lists(&keys::bindings_of(&id.prefix)).await?;
        let what = || say!("what-bound", prefix = &id.prefix);
        if let Some(seen) = seen.map(|seen| seen.revision).filter(|seen| bound.changed_at() > *seen) {
            return Err(self.overtaken(seen, what(), id.prefix.as_str()).await);
        }
        let before = bound.joined();
        if before == *seats {
            return Ok(before);
        }
        let key = |shard| keys::binding(&id.prefix, shard);
        // Of the segment only that it is still there counts; a controller may change it meanwhile.
        let mut txn = bound.unchanged(Txn::new(), key);
        txn.compares.push(crate::store::Compare::CreateRevision(keys::segment(id), entry.create_revision));
        let txn = bound.replace(txn, key, seats)?;
        let (before, after) = seats_changed(&before, seats);
        let audited = Audited { action: "bind.set", object: &id.to_string(), before, after };
        match self.commit(life.guard(txn), audited).await? {
            Some(_) => Ok(seats.clone()),
            None => Err(self.overtaken(bound.revision, what(), id.prefix.as_str()).await),
        }
    }
}
