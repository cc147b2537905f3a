//! `kill -9` at each step of deleting into the trash, bringing back, emptying, and taking a storage over: nothing is
//! lost, nothing is there twice.

use serde_json::{Value, json};

use segdeck::domain::RemoteKind;
use segdeck::store::{Txn, keys};

use crate::common::archive;
use crate::common::site::On;
use crate::host::Host;
use crate::platform::Platform;
use crate::stranger::age;

const NAV: &str = "nav@1.0";

/// One test a point, on both backends.
macro_rules! killed_at {
    ($($name:ident: $does:ident $point:literal),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::Host::test(super::On::Embedded, async |host| super::$does(host, $point).await).await;
            })+
        }
        mod etcd {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::Host::test(super::On::Etcd, async |host| super::$does(host, $point).await).await;
            })+
        }
    };
}

killed_at!(
    put_aside: deleting "trash.content.after",
    before_the_purge: deleting "delete.file.after",
    after_the_purge: deleting "delete.purge.after",
    before_it_is_back: restoring "restore.commit.before",
    after_it_is_back: restoring "restore.commit.after",
    marked: emptying "trash.empty.begin",
    without_its_file: emptying "trash.empty.file.after",
    without_its_content: emptying "trash.empty.content.after",
    before_the_layout: taking_over "site.format.before",
    after_the_layout: taking_over "site.format.after",
    with_a_site: taking_over "site.record.after",
    with_its_name_on_the_storage: taking_over "site.file.after",
    adopted_by_the_records: adopting "storage.adopt.records.after",
    adopted_by_both: adopting "storage.adopt.file.after",
    an_orphan_put_aside: sweeping "sweep.content.after",
);

/// A published segment, bound to a seat.
async fn begin(host: &Host) -> Platform {
    let platform = Platform::start(host, &["--seats", "2"]).await;
    host.configure("sweep_interval = \"1m\"", &platform.sections());
    host.file("seats.csv", "id,ip\nseat-1,10.0.0.1\n");
    host.json(&["seat", "import", "seats.csv"]).await;
    let file = archive::segment(host.path(), "nav", "1.0", "zip", 10_000);
    host.json(&["segment", "upload", file.to_str().unwrap(), "--wait"]).await;
    host.json(&["bind", "set", NAV, "--seats", "seat-1"]).await;
    platform
}

/// Runs a command that is killed on its way.
async fn dies(host: &Host, point: &str, arguments: &[&str]) {
    let mut running = host.start_with("killed", arguments, &[("SEGDECK_CRASH_AT", point)]);
    running.killed().await;
}

async fn trash(host: &Host) -> Vec<Value> {
    host.json(&["trash", "list"]).await["items"].as_array().unwrap().clone()
}

async fn on_the_platform(host: &Host) -> usize {
    let onlooker = host.onlooker().await;
    onlooker.remotes.repository(RemoteKind::Sdp).unwrap().list("").await.unwrap().segments.len()
}

/// What is in the trash, and what the trash knows of it.
fn files(host: &Host) -> (usize, usize) {
    let objects = crate::host::files_below(&host.path().join(".local/share/segdeck/files/trash"));
    (host.stored_files().len(), objects.len())
}

/// It is there, published, bound, with its file, and nowhere else.
async fn is_whole(host: &Host) {
    let shown = host.json(&["segment", "show", NAV]).await;
    assert_eq!(shown["createStatus"]["state"], "succeeded", "{shown}");
    assert_eq!(shown["seats"], json!(["seat-1"]));
    host.run(&["segment", "verify", NAV, "-o", "json"]).await.exits(0);
    assert_eq!(trash(host).await, Vec::<Value>::new());
    assert_eq!((files(host).0, on_the_platform(host).await), (1, 1));
}

async fn deleting(host: &Host, point: &str) {
    let platform = begin(host).await;
    dies(host, point, &["segment", "delete", NAV, "--wait"]).await;
    // Whoever leads next finishes it.
    let mut controller = host.start("controller", &["controller"]);
    controller.hears("leading").await;
    let onlooker = host.onlooker().await;
    crate::common::site::eventually(&onlooker, "deleted", || async {
        (!onlooker.exists(&NAV.parse().unwrap()).await.unwrap()).then_some(())
    })
    .await;
    let [entry] = trash(host).await.try_into().unwrap();
    assert_eq!(entry["segmentId"], NAV);
    assert_eq!(files(host), (1, 1), "one file, and once what is known of it");
    assert_eq!(on_the_platform(host).await, 0);
    host.json(&["trash", "restore", NAV, "--wait"]).await;
    is_whole(host).await;
    assert_eq!(controller.terminate().await, 0);
    platform.stop().await;
}

