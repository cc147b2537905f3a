//! Imports run one way through the folders of `src`, and a foreign crate stays where it belongs.

use super::paths::{Named, named};

/// Which other folders each one may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("proto", &[]),
    ("crash", &[]),
    ("job", &[]),
    ("settings", &["domain"]),
    ("telemetry", &["domain"]),
    ("archive", &["domain"]),
    ("storage", &["domain", "settings"]),
    ("store", &["domain", "settings"]),
    ("remote", &["domain", "settings", "proto"]),
    ("service", &["domain", "crash", "settings", "telemetry", "archive", "storage", "store", "remote"]),
    (
        "controllers",
        &["domain", "crash", "settings", "telemetry", "archive", "storage", "store", "remote", "service"],
    ),
    // The console asks the service; of the store it knows the cache and the names of the keys it shows.
    ("ui", &["domain", "job", "settings", "telemetry", "store", "service", "controllers"]),
    // Another team could write it: it knows nothing of our records.
    ("platform", &["domain", "archive", "proto"]),
    // Opens everything and hands it on.
    (
        "cli",
        &[
            "domain",
            "job",
            "settings",
            "telemetry",
            "archive",
            "storage",
            "store",
            "remote",
            "service",
            "controllers",
            "platform",
            "ui",
        ],
    ),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Paths that a folder must not name although it may use their folder, or that only the standard library has.
const NEVER: &[(&str, &str)] = &[
    ("ui", "crate::store::etcd"),
    ("ui", "crate::store::embedded"),
    ("ui", "crate::store::open"),
    ("cli", "crate::store::etcd"),
    ("cli", "crate::store::embedded"),
    ("service", "crate::store::etcd"),
    ("service", "crate::store::embedded"),
    ("controllers", "crate::store::etcd"),
    ("controllers", "crate::store::embedded"),
    // Pure: no clock but the one handed in, no file, no thread.
    ("domain", "std::time::SystemTime"),
    ("domain", "std::time::Instant"),
    ("domain", "std::fs"),
    ("domain", "std::env"),
    ("domain", "std::process"),
    ("domain", "std::thread"),
    ("domain", "std::io"),
    ("archive", "std::net"),
];

/// Crates that only some folders may use; a crate that is not named here may be used by all.
const HOMES: &[(&str, &[&str])] = &[
    ("clap", &["cli", "platform"]),
    ("clap_complete", &["cli"]),
    ("crokey", &["ui"]),
    ("crossterm", &["ui", "cli"]),
    ("csv", &["domain", "ui"]),
    ("etcd_client", &["store"]),
    ("fluent_bundle", &["domain"]),
    ("hyper", &["remote", "store"]),
    ("notify", &["store", "ui"]),
    ("object_store", &["storage"]),
    ("prost", &["proto", "remote", "platform"]),
    ("prost_types", &["proto", "remote", "platform"]),
    ("liblzma", &["archive"]),
    ("ratatui", &["ui"]),
    ("reqwest", &["storage", "remote"]),
    ("rusqlite", &["store", "platform"]),
    (
        "tokio",
        &["storage", "store", "remote", "service", "controllers", "platform", "telemetry", "cli", "ui"],
    ),
    ("tonic", &["proto", "remote", "platform", "store"]),
    ("tui_input", &["ui"]),
    ("zip", &["archive", "cli"]),
    ("zstd", &["archive"]),
];

/// What a file breaks, one line for each path.
fn broken(file: &str, source: &str) -> Vec<String> {
    let module: Vec<&str> = file.trim_end_matches(".rs").split('/').filter(|part| *part != "mod").collect();
    let folder = module[0];
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == folder) else {
        return vec![format!("src/{file}: the folder {folder} has no row in MAY_USE")];
    };
    let mut broken = Vec::new();
    for Named { line, path } in named(&module, source) {
        let text = path.join("::");
        let place = format!("src/{file}:{line}: {folder} uses {text}");
        match path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["crate" | "segdeck"] | ["crate" | "segdeck", "*", ..] => {
                broken.push(format!("{place}: name the folder"));
            }
            ["crate" | "segdeck", target, ..] => {
                let known = MAY_USE.iter().any(|(name, _)| *name == target);
                if known && target != folder && !allowed.contains(&target) {
                    broken.push(format!("{place}: this arrow runs back"));
                }
            }
            [krate, ..] => {
                if HOMES.iter().any(|(name, homes)| *name == krate && !homes.contains(&folder)) {
                    broken.push(format!("{place}: that crate stays in other folders"));
                }
            }
            [] => {}
        }
        let below = |never: &str| {
            text == never || text.strip_prefix(never).is_some_and(|rest| rest.starts_with("::"))
        };
        if NEVER.iter().any(|(name, never)| *name == folder && below(never)) {
            broken.push(format!("{place}: never"));
        }
    }
    broken
}

#[test]
fn no_arrow_runs_back() {
    let broken: Vec<String> =
        super::sources().iter().flat_map(|(file, source)| broken(file, source)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_folder_has_a_row() {
    for (folder, allowed) in MAY_USE {
        assert!(
            super::checkout().join("src").join(folder).is_dir()
                || super::checkout().join("src").join(format!("{folder}.rs")).is_file(),
            "src/{folder} is gone"
        );
        // No two folders may use each other, over however many steps.
        let mut reached: Vec<&str> = allowed.to_vec();
        let mut at = 0;
        while at < reached.len() {
            let next = MAY_USE.iter().find(|(name, _)| *name == reached[at]).unwrap().1;
            reached.extend(next.iter().filter(|name| !reached.contains(name)).collect::<Vec<_>>());
            at += 1;
        }
        assert!(!reached.contains(folder), "{folder} may reach itself");
    }
}

#[test]
fn an_arrow_that_runs_back_is_found() {
    for (file, source, part) in [
        ("domain/seat.rs", "use crate::store::Store;", "runs back"),
        ("domain/seat.rs", "use super::super::service;", "runs back"),
        ("domain/mod.rs", "mod tests { fn f() { crate::settings::load() } }", "runs back"),
        ("service/bind.rs", "use crate::{domain::Seat, controllers};", "runs back"),
        ("platform/serve.rs", "use crate::remote;", "runs back"),
        ("platform/serve.rs", "use crate::settings::Settings;", "runs back"),
        ("ui/mod.rs", "use crate::cli::run;", "runs back"),
        ("ui/mod.rs", "use segdeck::remote;", "runs back"),
        ("proto.rs", "use crate::domain::Seat;", "runs back"),
        ("ui/feed.rs", "use crate::store::etcd::EtcdStore;", "never"),
        ("domain/clock.rs", "use std::{fmt, time::{Duration, SystemTime}};", "never"),
        ("domain/clock.rs", "use tokio::time::Instant;", "other folders"),
        ("service/list/mod.rs", "use etcd_client::Client;", "other folders"),
        ("service/list/mod.rs", "use crate::*;", "name the folder"),
        ("news/mod.rs", "", "no row"),
    ] {
        let found = broken(file, source);
        assert!(found.len() == 1 && found[0].contains(part), "{file}: {source}: {found:?}");
    }
    let fine = "use crate::domain::Seat; use super::keys; use std::time::Duration; // use crate::ui;";
    assert_eq!(broken("store/codec.rs", fine), Vec::<String>::new());
}
