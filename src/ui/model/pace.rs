//! How fast something moves, over its last seconds, and how long it will take. Pure: times are handed in.

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::Timestamp;

/// The speed is that of so many milliseconds.
const WINDOW: i64 = 5_000;

/// Samples closer together than this many milliseconds count as one.
const STEP: i64 = 100;

/// Less than so many milliseconds tell nothing yet.
const ENOUGH: i64 = 300;

/// Where something was, and when, over its last seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    samples: VecDeque<(i64, u64)>,
}

impl Pace {
    /// It was so far at this moment. Going back, in time or in bytes, begins anew.
    pub fn note(&mut self, at: Timestamp, done: u64) {
        let at = at.as_millisecond();
        if self.samples.back().is_some_and(|(last, so_far)| at < *last || done < *so_far) {
            self.samples.clear();
        }
        let replaces = self.samples.len() > 1
            && self.samples.iter().nth_back(1).is_some_and(|(before, _)| at - before < STEP);
        if replaces {
            self.samples.pop_back();
        }
        self.samples.push_back((at, done));
        // The oldest stays until the next one is old enough to stand for the whole window.
        while self.samples.get(1).is_some_and(|(second, _)| at - second >= WINDOW) {
            self.samples.pop_front();
        }
    }

    /// Bytes a second, once it is known.
    pub fn speed(&self) -> Option<u64> {
        let ((began, first), (ended, last)) = (self.samples.front()?, self.samples.back()?);
        let took = ended - began;
        (took >= ENOUGH).then(|| {
            let speed = u128::from(last - first) * 1000 / u128::from(took.unsigned_abs());
            u64::try_from(speed).unwrap_or(u64::MAX)
        })
    }

    /// How long so many bytes will take, once it is known; nothing while it stands still.
    pub fn left(&self, bytes: u64) -> Option<Duration> {
        let speed = self.speed().filter(|speed| *speed > 0)?;
        Some(Duration::from_secs(bytes.div_ceil(speed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(samples: &[(i64, u64)]) -> Pace {
        let mut pace = Pace::default();
        for (at, done) in samples {
            pace.note(Timestamp::from_millisecond(*at).unwrap(), *done);
        }
        pace
    }

    #[test]
    fn speed_is_that_of_the_last_seconds() {
        assert_eq!(pace(&[(0, 0)]).speed(), None);
        assert_eq!(pace(&[(0, 0), (200, 1000)]).speed(), None, "too short to tell");
        assert_eq!(pace(&[(0, 0), (1000, 500)]).speed(), Some(500));
        let slower: Vec<_> = (0..=200)
            .map(|n| (n * 100, if n < 100 { n as u64 * 1000 } else { 100_000 + (n as u64 - 100) * 10 }))
            .collect();
        assert_eq!(pace(&slower).speed(), Some(100), "the fast beginning is forgotten");
        assert!(pace(&slower).samples.len() <= 52);
    }

    #[test]
    fn a_crowd_of_samples_counts_and_is_not_kept() {
        let crowd = pace(&(0..=5000).map(|n| (n, n as u64)).collect::<Vec<_>>());
        assert_eq!(crowd.speed(), Some(1000));
        assert!(crowd.samples.len() <= 52, "{}", crowd.samples.len());
    }

    #[test]
    fn a_clock_set_back_or_a_new_beginning_counts_from_there() {
        assert_eq!(pace(&[(9000, 0), (10_000, 900), (3000, 1000), (4000, 1100)]).speed(), Some(100));
        assert_eq!(pace(&[(0, 0), (1000, 900), (2000, 0), (3000, 50)]).speed(), Some(50));
    }

    #[test]
    fn time_left_is_rounded_up_and_unknown_while_nothing_moves() {
        assert_eq!(pace(&[(0, 0), (1000, 100)]).left(250), Some(Duration::from_secs(3)));
        assert_eq!(pace(&[(0, 7), (1000, 7)]).left(250), None);
    }
}