async fn restoring(host: &Host, point: &str) {
    let platform = begin(host).await;
    host.run(&["segment", "delete", NAV, "--wait"]).await.exits(0);
    dies(host, point, &["trash", "restore", NAV]).await;
    let again = host.run(&["trash", "restore", NAV, "-o", "json"]).await;
    // Killed before, it was not brought back; killed after, it was.
    assert_eq!(again.code, if point.ends_with("before") { 0 } else { 4 }, "{again:?}");
    host.run(&["segment", "retry", NAV, "--wait"]).await;
    let mut controller = host.start("controller", &["controller"]);
    controller.hears("leading").await;
    crate::common::site::published(&*host.onlooker().await, &NAV.parse().unwrap()).await;
    is_whole(host).await;
    // What the trash knew is of no use any more, and goes with a sweep.
    age(&host.path().join(".local/share/segdeck/files"));
    host.run(&["storage", "sweep", "-o", "json"]).await.exits(0);
    assert_eq!(files(host), (1, 0));
    assert_eq!(controller.terminate().await, 0);
    platform.stop().await;
}

async fn emptying(host: &Host, point: &str) {
    let platform = begin(host).await;
    host.run(&["segment", "delete", NAV, "--wait"]).await.exits(0);
    dies(host, point, &["trash", "empty", "--yes"]).await;
    host.run(&["trash", "restore", NAV, "-o", "json"]).await.refuses(3, "conflict", &["emptied"]);
    host.run(&["trash", "empty", "--yes"]).await.exits(0);
    assert_eq!(trash(host).await, Vec::<Value>::new());
    assert_eq!(files(host), (0, 0), "it returns when nothing is left");
    platform.stop().await;
}

/// The records and the storage as an older program left them.
async fn as_before(host: &Host) {
    let onlooker = host.onlooker().await;
    let (_, mark) = onlooker.store.get(&keys::storage()).await.unwrap();
    let mark: Value = serde_json::from_slice(&mark.unwrap().value).unwrap();
    let txn = Txn::new().delete(keys::site()).put(keys::format(), &json!({ "format": 1 })).unwrap();
    onlooker.writes().unwrap().store.txn(txn).await.unwrap();
    host.file(".local/share/segdeck/files/segdeck-storage.json", &json!({ "id": mark["id"] }).to_string());
}

async fn taking_over(host: &Host, point: &str) {
    let platform = begin(host).await;
    as_before(host).await;
    dies(host, point, &["controller"]).await;
    let mut controller = host.start("controller", &["controller"]);
    controller.hears("leading").await;
    let onlooker = host.onlooker().await;
    let site = crate::common::site::eventually(&onlooker, "taken over", || async {
        let shown = host.json(&["storage", "show"]).await;
        (shown["owner"] == shown["site"]).then(|| shown["site"].clone()).filter(Value::is_string)
    })
    .await;
    let (_, format) = onlooker.store.get(&keys::format()).await.unwrap();
    let format: Value = serde_json::from_slice(&format.unwrap().value).unwrap();
    assert_eq!(format["format"], 2);
    is_whole(host).await;
    assert_eq!(host.json(&["storage", "show"]).await["site"], site, "it is settled");
    assert_eq!(controller.terminate().await, 0);
    platform.stop().await;
}

async fn adopting(host: &Host, point: &str) {
    let platform = begin(host).await;
    let adopt = ["storage", "adopt", "--reason", "moved"];
    dies(host, point, &adopt).await;
    let shown = host.run(&["storage", "show", "-o", "json"]).await;
    if point == "storage.adopt.records.after" {
        // Half of it is done: nobody drives until it is asked for again.
        shown.exits(3);
        host.json(&adopt).await;
    }
    let shown = host.json(&["storage", "show"]).await;
    assert_eq!(shown["owner"], shown["site"]);
    let mut controller = host.start("controller", &["controller"]);
    controller.hears("leading").await;
    is_whole(host).await;
    assert_eq!(controller.terminate().await, 0);
    platform.stop().await;
}

async fn sweeping(host: &Host, point: &str) {
    let platform = begin(host).await;
    let bytes = std::fs::read(&host.stored_files()[0]).unwrap();
    let lost = host.path().join(".local/share/segdeck/files/segments/nav/1.0/01J00000000000000000000000.zip");
    std::fs::write(&lost, bytes).unwrap();
    age(&host.path().join(".local/share/segdeck/files"));
    dies(host, point, &["storage", "sweep"]).await;
    assert!(lost.exists());
    age(&host.path().join(".local/share/segdeck/files"));
    host.run(&["storage", "sweep", "-o", "json"]).await.exits(0);
    let [entry] = trash(host).await.try_into().unwrap();
    assert_eq!((&entry["cause"], &entry["segmentId"]), (&"sweep".into(), &NAV.into()));
    assert_eq!(files(host), (2, 1));
    // Its id is taken by the one that is there; once that is gone it can take its place.
    host.run(&["trash", "restore", NAV, "-o", "json"]).await.refuses(3, "exists", &[NAV]);
    host.run(&["segment", "delete", NAV, "--wait"]).await.exits(0);
    host.json(&["trash", "restore", entry["id"].as_str().unwrap()]).await;
    host.run(&["segment", "verify", NAV, "-o", "json"]).await.exits(0);
    platform.stop().await;
}
