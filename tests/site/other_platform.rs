//! Endpoints that lead to another platform than the one of the records: nothing is driven, and everybody is told, until
//! an operator says that it takes the other one's place.

use serde_json::Value;

use crate::common::archive;
use crate::common::site::{On, id};
use crate::host::Host;
use crate::platform::Platform;
use crate::sync_job::{SYNC, create_there};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_goes_with_another_platform_on_etcd() {
    Host::test(On::Etcd, nothing_goes_with_another_platform).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_goes_with_another_platform_embedded() {
    Host::test(On::Embedded, nothing_goes_with_another_platform).await;
}

/// Three segments that came from a platform, the first of them on two seats.
async fn three_segments(host: &Host) {
    let onlooker = host.onlooker().await;
    for n in 0..3 {
        create_there(host, &onlooker, &id(&format!("elsewhere-{n}@1.0"))).await;
    }
    assert_eq!(host.run(&SYNC).await.exits(0).json()["items"][0]["added"].as_array().unwrap().len(), 3);
    host.file("seats.csv", "id,ip\nseat-a,10.0.0.1\nseat-b,10.0.0.2\n");
    host.json(&["seat", "import", "seats.csv"]).await;
    let install = ["install", "elsewhere-0@1.0", "--seats", "seat-a,seat-b", "--wait", "-o", "json"];
    host.run(&install).await.exits(0);
}

async fn remotes(host: &Host, exit: i32) -> Vec<Value> {
    let shown = host.run(&["remote", "show", "-o", "json"]).await.exits(exit).json();
    shown["items"].as_array().unwrap().clone()
}

async fn audited(host: &Host, action: &str) -> Vec<Value> {
    let trail = host.json(&["audit", "list", "--per-page", "200"]).await;
    let all = trail["items"].as_array().unwrap().iter();
    all.filter(|entry| entry["action"] == action).cloned().collect()
}

async fn nothing_goes_with_another_platform(host: &Host) {
    let first = Platform::start(host, &["--seconds-per-seat", "0"]).await;
    host.configure("", &first.sections());
    three_segments(host).await;
    let before = remotes(host, 0).await;
    assert_eq!((&before[0]["state"], &before[0]["pinned"]), (&"same".into(), &before[0]["found"]));
    assert_eq!(audited(host, "remote.pin").await.len(), 2, "one for each remote");

    // The other one has a segment of its own, so that its list is not empty.
    let other = Platform::start_in(host, "other", &[]).await;
    host.configure("", &other.sections());
    let onlooker = host.onlooker().await;
    create_there(host, &onlooker, &id("strange@1.0")).await;
    let mut controller = host.start("controller", &["controller"]);
    controller.hears("remote adopt sdp").await;
    let status = host.run(&["controller", "status", "-o", "json"]).await.exits(5).json();
    let reason = status["reason"].as_str().unwrap();
    for name in [&other.address, before[0]["pinned"].as_str().unwrap(), "segdeck remote adopt sdp"] {
        assert!(reason.contains(name), "{name} is not in: {reason}");
    }
    host.run(&SYNC).await.refuses(5, "unavailable", &["segdeck remote adopt sdp", &other.address]);
    let dry = [&SYNC[..], &["--dry-run"]].concat();
    host.run(&dry).await.refuses(3, "conflict", &["segdeck remote adopt sdp"]);
    let met = remotes(host, 3).await;
    assert_eq!((&met[0]["state"], &met[0]["pinned"]), (&"other".into(), &before[0]["pinned"]));
    let doctor = host.run(&["doctor", "-o", "json"]).await.exits(1).json();
    let checks = doctor["items"].as_array().unwrap().iter();
    let failed: Vec<&str> =
        checks.filter(|check| check["state"] == "fail").filter_map(|check| check["check"].as_str()).collect();
    assert_eq!(failed, ["sdp platform", "store15s platform"]);
    all_is_there(host, 3).await;

    host.run(&["remote", "adopt", "sdp", "--reason", " ", "-o", "json"]).await.refuses(
        64,
        "usage",
        &["reason"],
    );
    for remote in ["sdp", "store15s"] {
        let adopted = host.json(&["remote", "adopt", remote, "--reason", "the old one burned down"]).await;
        assert_eq!((&adopted["changed"], &adopted["before"]), (&true.into(), &before[0]["pinned"]));
        assert_eq!(adopted["platform"], met[0]["found"]);
    }
    controller.hears("leading").await;
    let trail = audited(host, "remote.adopt").await;
    assert_eq!(trail.len(), 2);
    assert_eq!(trail[0]["before"]["platform"], before[0]["pinned"]);
    assert_eq!(trail[0]["after"]["platform"], met[0]["found"]);
    assert_eq!(trail[0]["after"]["reason"], "the old one burned down");

    // What the old one had is not on the new one: that waits for a word of its own.
    let synced = host.run(&SYNC).await.exits(3).json();
    let item = &synced["items"][0];
    assert_eq!(item["removed"], serde_json::json!([]));
    let held = item["held"].as_array().unwrap();
    assert_eq!(held.len(), 3);
    assert!(held.iter().all(|item| item["reason"].as_str().unwrap().contains("segdeck sync --yes")));
    let installed = held.iter().find(|item| item["id"] == "elsewhere-0@1.0").unwrap();
    assert_eq!(installed["seats"], serde_json::json!(["seat-a", "seat-b"]));
    assert_eq!(installed["seatCount"], 2);
    all_is_there(host, 4).await;

    // The old endpoint is the wrong one from now on.
    controller.terminate().await;
    host.configure("", &first.sections());
    host.run(&SYNC).await.refuses(5, "unavailable", &[&first.address]);
    host.configure("", &other.sections());
    let synced = host.run(&[&SYNC[..], &["--yes"]].concat()).await.exits(0).json();
    assert_eq!(synced["items"][0]["removed"].as_array().unwrap().len(), 3);
    let removed = audited(host, "sync.remove").await;
    let named = removed.iter().find(|entry| entry["object"] == "elsewhere-0@1.0").unwrap();
    assert_eq!(named["after"]["seats"], serde_json::json!({ "count": 2, "first": ["seat-a", "seat-b"] }));
    first.stop().await;
    other.stop().await;
}

/// Every record with its file, and the seats.
async fn all_is_there(host: &Host, segments: usize) {
    assert_eq!(host.json(&["segment", "list"]).await["total"], segments);
    let shown = host.json(&["segment", "show", "elsewhere-0@1.0"]).await;
    assert_eq!(shown["installedSeatCount"], 2);
    assert_eq!(host.stored_files().len(), segments);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_follows_an_adoption_by_somebody_else() {
    Host::test(On::Embedded, async |host| {
        let first = Platform::start(host, &[]).await;
        host.configure("", &first.sections());
        let mut controller = host.start("controller", &["controller"]);
        controller.hears("leading").await;
        host.run(&SYNC).await.exits(0);
        let other = Platform::start_in(host, "other", &[]).await;
        let endpoint = format!("sdp.endpoint=http://{}", other.address);
        host.json(&["remote", "adopt", "sdp", "--reason", "moved", "--set", &endpoint]).await;
        controller.hears("drives no more").await;
        first.stop().await;
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_dies_while_pinning_is_followed() {
    for at in ["pin.commit.before", "pin.commit.after"] {
        Host::test(On::Embedded, async |host| {
            let platform = Platform::start(host, &[]).await;
            host.configure("", &platform.sections());
            let mut first = host.start_with("one", &["controller"], &[("SEGDECK_CRASH_AT", at)]);
            first.killed().await;
            host.run(&SYNC).await.exits(0);
            host.run(&["sync", "--remote", "store15s"]).await.exits(0);
            assert!(remotes(host, 0).await.iter().all(|remote| remote["state"] == "same"));
            assert_eq!(audited(host, "remote.pin").await.len(), 2, "once for each, {at}");
            platform.stop().await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_dies_while_adopting_has_done_all_of_it_or_nothing() {
    for (at, is_done) in [("adopt.commit.before", false), ("adopt.commit.after", true)] {
        Host::test(On::Embedded, async |host| {
            let first = Platform::start(host, &[]).await;
            host.configure("", &first.sections());
            host.run(&SYNC).await.exits(0);
            let other = Platform::start_in(host, "other", &[]).await;
            host.configure("", &format!("[sdp]\nendpoint = \"http://{}\"\n", other.address));
            let adopt = ["remote", "adopt", "sdp", "--reason", "moved"];
            host.dies(&adopt, at).await;
            let state = remotes(host, if is_done { 0 } else { 3 }).await[0]["state"].clone();
            assert_eq!(state, if is_done { "same" } else { "other" });
            assert_eq!(host.json(&adopt).await["changed"], !is_done);
            assert_eq!(audited(host, "remote.adopt").await.len(), 1);
            host.run(&SYNC).await.exits(0);
            first.stop().await;
            other.stop().await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_before_works_and_is_known_by_its_uids() {
    Host::test(On::Embedded, async |host| {
        const OLD: [&str; 3] = ["--anonymous", "--seconds-per-seat", "0"];
        let first = Platform::start(host, &OLD).await;
        host.configure("", &first.sections());
        three_segments(host).await;
        let shown = remotes(host, 0).await;
        assert_eq!((&shown[0]["state"], &shown[0]["pinned"]), (&"same".into(), &Value::Null));
        let file = archive::segment(host.path(), "own", "1.0", "zip", 10_000);
        host.json(&["segment", "upload", file.to_str().unwrap(), "--wait"]).await;

        // Another one knows none of them, be it as old or not.
        for options in [&["--anonymous"][..], &[]] {
            let other = Platform::start_in(host, "other", options).await;
            host.configure("", &other.sections());
            host.run(&SYNC).await.refuses(5, "unavailable", &["none of the segments", "remote adopt sdp"]);
            all_is_there(host, 4).await;
            other.stop().await;
        }
        // Its server gets an identity: the same data, so it is taken.
        host.configure("", &first.sections());
        let first = first.restart(host, &[]).await;
        host.run(&SYNC).await.exits(0);
        let shown = remotes(host, 0).await;
        assert_eq!((&shown[0]["state"], &shown[0]["pinned"]), (&"same".into(), &shown[0]["found"]));
        assert!(shown[0]["found"].is_string());

        // One of before can be adopted too, and needs to know nothing until it does.
        let other = Platform::start_in(host, "third", &["--anonymous"]).await;
        host.configure("", &format!("[sdp]\nendpoint = \"http://{}\"\n", other.address));
        host.json(&["remote", "adopt", "sdp", "--reason", "moved"]).await;
        assert_eq!(host.run(&SYNC).await.exits(3).json()["items"][0]["held"].as_array().unwrap().len(), 4);
        let onlooker = host.onlooker().await;
        create_there(host, &onlooker, &id("strange@1.0")).await;
        host.run(&SYNC).await.exits(3);
        // Now one is recorded that it knows; what it lacks waits still.
        host.run(&SYNC).await.exits(3);
        let record =
            onlooker.store.get(&segdeck::store::keys::platform(segdeck::domain::RemoteKind::Sdp)).await;
        let record: Value = serde_json::from_slice(&record.unwrap().1.unwrap().value).unwrap();
        assert_eq!(record.get("unproven"), None, "{record}");
        first.stop().await;
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_before_are_pinned_by_what_the_platform_knows() {
    Host::test(On::Embedded, async |host| {
        let first = Platform::start(host, &["--seconds-per-seat", "0"]).await;
        host.configure("", &first.sections());
        three_segments(host).await;
        // As a program left them that knew no pins.
        let onlooker = host.onlooker().await;
        let unpinned = segdeck::domain::RemoteKind::ALL
            .map(segdeck::store::keys::platform)
            .into_iter()
            .fold(segdeck::store::Txn::new(), segdeck::store::Txn::delete);
        onlooker.writes().unwrap().store.txn(unpinned).await.unwrap();
        let other = Platform::start_in(host, "other", &[]).await;
        host.configure("", &other.sections());
        host.run(&SYNC).await.refuses(5, "unavailable", &["none of the segments"]);
        all_is_there(host, 3).await;
        host.configure("", &first.sections());
        host.run(&SYNC).await.exits(0);
        assert_eq!(remotes(host, 0).await[0]["state"], "same");
        first.stop().await;
        other.stop().await;
    })
    .await;
}
