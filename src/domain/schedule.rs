//! When an install may begin, and how long anything of it may take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::span::Span;
use super::{Timestamp, clock};
use crate::domain::words::{Say, say};

/// The `schedule` of a strategy; what is absent is as the settings say, or not limited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schedule {
    /// No seat is sent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_at: Option<Timestamp>,
    /// No seat begins after; what runs comes to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_at: Option<Timestamp>,
    /// From a seat's task to the first sign of work on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pickup_deadline: Option<Span>,
    /// Between two signs of work on a seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress_deadline: Option<Span>,
    /// From the beginning of an attempt to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_deadline: Option<Span>,
}

/// What a deadline may be; as those of the settings.
const DEADLINES: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(365 * 24 * 3600);

impl Schedule {
    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Does it make sense for an install that is asked for now?
    ///
    /// # Errors
    /// What is wrong, for the operator.
    pub fn check(&self, now: Timestamp) -> Result<(), Say> {
        for (name, deadline) in [
            ("pickup-deadline", self.pickup_deadline),
            ("progress-deadline", self.progress_deadline),
            ("total-deadline", self.total_deadline),
        ] {
            if deadline.is_some_and(|Span(deadline)| !DEADLINES.contains(&deadline)) {
                return Err(say!("schedule-deadline", name = name));
            }
        }
        let begin = self.start_at.unwrap_or(now).max(now);
        match self.expire_at.filter(|at| *at <= begin) {
            Some(at) => Err(say!("schedule-expired", at = at)),
            None => Ok(()),
        }
    }

    /// From when an attempt counts that somebody took up at `started_at`.
    pub fn begins(&self, started_at: Timestamp) -> Timestamp {
        self.start_at.map_or(started_at, |at| at.max(started_at))
    }

    /// When an attempt is over, whatever became of it.
    pub fn ends(&self, started_at: Timestamp, default: Duration) -> Timestamp {
        let Span(total) = self.total_deadline.unwrap_or(Span(default));
        clock::after(self.begins(started_at), total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_schedule_that_makes_no_sense_is_refused() {
        let now = at("2026-11-24T20:00:00Z");
        let of = |start: Option<&str>, expire: Option<&str>| Schedule {
            start_at: start.map(at),
            expire_at: expire.map(at),
            ..Schedule::default()
        };
        let (early, late) = (Some("2026-11-24T22:00:00Z"), Some("2026-11-25T04:00:00Z"));
        assert_eq!(of(early, late).check(now), Ok(()));
        assert_eq!(of(Some("2026-11-01T00:00:00Z"), late).check(now), Ok(()), "at once");
        assert!(of(late, early).check(now).is_err());
        assert!(of(None, Some("2026-11-24T19:00:00Z")).check(now).is_err());
        let short = Schedule { total_deadline: Some(Span(Duration::ZERO)), ..Schedule::default() };
        assert!(short.check(now).is_err());
    }

    #[test]
    fn time_runs_from_the_beginning() {
        let schedule = Schedule {
            start_at: Some(at("2026-11-24T22:00:00Z")),
            total_deadline: Some(Span(Duration::from_secs(3600))),
            ..Schedule::default()
        };
        let day = Duration::from_secs(86_400);
        assert_eq!(schedule.ends(at("2026-11-24T20:00:00Z"), day), at("2026-11-24T23:00:00Z"));
        assert_eq!(
            schedule.ends(at("2026-11-24T22:30:00Z"), day),
            at("2026-11-24T23:30:00Z"),
            "a later attempt"
        );
        assert_eq!(Schedule::default().ends(at("2026-11-24T20:00:00Z"), day), at("2026-11-25T20:00:00Z"));
    }

    #[test]
    fn it_is_written_as_people_write_it() {
        let text = r#"{"startAt":"2026-11-24T22:00:00Z","pickupDeadline":"30m"}"#;
        let schedule: Schedule = serde_json::from_str(text).unwrap();
        assert_eq!(schedule.pickup_deadline, Some(Span(Duration::from_secs(1800))));
        assert_eq!(serde_json::to_string(&schedule).unwrap(), text);
    }
}
