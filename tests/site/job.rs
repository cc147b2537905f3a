//! The main job of an operator, by commands alone: upload, install with failures, retry, uninstall, delete.

use std::collections::BTreeSet;

use segdeck::domain::RemoteKind;
use segdeck::platform::{LedgerKind, generated_device};
use segdeck::service::Service;
use serde_json::Value;

use crate::answer::texts;
use crate::common::archive;
use crate::common::site::{id, keys_of, published};
use crate::host::{Host, files_below};
use crate::platform::Platform;
use crate::sync_job;

/// The segment of the job.
const NAV: &str = "nav-core@2.1.0";

/// Seats of the job, and how many keep the segment in its second half.
const SEATS: u32 = 200;
const KEPT: u32 = 150;

/// Options of the platform: some seats fail.
pub(crate) const SOME_FAIL: [&str; 6] =
    ["--seats", "200", "--seconds-per-seat", "0.3", "--failure-rate", "0.1"];
const NONE_FAILS: [&str; 4] = ["--seats", "200", "--seconds-per-seat", "0.3"];

/// Does somebody else drive the controllers, or has each command to do so by waiting?
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Driven {
    /// A console or `segdeck controller` runs.
    BySomebody,
    /// Nobody but the command that waits.
    ByTheCommand,
}

/// The whole job on a host whose settings name this platform.
pub(crate) async fn whole_job(host: &Host, platform: Platform, driven: Driven, payload: u64) {
    let onlooker = host.onlooker().await;
    let uid = upload(host, &onlooker, driven, payload).await;
    import_seats(host).await;
    let (record, failed) = install_with_failures(host, &onlooker, &platform, &uid).await;
    let platform = platform.restart(host, &NONE_FAILS).await;
    retry(host, &platform, &record, &failed).await;
    keep_fewer(host, &onlooker, &platform, &uid).await;
    delete(host, &onlooker, &platform).await;
    sync_job::both_ways(host, &onlooker).await;
    platform.stop().await;
}

async fn upload(host: &Host, onlooker: &Service, driven: Driven, payload: u64) -> String {
    let file = archive::segment(host.path(), "nav-core", "2.1.0", "zip", payload);
    let mut command = vec!["segment", "upload", file.to_str().unwrap()];
    if driven == Driven::ByTheCommand {
        command.push("--wait");
    }
    let uploaded = host.json(&command).await;
    assert_eq!((&uploaded["id"], &uploaded["remote"]), (&NAV.into(), &"sdp".into()));
    assert!(uploaded["fileSize"].as_u64().unwrap() > payload);
    if driven == Driven::BySomebody {
        published(onlooker, &id(NAV)).await;
    }
    let shown = host.json(&["segment", "show", NAV]).await;
    assert_eq!(shown["createStatus"]["state"], "succeeded");
    assert_eq!((&shown["isLocal"], &shown["installedSeatCount"]), (&true.into(), &0.into()));
    let there = onlooker.remotes.repository(RemoteKind::Sdp).unwrap();
    let there = there.find(&id(NAV).prefix, &id(NAV).version).await.unwrap().unwrap();
    assert_eq!(shown["remoteExtra"]["uid"], there.uid);
    assert_eq!(shown["sha256"], there.sha256);
    there.uid
}

async fn import_seats(host: &Host) {
    let (mut csv, mut all) = ("id,ip,group,tags,note\n".to_owned(), String::new());
    for (id, ip) in (0..SEATS).map(generated_device) {
        csv += &format!("{id},{ip},bridge,a;b,\n");
        all += &format!("{id}\n");
    }
    host.file("seats.csv", &csv);
    host.file("all.txt", &all);
    let imported = host.json(&["seat", "import", "seats.csv"]).await;
    assert_eq!(imported, serde_json::json!({"added": SEATS, "updated": 0, "unchanged": 0}));
}

/// The record, and the seats that failed.
async fn install_with_failures(
    host: &Host,
    onlooker: &Service,
    platform: &Platform,
    uid: &str,
) -> (String, BTreeSet<String>) {
    let install = ["install", NAV, "--seats-from", "all.txt", "--wait", "-o", "json"];
    let view = host.run(&install).await.exits(1).json();
    assert_eq!((&view["state"], &view["percent"]), (&"partial".into(), &100.into()));
    let record = view["id"].as_str().unwrap().to_owned();
    let shown = host.json(&["installs", "show", &record]).await;
    let (good, failed) = (in_state(&shown, "succeeded"), in_state(&shown, "failed"));
    assert_eq!(good.len() + failed.len(), SEATS as usize);
    assert!((5..=40).contains(&failed.len()), "{} of {SEATS} failed at a rate of 0.1", failed.len());
    assert_eq!(installed(host).await, good);
    // The platform's own word: the list of each device, and one start on each.
    assert_eq!(on_devices(onlooker, uid).await, good);
    let begun = platform.begun(LedgerKind::InstallStarted);
    assert_eq!(begun.len(), SEATS as usize);
    assert!(begun.values().all(|times| *times == 1), "{begun:?}");
    (record, failed)
}

async fn retry(host: &Host, platform: &Platform, record: &str, failed: &BTreeSet<String>) {
    let view = host.json(&["installs", "retry", record, "--wait"]).await;
    assert_eq!((&view["state"], &view["attempt"]), (&"succeeded".into(), &2.into()));
    assert_eq!(installed(host).await, seats(0..SEATS));
    let begun = platform.begun(LedgerKind::InstallStarted);
    for (seat, ip) in (0..SEATS).map(generated_device) {
        let times = if failed.contains(&seat) { 2 } else { 1 };
        assert_eq!(begun[&ip.to_string()], times, "{seat}");
    }
}

