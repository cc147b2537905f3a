//! What is etcd's own: the root, keys that are no text, leases in transactions, large answers.

use std::time::Duration;

use segdeck::store::{
    Compare, EtcdStore, Key, ListQuery, Op, ReadStore, Store, StoreError, Txn, TxnOutcome, WatchEvent, keys,
};

use crate::etcd::{self, shared};

fn key(text: &str) -> Key {
    Key::from_stored(text)
}

fn put(text: &str, value: impl Into<bytes::Bytes>) -> Op {
    Op::Put(key(text), value.into(), None)
}

async fn done(store: &EtcdStore, txn: Txn) -> i64 {
    match store.txn(txn).await.unwrap() {
        TxnOutcome::Done(revision) => revision,
        refused => panic!("{refused:?}"),
    }
}

fn puts(ops: Vec<Op>) -> Txn {
    Txn { compares: vec![], ops }
}

#[tokio::test]
async fn keys_lie_below_the_root_and_only_there() {
    let server = shared();
    let store = EtcdStore::open(&server.settings("/wire-root")).unwrap();
    done(&store, puts(vec![put("a", "1")])).await;
    assert_eq!(server.ctl(&["get", "--print-value-only", "/wire-root/a"]), "1\n");
    server.ctl(&["put", "/wire-rootless/a", "2"]);
    let page = store.list_all("").await.unwrap();
    assert_eq!(page.entries.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(store.name(), format!("etcd {}", server.endpoint()));
}

#[tokio::test]
async fn keys_that_are_no_text_neither_show_nor_stop_a_list() {
    let server = shared();
    let store = EtcdStore::open(&server.settings("/wire-bytes")).unwrap();
    done(&store, puts(vec![put("a", "1"), put("z", "1")])).await;
    let mut raw = etcd_client::Client::connect([server.endpoint()], None).await.unwrap();
    for last in 0xf0..=0xffu8 {
        raw.put([b"/wire-bytes/m".as_slice(), &[last]].concat(), "x", None).await.unwrap();
    }
    let mut query = ListQuery { limit: 3, ..ListQuery::prefix("") };
    let mut seen = Vec::new();
    loop {
        let page = store.list(&query).await.unwrap();
        query.after = page.entries.last().map(|entry| entry.key.clone());
        query.revision = Some(page.revision);
        seen.extend(page.entries.into_iter().map(|entry| entry.key.to_string()));
        assert!(seen.len() <= 2, "{seen:?}");
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, ["a", "z"]);
}

#[tokio::test]
async fn answers_of_many_megabytes_are_read() {
    let store = EtcdStore::open(&shared().settings("/wire-large")).unwrap();
    for chunk in 0..8 {
        let ops = (0..5).map(|n| put(&format!("k/{chunk}{n}"), vec![b'x'; 250 * 1024])).collect();
        done(&store, puts(ops)).await;
    }
    let page = store.list(&ListQuery::prefix("k/")).await.unwrap();
    assert_eq!(page.entries.len(), 40);
    let all: Vec<Key> = page.entries.iter().map(|entry| entry.key.clone()).collect();
    assert_eq!(store.get_many(&all).await.unwrap().entries.into_iter().flatten().count(), 40);
}

#[tokio::test]
async fn many_records_are_read_at_one_revision() {
    let store = EtcdStore::open(&shared().settings("/wire-many")).unwrap();
    let names: Vec<Key> = (0..250).map(|n| key(&format!("k/{n:03}"))).collect();
    for chunk in names.chunks(100) {
        done(&store, puts(chunk.iter().map(|k| Op::Put(k.clone(), "1".into(), None)).collect())).await;
    }
    let missing = [names.clone(), vec![key("k/none")]].concat();
    let got = store.get_many(&missing).await.unwrap();
    assert_eq!(got.entries.len(), 251);
    assert!(got.entries[..250].iter().zip(&names).all(|(entry, key)| entry.as_ref().unwrap().key == *key));
    assert!(got.entries[250].is_none());
    assert_eq!(store.get_many(&[]).await.unwrap().entries, vec![]);
}

#[tokio::test]
async fn a_watch_of_a_future_revision_waits_for_it() {
    let store = EtcdStore::open(&shared().settings("/wire-future")).unwrap();
    let now = done(&store, puts(vec![put("a", "0")])).await;
    let mut watch = store.watch("", now + 1).await.unwrap();
    done(&store, puts(vec![put("a", "1"), put("b", "1")])).await;
    let batch = watch.recv().await.unwrap().unwrap();
    assert_eq!(batch.events.len(), 2, "one revision is one batch");
    done(&store, Txn::new().delete(key("a"))).await;
    let batch = watch.recv().await.unwrap().unwrap();
    assert!(
        matches!(&batch.events[..], [WatchEvent::Delete(gone, at)] if *gone == key("a") && *at == batch.revision)
    );
}

#[tokio::test]
async fn a_put_under_a_lost_lease_changes_nothing() {
    let store = EtcdStore::open(&shared().settings("/wire-lease")).unwrap();
    let (lease, granted) = store.lease_grant(Duration::from_secs(30)).await.unwrap();
    assert!(granted >= Duration::from_secs(30));
    assert_eq!(store.lease_renew(lease).await.unwrap(), granted, "the first renewal tells the time too");
    assert_eq!(store.lease_renew(lease).await.unwrap(), granted);
    done(&store, puts(vec![Op::Put(keys::leader(), "x".into(), Some(lease))])).await;
    store.lease_revoke(lease).await.unwrap();
    store.lease_revoke(lease).await.unwrap();
    assert_eq!(store.lease_renew(lease).await.unwrap(), Duration::ZERO);
    assert_eq!(store.get(&keys::leader()).await.unwrap().1, None);
    let error = store.txn(puts(vec![Op::Put(keys::leader(), "y".into(), Some(lease))])).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "surely not done: {error:?}");
}

