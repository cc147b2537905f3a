//! How much data sync removes without being asked: a week counts, whoever dies in it, and what is installed waits where
//! that is set.

use segdeck::service::Service;
use serde_json::Value;

use crate::common::site::{On, id};
use crate::host::Host;
use crate::platform::Platform;
use crate::sync_job::{SYNC, create_there, remove_there};

const YES: [&str; 6] = ["sync", "--remote", "sdp", "-o", "json", "--yes"];

/// So many segments that came from the platform; their uids.
async fn came(host: &Host, onlooker: &Service, count: usize) -> Vec<String> {
    let mut uids = Vec::new();
    for n in 0..count {
        uids.push(create_there(host, onlooker, &id(&format!("there-{n:02}@1.0"))).await);
    }
    let added = host.run(&SYNC).await.exits(0).json()["items"][0]["added"].as_array().unwrap().len();
    assert_eq!(added, count);
    uids
}

async fn lose(onlooker: &Service, uids: &mut Vec<String>, count: usize) {
    for uid in uids.drain(..count) {
        remove_there(onlooker, &uid).await;
    }
}

/// How many were removed and held.
fn counts(synced: &Value) -> (usize, usize) {
    let of = |kind: &str| synced["items"][0][kind].as_array().unwrap().len();
    (of("removed"), of("held"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_at_a_time_are_held_at_the_limit_of_the_week_on_etcd() {
    Host::test(On::Etcd, three_at_a_time_are_held).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_at_a_time_are_held_at_the_limit_of_the_week_embedded() {
    Host::test(On::Embedded, three_at_a_time_are_held).await;
}

async fn three_at_a_time_are_held(host: &Host) {
    let platform = Platform::start(host, &[]).await;
    host.configure("", &platform.sections());
    let onlooker = host.onlooker().await;
    let mut uids = came(host, &onlooker, 12).await;
    lose(&onlooker, &mut uids, 3).await;
    assert_eq!(counts(&host.run(&SYNC).await.exits(0).json()), (3, 0), "three are few");
    lose(&onlooker, &mut uids, 3).await;
    let dry = host.run(&[&SYNC[..], &["--dry-run"]].concat()).await.exits(3).json();
    assert_eq!(counts(&dry), (0, 3), "a dry run says the same");
    let synced = host.run(&SYNC).await.exits(3).json();
    assert_eq!(counts(&synced), (0, 3));
    let reason = synced["items"][0]["held"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("6 of 12") && reason.contains("segdeck sync --yes"), "{reason}");
    assert_eq!(counts(&host.run(&YES).await.exits(0).json()), (3, 0));
    // What an operator confirmed does not count: one more makes four, not seven.
    lose(&onlooker, &mut uids, 1).await;
    let synced = host.run(&SYNC).await.exits(3).json();
    let reason = synced["items"][0]["held"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("4 of 9"), "{reason}");
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_dies_in_between_removes_no_more() {
    for (at, gone) in [("sync.begun", 0), ("sync.removed:2", 2)] {
        Host::test(On::Embedded, async |host| {
            let platform = Platform::start(host, &[]).await;
            host.configure("", &platform.sections());
            let onlooker = host.onlooker().await;
            let mut uids = came(host, &onlooker, 12).await;
            lose(&onlooker, &mut uids, 3).await;
            host.dies(&SYNC, at).await;
            assert_eq!(host.json(&["segment", "list"]).await["total"], 12 - gone);
            // The same three: those that went count once, the others not yet.
            assert_eq!(counts(&host.run(&SYNC).await.exits(0).json()), (3 - gone, 0));
            lose(&onlooker, &mut uids, 1).await;
            let synced = host.run(&SYNC).await.exits(3).json();
            let reason = synced["items"][0]["held"][0]["reason"].as_str().unwrap();
            assert!(reason.contains("4 of 12"), "{at}: {reason}");
            platform.stop().await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_installed_waits_where_that_is_set() {
    Host::test(On::Embedded, async |host| {
        let platform = Platform::start(host, &["--seconds-per-seat", "0"]).await;
        let heard = host.path().join("heard");
        let notices = format!(
            "[notices]\ncommand = [\"sh\", \"-c\", \"read -r line; echo \\\"$line\\\" >> {}\"]\n",
            heard.display()
        );
        host.configure("", &format!("{}[sync]\nhold = \"installed\"\n{notices}", platform.sections()));
        let onlooker = host.onlooker().await;
        let mut uids = came(host, &onlooker, 3).await;
        host.file("seats.csv", "id,ip\nseat-a,10.0.0.1\n");
        host.json(&["seat", "import", "seats.csv"]).await;
        host.run(&["install", "there-00@1.0", "--seats", "seat-a", "--wait"]).await.exits(0);
        lose(&onlooker, &mut uids, 2).await;
        let synced = host.run(&SYNC).await.exits(3).json();
        assert_eq!(counts(&synced), (1, 1));
        let held = &synced["items"][0]["held"][0];
        assert_eq!((&held["id"], &held["seats"][0]), (&"there-00@1.0".into(), &"seat-a".into()));
        assert_eq!(held["seatCount"], 1);
        let reason = held["reason"].as_str().unwrap();
        assert!(reason.contains("installed on 1 seat") && reason.contains("segdeck sync --yes"), "{reason}");
        assert_eq!(synced["items"][0]["removed"][0].get("seats"), None);
        let table = host.run(&["sync", "--remote", "sdp"]).await.exits(3).out;
        assert!(table.contains("seat-a"), "{table}");
        let told: Vec<Value> = std::fs::read_to_string(&heard)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let of = |event: &str| told.iter().filter(|told| told["event"] == event).collect::<Vec<_>>();
        assert_eq!(of("removed").len(), 1);
        assert_eq!(of("held").len(), 1, "once, as long as it is the same: {told:?}");
        assert_eq!(of("held")[0]["record"]["items"][0]["seats"][0], "seat-a");
        assert_eq!(counts(&host.run(&YES).await.exits(0).json()), (1, 0));
        platform.stop().await;
    })
    .await;
}
