//! What the value of each setting may be, and how that is said to a person.

use std::ops::RangeInclusive;
use std::time::Duration;

use url::Url;

use super::{Backend, Settings};
use crate::domain::strategy::{self, Gate, Share, Strategy};
use crate::domain::windows::Windows;

const DAY: u64 = 24 * 60 * 60 * 1000;

/// Is the value of this one setting within its range?
pub(super) fn alone(key: &str, settings: &Settings) -> bool {
    let controllers = &settings.controllers;
    let install = &settings.install;
    match key {
        "store.endpoints" => settings.store.endpoints.iter().all(|endpoint| is_endpoint(endpoint)),
        "store.prefix" => is_root(&settings.store.prefix),
        "storage.url" => settings.storage.url.is_empty() || is_storage(&settings.storage.url),
        "sdp.endpoint" => settings.sdp.endpoint.is_empty() || is_endpoint(&settings.sdp.endpoint),
        "store15s.endpoint" => {
            settings.store15s.endpoint.is_empty() || is_endpoint(&settings.store15s.endpoint)
        }
        "controllers.lease_ttl" => within(controllers.lease_ttl, 2_000..=3_600_000),
        "controllers.retry_limit" => controllers.retry_limit <= 1_000,
        "controllers.retry_interval" => within(controllers.retry_interval, 10..=DAY),
        "controllers.poll_interval" => within(controllers.poll_interval, 10..=3_600_000),
        "controllers.sync_interval" => {
            controllers.sync_interval.is_zero() || within(controllers.sync_interval, 1_000..=30 * DAY)
        }
        "controllers.sweep_interval" => within(controllers.sweep_interval, 1_000..=30 * DAY),
        "sync.max_delete_percent" => settings.sync.max_delete_percent <= 100,
        "trash.keep" => {
            settings.trash.keep.is_zero() || within(settings.trash.keep, 3_600_000..=36_500 * DAY)
        }
        "audit.max_age" => {
            settings.audit.max_age.is_zero() || within(settings.audit.max_age, 3_600_000..=36_500 * DAY)
        }
        "audit.max_entries" => settings.audit.max_entries == 0 || settings.audit.max_entries >= 100,
        "install.pickup_deadline" => within(install.pickup_deadline, 1_000..=365 * DAY),
        "install.progress_deadline" => within(install.progress_deadline, 1_000..=365 * DAY),
        "install.total_deadline" => within(install.total_deadline, 1_000..=365 * DAY),
        "install.waves" => strategy::list::<Share>(&install.waves).is_ok(),
        "install.max_failures" => strategy::list::<Share>(&install.max_failures).is_ok(),
        "install.gates" => strategy::list::<Gate>(&install.gates).is_ok(),
        "install.max_concurrent_seats" => (1..=20_000).contains(&install.max_concurrent_seats),
        "notices.command" => {
            settings.notices.command.first().is_none_or(|program| !program.trim().is_empty())
        }
        "notices.webhook" => settings.notices.webhook.is_empty() || is_address(&settings.notices.webhook),
        "notices.timeout" => within(settings.notices.timeout, 100..=600_000),
        "upload.max_file_size" => settings.upload.max_file_size > 0,
        "upload.max_unpacked_size" => settings.upload.max_unpacked_size > 0,
        "upload.max_ratio" => settings.upload.max_ratio > 0,
        "upload.max_entries" => (1..=1_000_000).contains(&settings.upload.max_entries),
        "upload.max_directory_size" => (1..=1 << 30).contains(&settings.upload.max_directory_size),
        "upload.max_name_length" => (1..=65_535).contains(&settings.upload.max_name_length),
        "upload.max_depth" => (1..=1_000).contains(&settings.upload.max_depth),
        "ui.language" => matches!(settings.ui.language.as_str(), "auto" | "en" | "zh-CN"),
        "ui.theme" => is_theme(&settings.ui.theme),
        "ui.glyphs" => matches!(settings.ui.glyphs.as_str(), "unicode" | "ascii"),
        "ui.notify" => matches!(settings.ui.notify.as_str(), "off" | "bell" | "message"),
        "ui.frame_interval" => within(settings.ui.frame_interval, 1..=1_000),
        _ => true,
    }
}

