//! Guarded transactions: compares, refusals, revisions, and that nobody's change is lost.

use segdeck::store::{Compare, Entry, Op, Revision, SharedStore, Txn, TxnOutcome};

use super::{at, commit, delete, delete_prefix, is_absent, key, keys_below, names, put, read};

async fn holds(store: &SharedStore, compare: Compare) -> bool {
    match store.txn(Txn { compares: vec![compare], ops: Vec::new() }).await.unwrap() {
        TxnOutcome::Done(_) => true,
        TxnOutcome::Refused { .. } => false,
    }
}

async fn refused(
    store: &SharedStore,
    compares: Vec<Compare>,
    ops: Vec<Op>,
) -> (Revision, Vec<Option<Entry>>) {
    match store.txn(Txn { compares, ops }).await.unwrap() {
        TxnOutcome::Refused { revision, found } => (revision, found),
        TxnOutcome::Done(revision) => panic!("done at {revision}; a refusal was due"),
    }
}

pub async fn mod_revision_compares_both_ways(store: &SharedStore) {
    let is = |revision| Compare::ModRevision(key("m/a"), revision);
    assert!(holds(store, is(0)).await);
    assert!(!holds(store, is(1)).await);
    let first = commit(store, vec![put("m/a", "1")]).await;
    assert!(holds(store, is(first)).await);
    assert!(!holds(store, is(0)).await);
    let second = commit(store, vec![put("m/a", "2")]).await;
    assert!(holds(store, is(second)).await);
    assert!(!holds(store, is(first)).await);
    commit(store, vec![delete("m/a")]).await;
    assert!(holds(store, is(0)).await);
    assert!(!holds(store, is(second)).await);
}

pub async fn create_revision_compares_both_ways(store: &SharedStore) {
    let is = |revision| Compare::CreateRevision(key("c/a"), revision);
    assert!(holds(store, is(0)).await);
    assert!(!holds(store, is(1)).await);
    let first = commit(store, vec![put("c/a", "1")]).await;
    let second = commit(store, vec![put("c/a", "2")]).await;
    assert!(holds(store, is(first)).await, "a change keeps it");
    assert!(!holds(store, is(second)).await);
    assert!(!holds(store, is(0)).await);
    commit(store, vec![delete("c/a")]).await;
    assert!(holds(store, is(0)).await);
    let again = commit(store, vec![put("c/a", "3")]).await;
    assert!(holds(store, is(again)).await);
    assert!(!holds(store, is(first)).await, "a second life is another one");
}

pub async fn none_since_compares_both_ways(store: &SharedStore) {
    let empty = |prefix: &str| Compare::NoneSince(prefix.to_owned(), 0);
    assert!(holds(store, empty("p/")).await);
    commit(store, vec![put("p0", "neighbour"), put("p", "shorter")]).await;
    assert!(holds(store, empty("p/")).await);
    commit(store, vec![put("p/b", "1"), put("p/a", "1")]).await;
    assert!(!holds(store, empty("p/")).await);
    let (_, found) = refused(store, vec![empty("p/")], vec![]).await;
    assert_eq!(found[0].as_ref().map(|entry| entry.key.as_str()), Some("p/a"), "the first one below");
    commit(store, vec![delete_prefix("p/")]).await;
    assert!(holds(store, empty("p/")).await);

    let since = |revision| Compare::NoneSince("ns/".into(), revision);
    let first = commit(store, vec![put("ns/a", "1"), put("ns/b", "1"), put("ns/c", "1")]).await;
    let quiet = commit(store, vec![put("ns", "shorter"), put("ns0", "neighbour")]).await;
    assert!(holds(store, since(first)).await);
    assert!(holds(store, since(quiet)).await);
    assert!(!holds(store, since(first - 1)).await, "what was created then is newer");
    let changed = commit(store, vec![put("ns/b", "2")]).await;
    assert!(!holds(store, since(first)).await);
    assert!(holds(store, since(changed)).await);
    let (_, found) = refused(store, vec![since(quiet)], vec![]).await;
    assert_eq!(found[0].as_ref().map(|entry| entry.key.as_str()), Some("ns/b"), "the first newer one");
    commit(store, vec![delete("ns/b")]).await;
    assert!(holds(store, since(first)).await, "what is gone does not show");
    commit(store, vec![put("ns/b", "3")]).await;
    assert!(!holds(store, since(changed)).await);
}

