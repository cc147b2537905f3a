//! Settings from the places that the arguments and the process name.

use super::arguments::Global;
use super::exit::Failure;
use crate::settings::{Origin, Provenance, Settings, SettingsError, Sources};

/// Where settings come from for this process.
pub(super) fn sources(global: &Global) -> Sources {
    Sources { config: global.config.clone(), set: global.set.clone(), ..Sources::of_process() }
}

/// Loads them; a fault in a flag is wrong usage, anywhere else an invalid setting.
pub(super) fn settings(sources: &Sources) -> Result<(Settings, Provenance), Failure> {
    Settings::load(sources).map_err(|error| {
        let flag = matches!(
            &error,
            SettingsError::BadSet { .. }
                | SettingsError::Unknown { origin: Origin::Flag, .. }
                | SettingsError::Wrong { origin: Origin::Flag, .. }
        );
        if flag { Failure::usage(error.to_string()) } else { Failure::invalid(error.to_string()) }
    })
}