/// What a setting must be, for a sentence that begins with its name.
pub(super) fn expected(key: &str) -> Option<&'static str> {
    Some(match key {
        "store.backend" => "embedded or etcd",
        "store.endpoints" => "addresses like https://host:2379, without user, password or path",
        "store.prefix" => {
            "a key like /segdeck: a leading slash, no trailing one, letters, digits and . _ - / only"
        }
        "storage.url" => "file:///folder or s3://bucket/prefix, without user, password, ? or #",
        "sdp.endpoint" | "store15s.endpoint" => {
            "http://host:port or https://host:port, without user, password or path"
        }
        "controllers.lease_ttl" => "a duration from 2s to 1h",
        "controllers.retry_limit" => "a number from 0 to 1000",
        "controllers.retry_interval" => "a duration from 10ms to 1d",
        "controllers.poll_interval" => "a duration from 10ms to 1h",
        "controllers.sync_interval" => "0, or a duration from 1s to 30d",
        "controllers.sweep_interval" => "a duration from 1s to 30d",
        "sync.max_delete_percent" => "a number from 0 to 100",
        "trash.keep" => "0, or a duration from 1h to 36500d",
        "sync.hold" => "none, installed or all",
        "audit.max_age" => "0, or a duration from 1h to 36500d",
        "audit.max_entries" => "0, or a number from 100",
        "install.pickup_deadline" | "install.progress_deadline" | "install.total_deadline" => {
            "a duration from 1s to 365d"
        }
        "install.waves" => "empty, or numbers of seats and percentages like 1,10%,100%",
        "install.max_failures" => "empty, or numbers of seats and percentages like 0,2%",
        "install.gates" => "empty, or open, ask and durations like ask,10m,open",
        "install.max_concurrent_seats" => "a number from 1 to 20000",
        "install.outside" => "wait or refuse",
        "notices.command" => "empty, or a program and its arguments",
        "notices.webhook" => "empty, or http://host/path or https://host/path, without user and password",
        "notices.of" => "a list of ended, stopped, failed, removed and held",
        "notices.timeout" => "a duration from 100ms to 10m",
        "upload.max_file_size" | "upload.max_unpacked_size" => "a number of bytes, at least 1",
        "upload.max_ratio" => "a number, at least 1",
        "upload.max_entries" => "a number from 1 to 1000000",
        "upload.max_directory_size" => "a number of bytes from 1 to 1073741824",
        "upload.max_name_length" => "a number of bytes from 1 to 65535",
        "upload.max_depth" => "a number from 1 to 1000",
        "ui.language" => "auto, en or zh-CN",
        "ui.theme" => "the name of a theme: letters, digits, - and _",
        "ui.glyphs" => "unicode or ascii",
        "ui.notify" => "off, bell or message",
        "ui.frame_interval" => "a duration from 1ms to 1s",
        _ => return None,
    })
}

/// What does not fit together: the setting to name, and what it must be.
pub(super) fn together(settings: &Settings) -> Option<(&'static str, String)> {
    let store = &settings.store;
    if store.backend == Backend::Etcd && store.endpoints.is_empty() {
        return Some((
            "store.backend",
            "embedded, or store.endpoints must name the servers of etcd".to_owned(),
        ));
    }
    if !store.username.is_empty() && store.password_file.as_os_str().is_empty() {
        return Some((
            "store.username",
            "empty, or store.password_file must name the file with its password".to_owned(),
        ));
    }
    if let Err(why) = settings.install.rules().and_then(|rules| Strategy::of(&rules)) {
        return Some(("install.waves", format!("such that the waves make sense: {why}")));
    }
    let install = &settings.install;
    if let Err(why) = Windows::parse(&install.windows, "") {
        let like = "bridge: 0 22 * * sat,sun 6h Europe/Berlin; *: 0 2 * * * 3h";
        return Some(("install.windows", format!("windows by group like {like}; {why}")));
    }
    if let Err(why) = Windows::parse("", &install.blackouts) {
        let like = "*: 2026-12-24..2027-01-02 Europe/Berlin";
        return Some(("install.blackouts", format!("days by group like {like}; {why}")));
    }
    let pairs = [
        ("store.cert_file", "store.key_file", &store.cert_file, &store.key_file),
        ("sdp.cert_file", "sdp.key_file", &settings.sdp.cert_file, &settings.sdp.key_file),
        (
            "store15s.cert_file",
            "store15s.key_file",
            &settings.store15s.cert_file,
            &settings.store15s.key_file,
        ),
    ];
    pairs.into_iter().find_map(|(cert_name, key_name, cert, key)| {
        match (cert.as_os_str().is_empty(), key.as_os_str().is_empty()) {
            (false, true) => Some((cert_name, format!("empty, or {key_name} must name its key"))),
            (true, false) => Some((key_name, format!("empty, or {cert_name} must name its certificate"))),
            _ => None,
        }
    })
}

fn within(duration: Duration, milliseconds: RangeInclusive<u64>) -> bool {
    (Duration::from_millis(*milliseconds.start())..=Duration::from_millis(*milliseconds.end()))
        .contains(&duration)
}

fn is_endpoint(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && bare(&url) && url.path() == "/"
    })
}

fn is_storage(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        bare(&url)
            && match url.scheme() {
                "file" => url.to_file_path().is_ok_and(|path| path.parent().is_some()),
                "s3" | "s3a" => url.has_host(),
                _ => false,
            }
    })
}

fn bare(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none()
}

fn is_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let open = url.username().is_empty() && url.password().is_none();
        matches!(url.scheme(), "http" | "https") && url.has_host() && open
    })
}

fn is_root(text: &str) -> bool {
    text.len() <= 200
        && text.strip_prefix('/').is_some_and(|rest| {
            rest.split('/').all(|part| {
                !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
            })
        })
}

fn is_theme(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}
