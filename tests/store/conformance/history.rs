//! Compaction, and what is left after it.

use segdeck::store::{ListQuery, SharedStore, StoreError};

use super::{at, commit, delete, names, put, read, told_until, watch_error};

pub async fn a_compacted_watch_says_so(store: &SharedStore) {
    let first = commit(store, vec![put("w/a", "1")]).await;
    commit(store, vec![put("w/a", "2")]).await;
    let third = commit(store, vec![put("w/a", "3")]).await;
    store.compact(third).await.unwrap();
    let error = watch_error(store, "w/", first).await;
    assert!(matches!(error, StoreError::Compacted { revision } if revision == third), "{error:?}");
    // Deaf to what is not its prefix, but gone is gone.
    let error = watch_error(store, "elsewhere/", first).await;
    assert!(matches!(error, StoreError::Compacted { .. }), "{error:?}");
}

pub async fn a_compacted_list_says_so(store: &SharedStore) {
    for n in 0..8 {
        commit(store, vec![put(format!("l/{n}"), "x")]).await;
    }
    let first = store.list(&ListQuery { limit: 3, ..ListQuery::prefix("l/") }).await.unwrap();
    let last = commit(store, vec![put("l/9", "x")]).await;
    store.compact(last).await.unwrap();
    let query = ListQuery {
        after: first.entries.last().map(|entry| entry.key.clone()),
        revision: Some(first.revision),
        ..ListQuery::prefix("l/")
    };
    let error = store.list(&query).await.unwrap_err();
    assert!(matches!(error, StoreError::Compacted { .. }), "{error:?}");
}

pub async fn what_was_not_compacted_is_still_there(store: &SharedStore) {
    commit(store, vec![put("k/old", "1"), put("k/gone", "1")]).await;
    commit(store, vec![delete("k/gone"), put("k/a", "1")]).await;
    let kept = commit(store, vec![put("k/a", "2")]).await;
    let last = commit(store, vec![put("k/a", "3"), delete("k/old")]).await;
    store.compact(kept).await.unwrap();
    let page = store.list(&at("k/", kept)).await.unwrap();
    assert_eq!(names(&page.entries), ["k/a", "k/old"], "the compacted revision itself can be read");
    assert_eq!(page.entries[0].value, "2");
    assert_eq!(page.entries[1].value, "1");
    let error = store.list(&at("k/", kept - 1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Compacted { .. }), "the one before cannot: {error:?}");
    let error = watch_error(store, "k/", kept - 1).await;
    assert!(matches!(error, StoreError::Compacted { .. }), "nor be watched: {error:?}");
    let mut watch = store.watch("k/", kept).await.unwrap();
    let wanted = [(kept, "+k/a=2"), (last, "+k/a=3"), (last, "-k/old")];
    assert_eq!(
        told_until(&mut watch, last).await,
        wanted.map(|(revision, what)| (revision, what.to_owned()))
    );
    assert_eq!(read(store, "k/a").await.value, "3");
    assert_eq!(names(&store.list_all("k/").await.unwrap().entries), ["k/a"]);
}

pub async fn compacting_again_is_done(store: &SharedStore) {
    let first = commit(store, vec![put("a", "1")]).await;
    let second = commit(store, vec![put("a", "2")]).await;
    store.compact(second).await.unwrap();
    store.compact(second).await.unwrap();
    store.compact(first).await.unwrap();
    let error = store.list(&at("", first)).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Compacted { .. }),
        "an older compaction brings nothing back: {error:?}"
    );
}

pub async fn the_future_cannot_be_compacted(store: &SharedStore) {
    let now = commit(store, vec![put("a", "1")]).await;
    let refused = store.compact(now + 10).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
    assert_eq!(read(store, "a").await.mod_revision, now);
}

pub async fn status_tells_the_revision(store: &SharedStore) {
    let now = commit(store, vec![put("a", "1")]).await;
    let status = store.status().await.unwrap();
    assert_eq!(status.revision, now);
    assert!(status.size > 0);
    assert!(status.engine.contains(char::is_numeric), "{}", status.engine);
    assert!(!store.name().is_empty());
}
