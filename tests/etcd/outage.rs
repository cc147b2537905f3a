//! Servers that are away, hang or die.

use std::time::{Duration, Instant};

use segdeck::store::{EtcdStore, Key, ListQuery, Op, ReadStore, Store, StoreError, Txn, TxnOutcome};

use crate::etcd::{self, Etcd, dead_endpoint, shared};

fn one_put() -> Txn {
    Txn { compares: vec![], ops: vec![Op::Put(Key::from_stored("a"), "1".into(), None)] }
}

#[tokio::test]
async fn nobody_there_is_told_with_the_address() {
    let endpoint = dead_endpoint();
    let store = EtcdStore::open(&etcd::settings(&[&endpoint], "/outage")).unwrap();
    let began = Instant::now();
    for error in [
        store.list(&ListQuery::prefix("")).await.unwrap_err(),
        store.txn(one_put()).await.unwrap_err(),
        store.watch("", 0).await.unwrap_err(),
        store.status().await.unwrap_err(),
        store.lease_grant(Duration::from_secs(5)).await.unwrap_err(),
        store.lease_renew(17).await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Unavailable { .. }), "a refused connection is sure: {error:?}");
        assert!(error.to_string().contains(&endpoint), "{error}");
        assert!(error.to_string().contains("refused"), "{error}");
    }
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn the_second_endpoint_serves_when_the_first_is_dead() {
    let settings = etcd::settings(&[&dead_endpoint(), &shared().endpoint()], "/outage-second");
    let store = EtcdStore::open(&settings).unwrap();
    let TxnOutcome::Done(revision) = store.txn(one_put()).await.unwrap() else { panic!("refused") };
    let mut watch = store.watch("", revision).await.unwrap();
    assert_eq!(watch.recv().await.unwrap().unwrap().revision, revision);
    let (lease, _) = store.lease_grant(Duration::from_secs(5)).await.unwrap();
    assert!(store.lease_renew(lease).await.unwrap() > Duration::ZERO);
    // Not one call of many goes back to the dead one.
    for _ in 0..50 {
        store.get(&Key::from_stored("a")).await.unwrap();
    }
}

#[tokio::test]
async fn a_frozen_first_endpoint_leaves_time_for_the_second() {
    let frozen = Etcd::start();
    frozen.pause();
    let settings = etcd::settings(&[&frozen.endpoint(), &shared().endpoint()], "/outage-frozen");
    let store = EtcdStore::open(&settings).unwrap();
    let began = Instant::now();
    store.get(&Key::from_stored("a")).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    let began = Instant::now();
    store.get(&Key::from_stored("a")).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(1), "it is remembered which one answers");
}

#[tokio::test]
async fn a_frozen_server_meets_the_deadline_and_comes_back() {
    let server = Etcd::start();
    let store = EtcdStore::open(&server.settings("/outage")).unwrap();
    let TxnOutcome::Done(_) = store.txn(one_put()).await.unwrap() else { panic!("refused") };
    server.pause();
    let began = Instant::now();
    let key = Key::from_stored("a");
    let (read, write) = tokio::join!(store.get(&key), store.txn(one_put()));
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert!(matches!(read, Err(StoreError::Unavailable { .. })), "{read:?}");
    assert!(matches!(write, Err(StoreError::Unknown { .. })), "nobody knows whether it was done: {write:?}");
    server.resume();
    store.get(&key).await.unwrap();
    assert!(matches!(store.txn(one_put()).await, Ok(TxnOutcome::Done(_))));
}

#[tokio::test]
async fn a_watch_ends_with_its_server_and_begins_anew() {
    let mut server = Etcd::start();
    let store = EtcdStore::open(&server.settings("/outage")).unwrap();
    let mut watch = store.watch("", 0).await.unwrap();
    server.stop();
    let end = tokio::time::timeout(Duration::from_secs(20), watch.recv()).await.unwrap();
    assert!(matches!(end, Some(Err(StoreError::Unavailable { .. }))), "{end:?}");
    assert!(watch.recv().await.is_none(), "nothing comes after an error");
    server.restart();
    let mut watch = store.watch("", 0).await.unwrap();
    store.txn(one_put()).await.unwrap();
    assert_eq!(watch.recv().await.unwrap().unwrap().events.len(), 1);
}

#[tokio::test]
async fn a_watch_of_a_frozen_server_ends_by_keepalive() {
    let server = Etcd::start();
    let store = EtcdStore::open(&server.settings("/outage")).unwrap();
    let mut watch = store.watch("", 0).await.unwrap();
    server.pause();
    let mut next = async || tokio::time::timeout(Duration::from_secs(20), watch.recv()).await;
    let silent = next().await.expect("it is told before");
    assert!(matches!(silent, Some(Err(StoreError::Silent { .. }))), "{silent:?}");
    let end = next().await.expect("keepalive ends it");
    assert!(matches!(end, Some(Err(StoreError::Unavailable { .. }))), "{end:?}");
}

#[tokio::test]
async fn a_watch_that_was_silent_for_a_while_goes_on() {
    let server = Etcd::start();
    let store = EtcdStore::open(&server.settings("/outage")).unwrap();
    let TxnOutcome::Done(revision) = store.txn(one_put()).await.unwrap() else { panic!("refused") };
    let mut watch = store.watch("", revision + 1).await.unwrap();
    let heard = Instant::now();
    server.pause();
    let silent = watch.recv().await;
    let Some(Err(StoreError::Silent { since, .. })) = silent else { panic!("{silent:?}") };
    assert!(since <= heard.elapsed() + Duration::from_secs(1), "{since:?}");
    server.resume();
    let again = watch.recv().await.unwrap().unwrap();
    assert_eq!((again.revision, again.events.len()), (revision, 0), "all is well up to what was delivered");
    let TxnOutcome::Done(next) = store.txn(one_put()).await.unwrap() else { panic!("refused") };
    let batch = watch.recv().await.unwrap().unwrap();
    assert_eq!((batch.revision, batch.events.len()), (next, 1));
}
