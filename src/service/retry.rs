//! A failed creation gets a new generation of tries.

use super::commit::{Audited, brief};
use super::plan::create_state;
use super::seen::Seen;
use super::{Code, Service, ServiceError};
use crate::domain::words::say;
use crate::domain::{CreateState, Segment, SegmentId};
use crate::store::{Txn, keys};

impl Service {
    /// Begins a new generation with `retryCount` 0.
    ///
    /// # Errors
    /// `notFound`; `conflict` unless its creation failed, or when somebody changed it since it was seen.
    pub async fn retry_create(&self, id: &SegmentId, seen: Seen) -> Result<Segment, ServiceError> {
        let life = self.same_life(seen).await?;
        let (entry, mut segment) = self.segment_entry(id).await?;
        self.refuse_if_newer(seen, entry.mod_revision, id, &id.to_string()).await?;
        let before = brief(&segment.create_status);
        if segment.is_being_deleted() {
            return Err(ServiceError::new(Code::Conflict, say!("is-being-deleted", id = id)));
        }
        if segment.create_status.state != CreateState::Failed {
            return Err(ServiceError::new(
                Code::Conflict,
                say!("retry-not-failed", id = id, state = create_state(segment.create_status.state)),
            ));
        }
        let now = self.clock.now();
        let status = &mut segment.create_status;
        status.state = CreateState::Pending;
        status.time = now;
        status.reason = None;
        status.retry_count = 0;
        status.next_retry_at = None;
        status.generation += 1;
        segment.updated_at = now;
        let key = keys::segment(id);
        let txn = Txn::new().unchanged(key.clone(), entry.mod_revision).put(key, &segment)?;
        let audited = Audited {
            action: "segment.retry",
            object: &id.to_string(),
            before,
            after: brief(&segment.create_status),
        };
        match self.commit(life.guard(txn), audited).await? {
            Some(_) => Ok(segment),
            None => Err(self.overtaken(entry.mod_revision, id, &id.to_string()).await),
        }
    }
}
