//! Times as arguments. Lengths are written as in the settings: `500ms`, `10s`, `5m`, `1h`.

use std::time::Duration;

use clap::Args;

use crate::domain::words::Say;
use crate::domain::{Timestamp, moment, span};

/// `--timeout` of a command that waits.
#[derive(Debug, Clone, Args)]
pub(super) struct Timeout {
    /// Stop waiting after this time, e.g. 30s or 5m
    #[arg(long, value_name = "DURATION", value_parser = span::parse)]
    pub(super) timeout: Option<Duration>,
}

/// A moment that was, as [`moment::past`] reads it.
pub(super) fn moment(text: &str) -> Result<Timestamp, Say> {
    moment::past(text, Timestamp::now())
}
