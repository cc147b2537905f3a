//! Moments as people write them: `2026-11-01T08:00:00Z`, a day, which begins at midnight UTC, or how far away.

use super::{Timestamp, clock, span};
use crate::domain::words::{Say, say};

/// A moment to come; `2h` is in two hours.
///
/// # Errors
/// How one is written.
pub fn ahead(text: &str, now: Timestamp) -> Result<Timestamp, Say> {
    let text = text.trim();
    match span::parse(text) {
        Ok(time) => Ok(to_the_millisecond(clock::after(now, time))),
        Err(_) => fixed(text).ok_or_else(|| say!("moment-ahead-wrong", text = format!("{text:?}"))),
    }
}

/// A moment that was; `2h` is two hours ago.
///
/// # Errors
/// How one is written.
pub fn past(text: &str, now: Timestamp) -> Result<Timestamp, Say> {
    let text = text.trim();
    match span::parse(text) {
        Ok(time) => Ok(to_the_millisecond(clock::before(now, time))),
        Err(_) => fixed(text).ok_or_else(|| say!("moment-past-wrong", text = format!("{text:?}"))),
    }
}

/// Nobody means nanoseconds with `in two hours`; records keep milliseconds.
fn to_the_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

fn fixed(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    // A day's parser would drop an hour without a word.
    let day = if text.contains('T') { None } else { text.parse::<jiff::civil::Date>().ok() };
    day?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_days_times_and_spans() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        for (text, before, after) in [
            ("2026-11-01", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"),
            (" 2026-11-01T08:00:00+02:00", "2026-11-01T06:00:00Z", "2026-11-01T06:00:00Z"),
            ("2h", "2026-11-20T10:00:00Z", "2026-11-20T14:00:00Z"),
        ] {
            assert_eq!(past(text, now).unwrap().to_string(), before, "{text}");
            assert_eq!(ahead(text, now).unwrap().to_string(), after, "{text}");
        }
        let now = "2026-11-20T12:00:00.123456789Z".parse().unwrap();
        assert_eq!(ahead("2h", now).unwrap().to_string(), "2026-11-20T14:00:00.123Z");
        assert_eq!(past("2h", now).unwrap().to_string(), "2026-11-20T10:00:00.123Z");
        for bad in ["", "yesterday", "2026-13-01", "2026-11-01T08:00"] {
            assert!(past(bad, now).unwrap_err().to_string().contains("two hours ago"), "{bad}");
            assert!(ahead(bad, now).unwrap_err().to_string().contains("in two hours"), "{bad}");
        }
    }
}
