//! Watches that end or lie, and stores that go away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use segdeck::domain::Timestamp;
use segdeck::store::{Cache, Change, EtcdStore, Freshness, Op, Pace, SharedStore, keys};

use crate::etcd::Etcd;
use crate::records::*;
use crate::tampered::Tampered;

/// Looks all the time whether ever fewer rows are shown.
fn guard(cache: &Arc<Cache>, least: usize) -> impl FnOnce() {
    let (cache, stop) = (Arc::clone(cache), Arc::new(AtomicBool::new(false)));
    let told = Arc::clone(&stop);
    let looking = std::thread::spawn(move || {
        let mut looks = 0;
        while !told.load(Ordering::SeqCst) {
            let rows = cache.read(|rows| rows.segments.len());
            assert!(rows >= least, "half a list was shown: {rows}");
            looks += 1;
        }
        assert!(looks > 0);
    });
    move || {
        stop.store(true, Ordering::SeqCst);
        looking.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_compaction_the_list_is_swapped_whole() {
    let inner = store();
    commit(&inner, (0..300).map(|n| put_segment(&format!("a-{n:03}@1"))).collect()).await;
    let (store, tamper) = Tampered::over(inner.clone());
    let cache = start_at(Pace { page: 50, ..Pace::default() }, &store);
    cache.live().await;
    let rows = cache.read(|rows| rows.segments.values().cloned().collect::<Vec<_>>());
    let mut subscription = cache.cache.subscribe();
    subscription.next().await;
    let unguard = guard(&cache.cache, 299);

    tamper.deaf.store(true, Ordering::SeqCst);
    let revision = commit(
        &inner,
        vec![
            put_segment("a-007@1"),
            put_segment("new@1"),
            Op::Delete(keys::segment(&id("a-100@1"))),
            Op::Delete(keys::segment(&id("a-101@1"))),
        ],
    )
    .await;
    tamper.compacted.notify_one();
    let stale = cache.freshness(|freshness| matches!(freshness, Freshness::Stale { .. })).await;
    tamper.deaf.store(false, Ordering::SeqCst);
    assert!(
        matches!(&stale, Freshness::Stale { reason, .. } if reason.to_string().contains("compacted")),
        "{stale:?}"
    );
    cache.shows(revision).await;
    unguard();
    let told = ["a-007@1", "a-100@1", "a-101@1", "new@1"].map(|text| Change::Segment(id(text)));
    assert_eq!(subscription.next().await, told, "only what changed is told");
    let shared = cache.read(|now| {
        rows.iter().filter(|row| now.segments.get(&row.id).is_some_and(|is| Arc::ptr_eq(is, row))).count()
    });
    assert_eq!(shared, 297, "rows that are as they were are not copied");
}

#[tokio::test]
async fn a_really_compacted_watch_is_survived() {
    let server = Etcd::start();
    let store: SharedStore = EtcdStore::open(&server.settings("/compacted")).unwrap();
    commit(&store, vec![put_segment("a@1")]).await;
    let (held, tamper) = Tampered::over(store.clone());
    let gate = tamper.hold_watches();
    let cache = start(&held);
    cache.freshness(|freshness| matches!(freshness, Freshness::Loading { rows: 1 })).await;
    // The revision that the watch is to begin at is gone before it begins.
    let revision = commit(&store, (0..20).map(|n| put_segment(&format!("b-{n}@1"))).collect()).await;
    let revision = commit(&store, vec![put_segment("a@1")]).await.max(revision);
    store.compact(revision).await.unwrap();
    gate.add_permits(1);
    let stale = cache.freshness(|freshness| matches!(freshness, Freshness::Stale { .. })).await;
    assert!(
        matches!(&stale, Freshness::Stale { reason, .. } if reason.to_string().contains("compacted")),
        "{stale:?}"
    );
    gate.add_permits(1000);
    cache.shows(revision).await;
    assert_eq!(cache.read(|rows| rows.segments.len()), 21);
}

#[tokio::test]
async fn a_lost_event_is_found_by_the_next_list() {
    let inner = store();
    let (store, tamper) = Tampered::over(inner.clone());
    tamper.deaf.store(true, Ordering::SeqCst);
    let cache = start_at(Pace { relist: Duration::from_millis(100), ..Pace::default() }, &store);
    cache.live().await;
    let mut subscription = cache.cache.subscribe();
    subscription.next().await;
    commit(&inner, vec![put_segment("a@1")]).await;
    let told = tokio::time::timeout(PATIENCE, subscription.next()).await.unwrap();
    assert_eq!(told, [Change::Segment(id("a@1"))]);
    assert!(matches!(*cache.cache.freshness().borrow(), Freshness::Live { .. } | Freshness::Loading { .. }));
}

#[tokio::test]
async fn a_store_that_goes_away_leaves_its_rows_and_comes_back() {
    let mut server = Etcd::start();
    let store: SharedStore = EtcdStore::open(&server.settings("/away")).unwrap();
    commit(&store, vec![put_segment("a@1"), put_segment("b@1")]).await;
    let cache = start(&store);
    cache.live().await;
    server.stop();
    let first = cache.freshness(|freshness| matches!(freshness, Freshness::Stale { .. })).await;
    let Freshness::Stale { since: at_first, .. } = first else { panic!("{first:?}") };
    // The reason is that of the last try; the time that of the first.
    let again = cache
        .freshness(
            |freshness| matches!(freshness, Freshness::Stale { reason, .. } if reason.to_string().contains("refused")),
        )
        .await;
    assert!(
        matches!(&again, Freshness::Stale { since, reason } if *since == at_first && reason.to_string().contains(&server.endpoint()))
    );
    assert_eq!(cache.read(|rows| rows.segments.len()), 2, "what was known is still shown");
    server.restart();
    cache.live().await;
    let revision = commit(&store, vec![put_segment("c@1")]).await;
    cache.shows(revision).await;
    assert_eq!(cache.read(|rows| rows.segments.len()), 3);
}

#[tokio::test]
async fn a_silent_store_is_stale_since_it_was_heard_of_last() {
    let server = Etcd::start();
    let store: SharedStore = EtcdStore::open(&server.settings("/silent")).unwrap();
    let cache = start(&store);
    cache.live().await;
    server.pause();
    let paused = Timestamp::now();
    let stale = cache.freshness(|freshness| matches!(freshness, Freshness::Stale { .. })).await;
    let Freshness::Stale { since, reason } = stale else { panic!("{stale:?}") };
    assert!(reason.to_string().contains("does not answer"), "{reason}");
    assert!(since <= paused, "{since} {paused}");
    server.resume();
    cache.live().await;
    let revision = commit(&store, vec![put_segment("a@1")]).await;
    cache.shows(revision).await;
}

#[tokio::test]
async fn a_store_that_comes_late_is_waited_for() {
    let mut server = Etcd::start();
    let store: SharedStore = EtcdStore::open(&server.settings("/late")).unwrap();
    commit(&store, vec![put_segment("a@1")]).await;
    server.stop();
    let cache = start(&store);
    cache.freshness(|freshness| matches!(freshness, Freshness::Stale { .. })).await;
    assert_eq!(cache.read(|rows| rows.segments.len()), 0);
    server.restart();
    cache.live().await;
    assert_eq!(cache.read(|rows| rows.segments.len()), 1);
}
