//! Moments as people write them: `2026-11-01T08:00:00Z`, a day, or how far away. Where it is known by which
//! clock they read and write, `2026-11-01 08:00` too; elsewhere a day begins at midnight UTC.

use jiff::Zoned;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::{Timestamp, clock, span};
use crate::domain::words::{Say, say};

/// A moment to come, by the clock of `zone`; `2h` is in two hours.
///
/// # Errors
/// How one is written.
pub fn ahead(text: &str, now: Timestamp, zone: Option<&TimeZone>) -> Result<Timestamp, Say> {
    let text = text.trim();
    match span::parse(text) {
        Ok(time) => Ok(to_the_millisecond(clock::after(now, time))),
        Err(_) => fixed(text, zone).ok_or_else(|| {
            let text = format!("{text:?}");
            match zone {
                Some(_) => say!("moment-here-wrong", text = text),
                None => say!("moment-ahead-wrong", text = text),
            }
        }),
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
        Err(_) => fixed(text, None).ok_or_else(|| say!("moment-past-wrong", text = format!("{text:?}"))),
    }
}

/// Nobody means nanoseconds with `in two hours`; records keep milliseconds.
fn to_the_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

fn fixed(text: &str, zone: Option<&TimeZone>) -> Option<Timestamp> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    // The parsers below would drop a zone, and that of a day an hour, without a word.
    let zoned = if text.contains('[') {
        text.parse::<Zoned>().ok()?
    } else if let Some(zone) = zone {
        text.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok()?
    } else {
        let day = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        day.then(|| text.parse::<Date>().ok())??.to_zoned(TimeZone::UTC).ok()?
    };
    Some(zoned.timestamp())
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
            assert_eq!(ahead(text, now, None).unwrap().to_string(), after, "{text}");
        }
        let now = "2026-11-20T12:00:00.123456789Z".parse().unwrap();
        assert_eq!(ahead("2h", now, None).unwrap().to_string(), "2026-11-20T14:00:00.123Z");
        assert_eq!(past("2h", now).unwrap().to_string(), "2026-11-20T10:00:00.123Z");
        for bad in ["", "yesterday", "2026-13-01", "2026-11-01T08:00", "2026-11-01 08:00", "2026-11-01[UTC"] {
            assert!(past(bad, now).unwrap_err().to_string().contains("two hours ago"), "{bad}");
            assert!(ahead(bad, now, None).unwrap_err().to_string().contains("in two hours"), "{bad}");
        }
    }

    #[test]
    fn a_moment_is_read_by_the_clock_it_was_written_by() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let shanghai = TimeZone::fixed(jiff::tz::offset(8));
        for (text, at) in [
            ("2026-12-01", "2026-11-30T16:00:00Z"),
            ("2026-12-01 22:30", "2026-12-01T14:30:00Z"),
            ("2026-12-01T22:30:15", "2026-12-01T14:30:15Z"),
            ("2026-12-01T22:30Z", "2026-12-01T22:30:00Z"),
            ("2026-12-01T22:30[UTC]", "2026-12-01T22:30:00Z"),
            ("2h", "2026-11-20T14:00:00Z"),
        ] {
            assert_eq!(ahead(text, now, Some(&shanghai)).unwrap().to_string(), at, "{text}");
        }
        for bad in ["2026-12-01 25:00", "22:30", "2026-12-01T22:30[Nowhere/Here]", "tomorrow"] {
            assert!(ahead(bad, now, Some(&shanghai)).is_err(), "{bad}");
        }
    }
}
