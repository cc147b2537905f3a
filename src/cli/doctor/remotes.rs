//! The platforms: do they answer?

use std::time::Instant;

use super::Check;
use crate::cli::{open, show};
use crate::domain::RemoteKind;
use crate::remote::{Meaning, RemoteError};
use crate::settings::Settings;

/// Lists a page of each, and the devices where it installs.
pub(super) async fn check(settings: &Settings, checks: &mut Vec<Check>) {
    let remotes = match open::remotes(settings) {
        Ok(remotes) => remotes,
        Err(error) => {
            checks.push(Check::fail("remotes", error.message, "see [sdp] and [store15s]"));
            return;
        }
    };
    for kind in RemoteKind::ALL {
        let name = kind.as_str();
        let Some(repository) = remotes.repository(kind) else {
            checks.push(Check::warn(
                name,
                "not configured",
                format!(
                    "set {name}.endpoint, or try `segdeck demo`; .{} segments need it",
                    kind.format().as_str()
                ),
            ));
            continue;
        };
        let begun = Instant::now();
        checks.push(match repository.list("").await {
            Ok(page) => Check::ok(
                name,
                format!(
                    "{}: {}{} segments, answered in {}",
                    endpoint(settings, kind),
                    page.segments.len(),
                    if page.next.is_empty() { "" } else { " and more" },
                    show::span(begun.elapsed())
                ),
            ),
            Err(error) => failed(name, kind, &error),
        });
        if let Some(deployment) = remotes.deployment(kind) {
            checks.push(match deployment.list_devices().await {
                Ok(devices) => {
                    let online = devices.known.iter().filter(|device| device.online).count();
                    Check::ok("devices", format!("{} known to {name}, {online} online", devices.known.len()))
                }
                Err(error) => failed("devices", kind, &error),
            });
        }
    }
}

fn endpoint(settings: &Settings, kind: RemoteKind) -> &str {
    match kind {
        RemoteKind::Sdp => &settings.sdp.endpoint,
        RemoteKind::Store15s => &settings.store15s.endpoint,
    }
}

fn failed(check: &'static str, kind: RemoteKind, error: &RemoteError) -> Check {
    let name = kind.as_str();
    let mend = match error.meaning {
        Meaning::NotAuthenticated => format!("see {name}.token_file, {name}.cert_file and {name}.key_file"),
        Meaning::Unclear | Meaning::Later(_) => {
            format!("see {name}.endpoint and {name}.ca_file; is the platform running?")
        }
        Meaning::Refused | Meaning::Exists | Meaning::NotFound | Meaning::OtherPlatform => {
            format!("the platform answers but refuses: is {name}.endpoint the right one?")
        }
    };
    Check::away(check, error.to_string(), mend)
}