pub async fn only_below_compares_both_ways(store: &SharedStore) {
    let only = |name: &str| Compare::OnlyBelow("ob/".into(), key(name));
    assert!(holds(store, only("ob/m")).await, "nothing is there at all");
    commit(store, vec![put("ob", "shorter"), put("ob0", "neighbour"), put("ob/m", "1")]).await;
    assert!(holds(store, only("ob/m")).await);
    assert!(!holds(store, only("ob/a")).await);
    assert!(!holds(store, only("ob/m0")).await);
    for other in ["ob/a", "ob/z", "ob/m/", "ob/m0"] {
        commit(store, vec![put(other, "1")]).await;
        assert!(!holds(store, only("ob/m")).await, "{other}");
        let (_, found) = refused(store, vec![only("ob/m")], vec![]).await;
        let first = found[0].as_ref().map(|entry| entry.key.as_str());
        assert_eq!(first, Some(other.min("ob/m")), "the first one below");
        commit(store, vec![delete(other)]).await;
        assert!(holds(store, only("ob/m")).await, "{other} is gone");
    }
}

pub async fn a_refusal_tells_every_compare_in_order(store: &SharedStore) {
    let first = commit(store, vec![put("r/a", "A"), put("r/b", "B"), put("r/z/1", "Z")]).await;
    let compares = vec![
        Compare::ModRevision(key("r/b"), first),
        Compare::NoneSince("r/none/".into(), 0),
        Compare::CreateRevision(key("r/nobody"), 0),
        Compare::NoneSince("r/z/".into(), 0),
        Compare::ModRevision(key("r/a"), first + 1),
        Compare::CreateRevision(key("r/b"), first),
    ];
    let (revision, found) = refused(store, compares, vec![put("r/new", "x")]).await;
    assert!(revision >= first);
    let shown: Vec<Option<(&str, &[u8], Revision)>> = found
        .iter()
        .map(|entry| entry.as_ref().map(|entry| (entry.key.as_str(), &*entry.value, entry.mod_revision)))
        .collect();
    let b = Some(("r/b", b"B".as_slice(), first));
    assert_eq!(shown, [b, None, None, Some(("r/z/1", b"Z", first)), Some(("r/a", b"A", first)), b]);
}

pub async fn a_refusal_changes_nothing(store: &SharedStore) {
    let before = commit(store, vec![put("same/a", "1"), put("same/b", "1")]).await;
    let ops = vec![put("same/a", "2"), delete("same/b"), put("same/c", "2")];
    refused(store, vec![Compare::ModRevision(key("same/c"), 7)], ops).await;
    let page = store.list_all("same/").await.unwrap();
    assert_eq!(names(&page.entries), ["same/a", "same/b"]);
    assert!(page.entries.iter().all(|entry| entry.mod_revision == before));
}

pub async fn all_of_a_transaction_is_one_revision(store: &SharedStore) {
    let first =
        commit(store, vec![put("one/gone", "1"), put("one/below/1", "1"), put("one/below/2", "1")]).await;
    let ops = vec![put("one/a", "2"), delete("one/gone"), delete_prefix("one/below/"), put("one/b", "2")];
    let second = commit(store, ops).await;
    assert!(second > first);
    let page = store.list_all("one/").await.unwrap();
    assert_eq!(names(&page.entries), ["one/a", "one/b"]);
    assert!(page.entries.iter().all(|entry| entry.mod_revision == second && entry.create_revision == second));
    let before = store.list(&at("one/", second - 1)).await.unwrap();
    assert_eq!(
        names(&before.entries),
        ["one/below/1", "one/below/2", "one/gone"],
        "just before, all was old"
    );
}

