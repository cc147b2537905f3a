//! A copy of the records below another prefix, with the same storage and platform, and controllers on both.

use segdeck::store::{self, Txn};
use serde_json::Value;

use super::asked::{ask, ask_for};
use super::world::World;
use crate::common::site::On;
use crate::host::Host;

/// The prefix of the copy.
const PREFIX: &str = "/copied-records";

const ANOTHER: &str = "another store with the same records drives this storage";

/// Copies every key, as `etcdctl make-mirror` does: a lease is not copied.
async fn copy(host: &Host, prefix: &str) {
    let settings = host.settings().store;
    let other = segdeck::settings::StoreSettings { prefix: prefix.to_owned(), ..settings.clone() };
    let (from, to) =
        (store::open(&settings, host.path()).await.unwrap(), store::open(&other, host.path()).await.unwrap());
    for entry in from.list_all("").await.unwrap().entries {
        let value: Value = store::decode(&entry).unwrap();
        to.txn(Txn::new().put(entry.key, &value).unwrap()).await.unwrap();
    }
}

/// The one that came first drives on, and the copy says why it does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_before_the_leader() {
    Host::test(On::Etcd, async |host| {
        let prefix = format!("{PREFIX}-before");
        let world = World::begin(host).await;
        copy(host, &prefix).await;
        let mut first = host.start("first", &["controller"]);
        first.hears(": leading").await;
        // Its first word lies in the storage before it drives.
        host.run(&["sync", "-o", "json"]).await.exits(0);
        let wrong = ["--set", &format!("store.prefix={prefix}")];
        let mut row = ask_for(host, "a copy of the records", &wrong, &[ANOTHER], "3s").await;
        for who in ["controller", "sync", "sweep", "upload"] {
            row.said(who, ANOTHER);
        }
        let noticed = ["--set", &format!("store.prefix={prefix}"), "audit", "list", "--filter"];
        let noticed = host.json(&[&noticed[..], &["action:store.steppedBack"]].concat()).await;
        assert_eq!(noticed["total"], 0, "the other one is nobody's past: {noticed}");
        row.does("the first one drives, the copy stands back");
        world.is_untouched_beside(&["segments/map/"]).await;
        assert_eq!(first.terminate().await, 0);
        world.ends_whole(row).await;
    })
    .await;
}

/// The copy is older and knows the leader, and takes its word for one of its own past: it drives, and the leader steps
/// down at its next look, within a minute.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_while_it_leads() {
    Host::test(On::Etcd, async |host| {
        let prefix = format!("{PREFIX}-while");
        let mut first = None;
        let world = World::begin_with(host, async || {
            let mut controller = host.start("first", &["controller"]);
            controller.hears(": leading").await;
            host.run(&["sync", "-o", "json"]).await.exits(0);
            copy(host, &prefix).await;
            first = Some(controller);
        })
        .await;
        let mut first = first.unwrap();
        let wrong = ["--set", &format!("store.prefix={prefix}")];
        let mut row = ask(host, "an older copy of the records of a leader", &wrong).await;
        row.is_led();
        // What the copy does not know goes to its trash at worst, and so stays where it lies.
        world.is_there().await;
        let trash = host.json(&["--set", &format!("store.prefix={prefix}"), "trash", "list"]).await;
        assert_eq!((&trash["total"], &trash["items"][0]["segmentId"]), (&1.into(), &"nav@2.0".into()));
        first.hears(ANOTHER).await;
        row.does("the copy drives, the one before stands back within a minute");
        assert_eq!(first.terminate().await, 0);
        world.grow_old();
        world.ends_whole(row).await;
    })
    .await;
}
