//! Lengths of time as arguments, written as in the settings: `500ms`, `10s`, `5m`, `1h`.

use std::time::Duration;

use clap::Args;

use crate::settings::parse_span;

/// `--timeout` of a command that waits.
#[derive(Debug, Clone, Args)]
pub(super) struct Timeout {
    /// Stop waiting after this time, e.g. 30s or 5m
    #[arg(long, value_name = "DURATION", value_parser = parse_span)]
    pub(super) timeout: Option<Duration>,
}