pub async fn create_and_mod_revisions_live_through_a_second_life(store: &SharedStore) {
    let born = commit(store, vec![put("life", "1")]).await;
    let changed = commit(store, vec![put("life", "2")]).await;
    let entry = read(store, "life").await;
    assert_eq!((entry.create_revision, entry.mod_revision), (born, changed));
    commit(store, vec![delete("life")]).await;
    assert!(is_absent(store, "life").await);
    let again = commit(store, vec![put("life", "3")]).await;
    let entry = read(store, "life").await;
    assert_eq!((entry.create_revision, entry.mod_revision), (again, again));
}

pub async fn deleting_nothing_is_done(store: &SharedStore) {
    commit(store, vec![put("there", "1")]).await;
    commit(store, vec![delete("nothing/a"), delete_prefix("nothing/b/")]).await;
    let revision = commit(store, vec![delete("nothing/a"), put("there", "2")]).await;
    assert_eq!(read(store, "there").await.mod_revision, revision);
}

pub async fn what_changes_nothing_moves_no_revision(store: &SharedStore) {
    let before = commit(store, vec![put("there", "1")]).await;
    assert_eq!(commit(store, vec![]).await, before);
    assert_eq!(commit(store, vec![delete("nothing/a"), delete_prefix("nothing/b/")]).await, before);
    let (revision, _) =
        refused(store, vec![Compare::ModRevision(key("there"), 0)], vec![put("there", "2")]).await;
    assert_eq!(revision, before);
    assert_eq!(store.get(&key("there")).await.unwrap().0, before);
    assert_eq!(
        commit(store, vec![put("there", "2")]).await,
        before + 1,
        "the next change is the next revision"
    );
}

pub async fn a_prefix_goes_while_others_come(store: &SharedStore) {
    commit(store, (0..50).map(|n| put(format!("purge/old/{n}"), "x")).collect()).await;
    let guard = Compare::ModRevision(key("purge/tombstone"), 0);
    let ops = vec![delete_prefix("purge/old/"), put("purge/tombstone", "gone"), put("purge/older", "stays")];
    assert!(matches!(store.txn(Txn { compares: vec![guard], ops }).await.unwrap(), TxnOutcome::Done(_)));
    assert_eq!(keys_below(store, "purge/").await, ["purge/older", "purge/tombstone"]);
}

pub async fn the_same_value_again_is_a_change(store: &SharedStore) {
    let first = commit(store, vec![put("again", "same")]).await;
    let second = commit(store, vec![put("again", "same")]).await;
    assert!(second > first);
    assert_eq!(read(store, "again").await.mod_revision, second);
}

pub async fn an_empty_value_is_a_value(store: &SharedStore) {
    let revision = commit(store, vec![put("empty", "")]).await;
    let entry = read(store, "empty").await;
    assert_eq!((entry.value.len(), entry.mod_revision), (0, revision));
    assert!(!holds(store, Compare::ModRevision(key("empty"), 0)).await);
}

pub async fn sixteen_tasks_lose_no_increment(store: &SharedStore) {
    const TASKS: u64 = 16;
    const EACH: u64 = 10;
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..EACH {
                    increment(&store).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(number(&read(store, "counter").await), TASKS * EACH);
}

fn number(entry: &Entry) -> u64 {
    std::str::from_utf8(&entry.value).unwrap().parse().unwrap()
}

async fn increment(store: &SharedStore) {
    let mut entry = store.get(&key("counter")).await.unwrap().1;
    loop {
        let next = entry.as_ref().map_or(0, number) + 1;
        let txn = Txn {
            ops: vec![put("counter", next.to_string())],
            ..Txn::new().still(key("counter"), entry.as_ref())
        };
        match store.txn(txn).await.unwrap() {
            TxnOutcome::Done(_) => return,
            TxnOutcome::Refused { mut found, .. } => entry = found.remove(0),
        }
    }
}
