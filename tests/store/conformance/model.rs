//! A random sequence of operations gives the answers of a model that is simple enough to be seen right.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use segdeck::store::{
    Compare, Entry, Key, ListQuery, Op, Page, Revision, SharedStore, StoreError, Txn, TxnOutcome,
};

use super::{key, told_until, watch_error};

/// Neighbours, prefixes of each other, and keys at the edges of prefixes.
const KEYS: [&str; 9] = ["a", "a-", "a/", "a/b", "a/b/c", "a/c", "a0", "b/x", "b/\u{10FFFF}"];
const PREFIXES: [&str; 6] = ["", "a", "a/", "a/b/", "b/", "c"];

/// One thing done. Numbers choose among what there is when it is done.
#[derive(Debug, Clone)]
enum Step {
    Txn(Vec<(u8, usize, u8)>, Vec<(u8, usize, u8)>),
    Get(Vec<usize>),
    List { prefix: usize, after: Option<usize>, limit: usize, back: u8, keys_only: bool },
    Watch { prefix: usize, back: u8 },
    Compact { back: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let compares = vec((0..4_u8, 0..KEYS.len(), 0..8_u8), 0..3);
    let ops = vec((0..5_u8, 0..KEYS.len(), any::<u8>()), 0..5);
    prop_oneof![
        8 => (compares, ops).prop_map(|(compares, ops)| Step::Txn(compares, ops)),
        1 => vec(0..KEYS.len(), 0..4).prop_map(Step::Get),
        4 => (0..PREFIXES.len(), proptest::option::of(0..KEYS.len()), 1..5_usize, 0..9_u8, any::<bool>())
            .prop_map(|(prefix, after, limit, back, keys_only)| Step::List { prefix, after, limit, back, keys_only }),
        2 => (0..PREFIXES.len(), 0..9_u8).prop_map(|(prefix, back)| Step::Watch { prefix, back }),
        1 => (0..9_u8).prop_map(|back| Step::Compact { back }),
    ]
}

pub async fn random_operations_agree_with_a_model(store: &SharedStore) {
    let store = store.clone();
    let runtime = tokio::runtime::Handle::current();
    let runs = tokio::task::spawn_blocking(move || {
        let config = Config { cases: 40, failure_persistence: None, ..Config::default() };
        let round = std::cell::Cell::new(0);
        TestRunner::new(config).run(&vec(step(), 1..40), |steps| {
            round.set(round.get() + 1);
            runtime.block_on(play(&store, &format!("round-{}/", round.get()), steps));
            Ok(())
        })
    });
    runs.await.unwrap().unwrap();
}

/// The records below a root at one revision.
type Records = BTreeMap<Key, Entry>;

/// What happened at one revision, as `told_until` tells it.
type Told = Vec<(Revision, String)>;

struct Model {
    root: String,
    /// The revision at the beginning; the store was without records below the root.
    base: Revision,
    /// The records of each revision since, and what happened at it.
    past: Vec<(Records, Told)>,
    compacted: Revision,
}

impl Model {
    fn now(&self) -> Revision {
        self.base + self.past.len() as Revision - 1
    }

    fn records(&self) -> &Records {
        &self.past[self.past.len() - 1].0
    }

    /// A revision some way back, not before the beginning.
    fn back(&self, steps: u8) -> Revision {
        (self.now() - Revision::from(steps)).max(self.base)
    }

    fn key(&self, n: usize) -> Key {
        key(format!("{}{}", self.root, KEYS[n]))
    }

    fn prefix(&self, n: usize) -> String {
        format!("{}{}", self.root, PREFIXES[n % PREFIXES.len()])
    }

    fn below(&self, prefix: &str) -> impl Iterator<Item = &Entry> {
        self.records().values().filter(move |entry| entry.key.as_str().starts_with(prefix))
    }

    /// A transaction of few numbers; operations that touch a key twice are left out.
    fn txn(&self, compares: &[(u8, usize, u8)], ops: &[(u8, usize, u8)]) -> Txn {
        let mut txn = Txn::new();
        for (kind, n, choice) in compares {
            let entry = self.records().get(&self.key(*n));
            let wanted = |right: Revision| match choice {
                0 => 0,
                1 => self.now(),
                _ => right,
            };
            txn.compares.push(match kind {
                0 => Compare::ModRevision(self.key(*n), wanted(entry.map_or(0, |entry| entry.mod_revision))),
                1 => Compare::CreateRevision(
                    self.key(*n),
                    wanted(entry.map_or(0, |entry| entry.create_revision)),
                ),
                2 => {
                    let prefix = self.prefix(*n);
                    let newest = self.below(&prefix).map(|entry| entry.mod_revision).max().unwrap_or(0);
                    // The last one that refuses, and the first that does not.
                    Compare::NoneSince(prefix, wanted((newest - Revision::from(*choice == 2)).max(0)))
                }
                _ => Compare::OnlyBelow(self.prefix(*n), self.key(*n)),
            });
        }
        for (kind, n, value) in ops {
            txn.ops.push(match kind {
                0 => Op::Delete(self.key(*n)),
                1 => Op::DeletePrefix(self.prefix(*n)),
                _ => Op::Put(self.key(*n), vec![b'0' + value % 10].into(), None),
            });
            if txn.check().is_err() {
                txn.ops.pop();
            }
        }
        txn
    }

