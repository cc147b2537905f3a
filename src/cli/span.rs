//! Times as arguments. Lengths are written as in the settings: `500ms`, `10s`, `5m`, `1h`.

use std::time::Duration;

use clap::Args;

use crate::domain::{Timestamp, clock, span};

/// `--timeout` of a command that waits.
#[derive(Debug, Clone, Args)]
pub(super) struct Timeout {
    /// Stop waiting after this time, e.g. 30s or 5m
    #[arg(long, value_name = "DURATION", value_parser = span::parse)]
    pub(super) timeout: Option<Duration>,
}

/// A moment to come: in how long, or as [`moment`] reads it.
pub(super) fn ahead(text: &str) -> Result<Timestamp, String> {
    match span::parse(text) {
        Ok(time) => Ok(clock::after(Timestamp::now(), time)),
        Err(_) => moment(text).map_err(|why| why.replace("2h for two hours ago", "2h for in two hours")),
    }
}

/// A moment: `2026-11-01T08:00:00Z`, a day, which begins at midnight UTC, or how long ago.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(ago) = span::parse(text) {
        return Ok(clock::before(Timestamp::now(), ago));
    }
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    // A day's parser would drop an hour without a word.
    let day = if text.contains('T') { None } else { text.parse::<jiff::civil::Date>().ok() };
    day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok()).map(|at| at.timestamp()).ok_or_else(|| {
        format!(
            "{text:?} is no moment; write it like 2026-11-01, 2026-11-01T08:00:00Z or 2h for two hours ago"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_days_times_and_spans() {
        let at = |text: &str| moment(text).unwrap().to_string();
        assert_eq!(at("2026-11-01"), "2026-11-01T00:00:00Z");
        assert_eq!(at("2026-11-01T08:00:00+02:00"), "2026-11-01T06:00:00Z");
        assert!(moment("2h").unwrap() < Timestamp::now());
        for wrong in ["", "yesterday", "2026-13-01", "2026-11-01T08:00"] {
            assert!(moment(wrong).unwrap_err().contains("no moment"), "{wrong}");
        }
    }
}