/// A second install with fewer seats takes it off exactly the missing ones.
async fn keep_fewer(host: &Host, onlooker: &Service, platform: &Platform, uid: &str) {
    let kept: Vec<String> = seats(0..KEPT).into_iter().collect();
    host.file("fewer.txt", &kept.join("\n"));
    let plan = ["plan", NAV, "--seats-from", "fewer.txt", "-o", "json"];
    let plan = host.run(&plan).await.exits(2).json();
    assert_eq!(texts(&plan["uninstallSeatList"]), seats(KEPT..SEATS));
    assert_eq!(texts(&plan["installSeatList"]), BTreeSet::new());
    let install = ["install", NAV, "--seats-from", "fewer.txt", "--wait"];
    // Fifty are more than ten: that needs a word.
    host.run(&[&install[..], &["-o", "json"]].concat()).await.refuses(3, "conflict", &["50", "--yes"]);
    let before = platform.begun(LedgerKind::InstallStarted);
    let view = host.json(&[&install[..], &["--yes"]].concat()).await;
    assert_eq!(view["state"], "succeeded");
    assert_eq!(installed(host).await, seats(0..KEPT));
    assert_eq!(on_devices(onlooker, uid).await, seats(0..KEPT));
    let off: BTreeSet<String> = platform.begun(LedgerKind::UninstallStarted).into_keys().collect();
    assert_eq!(off, (KEPT..SEATS).map(|n| generated_device(n).1.to_string()).collect());
    assert_eq!(platform.begun(LedgerKind::InstallStarted), before, "the others are left alone");
}

async fn delete(host: &Host, onlooker: &Service, platform: &Platform) {
    let refused = ["segment", "delete", NAV, "-o", "json"];
    host.run(&refused).await.refuses(3, "inUse", &[NAV, "150", "seat-00001"]);
    let view = host.json(&["install", NAV, "--none", "--yes", "--wait"]).await;
    assert_eq!(view["state"], "succeeded");
    assert_eq!(host.json(&["segment", "show", NAV]).await["installedSeatCount"], 0);
    host.json(&["segment", "delete", NAV, "--wait"]).await;
    host.run(&["segment", "show", NAV, "-o", "json"]).await.refuses(4, "notFound", &[NAV]);
    let trash = host.json(&["trash", "list"]).await;
    assert_eq!((&trash["total"], &trash["items"][0]["segmentId"]), (&1.into(), &NAV.into()));
    let emptied = host.json(&["trash", "empty", "--yes"]).await;
    assert_eq!(emptied["emptied"], 1);
    assert_nothing_is_left(host, onlooker, platform).await;
    let audit = host.json(&["audit", "list", "--filter", NAV, "--per-page", "2"]).await;
    let actions: Vec<_> = audit["items"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["trash.empty", "segment.purge"]);
}

/// After a delete and an emptied trash nothing of it is anywhere but in audit, seat history and tombstone.
async fn assert_nothing_is_left(host: &Host, onlooker: &Service, platform: &Platform) {
    let trail = ["audit/", "seat-history/", "tombstones/"];
    let others = ["seats/", "meta/", "sync/"];
    let keys = keys_of(&*onlooker.store).await;
    let left: Vec<&String> =
        keys.iter().filter(|key| !trail.iter().chain(&others).any(|begin| key.starts_with(begin))).collect();
    assert!(left.is_empty(), "{left:?}");
    for begin in trail {
        assert!(keys.iter().any(|key| key.starts_with(begin)), "there is a trail in {begin}");
    }
    for begin in others {
        for entry in onlooker.store.list_all(begin).await.unwrap().entries {
            let value = String::from_utf8_lossy(&entry.value);
            assert!(!value.contains("nav-core"), "{}: {value}", entry.key);
        }
    }
    assert!(host.stored_files().is_empty(), "{:?}", host.stored_files());
    let there = onlooker.remotes.repository(RemoteKind::Sdp).unwrap().list("").await.unwrap();
    assert!(there.segments.is_empty());
    let files = files_below(&platform.data.join("files"));
    assert!(files.is_empty(), "{files:?}");
}

fn seats(range: std::ops::Range<u32>) -> BTreeSet<String> {
    range.map(|n| generated_device(n).0).collect()
}

fn in_state(view: &Value, state: &str) -> BTreeSet<String> {
    let all = view["seats"].as_array().unwrap().iter();
    all.filter(|seat| seat["state"] == state).map(|seat| seat["seat"].as_str().unwrap().to_owned()).collect()
}

async fn installed(host: &Host) -> BTreeSet<String> {
    let shown = host.json(&["segment", "show", NAV]).await;
    let installed = texts(&shown["installedSeats"]);
    assert_eq!(shown["installedSeatCount"], installed.len());
    installed
}

/// The seats whose devices have it, as the platform lists them.
async fn on_devices(onlooker: &Service, uid: &str) -> BTreeSet<String> {
    let deployment = onlooker.remotes.deployment(RemoteKind::Sdp).unwrap();
    let mut found = BTreeSet::new();
    for (seat, ip) in (0..SEATS).map(generated_device) {
        if deployment.list_installed(ip).await.unwrap().iter().any(|there| there == uid) {
            found.insert(seat);
        }
    }
    found
}
