//! A store that was restored to an earlier revision: what was seen before is no ground for a change.

use std::path::Path;

use segdeck::store::keys;
use serde_json::{Value, json};

use crate::common::archive;
use crate::common::etcd::Etcd;
use crate::common::site::On;
use crate::host::Host;
use crate::platform::Platform;

/// A site with a published segment and three seats.
async fn furnish(host: &Host, platform: &Platform) {
    host.configure("", &platform.sections());
    host.file("seats.csv", "id,ip\na,10.0.0.1\nb,10.0.0.2\nc,10.0.0.3\n");
    host.json(&["seat", "import", "seats.csv"]).await;
    let file = archive::segment(host.path(), "nav", "1.0", "zip", 1_000);
    host.json(&["segment", "upload", file.to_str().unwrap(), "--wait"]).await;
}

/// Leads once, which makes known what the store has done meanwhile.
async fn lead_once(host: &Host) {
    let mut controller = host.start("controller", &["controller"]);
    controller.hears("leading").await;
    // Whoever drives has looked around before.
    host.json(&["sync"]).await;
    assert_eq!(controller.terminate().await, 0);
}

/// Raises the revision by changes of a seat until it is above this one.
async fn rise_above(host: &Host, revision: i64) -> Value {
    for n in 0.. {
        let seen = host.json(&["bind", "get", "nav@1.0"]).await;
        if seen["revision"].as_i64().unwrap() > revision {
            return seen;
        }
        host.file("more.csv", &format!("id,ip,note\nc,10.0.0.3,{n}\n"));
        host.json(&["seat", "import", "more.csv"]).await;
    }
    unreachable!()
}

/// The number alone, and as JSON answers have it: with the incarnation.
fn text(of: &Value) -> (i64, String) {
    let revision = of["revision"].as_i64().unwrap();
    (revision, format!("{}:{revision}", of["incarnation"].as_str().unwrap_or_default()))
}

/// Goes on to a high revision, has the store put back by `restore`, and tries to act on what was seen.
async fn what_was_seen_is_void(host: &Host, restore: impl AsyncFnOnce()) {
    host.json(&["bind", "set", "nav@1.0", "--seats", "b"]).await;
    lead_once(host).await;
    let low = host.json(&["bind", "get", "nav@1.0"]).await;
    rise_above(host, low["revision"].as_i64().unwrap() + 20).await;
    // As a leader leaves it.
    lead_once(host).await;
    let (number, seen) = text(&host.json(&["bind", "get", "nav@1.0"]).await);
    let planned = host.run(&["plan", "nav@1.0", "--bound", "-o", "json"]).await.exits(2).json();
    let (_, planned) = text(&planned);
    restore().await;

    let back = host.json(&["bind", "get", "nav@1.0"]).await["revision"].as_i64().unwrap();
    assert!(back < number, "it was put back: {back}");
    let bare = number.to_string();
    let bind = async |seen: &str| {
        let bind = ["bind", "set", "nav@1.0", "--seats", "a", "--if-revision", seen, "-o", "json"];
        host.run(&bind).await.refuses(3, "conflict", &["restored"]);
    };
    bind(&bare).await;
    bind(&seen).await;
    let install = async || {
        let install = ["install", "nav@1.0", "--bound", "--if-revision", &planned, "-o", "json"];
        host.run(&install).await.refuses(3, "conflict", &["restored"]);
    };
    install().await;

    // And when the numbers have caught up. A fresh word of a leader that the records know nothing of might be that of
    // a store that lives: this one is old.
    age(host);
    lead_once(host).await;
    let now = rise_above(host, number + 1).await;
    bind(&seen).await;
    install().await;
    let audit = host.json(&["audit", "list", "--filter", "action:store.steppedBack"]).await;
    assert_eq!(audit["total"], 1, "{audit}");
    // What ends a leadership comes after its last word.
    let from = audit["items"][0]["before"]["revision"].as_i64().unwrap();
    assert!((number - 3..=number).contains(&from), "{audit}");
    let onlooker = host.onlooker().await;
    let (_, record) = onlooker.store.get(&keys::incarnation()).await.unwrap();
    let record: Value = serde_json::from_slice(&record.unwrap().value).unwrap();
    assert!(record["steppedBackAt"].is_string(), "{record}");
    // What is seen now counts.
    let (_, seen) = text(&now);
    let set =
        host.run(&["bind", "set", "nav@1.0", "--seats", "a", "--if-revision", &seen, "-o", "json"]).await;
    assert_eq!(set.exits(0).json()["seats"], json!(["a"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_etcd_restored_from_a_snapshot() {
    let mut server = Etcd::start();
    let endpoint = server.endpoint();
    let host = Host::on_server(&server);
    let platform = Platform::start(&host, &["--seats", "3"]).await;
    furnish(&host, &platform).await;
    lead_once(&host).await;
    let snapshot = host.path().join("snapshot");
    server.ctl(&["snapshot", "save", snapshot.to_str().unwrap()]);
    what_was_seen_is_void(&host, async || server.restore(&snapshot)).await;
    assert_eq!(server.endpoint(), endpoint);
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_copy_of_the_file_was_put_back() {
    Host::test(On::Embedded, async |host| {
        let platform = Platform::start(host, &["--seats", "3"]).await;
        furnish(host, &platform).await;
        lead_once(host).await;
        let (folder, copy) = (host.path().join(".local/share/segdeck"), host.path().join("copy"));
        std::fs::create_dir(&copy).unwrap();
        copied(&folder, &copy);
        what_was_seen_is_void(host, async || copied(&copy, &folder)).await;
        platform.stop().await;
    })
    .await;
}

/// The database with all that belongs to it; nobody has it open.
fn copied(from: &Path, to: &Path) {
    for name in ["segdeck.db", "segdeck.db-wal", "segdeck.db-shm"] {
        let (from, to) = (from.join(name), to.join(name));
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        } else {
            std::fs::remove_file(to).ok();
        }
    }
}

/// Changes what the shared storage says of the records.
fn edit(host: &Host, change: impl FnOnce(&mut Value)) {
    let object = host.path().join(".local/share/segdeck/files/segdeck-revision.json");
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&object).unwrap()).unwrap();
    change(&mut kept);
    std::fs::write(&object, kept.to_string()).unwrap();
}

fn age(host: &Host) {
    edit(host, |kept| kept["at"] = json!("2026-01-02T03:04:05Z"));
}

/// A writer of the shared storage that the records know nothing of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_store_may_drive_the_same_files() {
    Host::test(On::Embedded, async |host| {
        let platform = Platform::start(host, &["--seats", "3"]).await;
        furnish(host, &platform).await;
        lead_once(host).await;
        edit(host, |kept| {
            assert!(kept["revision"].as_i64().unwrap() > 1, "{kept}");
            kept["session"] = json!("01ARZ3NDEKTSV4RRFFQ69G5FAV");
            kept["at"] = json!(segdeck::domain::Clock::system().now());
        });
        let mut controller = host.start("one", &["controller"]);
        controller.hears("another store with the same records").await;
        assert_eq!(controller.terminate().await, 0);
        // An old one that is quiet is what a restore left.
        age(host);
        lead_once(host).await;
        let audit = host.json(&["audit", "list", "--filter", "action:store.steppedBack"]).await;
        assert_eq!(audit["total"], 1, "{audit}");
        platform.stop().await;
    })
    .await;
}
