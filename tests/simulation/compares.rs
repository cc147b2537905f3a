//! What each transaction compares, and what happens without it: every compare is left out in turn, until some
//! invariant is seen to break. One whose absence nobody notices guards nothing, or is not tested. What goes without
//! a compare takes its time, and somebody else is told what to be quick at.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use segdeck::domain::audit::AuditEntry;
use segdeck::store::{Compare, Entry, Key, Op, Revision, Txn, TxnOutcome, keys};
use tokio::sync::Notify;

use super::weather::Host;

/// A compare of a kind of transaction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The transaction: what the audit trail calls it, or the kinds of records that it writes.
    of: String,
    /// The kind of record that it compares, and how if that is unusual.
    what: String,
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.of, self.what)
    }
}

/// What a site does to the transactions that pass.
#[derive(Debug, Clone, Default)]
pub struct Compares {
    /// Left out wherever it is met.
    without: Option<Named>,
    /// How often each was met.
    met: Arc<Mutex<BTreeMap<Named, usize>>>,
    /// Those that went out.
    sent: Arc<Mutex<BTreeSet<Named>>>,
    /// What nobody guards for a moment.
    unguarded: Arc<(Mutex<VecDeque<Unguarded>>, Notify)>,
}

/// A transaction of this host is on its way without a compare: who is quick can come before it.
#[derive(Debug, Clone)]
pub struct Unguarded {
    pub host: Host,
    pub compare: Compare,
}

impl Compares {
    pub fn without(named: Named) -> Self {
        Self { without: Some(named), ..Self::default() }
    }

    pub fn met(&self) -> BTreeMap<Named, usize> {
        self.met.lock().unwrap().clone()
    }

    /// What the transactions that passed compared, by their kinds.
    pub fn sent(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut sent = BTreeMap::<String, BTreeSet<String>>::new();
        for Named { of, what } in self.sent.lock().unwrap().iter() {
            sent.entry(of.clone()).or_default().insert(what.clone());
        }
        sent
    }

    /// Told when a transaction is about to be sent without some of its compares.
    pub fn tell(&self, host: Host, left_out: &LeftOut) {
        let (waiting, news) = &*self.unguarded;
        // One of them: whoever comes in its way is not guarded either.
        let compare = left_out.0.first().map(|(_, compare)| compare.clone());
        waiting.lock().unwrap().extend(compare.map(|compare| Unguarded { host, compare }));
        news.notify_one();
    }

    /// The next chance to come before a transaction that is not guarded.
    pub async fn unguarded(&self) -> Unguarded {
        let (waiting, news) = &*self.unguarded;
        loop {
            if let Some(next) = waiting.lock().unwrap().pop_front() {
                return next;
            }
            news.notified().await;
        }
    }

    /// The transaction as it is sent, and which of its compares are left out, by their places.
    pub fn pass(&self, mut txn: Txn) -> (Txn, LeftOut) {
        if txn.compares.iter().any(cannot_hold) {
            return (txn, LeftOut(Vec::new()));
        }
        let of = kind_of(&txn);
        let mut left_out = Vec::new();
        let mut place = 0;
        txn.compares.retain(|compare| {
            if is_of_life(compare) {
                place += 1;
                return true;
            }
            let named = Named { of: of.clone(), what: what(compare) };
            let is_left_out = self.without.as_ref() == Some(&named);
            *self.met.lock().unwrap().entry(named).or_default() += 1;
            if is_left_out {
                left_out.push((place, compare.clone()));
            } else {
                self.sent.lock().unwrap().insert(Named { of: of.clone(), what: what(compare) });
            }
            place += 1;
            !is_left_out
        });
        (txn, LeftOut(left_out))
    }
}

/// Compares that were left out of a transaction.
pub struct LeftOut(Vec<(usize, Compare)>);

impl LeftOut {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The outcome as the sender expects it: whatever was left out held.
    pub fn mend(self, mut outcome: TxnOutcome) -> TxnOutcome {
        if let TxnOutcome::Refused { found, .. } = &mut outcome {
            for (place, compare) in self.0 {
                found.insert(place, as_expected(compare));
            }
        }
        outcome
    }
}

/// A leader proves that it can write by what cannot come true: nothing in it guards anything.
fn cannot_hold(compare: &Compare) -> bool {
    matches!(compare, Compare::ModRevision(_, Revision::MAX))
}

/// Guards against a store that steps back, which none does here.
fn is_of_life(compare: &Compare) -> bool {
    matches!(compare, Compare::ModRevision(key, _) if *key == keys::incarnation())
}

fn as_expected(compare: Compare) -> Option<Entry> {
    let (key, revision) = match compare {
        Compare::ModRevision(key, revision) | Compare::CreateRevision(key, revision) => (key, revision),
        Compare::NoneSince(..) | Compare::OnlyBelow(..) => return None,
    };
    let (value, leased) = (Default::default(), true);
    (revision > 0).then_some(Entry { key, value, create_revision: revision, mod_revision: revision, leased })
}

fn kind_of(txn: &Txn) -> String {
    let audited = txn.ops.iter().find_map(|op| match op {
        Op::Put(key, value, _) if key.as_str().starts_with(keys::AUDIT) => {
            Some(serde_json::from_slice::<AuditEntry>(value).unwrap().action)
        }
        _ => None,
    });
    audited.unwrap_or_else(|| {
        let kinds: BTreeSet<String> = txn
            .ops
            .iter()
            .map(|op| match op {
                Op::Put(key, ..) => kind(key),
                Op::Delete(key) => format!("-{}", kind(key)),
                Op::DeletePrefix(prefix) => format!("-{}", prefix.split('/').next().unwrap_or_default()),
            })
            .collect();
        kinds.into_iter().collect::<Vec<_>>().join(" ")
    })
}

fn kind(key: &Key) -> String {
    key.parts().next().unwrap_or_default().to_owned()
}

fn what(compare: &Compare) -> String {
    match compare {
        Compare::ModRevision(key, _) if key.as_str().starts_with("meta/") => key.to_string(),
        Compare::ModRevision(key, _) => kind(key),
        Compare::CreateRevision(key, _) => format!("{}, the same", kind(key)),
        Compare::NoneSince(prefix, _) => format!("{} since", prefix.split('/').next().unwrap_or_default()),
        Compare::OnlyBelow(..) => "no other version".to_owned(),
    }
}