#[tokio::test]
async fn a_refusal_shows_every_compared_record() {
    let store = EtcdStore::open(&shared().settings("/wire-refused")).unwrap();
    let revision = done(&store, puts(vec![put("a", "1"), put("p/x", "1")])).await;
    let txn = Txn {
        compares: vec![
            Compare::ModRevision(key("a"), revision),
            Compare::NoneSince("p/".into(), 0),
            Compare::CreateRevision(key("none"), 0),
        ],
        ops: vec![put("b", "1")],
    };
    let TxnOutcome::Refused { found, .. } = store.txn(txn).await.unwrap() else { panic!("it was done") };
    let names: Vec<_> = found.iter().map(|entry| entry.as_ref().map(|entry| entry.key.as_str())).collect();
    assert_eq!(names, [Some("a"), Some("p/x"), None]);
    assert_eq!(store.get(&key("b")).await.unwrap().1, None);
}

#[tokio::test]
async fn settings_that_cannot_work_are_told_at_once() {
    let good = etcd::settings(&["127.0.0.1:2379"], "/segdeck");
    let refused = |change: fn(&mut segdeck::settings::StoreSettings)| {
        let mut settings = good.clone();
        change(&mut settings);
        match EtcdStore::open(&settings) {
            Err(StoreError::Misconfigured(text)) => text,
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was opened"),
        }
    };
    assert!(refused(|s| s.endpoints.clear()).contains("store.endpoints"));
    assert!(refused(|s| s.endpoints = vec!["ftp://x".into()]).contains("ftp"));
    assert!(refused(|s| s.endpoints = vec!["https://x".into()]).contains("store.ca_file"));
    assert!(refused(|s| s.ca_file = "/nowhere/ca.pem".into()).contains("/nowhere/ca.pem"));
    assert!(refused(|s| s.ca_file = "/dev/null".into()).contains("no certificate"));
    assert!(refused(|s| s.cert_file = "/dev/null".into()).contains("store.ca_file"));
    assert!(refused(|s| s.username = "a".into()).contains("store.password_file"));
    assert!(
        refused(|s| (s.username, s.password_file) = ("a".into(), "/nowhere/pw".into()))
            .contains("/nowhere/pw")
    );
    assert!(refused(|s| s.prefix = "/".into()).contains("store.prefix"));
    assert!(EtcdStore::open(&good).is_ok(), "nobody has to listen there");
}
