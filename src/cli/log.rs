//! The log of a process that stays: the console, the controllers, the platform.

use std::path::Path;

use super::arguments::Command;
use super::exit::Failure;
use crate::telemetry::{LEVEL_VARIABLE, Options, Telemetry};

/// Starts it; keep what comes back for as long as there is something to tell.
pub(super) fn start(data_dir: Option<&Path>, stderr: bool) -> Result<Telemetry, Failure> {
    let level = std::env::var(LEVEL_VARIABLE).ok();
    let options = Options { data_dir, level: level.as_deref(), stderr };
    Telemetry::start(&options).map_err(|error| Failure::usage(error.to_string()))
}

/// For commands that come and go: to stderr, where a level is set; else what they say is enough.
pub(super) fn if_asked(command: &Command) -> Result<Option<Telemetry>, Failure> {
    let stays = matches!(command, Command::Controller(_));
    let asked = std::env::var_os(LEVEL_VARIABLE).is_some_and(|level| !level.is_empty());
    if asked && !stays { start(None, true).map(Some) } else { Ok(None) }
}
