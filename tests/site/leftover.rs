//! A segment disappears from its platform while seats have it: they keep it by name, and it can be taken off them.

use segdeck::domain::RemoteKind;
use segdeck::platform::generated_device;
use serde_json::{Value, json};

use crate::answer::texts;
use crate::common::archive;
use crate::common::site::{On, keys_of};
use crate::host::Host;
use crate::platform::Platform;
use crate::sync_job::{SYNC, remove_there};

const NAV: &str = "nav-core@2.1.0";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_named_and_taken_off_embedded() {
    Host::test(On::Embedded, async |host| the_whole_way(host, None).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_named_and_taken_off_on_etcd() {
    Host::test(On::Etcd, async |host| the_whole_way(host, None).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn also_when_the_leader_dies_before_the_record_goes() {
    Host::test(On::Embedded, async |host| the_whole_way(host, Some("purge.before")).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn also_when_the_leader_dies_after_the_record_went() {
    Host::test(On::Etcd, async |host| the_whole_way(host, Some("purge.after")).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn also_when_the_leader_dies_after_the_last_seat() {
    Host::test(On::Embedded, async |host| the_whole_way(host, Some("install.finish.before:3")).await).await;
}

async fn the_whole_way(host: &Host, dies_at: Option<&str>) {
    let platform = Platform::start(host, &["--seats", "3", "--seconds-per-seat", "0.05"]).await;
    host.configure("", &platform.sections());
    let onlooker = host.onlooker().await;
    let mut leader =
        dies_at.map(|point| host.start_with("first", &["controller"], &[("SEGDECK_CRASH_AT", point)]));
    if let Some(leader) = &mut leader {
        leader.hears("leading").await;
    }
    for (prefix, version) in [("nav-core", "2.1.0"), ("other", "1.0")] {
        let file = archive::segment(host.path(), prefix, version, "zip", 10_000);
        host.json(&["segment", "upload", file.to_str().unwrap(), "--wait"]).await;
    }
    for (id, ip) in (0..3).map(generated_device) {
        host.json(&["seat", "add", &id, "--ip", &ip.to_string()]).await;
    }
    let [one, two, three] = [0, 1, 2].map(|n| generated_device(n).0);
    host.json(&["install", NAV, "--add", &format!("{one},{two}"), "--wait"]).await;
    let uid = host.json(&["segment", "show", NAV]).await["remoteExtra"]["uid"].as_str().unwrap().to_owned();
    remove_there(&onlooker, &uid).await;

    // Who waits drives once the first leader is dead.
    let synced = host.run(&SYNC).await.exits(0).json();
    if dies_at != Some("purge.after") {
        assert_eq!(
            synced["items"][0]["removed"],
            json!([{ "uid": uid, "id": NAV, "seats": [one, two], "seatCount": 2 }])
        );
    }
    assert_eq!(host.json(&["segment", "list"]).await["total"], 1);
    let show = ["segment", "show", NAV, "-o", "json"];
    host.run(&show).await.refuses(4, "notFound", &[NAV, "seats still have it", "--none"]);
    named(host, &one, &uid).await;

    let add = ["install", NAV, "--add", &three, "-o", "json"];
    host.run(&add).await.refuses(3, "conflict", &[NAV, "removed from the platform"]);
    host.run(&["seat", "remove", &one, "-o", "json"]).await.refuses(3, "inUse", &[NAV]);
    let plan = host.run(&["plan", NAV, "--none", "-o", "json"]).await.exits(2).json();
    assert_eq!(texts(&plan["uninstallSeatList"]).len(), 2);

    let one_off = host.json(&["install", NAV, "--remove", &two, "--wait"]).await;
    assert_eq!(one_off["state"], "succeeded");
    named(host, &one, &uid).await;
    let done = host.json(&["install", NAV, "--none", "--yes", "--wait"]).await;
    assert_eq!((&done["state"], &done["seats"][0]["seat"]), (&"succeeded".into(), &one.as_str().into()));
    taken_off(host, &done).await;
    let deployment = onlooker.remotes.deployment(RemoteKind::Sdp).unwrap();
    for (_, ip) in (0..3).map(generated_device) {
        assert_eq!(deployment.list_installed(ip).await.unwrap(), Vec::<String>::new());
    }
    if let Some(leader) = &mut leader {
        leader.killed().await;
    }
    let keys = keys_of(&*onlooker.store).await;
    let left = |begin: &&String| {
        ["leftovers/", "installed/nav", "active-installs/nav"].iter().any(|part| begin.starts_with(part))
    };
    assert_eq!(keys.iter().filter(left).collect::<Vec<_>>(), Vec::<&String>::new());
    platform.stop().await;
}

/// Wherever segments are named beside a seat, it is there, and marked.
async fn named(host: &Host, seat: &str, uid: &str) {
    let shown = host.json(&["seat", "show", seat]).await;
    assert_eq!(shown["installed"], json!([NAV]));
    assert_eq!((&shown["removed"][0]["id"], &shown["removed"][0]["uid"]), (&NAV.into(), &uid.into()));
    let table = host.run(&["seat", "show", seat]).await.exits(0).out;
    assert!(table.contains("nav-core@2.1.0 (removed from the platform)"), "{table}");
    let drift = host.run(&["seat", "drift", "-o", "json"]).await.exits(2).json();
    let of_it = drift["items"].as_array().unwrap().iter().find(|item| item["seat"] == seat).unwrap();
    assert_eq!((&of_it["installed"], &of_it["removed"]), (&NAV.into(), &true.into()));
    // The platform's own list says the same, and its uid is nobody strange.
    let verified = host.run(&["seat", "verify", "-o", "json"]).await.exits(0).json();
    assert_eq!(verified["ok"], 3);
}

/// Its last seat has lost it: what is told of that stays.
async fn taken_off(host: &Host, done: &Value) {
    let record = done["id"].as_str().unwrap();
    assert_eq!(host.json(&["installs", "show", record]).await["state"], "succeeded");
    let list = host.json(&["installs", "list"]).await;
    assert!(list["items"].as_array().unwrap().iter().any(|item| item["id"] == record), "{list}");
    for (seat, _) in (0..3).map(generated_device) {
        let shown = host.json(&["seat", "show", &seat]).await;
        assert_eq!((&shown["installed"], shown.get("removed")), (&json!([]), None));
    }
    let said = host.run(&["segment", "show", NAV, "-o", "json"]).await.refuses(4, "notFound", &[NAV]);
    assert!(!said.contains("seats"), "{said}");
}
