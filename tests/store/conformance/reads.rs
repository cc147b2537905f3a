//! Reads: single records, pages, prefixes, revisions.

use segdeck::store::{ListQuery, SharedStore, StoreError};

use super::{at, commit, delete, key, keys_below, names, put};

pub async fn absent_keys_are_none(store: &SharedStore) {
    let got = store.get_many(&[key("a/nobody"), key("a/no-one")]).await.unwrap();
    assert_eq!(got.entries, [None, None]);
    let page = store.list(&ListQuery::prefix("a/")).await.unwrap();
    assert!(page.entries.is_empty() && !page.more);
    assert!(store.get_many(&[]).await.unwrap().entries.is_empty());
}

pub async fn many_keys_are_read_at_one_revision(store: &SharedStore) {
    // Both change together, for ever; a read that mixes revisions sees them differ.
    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            for n in 0..60 {
                commit(&store, vec![put("pair/left", n.to_string()), put("pair/right", n.to_string())]).await;
            }
        }
    });
    let mut reads = 0;
    while !writer.is_finished() || reads == 0 {
        let got = store.get_many(&[key("pair/right"), key("pair/none"), key("pair/left")]).await.unwrap();
        let [right, none, left] = got.entries.as_slice() else { panic!("three were asked for") };
        assert_eq!(none, &None);
        assert_eq!(right.as_ref().map(|entry| &entry.value), left.as_ref().map(|entry| &entry.value));
        assert!(left.iter().all(|entry| entry.mod_revision <= got.revision));
        reads += 1;
    }
    writer.await.unwrap();
}

pub async fn pages_show_one_revision_while_writes_go_on(store: &SharedStore) {
    let all: Vec<String> = (0..95).map(|n| format!("page/{n:03}")).collect();
    commit(store, all.iter().map(|key| put(key, "old")).collect()).await;
    let mut query = ListQuery { limit: 10, ..ListQuery::prefix("page/") };
    let mut seen = Vec::new();
    loop {
        let page = store.list(&query).await.unwrap();
        assert!(page.entries.len() <= 10);
        assert!(query.revision.is_none_or(|revision| revision == page.revision), "the revision stays");
        seen.extend(page.entries);
        query.revision = Some(page.revision);
        query.after = seen.last().map(|entry| entry.key.clone());
        if !page.more {
            break;
        }
        // Behind and ahead of where the reader is.
        commit(
            store,
            vec![put("page/000", "new"), put("page/094", "new"), delete("page/090"), put("page/0945", "new")],
        )
        .await;
    }
    assert_eq!(names(&seen), all);
    assert!(seen.iter().all(|entry| entry.value == "old"));
    assert_eq!(keys_below(store, "page/09").await.len(), 5, "now there is one less and one more");
}

pub async fn pages_end_where_the_list_ends(store: &SharedStore) {
    commit(store, vec![put("end/1", ""), put("end/2", ""), put("end/3", ""), put("end/4", "")]).await;
    let page =
        |limit, after: Option<&str>| ListQuery { limit, after: after.map(key), ..ListQuery::prefix("end/") };
    let whole = store.list(&page(4, None)).await.unwrap();
    assert_eq!((whole.entries.len(), whole.more), (4, false), "a page that is just full is the last");
    let first = store.list(&page(3, None)).await.unwrap();
    assert_eq!((first.entries.len(), first.more), (3, true));
    let rest = store.list(&page(3, Some("end/3"))).await.unwrap();
    assert_eq!((names(&rest.entries), rest.more), (vec!["end/4".to_owned()], false));
    let gap = store.list(&page(1, Some("end/25"))).await.unwrap();
    assert_eq!((names(&gap.entries), gap.more), (vec!["end/3".to_owned()], true), "after need not exist");
    let before = store.list(&page(9, Some("a"))).await.unwrap();
    assert_eq!(before.entries.len(), 4, "after may lie before the prefix");
    let past = store.list(&page(9, Some("z"))).await.unwrap();
    assert!(past.entries.is_empty() && !past.more, "after may lie behind the prefix");
}

pub async fn keys_alone_leave_the_values_out(store: &SharedStore) {
    let revision = commit(store, vec![put("only/a", "value"), put("only/b", "value")]).await;
    let page = store.list(&ListQuery { keys_only: true, ..ListQuery::prefix("only/") }).await.unwrap();
    assert_eq!(names(&page.entries), ["only/a", "only/b"]);
    for entry in page.entries {
        assert!(entry.value.is_empty());
        assert_eq!((entry.create_revision, entry.mod_revision), (revision, revision));
    }
}

pub async fn a_prefix_is_no_neighbour(store: &SharedStore) {
    let all = ["n", "n-", "n.", "n/", "n/a", "n/a/b", "n/\u{10FFFF}", "n/\u{10FFFF}x", "n0", "na"];
    commit(store, all.iter().map(|key| put(key, "x")).collect()).await;
    assert_eq!(keys_below(store, "n/").await, ["n/", "n/a", "n/a/b", "n/\u{10FFFF}", "n/\u{10FFFF}x"]);
    assert_eq!(keys_below(store, "n/a").await, ["n/a", "n/a/b"]);
    assert_eq!(keys_below(store, "n/\u{10FFFF}").await, ["n/\u{10FFFF}", "n/\u{10FFFF}x"]);
    assert_eq!(keys_below(store, "").await, all, "the empty prefix is everything below the root");
    assert!(keys_below(store, "n/a/b/c").await.is_empty());
    commit(store, vec![super::delete_prefix("n/")]).await;
    assert_eq!(keys_below(store, "").await, ["n", "n-", "n.", "n0", "na"]);
}

pub async fn keys_of_any_script_are_in_byte_order(store: &SharedStore) {
    let all = ["s/Z", "s/a", "s/a b", "s/a%_", "s/é", "s/导航", "s/\u{FFFD}", "s/😀"];
    commit(store, all.iter().rev().map(|key| put(key, key)).collect()).await;
    assert_eq!(keys_below(store, "s/").await, all);
    assert_eq!(keys_below(store, "s/导").await, ["s/导航"]);
    assert_eq!(keys_below(store, "s/a%").await, ["s/a%_"]);
}

pub async fn a_past_revision_is_listed_as_it_was(store: &SharedStore) {
    let first = commit(store, vec![put("past/a", "1"), put("past/b", "1")]).await;
    let second = commit(store, vec![put("past/a", "2"), delete("past/b")]).await;
    let third = commit(store, vec![put("past/b", "3")]).await;
    let show = async |revision| {
        let page = store.list(&at("past/", revision)).await.unwrap();
        assert_eq!(page.revision, revision);
        let shown = page.entries.iter().map(|entry| {
            let value = std::str::from_utf8(&entry.value).unwrap();
            format!("{}={value} {}/{}", entry.key, entry.create_revision, entry.mod_revision)
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(show(first).await, [format!("past/a=1 {first}/{first}"), format!("past/b=1 {first}/{first}")]);
    assert_eq!(show(second).await, [format!("past/a=2 {first}/{second}")]);
    assert_eq!(
        show(third).await,
        [format!("past/a=2 {first}/{second}"), format!("past/b=3 {third}/{third}")]
    );
}

pub async fn a_future_revision_is_refused(store: &SharedStore) {
    let revision = commit(store, vec![put("future/a", "1")]).await;
    let refused = store.list(&at("future/", revision + 1_000_000)).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))), "{refused:?}");
}
