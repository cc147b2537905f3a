//! The same done to many segments, one after the other.

use super::overlay::Scroll;
use crate::domain::SegmentId;
use crate::domain::words::Say;

/// What is done to each of many segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// Delete it.
    Delete,
    /// Publish it once more.
    Retry,
}

/// What would be done, before it is.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchPlan {
    /// What is done.
    pub errand: Errand,
    /// To these.
    pub segments: Vec<SegmentId>,
    /// These are marked too, and why nothing is done to them.
    pub left_out: Vec<(SegmentId, Say)>,
}

/// How far it has come.
#[derive(Debug, Clone)]
pub struct Batch {
    /// What is done.
    pub errand: Errand,
    /// To so many segments.
    pub all: usize,
    /// Accepted by the store.
    pub done: usize,
    /// Not accepted, and why, in plain words.
    pub refused: Vec<(SegmentId, Say)>,
    /// No more are begun.
    pub stopping: bool,
    /// None is on its way any more.
    pub ended: bool,
    /// How far the list is scrolled.
    pub scroll: Scroll,
}

impl Batch {
    /// Nothing is done yet.
    pub fn new(errand: Errand, all: usize) -> Self {
        Self {
            errand,
            all,
            done: 0,
            refused: Vec::new(),
            stopping: false,
            ended: false,
            scroll: Scroll::default(),
        }
    }
}
