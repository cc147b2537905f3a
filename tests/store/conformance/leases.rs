//! Leases: what was put under one goes when it ends, and the watches hear of it.

use std::time::{Duration, Instant};

use segdeck::store::{SharedStore, StoreError, Txn, WatchEvent};

use super::{PATIENCE, commit, is_absent, key, put, put_under, read, tell};

/// The shortest that every backend takes; some grant more.
const SHORT: Duration = Duration::from_secs(1);

/// The next thing a watch tells.
async fn next(watch: &mut segdeck::store::Watch) -> String {
    loop {
        let batch =
            tokio::time::timeout(PATIENCE, watch.recv()).await.expect("an event comes").unwrap().unwrap();
        if let Some(event) = batch.events.first() {
            assert_eq!(batch.events.len(), 1, "one event was due");
            return tell(event).1;
        }
    }
}

pub async fn an_expired_lease_takes_its_keys_along(store: &SharedStore) {
    let begun = Instant::now();
    let (lease, granted) = store.lease_grant(SHORT).await.unwrap();
    assert!(granted >= SHORT, "never shorter than asked: {granted:?}");
    commit(store, vec![put_under("e/mortal", "1", lease), put("e/lasting", "1")]).await;
    let mut watch = store.watch("e/", 0).await.unwrap();
    assert_eq!(next(&mut watch).await, "-e/mortal");
    assert!(begun.elapsed() >= granted, "not before its time");
    assert!(begun.elapsed() < granted + Duration::from_secs(5), "and soon after it");
    assert!(is_absent(store, "e/mortal").await);
    assert_eq!(read(store, "e/lasting").await.value, "1");
}

pub async fn a_renewed_lease_lives_on(store: &SharedStore) {
    let (lease, granted) = store.lease_grant(Duration::from_secs(2)).await.unwrap();
    commit(store, vec![put_under("r/mortal", "1", lease)]).await;
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(300));
    while begun.elapsed() < granted + Duration::from_secs(1) {
        ticks.tick().await;
        let left = store.lease_renew(lease).await.unwrap();
        assert!(left > Duration::ZERO);
    }
    assert_eq!(read(store, "r/mortal").await.value, "1", "it outlived its first term");
    store.lease_revoke(lease).await.unwrap();
}

pub async fn a_revoked_lease_ends_now(store: &SharedStore) {
    let (lease, _) = store.lease_grant(Duration::from_secs(60)).await.unwrap();
    let (other, _) = store.lease_grant(Duration::from_secs(60)).await.unwrap();
    assert_ne!(lease, other);
    commit(store, vec![put_under("v/mortal", "1", lease), put_under("v/other", "1", other)]).await;
    let mut watch = store.watch("v/", 0).await.unwrap();
    store.lease_revoke(lease).await.unwrap();
    assert!(is_absent(store, "v/mortal").await, "gone when the call returns");
    assert_eq!(next(&mut watch).await, "-v/mortal");
    assert_eq!(read(store, "v/other").await.value, "1");
    store.lease_revoke(lease).await.unwrap();
    store.lease_revoke(other).await.unwrap();
}

pub async fn a_lost_lease_renews_to_zero(store: &SharedStore) {
    let (lease, _) = store.lease_grant(Duration::from_secs(60)).await.unwrap();
    assert!(store.lease_renew(lease).await.unwrap() > Duration::ZERO);
    store.lease_revoke(lease).await.unwrap();
    assert_eq!(store.lease_renew(lease).await.unwrap(), Duration::ZERO);
    assert_eq!(store.lease_renew(i64::MAX - 7).await.unwrap(), Duration::ZERO, "nor one that never was");
}

pub async fn a_put_without_the_lease_frees_the_key(store: &SharedStore) {
    let (lease, _) = store.lease_grant(Duration::from_secs(60)).await.unwrap();
    commit(store, vec![put_under("f/freed", "1", lease), put_under("f/kept", "1", lease)]).await;
    commit(store, vec![put("f/freed", "2")]).await;
    store.lease_revoke(lease).await.unwrap();
    assert_eq!(read(store, "f/freed").await.value, "2");
    assert!(is_absent(store, "f/kept").await);
}

pub async fn records_tell_whether_they_lie_under_a_lease(store: &SharedStore) {
    let (lease, _) = store.lease_grant(Duration::from_secs(60)).await.unwrap();
    let mut watch = store.watch("l/", 0).await.unwrap();
    commit(store, vec![put_under("l/mortal", "1", lease), put("l/lasting", "1")]).await;
    assert!(read(store, "l/mortal").await.leased);
    assert!(!read(store, "l/lasting").await.leased);
    let listed = store.list_all("l/").await.unwrap().entries;
    assert_eq!(listed.iter().map(|entry| entry.leased).collect::<Vec<_>>(), [false, true]);
    let told = tokio::time::timeout(PATIENCE, watch.recv()).await.unwrap().unwrap().unwrap();
    let told = told.events.iter().map(|event| matches!(event, WatchEvent::Put(entry) if entry.leased));
    assert_eq!(told.collect::<Vec<_>>(), [true, false]);
    // As copied by hand, by a mirror or by a restore.
    commit(store, vec![put("l/mortal", "2")]).await;
    assert!(!read(store, "l/mortal").await.leased);
    store.lease_revoke(lease).await.unwrap();
}

pub async fn a_put_under_a_lost_lease_changes_nothing(store: &SharedStore) {
    let (lease, _) = store.lease_grant(Duration::from_secs(60)).await.unwrap();
    store.lease_revoke(lease).await.unwrap();
    let ops = vec![put("n/a", "1"), put_under("n/b", "1", lease)];
    let refused = store.txn(Txn { ops, ..Txn::new().absent(key("n/b")) }).await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert!(is_absent(store, "n/a").await);
    assert!(is_absent(store, "n/b").await);
}
