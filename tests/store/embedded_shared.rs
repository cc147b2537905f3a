//! Two processes on one file, played by two stores: what one does, the other sees.

use std::sync::Arc;
use std::time::{Duration, Instant};

use segdeck::store::embedded::EmbeddedStore;
use segdeck::store::{SharedStore, StoreError, Txn, TxnOutcome};

use crate::conformance::{commit, is_absent, key, put, put_under, read, told_until};
use crate::embedded_bench::{Folder, sql};

async fn two() -> (Folder, SharedStore, SharedStore) {
    let folder = Folder::new();
    let (one, other) = tokio::join!(EmbeddedStore::open(&folder.file), EmbeddedStore::open(&folder.file));
    (folder, one.unwrap(), other.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn increments_from_both_sides_are_all_there() {
    let (_folder, one, other) = two().await;
    let tasks: Vec<_> = [&one, &other, &one, &other]
        .into_iter()
        .map(|store| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for _ in 0..25 {
                    increment(&store).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(read(&one, "counter").await.value, "100");
    assert_eq!(read(&other, "counter").await, read(&one, "counter").await);
}

async fn increment(store: &SharedStore) {
    loop {
        let entry = store.get(&key("counter")).await.unwrap().1;
        let value =
            entry.as_ref().map_or(0, |entry| std::str::from_utf8(&entry.value).unwrap().parse().unwrap());
        let txn = Txn { ops: vec![put("counter", (value + 1).to_string())], ..Txn::new() };
        let guarded = Txn { compares: Txn::new().still(key("counter"), entry.as_ref()).compares, ..txn };
        if let TxnOutcome::Done(_) = store.txn(guarded).await.unwrap() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wake_file_wakes_the_other_side() {
    let (_folder, one, other) = two().await;
    let mut watch = other.watch("w/", 0).await.unwrap();
    let mut times = Vec::new();
    for n in 0..40 {
        let begun = Instant::now();
        let revision = commit(&one, vec![put("w/a", n.to_string())]).await;
        told_until(&mut watch, revision).await;
        times.push(begun.elapsed());
    }
    times.sort();
    println!("put here to seen there: p50 {:?}, p90 {:?}, worst {:?}", times[20], times[36], times[39]);
    assert!(
        times[20] < Duration::from_millis(400),
        "the look once a second alone takes half a second: {times:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_wake_file_the_other_side_looks() {
    let folder = Folder::new();
    let other: SharedStore = EmbeddedStore::open(&folder.file).await.unwrap();
    // The other listens to a file that nobody touches any more.
    std::fs::remove_file(folder.beside(".wake")).unwrap();
    let one: SharedStore = EmbeddedStore::open(&folder.file).await.unwrap();
    let mut watch = other.watch("w/", 0).await.unwrap();
    let revision = commit(&one, vec![put("w/a", "1")]).await;
    assert_eq!(told_until(&mut watch, revision).await, [(revision, "+w/a=1".to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_holds_on_both_sides() {
    let (_folder, one, other) = two().await;
    let (lease, _) = one.lease_grant(Duration::from_secs(1)).await.unwrap();
    commit(&other, vec![put_under("leader", "one", lease)]).await;
    assert!(other.lease_renew(lease).await.unwrap() > Duration::ZERO);
    let mut watch = other.watch("leader", 0).await.unwrap();
    // Whoever granted it is killed.
    drop(one);
    let batch = tokio::time::timeout(Duration::from_secs(10), watch.recv()).await.unwrap().unwrap().unwrap();
    assert_eq!(batch.events.len(), 1);
    assert!(is_absent(&other, "leader").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_of_another_start_of_the_machine_is_over() {
    let folder = Folder::new();
    let store = folder.open().await;
    let (lease, _) = store.lease_grant(Duration::from_secs(3_600)).await.unwrap();
    let put = commit(&store, vec![put_under("leader", "one", lease)]).await;
    drop(store);
    sql(&folder.file).execute("UPDATE leases SET boot = 'another'", []).unwrap();
    let store = folder.open().await;
    let (revision, leader) = store.get(&key("leader")).await.unwrap();
    assert_eq!((revision, leader), (put + 1, None), "gone before the first read");
    let mut watch = store.watch("leader", put + 1).await.unwrap();
    assert_eq!(told_until(&mut watch, put + 1).await, [(put + 1, "-leader".to_owned())]);
    assert_eq!(store.lease_renew(lease).await.unwrap(), Duration::ZERO);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_neighbour_is_waited_for_and_then_told() {
    let folder = Folder::new();
    let store = folder.open().await;
    let neighbour = sql(&folder.file);
    neighbour.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.txn(Txn { ops: vec![put("a", "1")], ..Txn::new() }).await }
    });
    // Reads do not wait.
    assert!(is_absent(&store, "a").await);
    let refused = waiting.await.unwrap().unwrap_err();
    // Whoever is first to give up, SQLite or the caller: nothing was done, and the neighbour is named.
    let named = refused.to_string().contains("another process");
    assert!(matches!(refused, StoreError::Unavailable { .. }) && named, "{refused}");
    neighbour.execute_batch("ROLLBACK").unwrap();
    assert!(is_absent(&store, "a").await, "what was refused is not done later");
    commit(&store, vec![put("a", "2")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_is_there_after_reopening() {
    let folder = Folder::new();
    let store = folder.open().await;
    let first = commit(&store, vec![put("a", "1"), put("b", "1")]).await;
    let second = commit(&store, vec![put("a", "2"), crate::conformance::delete("b")]).await;
    let before = store.list_all("").await.unwrap();
    drop(store);
    let store = folder.open().await;
    assert_eq!(store.list_all("").await.unwrap(), before);
    assert_eq!(store.list(&crate::conformance::at("", first)).await.unwrap().entries.len(), 2);
    let mut watch = store.watch("", first).await.unwrap();
    assert_eq!(told_until(&mut watch, second).await.len(), 4);
    assert_eq!(commit(&store, vec![put("a", "3")]).await, second + 1);
}
