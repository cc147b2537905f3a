//! Watches: whole revisions, in order, from where they were asked for.

use segdeck::store::{ListQuery, SharedStore};

use super::{commit, delete, delete_prefix, put, told_until};

pub async fn whole_revisions_come_in_order(store: &SharedStore) {
    let start = commit(store, vec![put("w/x/1", "0"), put("w/x/2", "0")]).await;
    let mut watch = store.watch("w/", start + 1).await.unwrap();
    let first = commit(store, vec![put("w/b", "1"), put("w/a", "1"), delete("w/nobody")]).await;
    let second = commit(store, vec![delete_prefix("w/x/"), put("w/c", "2"), delete("w/a")]).await;
    let third = commit(store, vec![put("w/a", "3")]).await;
    let told = told_until(&mut watch, third).await;
    let wanted = [
        (first, "+w/b=1"),
        (first, "+w/a=1"),
        (second, "-w/x/1"),
        (second, "-w/x/2"),
        (second, "+w/c=2"),
        (second, "-w/a"),
        (third, "+w/a=3"),
    ];
    assert_eq!(told, wanted.map(|(revision, what)| (revision, what.to_owned())));
}

pub async fn a_large_revision_comes_whole(store: &SharedStore) {
    let start = commit(store, vec![put("large", "")]).await;
    for n in 0..25 {
        commit(store, (0..100).map(|m| put(format!("large/{n:02}/{m:02}"), "")).collect()).await;
    }
    let purge = commit(store, vec![put("large", "purged"), delete_prefix("large/")]).await;
    let last = commit(store, vec![put("large", "after")]).await;
    let mut watch = store.watch("large", start).await.unwrap();
    let told = told_until(&mut watch, last).await;
    let deleted: Vec<_> = told.iter().filter(|(at, _)| *at == purge).map(|(_, what)| what.as_str()).collect();
    assert_eq!(deleted.len(), 2_501);
    assert_eq!((deleted[0], deleted[1], deleted[2_500]), ("+large=purged", "-large/00/00", "-large/24/99"));
    assert_eq!(told.len(), 1 + 2_500 + 2_501 + 1);
}

pub async fn the_past_comes_before_the_present(store: &SharedStore) {
    let mut wanted = Vec::new();
    for n in 0..30 {
        let revision = commit(store, vec![put(format!("t/{}", n % 7), n.to_string())]).await;
        wanted.push((revision, format!("+t/{}={n}", n % 7)));
    }
    let from = wanted[9].0;
    let mut watch = store.watch("t/", from).await.unwrap();
    for n in 30..40 {
        let revision = commit(store, vec![put("t/new", n.to_string())]).await;
        wanted.push((revision, format!("+t/new={n}")));
    }
    let told = told_until(&mut watch, wanted[39].0).await;
    assert_eq!(told, wanted[9..], "from the revision asked for, that one included");
}

pub async fn a_watch_from_the_future_waits_for_it(store: &SharedStore) {
    let now = commit(store, vec![put("f/a", "0")]).await;
    let mut watch = store.watch("f/", now + 3).await.unwrap();
    let mut wanted = Vec::new();
    for n in 1..=6 {
        let revision = commit(store, vec![put("f/a", n.to_string())]).await;
        if revision >= now + 3 {
            wanted.push((revision, format!("+f/a={n}")));
        }
    }
    assert!(!wanted.is_empty());
    let told = told_until(&mut watch, wanted[wanted.len() - 1].0).await;
    assert_eq!(told, wanted);
}

pub async fn a_watch_from_zero_begins_now(store: &SharedStore) {
    commit(store, vec![put("z/a", "before")]).await;
    let mut watch = store.watch("z/", 0).await.unwrap();
    let after = commit(store, vec![put("z/a", "after")]).await;
    assert_eq!(told_until(&mut watch, after).await, [(after, "+z/a=after".to_owned())]);
}

pub async fn only_the_prefix_is_told(store: &SharedStore) {
    let mut watch = store.watch("o/", 0).await.unwrap();
    commit(store, vec![put("o", "no"), put("o0", "no"), put("oo/a", "no")]).await;
    let mixed = commit(store, vec![put("o-", "no"), put("o/a", "yes"), delete("o0")]).await;
    assert_eq!(told_until(&mut watch, mixed).await, [(mixed, "+o/a=yes".to_owned())]);
    commit(store, vec![put("o", "no")]).await;
    let gone = commit(store, vec![delete_prefix("o")]).await;
    assert_eq!(told_until(&mut watch, gone).await, [(gone, "-o/a".to_owned())]);
}

pub async fn a_watch_after_a_list_misses_nothing(store: &SharedStore) {
    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            let mut last = 0;
            for n in 0..80 {
                last = commit(&store, vec![put(format!("l/{n:02}"), "x")]).await;
            }
            last
        }
    });
    let list = store.list(&ListQuery::prefix("l/")).await.unwrap();
    let mut watch = store.watch("l/", list.revision + 1).await.unwrap();
    let last = writer.await.unwrap();
    let mut seen: Vec<String> = list.entries.iter().map(|entry| format!("+{}=x", entry.key)).collect();
    if last > list.revision {
        seen.extend(told_until(&mut watch, last).await.into_iter().map(|(_, what)| what));
    }
    assert_eq!(seen, (0..80).map(|n| format!("+l/{n:02}=x")).collect::<Vec<_>>());
}

pub async fn two_watches_see_the_same(store: &SharedStore) {
    let start = commit(store, vec![put("s/a", "0")]).await;
    let mut one = store.watch("s/", start + 1).await.unwrap();
    let mut last = start;
    for n in 0..20 {
        last = commit(store, vec![put("s/a", n.to_string()), put(format!("s/{n}"), "x")]).await;
    }
    let mut other = store.watch("s/", start + 1).await.unwrap();
    assert_eq!(told_until(&mut one, last).await, told_until(&mut other, last).await);
}

pub async fn a_dropped_watch_harms_nobody(store: &SharedStore) {
    let start = commit(store, vec![put("d/a", "0")]).await;
    drop(store.watch("d/", start).await.unwrap());
    let mut watch = store.watch("d/", start + 1).await.unwrap();
    drop(store.watch("d/", 0).await.unwrap());
    let last = commit(store, vec![put("d/a", "1")]).await;
    assert_eq!(told_until(&mut watch, last).await, [(last, "+d/a=1".to_owned())]);
}
