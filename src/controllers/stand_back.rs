//! Pauses of a process that might lead and could do nothing: whoever can gets the time to be first.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use super::Lead;
use super::kept_revision::Stranger;
use crate::domain::clock;
use crate::domain::words::Say;
use crate::service::Service;

/// The first pause, about.
const FIRST: Duration = Duration::from_secs(1);

/// The longest, about, unless eight lengths of the lease are shorter.
const LONGEST: Duration = Duration::from_secs(60);

/// A leadership that lasted so long was a good one: the pauses begin anew after it.
pub(super) const LASTED: Duration = Duration::from_secs(60);

/// How often this process stood back, one time after the other.
#[derive(Debug, Default)]
pub(super) struct StandBack {
    times: u32,
    /// Who else writes to the shared storage.
    pub(super) stranger: Stranger,
}

impl StandBack {
    /// Did it stand back, and has not led well since?
    pub(super) fn is_doubtful(&self) -> bool {
        self.times > 0
    }

    /// It leads well.
    pub(super) fn is_over(&mut self) {
        self.times = 0;
    }

    /// Stands back once more: for how long, and what there is to tell.
    pub(super) fn again(&mut self, service: &Service, why: Say) -> (Duration, Lead) {
        let now = service.clock.now();
        let most = LONGEST.min(service.settings.controllers.lease_ttl.saturating_mul(8)).max(FIRST);
        let doubled = FIRST.saturating_mul(1 << self.times.min(16)).min(most);
        self.times = self.times.saturating_add(1);
        // Two processes that stood back for the same reason come again at different moments. By name and time and not
        // by chance, so that a simulation goes the same way each time.
        let mut spread = DefaultHasher::new();
        (service.actor.label().raw(), now.as_millisecond(), self.times).hash(&mut spread);
        let share = f64::from(spread.finish() as u32) / f64::from(u32::MAX);
        let pause = doubled.mul_f64(0.75 + share / 2.0);
        (pause, Lead::StoodBack { why, until: clock::after(now, pause) })
    }
}
