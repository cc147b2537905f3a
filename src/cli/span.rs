//! Lengths of time as arguments, written as in the settings: `500ms`, `10s`, `5m`, `1h`.

use std::time::Duration;

use clap::Args;

/// `--timeout` of a command that waits.
#[derive(Debug, Clone, Args)]
pub(super) struct Timeout {
    /// Stop waiting after this time, e.g. 30s or 5m
    #[arg(long, value_name = "DURATION", value_parser = parse)]
    pub(super) timeout: Option<Duration>,
}

/// Reads a length of time.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || "it is written like 500ms, 10s, 5m or 1h".to_owned();
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