    fn apply(&mut self, txn: &Txn) -> TxnOutcome {
        let entry_of = |key: &Key| self.records().get(key);
        let found: Vec<(bool, Option<&Entry>)> = txn
            .compares
            .iter()
            .map(|compare| match compare {
                Compare::ModRevision(key, revision) => {
                    (entry_of(key).map_or(0, |entry| entry.mod_revision) == *revision, entry_of(key))
                }
                Compare::CreateRevision(key, revision) => {
                    (entry_of(key).map_or(0, |entry| entry.create_revision) == *revision, entry_of(key))
                }
                Compare::NoneSince(prefix, revision) => {
                    let newer = self.below(prefix).find(|entry| entry.mod_revision > *revision);
                    (newer.is_none(), newer)
                }
                Compare::OnlyBelow(prefix, key) => {
                    (self.below(prefix).all(|other| other.key == *key), self.below(prefix).next())
                }
            })
            .collect();
        if found.iter().any(|(holds, _)| !holds) {
            let found = found.into_iter().map(|(_, entry)| entry.cloned()).collect();
            return TxnOutcome::Refused { revision: self.now(), found };
        }
        let revision = self.now() + 1;
        let mut records = self.records().clone();
        let mut told = Vec::new();
        for op in &txn.ops {
            match op {
                Op::Put(key, value, lease) => {
                    let create_revision = records.get(key).map_or(revision, |entry| entry.create_revision);
                    let entry = Entry {
                        key: key.clone(),
                        value: value.clone(),
                        create_revision,
                        mod_revision: revision,
                        leased: lease.is_some(),
                    };
                    told.push((revision, format!("+{key}={}", String::from_utf8_lossy(value))));
                    records.insert(key.clone(), entry);
                }
                Op::Delete(key) => {
                    if records.remove(key).is_some() {
                        told.push((revision, format!("-{key}")));
                    }
                }
                Op::DeletePrefix(prefix) => records.retain(|key, _| {
                    let stays = !key.as_str().starts_with(prefix);
                    if !stays {
                        told.push((revision, format!("-{key}")));
                    }
                    stays
                }),
            }
        }
        if !told.is_empty() {
            self.past.push((records, told));
        }
        TxnOutcome::Done(self.now())
    }

    fn list(&self, query: &ListQuery) -> Page {
        let revision = query.revision.unwrap_or_else(|| self.now());
        let records = &self.past[(revision - self.base) as usize].0;
        let mut entries: Vec<Entry> = records
            .values()
            .filter(|entry| entry.key.as_str().starts_with(&query.prefix))
            .filter(|entry| query.after.as_ref().is_none_or(|after| entry.key > *after))
            .cloned()
            .collect();
        let more = entries.len() > query.limit;
        entries.truncate(query.limit);
        if query.keys_only {
            entries.iter_mut().for_each(|entry| entry.value = Default::default());
        }
        Page { revision, entries, more }
    }

    fn told(&self, prefix: &str, from: Revision) -> Told {
        let below = |what: &str| what[1..].starts_with(prefix);
        let told = self.past.iter().flat_map(|(_, told)| told);
        told.filter(|(revision, what)| *revision >= from && below(what)).cloned().collect()
    }
}

async fn play(store: &SharedStore, root: &str, steps: Vec<Step>) {
    let base = store.get_many(&[]).await.unwrap().revision;
    let mut model =
        Model { root: root.to_owned(), base, past: vec![(Records::new(), Told::new())], compacted: 0 };
    for step in steps {
        match step {
            Step::Txn(compares, ops) => {
                let txn = model.txn(&compares, &ops);
                let expected = model.apply(&txn);
                assert_eq!(store.txn(txn.clone()).await.unwrap(), expected, "{txn:?}");
            }
            Step::Get(keys) => {
                let keys: Vec<Key> = keys.into_iter().map(|n| model.key(n)).collect();
                let got = store.get_many(&keys).await.unwrap();
                let expected: Vec<Option<Entry>> =
                    keys.iter().map(|key| model.records().get(key).cloned()).collect();
                assert_eq!((got.revision, got.entries), (model.now(), expected));
            }
            Step::List { prefix, after, limit, back, keys_only } => {
                let query = ListQuery {
                    prefix: model.prefix(prefix),
                    after: after.map(|n| model.key(n)),
                    limit,
                    revision: (back > 0).then(|| model.back(back - 1)),
                    keys_only,
                };
                let listed = store.list(&query).await;
                if query.revision.is_some_and(|revision| revision < model.compacted) {
                    assert!(matches!(listed, Err(StoreError::Compacted { .. })), "{query:?}: {listed:?}");
                } else {
                    assert_eq!(listed.unwrap(), model.list(&query), "{query:?}");
                }
            }
            Step::Watch { prefix, back } => {
                watch(store, &model, &model.prefix(prefix), model.back(back)).await
            }
            Step::Compact { back } => {
                let revision = model.back(back);
                store.compact(revision).await.unwrap();
                model.compacted = model.compacted.max(revision);
            }
        }
    }
}

async fn watch(store: &SharedStore, model: &Model, prefix: &str, from: Revision) {
    if from < model.compacted {
        let error = watch_error(store, prefix, from).await;
        assert!(matches!(error, StoreError::Compacted { .. }), "{error:?}");
        return;
    }
    let expected = model.told(prefix, from);
    // etcd before 3.6 loses a deletion at the very revision that was compacted.
    let is_lossy =
        from == model.compacted && expected.iter().any(|(at, what)| *at == from && what.starts_with('-'));
    if let Some((last, _)) = expected.last()
        && !is_lossy
    {
        let mut watch = store.watch(prefix, from).await.unwrap();
        assert_eq!(told_until(&mut watch, *last).await, expected, "{prefix} from {from}");
    }
}
