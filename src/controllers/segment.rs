//! A segment: what is to be done for it now. The decision is pure; publish, remove and complete do it.

use std::time::Duration;

use super::drive::Drive;
use super::queue::Work;
use super::step::{After, Stepped, Trouble};
use super::{publish, remove};
use crate::domain::segment::{Effect, Intent};
use crate::domain::{CreateState, OperationId, Segment, SegmentId, Timestamp, clock};
use crate::store::{self, Entry, Txn, keys};

/// A segment as it was read before a step.
pub(super) struct Current {
    /// Its revisions.
    pub entry: Entry,
    /// The record.
    pub segment: Segment,
}

impl Current {
    /// Writes what is about to be done at the remote, before it is done.
    pub(super) async fn intend(
        &mut self,
        drive: &Drive,
        operation_id: OperationId,
        effect: Effect,
        limit: Duration,
    ) -> Result<(), Trouble> {
        let now = drive.service.clock.now();
        self.segment.intent = Some(Intent {
            operation_id,
            effect,
            epoch: drive.leader.epoch(),
            since: now,
            deadline: clock::after(now, limit),
            unknown: Default::default(),
        });
        self.segment.updated_at = now;
        let key = keys::segment(&self.segment.id);
        let txn = Txn::new().unchanged(key.clone(), self.entry.mod_revision).put(key, &self.segment)?;
        self.entry.mod_revision = drive.commit(txn).await?;
        Ok(())
    }
}

/// What is to be done for a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing, until it changes.
    Nothing,
    /// Nothing before this moment.
    Wait(Timestamp),
    /// Create it on its remote.
    Publish,
    /// Delete it everywhere.
    Remove,
    /// Read its file for the md5 that its upload left out, once nothing else is to be done.
    Complete,
}

/// Decides from the record alone.
pub(super) fn plan(segment: &Segment, now: Timestamp) -> Step {
    let due = |at: Option<Timestamp>, step: Step| match at {
        Some(at) if at > now => Step::Wait(at),
        _ => step,
    };
    if segment.is_being_deleted() {
        let next = segment.delete_status.as_ref().and_then(|status| status.next_retry_at);
        return due(next, Step::Remove);
    }
    match segment.create_status.state {
        CreateState::Pending | CreateState::Processing => {
            due(segment.create_status.next_retry_at, Step::Publish)
        }
        // The md5 of other bytes than the record's would be worse than none.
        _ if segment.md5.is_none() && segment.file_state.is_none() => Step::Complete,
        CreateState::Succeeded | CreateState::Failed => Step::Nothing,
    }
}

impl Current {
    /// The segment as it is in the store now, if it is there.
    pub(super) async fn read(drive: &Drive, id: &SegmentId) -> Result<Option<Self>, Trouble> {
        let (_, found) = drive.leader.reads().get(&keys::segment(id)).await?;
        let Some(entry) = found else { return Ok(None) };
        let segment = store::decode(&entry)?;
        Ok(Some(Self { entry, segment }))
    }
}

/// Reads the record and does the step it asks for.
pub(super) async fn look(drive: &Drive, id: &SegmentId) -> Stepped {
    let Some(current) = Current::read(drive, id).await? else { return Ok(After::Change) };
    let now = drive.service.clock.now();
    match plan(&current.segment, now) {
        Step::Nothing => Ok(After::Change),
        Step::Wait(at) => Ok(After::at(at, now)),
        Step::Publish => publish::publish(drive, current).await,
        Step::Remove => remove::remove(drive, current).await,
        Step::Complete => {
            // Reading a large file takes minutes, in which the record must be free for everything else.
            drive.queue.add(Work::Complete(id.clone()));
            Ok(After::Change)
        }
    }
}
