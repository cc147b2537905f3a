//! The simulated executor: nothing is installed anywhere, but everything takes its time, and some of it fails.
//!
//! How long a job takes and how it ends is fixed by (seed, device, operation, segment, attempt), so two runs with
//! the same options show the same. Nothing runs between two looks: where a job stands follows from when it began.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use sha2::{Digest, Sha256};

use super::executor::{Begun, Executor, Job, Look};

/// How the simulated executor behaves.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedOptions {
    /// A job takes between half of this and one and a half times this, in seconds.
    pub seconds_per_seat: f64,
    /// How many of the jobs fail, 0 to 1.
    pub failure_rate: f64,
    /// Devices that do not answer.
    pub offline: BTreeSet<IpAddr>,
    /// Another seed: other durations, other failures.
    pub seed: u64,
}

impl Default for SimulatedOptions {
    fn default() -> Self {
        Self { seconds_per_seat: 2.0, failure_rate: 0.0, offline: BTreeSet::new(), seed: 0 }
    }
}

/// Why jobs fail here.
const REASONS: [&str; 5] = [
    "exit status 3 of install.sh",
    "no space left on device",
    "checksum of the transferred file does not match",
    "connection to the agent lost",
    "a running program holds files of the old version",
];

/// Pretends to install.
#[derive(Debug)]
pub struct Simulated {
    seconds_per_seat: f64,
    failure_rate: f64,
    seed: u64,
    offline: RwLock<BTreeSet<IpAddr>>,
    generation: AtomicU64,
}

impl Simulated {
    /// An executor that behaves so.
    pub fn new(options: SimulatedOptions) -> Self {
        Self {
            seconds_per_seat: options.seconds_per_seat,
            failure_rate: options.failure_rate,
            seed: options.seed,
            offline: RwLock::new(options.offline),
            generation: AtomicU64::new(1),
        }
    }

    /// Switches devices off and all others on. A job that has begun goes on.
    pub fn set_offline(&self, offline: BTreeSet<IpAddr>) {
        *self.offline.write().unwrap_or_else(PoisonError::into_inner) = offline;
        self.generation.fetch_add(1, Ordering::Relaxed);
    }

    /// Two numbers in 0..1 that belong to a job.
    fn dice(&self, job: &Job) -> (f64, f64) {
        let text =
            format!("{}\0{}\0{}\0{}\0{}", self.seed, job.device, job.op.as_str(), job.segment, job.attempt);
        let hash = Sha256::digest(text);
        let part = |range: std::ops::Range<usize>| {
            let number = hash[range].iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
            number as f64 / (u32::MAX as f64 + 1.0)
        };
        (part(0..4), part(4..8))
    }
}

impl Executor for Simulated {
    fn is_online(&self, device: IpAddr) -> bool {
        !self.offline.read().unwrap_or_else(PoisonError::into_inner).contains(&device)
    }

    fn online_generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    fn begin(&self, job: &Job, now_ms: i64) -> Begun {
        let (luck, pace) = self.dice(job);
        let whole = (self.seconds_per_seat * 1000.0 * (0.5 + pace)) as i64;
        // The failures are the lower part of the range, so that its place there can choose reason and moment.
        let fails = luck < self.failure_rate;
        let place = if fails { luck / self.failure_rate } else { 0.0 };
        let stop_at = if fails { 10 + (place * 80.0) as i64 } else { 100 };
        let reason = if fails { ((place * 997.0) as usize % REASONS.len()) as i64 } else { -1 };
        let due_ms = now_ms.saturating_add(whole * stop_at / 100);
        Begun { ticket: Ticket { began: now_ms, whole, stop_at, reason }.write(), due_ms }
    }

    fn look(&self, _job: &Job, ticket: &str, now_ms: i64) -> Look {
        let Some(ticket) = Ticket::read(ticket) else {
            return Look::Ended {
                at_ms: now_ms,
                outcome: Err((0, "the executor lost track of it".to_owned())),
            };
        };
        let end = ticket.began.saturating_add(ticket.whole * ticket.stop_at / 100);
        if now_ms >= end {
            let reason = usize::try_from(ticket.reason).ok().and_then(|index| REASONS.get(index));
            let outcome = match reason {
                None => Ok(()),
                Some(reason) => Err((ticket.stop_at as u8, (*reason).to_owned())),
            };
            return Look::Ended { at_ms: end, outcome };
        }
        let percent = ((now_ms - ticket.began).max(0) * 100 / ticket.whole.max(1)).clamp(0, 99);
        let since_ms = ticket.began + ticket.whole * percent / 100;
        Look::Running { percent: percent as u8, since_ms, due_ms: end }
    }

    fn stop(&self, _job: &Job, _ticket: &str) -> bool {
        true
    }
}

/// The course of a job, fixed when it begins.
struct Ticket {
    began: i64,
    whole: i64,
    /// The percent at which it ends.
    stop_at: i64,
    /// Index of the reason it fails for; -1 if it does not.
    reason: i64,
}

impl Ticket {
    fn write(&self) -> String {
        format!("{} {} {} {}", self.began, self.whole, self.stop_at, self.reason)
    }

    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ').map(str::parse);
        let mut next = || numbers.next().and_then(Result::ok);
        Some(Self { began: next()?, whole: next()?, stop_at: next()?, reason: next()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SeatOp;

    fn job(device: u8, attempt: u32) -> Job {
        Job {
            number: 1,
            device: IpAddr::from([10, 0, 0, device]),
            op: SeatOp::Install,
            uid: "u".to_owned(),
            segment: "a@1".to_owned(),
            attempt,
        }
    }

    fn end(executor: &Simulated, job: &Job) -> Result<(), (u8, String)> {
        let begun = executor.begin(job, 1_000);
        assert!(matches!(executor.look(job, &begun.ticket, begun.due_ms - 1), Look::Running { .. }));
        match executor.look(job, &begun.ticket, begun.due_ms) {
            Look::Ended { at_ms, outcome } => {
                assert_eq!(at_ms, begun.due_ms);
                outcome
            }
            running => panic!("{running:?}"),
        }
    }

    #[test]
    fn the_same_seed_shows_the_same_and_the_rate_holds() {
        let options = SimulatedOptions { failure_rate: 0.25, ..SimulatedOptions::default() };
        let one = Simulated::new(options.clone());
        let two = Simulated::new(options.clone());
        let other = Simulated::new(SimulatedOptions { seed: 7, ..options });
        let run = |executor: &Simulated| -> Vec<_> {
            (0..=255).map(|device| end(executor, &job(device, 1))).collect()
        };
        assert_eq!(run(&one), run(&two));
        assert_ne!(run(&one), run(&other));
        let failed = run(&one).iter().filter(|end| end.is_err()).count();
        assert!((40..90).contains(&failed), "{failed} of 256");
        assert!(run(&one).iter().flat_map(|end| end.as_ref().err()).all(|(percent, _)| *percent < 100));
    }

    #[test]
    fn rates_of_0_and_1_are_exact() {
        for (rate, fails) in [(0.0, false), (1.0, true)] {
            let executor =
                Simulated::new(SimulatedOptions { failure_rate: rate, ..SimulatedOptions::default() });
            assert!((0..=255).all(|device| end(&executor, &job(device, 1)).is_err() == fails));
        }
    }
}
