//! How values look in a table.

use std::time::Duration;

use crate::domain::{FreeText, Timestamp};

/// Free text; the table makes it safe.
pub(super) fn text(text: &FreeText) -> String {
    text.raw().to_owned()
}

/// A moment, to the second.
pub(super) fn time(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// A moment that may not have come.
pub(super) fn time_or_none(at: Option<Timestamp>) -> String {
    at.map(time).unwrap_or_default()
}

/// A size for people: `1.4 MiB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// How far something is: `1.0 MiB of 4.0 MiB, 25%`.
pub(super) fn part(done: u64, total: u64) -> String {
    let percent = (u128::from(done) * 100).checked_div(u128::from(total)).unwrap_or(100).min(100);
    format!("{} of {}, {percent}%", size(done), size(total))
}

/// A short length of time: `12 ms`, `1.3 s`.
pub(super) fn span(span: Duration) -> String {
    match span.as_millis() {
        ms @ 0..1000 => format!("{ms} ms"),
        ms => format!("{:.1} s", ms as f64 / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(200 * 1024 * 1024), "200.0 MiB");
    }
}
