//! The process is right and its world is old: records, files, or both were put back to a time before the second version.

use std::path::Path;

use super::asked::{Row, ask};
use super::world::{World, copy_store, folder};
use crate::common::etcd::Etcd;
use crate::common::site::On;
use crate::host::Host;

const NEWER: &str = "nav@2.0";

/// What the process that leads there did.
async fn led(host: &Host, world: &World<'_>, way: &str) -> Row {
    world.grow_old();
    let mut row = ask(host, way, &[]).await;
    row.is_led();
    for step in host.json(&["audit", "list", "--filter", "action:store.steppedBack"]).await["items"]
        .as_array()
        .unwrap()
    {
        row.does(format!("noticed the step back from {}", step["before"]["revision"]));
    }
    row
}

/// Takes a folder's place by a copy of another.
async fn put(host: &Host, from: &Path, to: &Path) {
    if to.exists() {
        std::fs::remove_dir_all(to).unwrap();
    }
    let mut cp = host.program("cp");
    cp.arg("-a").arg(from).arg(to);
    host.output(cp, &["cp"]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_files() {
    Host::test(On::Embedded, async |host| {
        let older = host.path().join("older");
        let world = World::begin_with(host, async || put(host, &folder(host), &older).await).await;
        put(host, &older, &folder(host)).await;
        let mut row = led(host, &world, "an older state of the files").await;
        row.said("sync", &format!("refetched {NEWER}"));
        row.does("fetched the missing file from the platform");
        world.ends_whole(row).await;
    })
    .await;
}

/// The second version comes from the platform again, and its file of before waits for an operator.
fn came_again(row: &mut Row) {
    row.said("sync", &format!("added {NEWER}"));
    row.said("sweep", "1 held (steppedBack)");
    row.does("imported what the records miss from the platform, held back the file they do not know");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_records_embedded() {
    Host::test(On::Embedded, async |host| {
        let (store, older) = (host.path().join(".local/share/segdeck"), host.path().join("older"));
        std::fs::create_dir(&older).unwrap();
        let world = World::begin_with(host, async || copy_store(&store, &older)).await;
        copy_store(&older, &store);
        let mut row = led(host, &world, "an older state of the records (embedded)").await;
        came_again(&mut row);
        world.ends_whole(row).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_records_on_etcd() {
    let mut server = Etcd::start();
    let host = Host::on_server(&server);
    let snapshot = host.path().join("snapshot");
    let world =
        World::begin_with(&host, async || _ = server.ctl(&["snapshot", "save", snapshot.to_str().unwrap()]))
            .await;
    server.restore(&snapshot);
    let mut row = led(&host, &world, "an older state of the records (etcd)").await;
    came_again(&mut row);
    world.ends_whole(row).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_older() {
    Host::test(On::Embedded, async |host| {
        let (store, records) = (host.path().join(".local/share/segdeck"), host.path().join("records"));
        let files = host.path().join("older");
        std::fs::create_dir(&records).unwrap();
        let world = World::begin_with(host, async || {
            copy_store(&store, &records);
            put(host, &folder(host), &files).await;
        })
        .await;
        copy_store(&records, &store);
        put(host, &files, &folder(host)).await;
        let mut row = led(host, &world, "an older state of both").await;
        row.said("sync", &format!("added {NEWER}"));
        row.said("sweep", "nothing to do");
        row.does("imported what both miss from the platform");
        world.ends_whole(row).await;
    })
    .await;
}
