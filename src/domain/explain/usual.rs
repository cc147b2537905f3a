//! How long an install takes beside the last ones of its prefix.

use std::time::Duration;

use serde::Serialize;

use crate::domain::{InstallState, Timestamp, clock};

/// So many of the last installs are looked at.
pub(super) const LAST: usize = 10;

/// What is usual for the installs of a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usual {
    /// The mean time from begin to end, in seconds.
    pub mean_seconds: u64,
    /// Of how many installs, at most ten.
    pub installs: usize,
    /// So many seconds longer than the mean it is under way; absent: it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_seconds: Option<u64>,
}

impl Usual {
    /// From what ended ones took, the newest first; `None`: there is none.
    pub fn of(took: impl Iterator<Item = Duration>) -> Option<Self> {
        let (sum, installs) =
            took.take(LAST).fold((Duration::ZERO, 0), |(sum, n), took| (sum.saturating_add(took), n + 1));
        let mean = sum.as_secs().checked_div(u64::try_from(installs).unwrap_or(u64::MAX))?;
        Some(Self { mean_seconds: mean, installs, overdue_seconds: None })
    }

    /// For an install that began at `started_at` and is under way.
    #[must_use]
    pub fn beside(self, started_at: Option<Timestamp>, now: Timestamp) -> Self {
        let under_way = started_at.map_or(0, |at| clock::between(at, now).as_secs());
        let over = under_way.saturating_sub(self.mean_seconds);
        Self { overdue_seconds: (over > 0).then_some(over), ..self }
    }
}

/// How long an install took that came to its end by itself in its first attempt: what was cancelled, or timed out,
/// measures nothing, and a retry is about some of the seats only.
pub fn took(
    state: InstallState,
    attempt: u32,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
) -> Option<Duration> {
    let by_itself = matches!(state, InstallState::Succeeded | InstallState::Partial | InstallState::Failed);
    (by_itself && attempt == 1).then(|| Some(clock::between(started_at?, finished_at?))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_of_the_newest_ten_and_overdue_is_what_lies_beyond() {
        let seconds = |n: u64| Duration::from_secs(n);
        assert_eq!(Usual::of(std::iter::empty()), None);
        let three = Usual::of([10, 20, 60].into_iter().map(seconds)).unwrap();
        assert_eq!((three.mean_seconds, three.installs), (30, 3));
        let eleven = Usual::of([10; 10].into_iter().chain([1_000_000]).map(seconds)).unwrap();
        assert_eq!((eleven.mean_seconds, eleven.installs), (10, LAST));

        let began = Timestamp::UNIX_EPOCH;
        let over = |n: u64| three.beside(Some(began), clock::after(began, seconds(n))).overdue_seconds;
        assert_eq!((over(29), over(30), over(75)), (None, None, Some(45)));
        assert_eq!(three.beside(None, clock::after(began, seconds(900))).overdue_seconds, None);
    }

    #[test]
    fn only_what_came_to_its_end_by_itself_is_measured() {
        let at = |n: u64| Some(clock::after(Timestamp::UNIX_EPOCH, Duration::from_secs(n)));
        let of = |state| took(state, 1, at(5), at(12));
        assert_eq!(of(InstallState::Succeeded), Some(Duration::from_secs(7)));
        assert_eq!(of(InstallState::Partial), Some(Duration::from_secs(7)));
        assert_eq!(of(InstallState::Failed), Some(Duration::from_secs(7)));
        for state in [InstallState::Running, InstallState::Cancelled, InstallState::TimedOut] {
            assert_eq!(of(state), None);
        }
        assert_eq!(took(InstallState::Succeeded, 1, None, at(3)), None, "it never began");
        assert_eq!(took(InstallState::Succeeded, 2, at(5), at(12)), None, "of some seats");
    }
}
