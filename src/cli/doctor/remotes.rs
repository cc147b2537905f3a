//! The platforms: do they answer, and are they those of the records?

use std::time::Instant;

use super::Check;
use crate::cli::{open, show};
use crate::domain::RemoteKind;
use crate::remote::{Meaning, RemoteError, SegmentRepository};
use crate::service::{self, PlatformState};
use crate::settings::Settings;
use crate::store::Store;

/// Lists a page of each, and the devices where it installs.
pub(super) async fn check(settings: &Settings, store: Option<&dyn Store>, checks: &mut Vec<Check>) {
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
        if let Some(store) = store {
            let is_other = whose(settings, store, &**repository, kind, checks).await;
            // It would refuse whatever else it is asked.
            if is_other {
                continue;
            }
        }
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

/// Is it another platform than the one of the records? What does not answer is told by the next check.
async fn whose(
    settings: &Settings,
    store: &dyn Store,
    repository: &dyn SegmentRepository,
    kind: RemoteKind,
    checks: &mut Vec<Check>,
) -> bool {
    let check = match kind {
        RemoteKind::Sdp => "sdp platform",
        RemoteKind::Store15s => "store15s platform",
    };
    let named = |platform: Option<String>| platform.unwrap_or_else(|| "one without an identity".to_owned());
    let shown = match service::show_platform(store, repository, settings, kind).await {
        Ok(shown) => shown,
        Err(error) => {
            checks.push(Check::fail(check, error.message, "see the store's checks"));
            return false;
        }
    };
    let is_other = shown.state == PlatformState::Other;
    checks.push(match (shown.state, shown.pinned_at) {
        (PlatformState::Same, Some(since)) => Check::ok(
            check,
            format!("{}, that of the records since {}", named(shown.found), show::time(since)),
        ),
        (PlatformState::Same | PlatformState::Unpinned, _) => {
            Check::ok(check, format!("{}; whoever leads will write it down", named(shown.found)))
        }
        (PlatformState::Other, _) => {
            let why = shown.reason.map(|why| why.to_string()).unwrap_or_default();
            let mend = format!("set {kind}.endpoint, or `segdeck remote adopt {kind} --reason TEXT`");
            Check::fail(check, why, mend)
        }
        (PlatformState::Away, _) => return false,
    });
    is_other
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
        Meaning::OtherPlatform => format!("see `segdeck remote show`; is {name}.endpoint the right one?"),
        Meaning::Refused | Meaning::Exists | Meaning::NotFound => {
            format!("the platform answers but refuses: is {name}.endpoint the right one?")
        }
    };
    Check::away(check, error.to_string(), mend)
}
