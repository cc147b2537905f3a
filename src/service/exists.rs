//! Is there such a segment?

use super::{Service, ServiceError};
use crate::domain::{Segment, SegmentId};
use crate::store::{Entry, keys};

impl Service {
    /// Answers before anything is sent.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn exists(&self, id: &SegmentId) -> Result<bool, ServiceError> {
        Ok(self.store.get(&keys::segment(id)).await?.1.is_some())
    }

    /// The record of a segment.
    ///
    /// # Errors
    /// `notFound` for an unknown id.
    pub async fn segment(&self, id: &SegmentId) -> Result<Segment, ServiceError> {
        Ok(self.segment_entry(id).await?.1)
    }

    /// The record of a segment with its revisions.
    pub(super) async fn segment_entry(&self, id: &SegmentId) -> Result<(Entry, Segment), ServiceError> {
        match self.read(&keys::segment(id)).await? {
            Some(found) => Ok(found),
            None => Err(self.no_segment(id).await),
        }
    }
}
