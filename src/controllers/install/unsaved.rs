//! What a step has changed in memory and nobody has written yet: it goes with the next write, so that an install of
//! many seats writes its summary once for all that a poll brings with it.
//!
//! Nothing is lost with it that the store does not know how to find again: a task that was taken stands as an open
//! intent until then, what a poll said is said again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{SeatId, SeatOp, Shard};

/// Most often that a summary is written where nothing hurries.
const PACE: Duration = Duration::from_secs(1);

/// When something has to be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// There is nothing to write.
    #[default]
    Nothing,
    /// With what the next poll brings.
    WithNext,
    /// Before this look at the install ends.
    Now,
}

/// Changes of an install, beside those of its summary.
#[derive(Debug, Clone, Default)]
pub(in crate::controllers) struct Unsaved {
    /// Shards of the log that changed.
    pub(super) touched: BTreeSet<Shard>,
    /// Seats that moved in the installed lists.
    pub(super) moved: BTreeMap<Shard, Vec<(SeatId, SeatOp)>>,
    pub(super) due: Due,
    written: Option<Instant>,
}

impl Unsaved {
    /// All of it is in the store now.
    pub(super) fn written() -> Self {
        Self { written: Some(Instant::now()), ..Self::default() }
    }

    /// Does it have to be written before the look ends, where the next one comes after this pause?
    pub(super) fn must_be_written(&self, pause: Option<Duration>, poll_interval: Duration) -> bool {
        match self.due {
            Due::Nothing => false,
            Due::WithNext => pause.is_none_or(|pause| pause > poll_interval),
            Due::Now => true,
        }
    }

    /// How long a write has to wait that would not go with another one.
    pub(super) fn rest(&self, poll_interval: Duration) -> Option<Duration> {
        let next = self.written? + poll_interval.min(PACE);
        let rest = next.saturating_duration_since(Instant::now());
        (self.due != Due::Now && !rest.is_zero()).then_some(rest)
    }
}
