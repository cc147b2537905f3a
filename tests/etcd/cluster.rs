//! Three members that lose the one that leads them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use segdeck::store::{EtcdStore, Key, ReadStore, Revision, Store, StoreError, Txn, TxnOutcome, WatchEvent};

use crate::etcd::Cluster;

fn key(n: usize) -> Key {
    Key::from_stored(format!("n/{n:04}"))
}

/// What a writer was told.
#[derive(Debug, Default)]
struct Told {
    written: BTreeSet<Key>,
    /// Perhaps written.
    in_doubt: BTreeSet<Key>,
    next: usize,
}

impl Told {
    /// Writes new records until so many more are acknowledged.
    async fn write(&mut self, store: &dyn Store, count: usize) {
        let enough = self.written.len() + count;
        while self.written.len() < enough {
            let key = key(self.next);
            self.next += 1;
            let txn = Txn::new().absent(key.clone()).put(key.clone(), &self.next).unwrap();
            match store.txn(txn).await {
                Ok(TxnOutcome::Done(_)) => _ = self.written.insert(key),
                Err(StoreError::Unknown { .. }) => _ = self.in_doubt.insert(key),
                Err(StoreError::Unavailable { .. }) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Follows everything from a revision on until `last` has come; a watch that breaks goes on where it stopped.
async fn follow(store: Arc<EtcdStore>, from: Revision, last: Key) -> Vec<Key> {
    let mut seen = Vec::new();
    let mut next = from;
    loop {
        let Ok(mut watch) = store.watch("", next).await else { continue };
        while let Some(Ok(batch)) = watch.recv().await {
            next = batch.revision + 1;
            for event in batch.events {
                let WatchEvent::Put(entry) = event else { panic!("nothing is deleted") };
                if entry.key == last {
                    return seen;
                }
                seen.push(entry.key);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_leader_of_three_dies_and_nothing_acknowledged_is_lost() {
    let mut cluster = Cluster::start();
    let store = EtcdStore::open(&cluster.settings("/three")).unwrap();
    let (lease, ttl) = store.lease_grant(Duration::from_secs(30)).await.unwrap();
    let begin = store.status().await.unwrap().revision + 1;
    let last = Key::from_stored("the last");
    let follower = EtcdStore::open(&cluster.settings("/three")).unwrap();
    let following = tokio::spawn(follow(follower, begin, last.clone()));

    let mut told = Told::default();
    for _ in 0..3 {
        told.write(&*store, 20).await;
        let killed = cluster.leader();
        cluster.members[killed].stop();
        told.write(&*store, 20).await;
        assert_eq!(store.lease_renew(lease).await.unwrap(), ttl, "the lease lives on");
        cluster.members[killed].restart();
    }
    let TxnOutcome::Done(_) = store.txn(Txn::new().put(last.clone(), &0).unwrap()).await.unwrap() else {
        panic!("nothing is compared")
    };

    let page = store.list_all("n/").await.unwrap();
    let there: BTreeSet<Key> = page.entries.into_iter().map(|entry| entry.key).collect();
    assert!(there.is_superset(&told.written), "lost: {:?}", told.written.difference(&there));
    let known: BTreeSet<Key> = told.written.union(&told.in_doubt).cloned().collect();
    assert!(there.is_subset(&known), "from nowhere: {:?}", there.difference(&known));
    let seen = following.await.unwrap();
    assert_eq!(seen, there.into_iter().collect::<Vec<_>>(), "a watch tells each once, in order");
}
