//! Why a segment is not published yet, or not deleted.

use super::{Action, Around, Explanation, OpenCall, WaitsFor};
use crate::domain::{CreateState, RemoteKind, Segment, SegmentId, Timestamp};

/// What of a segment's record tells it.
#[derive(Debug, Clone)]
pub struct SegmentFacts<'a> {
    /// The segment.
    pub id: &'a SegmentId,
    /// The platform it belongs to.
    pub remote: RemoteKind,
    /// Where its creation stands.
    pub create_state: CreateState,
    /// Is a deletion under way?
    pub is_being_deleted: bool,
    /// Failed tries: to delete it if that is under way, else to create it.
    pub retry_count: u32,
    /// Not before this moment, of the same.
    pub next_retry_at: Option<Timestamp>,
    /// A call whose outcome is not recorded.
    pub call: Option<OpenCall>,
    /// Last change of the record.
    pub updated_at: Timestamp,
}

impl<'a> From<&'a Segment> for SegmentFacts<'a> {
    fn from(segment: &'a Segment) -> Self {
        let creation = &segment.create_status;
        let (retry_count, next_retry_at) = match &segment.delete_status {
            Some(deletion) if segment.is_being_deleted() => (deletion.retry_count, deletion.next_retry_at),
            _ => (creation.retry_count, creation.next_retry_at),
        };
        Self {
            id: &segment.id,
            remote: segment.remote,
            create_state: creation.state,
            is_being_deleted: segment.is_being_deleted(),
            retry_count,
            next_retry_at,
            call: segment
                .intent
                .as_ref()
                .map(|intent| OpenCall { operation: intent.operation_id.clone(), deadline: intent.deadline }),
            updated_at: segment.updated_at,
        }
    }
}

impl SegmentFacts<'_> {
    /// Why it is not finished; `None`: it is.
    pub fn explain(self, around: &Around<'_>) -> Option<Explanation> {
        if !self.is_being_deleted && self.create_state.is_terminal() {
            return None;
        }
        let next_try_at = around.ahead(self.next_retry_at);
        let call = self.call.filter(|_| next_try_at.is_none());
        let deadline = call.as_ref().map(|call| call.deadline);
        let waits_for = match (next_try_at, call) {
            _ if around.leader.is_none() => WaitsFor::Leader,
            (Some(at), _) => WaitsFor::NextTry(at),
            (None, Some(call)) => WaitsFor::Answer(self.remote, call.operation),
            (None, None) => WaitsFor::Turn,
        };
        let mut actions = around.first_actions();
        if !self.is_being_deleted {
            let command = format!("segdeck segment delete {}", self.id);
            actions.push(Action { command, what: "give it up and delete it" });
        }
        if self.retry_count > 0 {
            let command = "segdeck doctor".to_owned();
            actions.push(Action { command, what: "check every connection" });
        }
        Some(Explanation {
            owner: around.owner(),
            last_progress_at: self.updated_at,
            deadline,
            attempt: self.retry_count.saturating_add(1),
            attempts: around.retry_limit.saturating_add(1),
            next_try_at,
            usual: None,
            waits_for,
            actions,
        })
    }
}
