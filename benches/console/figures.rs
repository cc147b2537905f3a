//! Times in order.

use std::time::Duration;

/// Sorted times.
pub struct Times(Vec<Duration>);

impl Times {
    pub fn of(times: impl Iterator<Item = Duration>) -> Self {
        let mut times: Vec<_> = times.collect();
        times.sort();
        Self(times)
    }

    /// The time that so many percent stay within.
    pub fn at(&self, percent: usize) -> Duration {
        let place = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(place).copied().unwrap_or_default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
