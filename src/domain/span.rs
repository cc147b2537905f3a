//! Durations as they are written: `500ms`, `10s`, `5m`, `1h`, `2d`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::words::{Say, say};

/// A duration that records and people write so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(pub Duration);

impl FromStr for Span {
    type Err = Say;

    fn from_str(text: &str) -> Result<Self, Say> {
        parse(text).map(Self)
    }
}

impl TryFrom<String> for Span {
    type Error = Say;

    fn try_from(text: String) -> Result<Self, Say> {
        text.parse()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(self.0))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

/// As it is written, in the largest unit that leaves nothing over.
pub fn shown(duration: Duration) -> String {
    match duration.as_millis() {
        0 => "0s".to_owned(),
        ms if ms % 3_600_000 == 0 => format!("{}h", ms / 3_600_000),
        ms if ms % 60_000 == 0 => format!("{}m", ms / 60_000),
        ms if ms % 1_000 == 0 => format!("{}s", ms / 1_000),
        ms => format!("{ms}ms"),
    }
}

/// Reads a duration.
///
/// # Errors
/// How one is written.
pub fn parse(text: &str) -> Result<Duration, Say> {
    let wrong = || say!("span-wrong", text = format!("{text:?}"));
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(ms).map(Duration::from_millis).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (text, ms) in [("0", 0), ("0s", 0), ("500ms", 500), ("10s", 10_000), ("2d", 172_800_000)] {
            assert_eq!(parse(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for bad in ["", "10", "s", "-1s", "1.5s", "1 s", "1w", "99999999999999999999s", "999999999999999999d"]
        {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
