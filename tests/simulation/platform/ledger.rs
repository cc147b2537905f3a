//! What the platforms did and under which request id, and which failures they told.

use std::collections::BTreeSet;
use std::net::IpAddr;

use segdeck::domain::{RemoteKind, SeatOp, SegmentId};
use segdeck::store::Revision;
use tokio::time::Instant;

/// An effect that took place. A repeated answer is none.
#[derive(Debug, Clone)]
pub struct Deed {
    /// Of the store, when it took place.
    pub revision: Revision,
    pub at: Instant,
    pub operation: String,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Created { kind: RemoteKind, uid: String, id: SegmentId },
    Deleted { kind: RemoteKind, uid: String },
    Took { task: String, op: SeatOp, uid: String, devices: BTreeSet<IpAddr> },
    Cancelled { task: String },
}

/// The question who the platform is: it belongs to no creation, and comes before the first of a leader.
pub const WHO: &str = "who";

/// A call about a creation whose caller heard that it failed.
#[derive(Debug, Clone)]
pub struct Failure {
    pub revision: Revision,
    pub operation: String,
}
