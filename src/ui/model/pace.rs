//! How fast something moves, over its last seconds, and how long it will take. Pure: times are handed in.

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::Timestamp;

/// Where something was, and when, over its last seconds. All times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// The speed is that of so long.
    window: i64,
    /// Samples closer together than this count as one.
    step: i64,
    samples: VecDeque<(i64, u64)>,
}

impl Pace {
    /// Of bytes, which come by the thousand.
    pub fn of_bytes() -> Self {
        Self { window: 5_000, step: 100, samples: VecDeque::new() }
    }

    /// Of seats, which come to their end in bursts: a minute makes them even.
    pub fn of_seats() -> Self {
        Self { window: 60_000, step: 1_000, samples: VecDeque::new() }
    }

    /// It was so far at this moment. Going back, in time or in bytes, begins anew.
    pub fn note(&mut self, at: Timestamp, done: u64) {
        let at = at.as_millisecond();
        if self.samples.back().is_some_and(|(last, so_far)| at < *last || done < *so_far) {
            self.samples.clear();
        }
        let replaces = self.samples.len() > 1
            && self.samples.iter().nth_back(1).is_some_and(|(before, _)| at - before < self.step);
        if replaces {
            self.samples.pop_back();
        }
        self.samples.push_back((at, done));
        // The oldest stays until the next one is old enough to stand for the whole window.
        while self.samples.get(1).is_some_and(|(second, _)| at - second >= self.window) {
            self.samples.pop_front();
        }
    }

    /// How many come in this time, once it is known.
    pub fn per(&self, time: Duration) -> Option<u64> {
        let (done, took) = self.lately()?;
        u64::try_from(u128::from(done) * time.as_millis() / took).ok()
    }

    /// How long so many will take, once it is known, in whole seconds; nothing while it stands still.
    pub fn left(&self, rest: u64) -> Option<Duration> {
        let (done, took) = self.lately().filter(|(done, _)| *done > 0)?;
        let seconds = (u128::from(rest) * took).div_ceil(u128::from(done) * 1000);
        u64::try_from(seconds).ok().map(Duration::from_secs)
    }

    /// How many came in each of so many equal parts of the window, the last one at the end; fewer where it began later.
    pub fn parts(&self, count: usize) -> Vec<u64> {
        let (Some((began, _)), Some((ended, _))) = (self.samples.front(), self.samples.back()) else {
            return Vec::new();
        };
        let length = self.window / i64::try_from(count.max(1)).unwrap_or(i64::MAX);
        let done_at = |at: i64| {
            let known = self.samples.partition_point(|(sample, _)| *sample <= at);
            self.samples.get(known.saturating_sub(1)).map_or(0, |(_, done)| *done)
        };
        let ends = (0..count).rev().map(|back| ended - length * i64::try_from(back).unwrap_or(0));
        ends.filter(|end| end > began).map(|end| done_at(end).saturating_sub(done_at(end - length))).collect()
    }

    /// What was done over the window, and in how long; nothing while that is too short to tell.
    fn lately(&self) -> Option<(u64, u128)> {
        let ((began, first), (ended, last)) = (self.samples.front()?, self.samples.back()?);
        let took = ended - began;
        (took >= 3 * self.step).then(|| (last - first, u128::from(took.unsigned_abs())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pace(samples: &[(i64, u64)]) -> Pace {
        let mut pace = Pace::of_bytes();
        for (at, done) in samples {
            pace.note(Timestamp::from_millisecond(*at).unwrap(), *done);
        }
        pace
    }

    #[test]
    fn speed_is_that_of_the_last_seconds() {
        assert_eq!(pace(&[(0, 0)]).per(SECOND), None);
        assert_eq!(pace(&[(0, 0), (200, 1000)]).per(SECOND), None, "too short to tell");
        assert_eq!(pace(&[(0, 0), (1000, 500)]).per(SECOND), Some(500));
        let slower: Vec<_> = (0..=200)
            .map(|n| (n * 100, if n < 100 { n as u64 * 1000 } else { 100_000 + (n as u64 - 100) * 10 }))
            .collect();
        assert_eq!(pace(&slower).per(SECOND), Some(100), "the fast beginning is forgotten");
        assert!(pace(&slower).samples.len() <= 52);
    }

    #[test]
    fn a_crowd_of_samples_counts_and_is_not_kept() {
        let crowd = pace(&(0..=5000).map(|n| (n, n as u64)).collect::<Vec<_>>());
        assert_eq!(crowd.per(SECOND), Some(1000));
        assert!(crowd.samples.len() <= 52, "{}", crowd.samples.len());
    }

    #[test]
    fn a_clock_set_back_or_a_new_beginning_counts_from_there() {
        assert_eq!(pace(&[(9000, 0), (10_000, 900), (3000, 1000), (4000, 1100)]).per(SECOND), Some(100));
        assert_eq!(pace(&[(0, 0), (1000, 900), (2000, 0), (3000, 50)]).per(SECOND), Some(50));
    }

    #[test]
    fn parts_tell_when_how_much_came() {
        let mut pace = Pace::of_seats();
        for (at, done) in [(0, 0), (10_000, 5), (30_000, 5), (59_000, 6), (60_000, 9)] {
            pace.note(Timestamp::from_millisecond(at).unwrap(), done);
        }
        assert_eq!(pace.parts(6), [5, 0, 0, 0, 0, 4]);
        assert_eq!(pace.per(Duration::from_secs(60)), Some(9));
        assert_eq!(pace.left(3), Some(Duration::from_secs(20)));
        assert!(Pace::of_seats().parts(6).is_empty());
    }

    #[test]
    fn time_left_is_rounded_up_and_unknown_while_nothing_moves() {
        assert_eq!(pace(&[(0, 0), (1000, 100)]).left(250), Some(Duration::from_secs(3)));
        assert_eq!(pace(&[(0, 7), (1000, 7)]).left(250), None);
    }
}
