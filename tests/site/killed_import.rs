//! `kill -9` of the leading controller while data sync imports: between a file and its record, and between two
//! batches of records.

use crate::common::site::{On, id};
use crate::host::Host;
use crate::platform::Platform;
use crate::sync_job::{SYNC, create_there};

const SEGMENTS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_a_record_on_etcd() {
    Host::test(On::Etcd, async |host| the_next_one_imports_the_rest(host, "import.file.after:20").await)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_a_record_embedded() {
    Host::test(On::Embedded, async |host| the_next_one_imports_the_rest(host, "import.file.after:20").await)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_two_batches_on_etcd() {
    Host::test(On::Etcd, async |host| the_next_one_imports_the_rest(host, "import.commit.after:1").await)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_two_batches_embedded() {
    Host::test(On::Embedded, async |host| the_next_one_imports_the_rest(host, "import.commit.after:1").await)
        .await;
}

async fn the_next_one_imports_the_rest(host: &Host, dies_at: &str) {
    let platform = Platform::start(host, &[]).await;
    host.configure("", &platform.sections());
    let onlooker = host.onlooker().await;
    for n in 0..SEGMENTS {
        create_there(host, &onlooker, &id(&format!("elsewhere-{n}@1.0"))).await;
    }
    let mut first = host.start_with("one", &["controller"], &[("SEGDECK_CRASH_AT", dies_at)]);
    first.hears("leading").await;
    // A waiting command drives once nobody does.
    let synced = host.run(&SYNC).await.exits(0).json();
    first.killed().await;
    let added = synced["items"][0]["added"].as_array().unwrap().len();
    println!("{added} of {SEGMENTS} were left to the next one");

    let list = host.json(&["segment", "list", "--per-page", "100"]).await;
    assert_eq!(list["total"], SEGMENTS);
    // Each has its file, and was recorded once.
    host.run(&["segment", "verify", "-o", "json"]).await.exits(0);
    let trail = host.json(&["audit", "list", "--per-page", "200"]).await;
    let imports = trail["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "sync.import");
    assert_eq!(imports.count(), SEGMENTS);
    platform.stop().await;
}
