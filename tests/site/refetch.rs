//! A file that is missing or altered here, and still on its platform, is fetched again; what is not as recorded is
//! told and never taken.

use std::path::PathBuf;

use segdeck::service::Service;
use serde_json::{Value, json};

use crate::common::archive;
use crate::common::site::On;
use crate::host::{Host, files_below};
use crate::platform::Platform;
use crate::sync_job::{SYNC, remove_there};

const NAV: &str = "nav-core@2.1.0";

const REPAIR: [&str; 5] = ["segment", "verify", "--repair", "-o", "json"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verify_fetches_what_is_missing_on_etcd() {
    Host::test(On::Etcd, async |host| verify_fetches(host, None).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verify_fetches_what_is_missing_embedded() {
    Host::test(On::Embedded, async |host| verify_fetches(host, None).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn also_when_the_leader_dies_before_the_record_names_it() {
    Host::test(On::Embedded, async |host| verify_fetches(host, Some("refetch.file.after")).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn also_when_the_leader_dies_after_the_record_names_it() {
    Host::test(On::Etcd, async |host| verify_fetches(host, Some("refetch.commit.after")).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sync_fetches_what_is_missing() {
    Host::test(On::Embedded, async |host| {
        let (platform, _) = site(host).await;
        let (before, file) = stored(host).await;
        std::fs::remove_file(&file).unwrap();
        let uid = &before["remoteExtra"]["uid"];
        let dry = host.run(&[&SYNC[..], &["--dry-run"]].concat()).await.exits(2).json();
        assert_eq!(dry["items"][0]["refetched"], json!([{ "uid": uid, "id": NAV }]));
        let synced = host.run(&SYNC).await.exits(0).json();
        let nothing = json!([]);
        assert_eq!(
            synced["items"][0],
            json!({ "remote": "sdp", "added": nothing, "removed": nothing, "held": nothing, "failed": nothing,
                "refetched": [{ "uid": uid, "id": NAV }] })
        );
        as_it_was(host, &before).await;
        let again = host.run(&SYNC).await.exits(0).json();
        assert_eq!(again["items"][0].get("refetched"), None);
        platform.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn altered_bytes_stay_beside_the_right_ones() {
    Host::test(On::Embedded, async |host| {
        let (platform, _) = site(host).await;
        let (before, file) = stored(host).await;
        std::fs::write(&file, "else").unwrap();
        let report = host.run(&[&REPAIR[..], &[NAV]].concat()).await.exits(0).json();
        assert_eq!((&report["altered"], &report["repaired"]), (&1.into(), &1.into()));
        as_it_was(host, &before).await;
        assert_eq!(std::fs::read(&file).unwrap(), b"else", "nothing is overwritten");
        platform.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_platform_has_not_is_told() {
    Host::test(On::Embedded, async |host| {
        let (platform, onlooker) = site(host).await;
        let (before, file) = stored(host).await;
        std::fs::remove_file(&file).unwrap();
        remove_there(&onlooker, before["remoteExtra"]["uid"].as_str().unwrap()).await;
        let report = host.run(&REPAIR).await.exits(1).json();
        assert_eq!((&report["missing"], report.get("repaired")), (&1.into(), None));
        let said = report["items"][0]["reason"].as_str().unwrap();
        assert!(said.contains(NAV) && said.contains("does not have it any more"), "{said}");
        host.json(&["segment", "show", NAV]).await;
        platform.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_content_is_never_taken() {
    Host::test(On::Embedded, async |host| {
        let (platform, _) = site(host).await;
        let (before, file) = stored(host).await;
        std::fs::remove_file(&file).unwrap();
        for there in files_below(&platform.data.join("files")) {
            let mut bytes = std::fs::read(&there).unwrap();
            bytes[40] ^= 1;
            std::fs::write(&there, bytes).unwrap();
        }
        let report = host.run(&REPAIR).await.exits(1).json();
        let said = report["items"][0]["reason"].as_str().unwrap();
        assert!(said.contains(NAV) && said.contains("sha256"), "{said}");
        let synced = host.run(&SYNC).await.exits(1).json();
        assert_eq!(synced["items"][0].get("refetched"), None);
        assert_eq!(synced["items"][0]["failed"][0]["id"], NAV);
        assert_eq!(host.stored_files(), Vec::<PathBuf>::new());
        let now = host.json(&["segment", "show", NAV]).await;
        assert_eq!((&now["fileState"], &now["storageKey"]), (&"missing".into(), &before["storageKey"]));
        platform.stop().await;
    })
    .await;
}

async fn verify_fetches(host: &Host, dies_at: Option<&str>) {
    let (platform, _) = site(host).await;
    let (before, file) = stored(host).await;
    let mut leader =
        dies_at.map(|point| host.start_with("first", &["controller"], &[("SEGDECK_CRASH_AT", point)]));
    if let Some(leader) = &mut leader {
        leader.hears("leading").await;
    }
    std::fs::remove_file(&file).unwrap();
    // Without the word it is only told.
    host.run(&["segment", "verify", "-o", "json"]).await.exits(1);
    let report = host.run(&REPAIR).await.exits(0).json();
    assert_eq!((&report["missing"], &report["repaired"]), (&1.into(), &1.into()));
    assert_eq!((&report["items"][0]["id"], &report["items"][0]["repaired"]), (&NAV.into(), &true.into()));
    if let Some(leader) = &mut leader {
        leader.killed().await;
    }
    as_it_was(host, &before).await;
    platform.stop().await;
}

/// A platform, and a published segment.
async fn site(host: &Host) -> (Platform, std::sync::Arc<Service>) {
    let platform = Platform::start(host, &[]).await;
    host.configure("", &platform.sections());
    let file = archive::segment(host.path(), "nav-core", "2.1.0", "zip", 100_000);
    host.json(&["segment", "upload", file.to_str().unwrap(), "--wait"]).await;
    (platform, host.onlooker().await)
}

/// The record, and where its file lies.
async fn stored(host: &Host) -> (Value, PathBuf) {
    let record = host.json(&["segment", "show", NAV]).await;
    let key = record["storageKey"].as_str().unwrap();
    let file = host.path().join(".local/share/segdeck/files").join(key);
    assert!(file.exists());
    (record, file)
}

/// The record names a new file with the old content, said once by the audit trail.
async fn as_it_was(host: &Host, before: &Value) {
    let (now, _) = stored(host).await;
    assert_ne!(now["storageKey"], before["storageKey"]);
    assert_eq!((&now["sha256"], now.get("fileState")), (&before["sha256"], None));
    let verified = host.run(&["segment", "verify", "-o", "json"]).await.exits(0).json();
    assert_eq!(verified["ok"], 1);
    let trail = host.json(&["audit", "list", "--per-page", "100"]).await;
    let fetched =
        trail["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "segment.refetch");
    assert_eq!(fetched.count(), 1);
}
