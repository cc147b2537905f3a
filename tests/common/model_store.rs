//! A store in memory that keeps every revision: small enough to be seen right, proven by the conformance suite
//! of the real ones, and fast enough for thousands of simulated sites.
//!
//! Time is tokio's, so that leases end in paused time too. What it keeps beyond a real store is the journal:
//! who committed what, in order, which compaction does not shorten.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use segdeck::domain::words::Say;
use segdeck::store::{
    Compare, Entry, Got, Key, LeaseId, ListQuery, Op, Page, ReadStore, Revision, Store, StoreError,
    StoreStatus, Txn, TxnOutcome, Watch, WatchBatch, WatchEvent,
};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

/// Whoever commits, as the journal names them; 0 is the store itself, when a lease ends.
pub type Author = u32;

/// One revision as it came to be.
#[derive(Debug, Clone)]
pub struct Commit {
    pub revision: Revision,
    pub at: Instant,
    pub author: Author,
    /// What it changed: the record before, and the record after.
    pub changes: Vec<Change>,
    /// Records that it overwrote or deleted by name, although its author had not read them as they were.
    pub unseen: Vec<Key>,
}

/// A record before and after a commit.
#[derive(Debug, Clone)]
pub struct Change {
    pub key: Key,
    pub before: Option<Entry>,
    pub after: Option<Entry>,
}

/// A key's value from a revision on.
#[derive(Debug, Clone)]
struct Version {
    since: Revision,
    entry: Option<Entry>,
}

struct Lease {
    ttl: Duration,
    until: Instant,
    keys: Vec<Key>,
}

struct State {
    revision: Revision,
    compacted: Revision,
    keys: BTreeMap<Key, Vec<Version>>,
    leases: BTreeMap<LeaseId, Lease>,
    next_lease: LeaseId,
    journal: Vec<Commit>,
    /// The mod revision at which an author last read a record, or wrote it.
    seen: HashMap<(Author, Key), Revision>,
}

/// See the module. Clones are handles of the same store.
#[derive(Clone)]
pub struct ModelStore {
    state: Arc<Mutex<State>>,
    /// Wakes the watches in the order in which they began; a `watch` channel would do so in any.
    risen: Arc<Notify>,
    author: Author,
}

impl ModelStore {
    pub fn new() -> Self {
        let state = State {
            revision: 1,
            compacted: 0,
            keys: BTreeMap::new(),
            leases: BTreeMap::new(),
            next_lease: 1,
            journal: Vec::new(),
            seen: HashMap::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), risen: Arc::default(), author: 0 }
    }

    /// A handle whose commits bear this author's name.
    pub fn by(&self, author: Author) -> Self {
        Self { author, ..self.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn revision(&self) -> Revision {
        self.lock().revision
    }

    /// A record as it is now, without waiting.
    pub fn record(&self, key: &Key) -> Option<Entry> {
        self.lock().entry(key).cloned()
    }

    /// All records below a prefix as they are now, without waiting.
    pub fn below(&self, prefix: &str) -> Vec<Entry> {
        self.lock().below(prefix, None).cloned().collect()
    }

    /// Looks at the commits from `first` on.
    pub fn journal<T>(&self, first: usize, look: impl FnOnce(&[Commit]) -> T) -> T {
        let state = self.lock();
        look(&state.journal[first.min(state.journal.len())..])
    }

    /// Ends a lease as if its time were over.
    pub fn expire(&self, lease: LeaseId) {
        self.end(lease);
    }

    /// The leases there are.
    pub fn leases(&self) -> Vec<LeaseId> {
        self.lock().leases.keys().copied().collect()
    }

    fn end(&self, lease: LeaseId) {
        let mut state = self.lock();
        let Some(gone) = state.leases.remove(&lease) else { return };
        let ops: Vec<Op> = gone.keys.into_iter().map(Op::Delete).collect();
        state.apply(0, &Txn { compares: Vec::new(), ops });
        self.risen.notify_waiters();
    }

    /// Ends the lease when its time is over; renewals move that on.
    async fn reap(self, lease: LeaseId) {
        loop {
            let Some(until) = self.lock().leases.get(&lease).map(|lease| lease.until) else { return };
            if until <= Instant::now() {
                return self.end(lease);
            }
            tokio::time::sleep_until(until).await;
        }
    }

    /// Tells a watcher everything from `next` on.
    async fn tell(
        self,
        prefix: String,
        mut next: Revision,
        told: mpsc::Sender<Result<WatchBatch, StoreError>>,
    ) {
        loop {
            // Made before the look: what is committed after it wakes this one.
            let risen = self.risen.notified();
            let batches = self.lock().batches(&prefix, next);
            let batches = match batches {
                Ok(batches) => batches,
                Err(error) => return drop(told.send(Err(error)).await),
            };
            for batch in batches {
                next = batch.revision + 1;
                if told.send(Ok(batch)).await.is_err() {
                    return;
                }
            }
            tokio::select! {
                biased;
                () = told.closed() => return,
                () = risen => {}
            }
        }
    }
}

impl State {
    fn entry(&self, key: &Key) -> Option<&Entry> {
        self.keys.get(key)?.last()?.entry.as_ref()
    }

    /// Records below a prefix, as of a revision or now.
    fn below<'a>(&'a self, prefix: &str, at: Option<Revision>) -> impl Iterator<Item = &'a Entry> {
        let prefix = prefix.to_owned();
        self.keys
            .range(Key::from_stored(prefix.as_str())..)
            .take_while(move |(key, _)| key.as_str().starts_with(&prefix))
            .filter_map(move |(_, versions)| {
                let mut versions = versions.iter().rev();
                versions.find(|version| at.is_none_or(|at| version.since <= at))?.entry.as_ref()
            })
    }

    fn holds(&self, compare: &Compare) -> bool {
        match compare {
            Compare::ModRevision(key, revision) => {
                self.entry(key).map_or(0, |entry| entry.mod_revision) == *revision
            }
            Compare::CreateRevision(key, revision) => {
                self.entry(key).map_or(0, |entry| entry.create_revision) == *revision
            }
            Compare::NoneSince(prefix, revision) => {
                self.below(prefix, None).all(|entry| entry.mod_revision <= *revision)
            }
            Compare::OnlyBelow(prefix, key) => self.below(prefix, None).all(|entry| entry.key == *key),
        }
    }

    fn found(&self, compare: &Compare) -> Option<Entry> {
        match compare {
            Compare::ModRevision(key, _) | Compare::CreateRevision(key, _) => self.entry(key).cloned(),
            Compare::NoneSince(prefix, revision) => {
                self.below(prefix, None).find(|entry| entry.mod_revision > *revision).cloned()
            }
            Compare::OnlyBelow(prefix, _) => self.below(prefix, None).next().cloned(),
        }
    }

    /// Does the operations; every compare holds.
    fn apply(&mut self, author: Author, txn: &Txn) {
        let revision = self.revision + 1;
        let mut changes = Vec::new();
        let mut unseen = Vec::new();
        for op in &txn.ops {
            if let Op::Put(key, ..) | Op::Delete(key) = op
                && let Some(before) = self.entry(key)
                && self.seen.get(&(author, key.clone())) != Some(&before.mod_revision)
            {
                unseen.push(key.clone());
            }
            match op {
                Op::Put(key, value, lease) => {
                    let before = self.entry(key).cloned();
                    let create_revision = before.as_ref().map_or(revision, |entry| entry.create_revision);
                    let (key, value) = (key.clone(), value.clone());
                    self.bind(&key, *lease);
                    let leased = lease.is_some();
                    let after =
                        Entry { key: key.clone(), value, create_revision, mod_revision: revision, leased };
                    changes.push(Change { key, before, after: Some(after) });
                }
                Op::Delete(key) => changes.extend(self.gone(key)),
                Op::DeletePrefix(prefix) => {
                    let keys: Vec<Key> = self.below(prefix, None).map(|entry| entry.key.clone()).collect();
                    changes.extend(keys.iter().filter_map(|key| self.gone(key)));
                }
            }
        }
        if changes.is_empty() {
            return;
        }
        self.revision = revision;
        for Change { key, after, .. } in &changes {
            let version = Version { since: revision, entry: after.clone() };
            self.keys.entry(key.clone()).or_default().push(version);
            self.seen.insert((author, key.clone()), revision);
        }
        self.journal.push(Commit { revision, at: Instant::now(), author, changes, unseen });
    }

    fn see<'a>(&mut self, author: Author, entries: impl Iterator<Item = &'a Entry>) {
        for entry in entries {
            // A list of an older revision tells nothing new.
            let seen = self.seen.entry((author, entry.key.clone())).or_default();
            *seen = (*seen).max(entry.mod_revision);
        }
    }

    fn gone(&mut self, key: &Key) -> Option<Change> {
        let before = self.entry(key)?.clone();
        self.bind(key, None);
        Some(Change { key: key.clone(), before: Some(before), after: None })
    }

    /// A key lies under the lease of its last put, or under none.
    fn bind(&mut self, key: &Key, lease: Option<LeaseId>) {
        for (id, known) in &mut self.leases {
            known.keys.retain(|other| other != key);
            if Some(*id) == lease {
                known.keys.push(key.clone());
            }
        }
    }

    fn batches(&self, prefix: &str, next: Revision) -> Result<Vec<WatchBatch>, StoreError> {
        if next < self.compacted {
            return Err(StoreError::Compacted { revision: self.compacted });
        }
        let first = self.journal.partition_point(|commit| commit.revision < next);
        let batch = |commit: &Commit| {
            let below = commit.changes.iter().filter(|change| change.key.as_str().starts_with(prefix));
            let events: Vec<WatchEvent> = below
                .map(|change| match &change.after {
                    Some(entry) => WatchEvent::Put(entry.clone()),
                    None => WatchEvent::Delete(change.key.clone(), commit.revision),
                })
                .collect();
            (!events.is_empty()).then_some(WatchBatch { revision: commit.revision, events })
        };
        Ok(self.journal[first..].iter().filter_map(batch).collect())
    }

    fn is_kept(&self, revision: Revision) -> Result<(), StoreError> {
        if revision < self.compacted {
            return Err(StoreError::Compacted { revision: self.compacted });
        }
        if revision > self.revision {
            let reason = format!("revision {revision} is to come; the store is at {}", self.revision);
            return Err(StoreError::Invalid(reason));
        }
        Ok(())
    }
}

#[async_trait]
impl ReadStore for ModelStore {
    async fn get_many(&self, keys: &[Key]) -> Result<Got, StoreError> {
        let mut state = self.lock();
        let entries: Vec<Option<Entry>> = keys.iter().map(|key| state.entry(key).cloned()).collect();
        state.see(self.author, entries.iter().flatten());
        Ok(Got { revision: state.revision, entries })
    }

    async fn list(&self, query: &ListQuery) -> Result<Page, StoreError> {
        let mut state = self.lock();
        let revision = query.revision.unwrap_or(state.revision);
        state.is_kept(revision)?;
        let after = |entry: &&Entry| query.after.as_ref().is_none_or(|after| entry.key > *after);
        let found = state.below(&query.prefix, Some(revision)).filter(after);
        let mut entries: Vec<Entry> = found.take(query.limit + 1).cloned().collect();
        let more = entries.len() > query.limit;
        entries.truncate(query.limit);
        state.see(self.author, entries.iter());
        if query.keys_only {
            entries.iter_mut().for_each(|entry| entry.value = Default::default());
        }
        Ok(Page { revision, entries, more })
    }

    async fn watch(&self, prefix: &str, from: Revision) -> Result<Watch, StoreError> {
        let next = if from == 0 { self.revision() + 1 } else { from };
        let (told, watch) = mpsc::channel(16);
        tokio::spawn(self.clone().tell(prefix.to_owned(), next, told));
        Ok(watch)
    }

    async fn status(&self) -> Result<StoreStatus, StoreError> {
        let state = self.lock();
        let size = state.journal.iter().map(|commit| commit.changes.len() as u64).sum::<u64>() + 1;
        Ok(StoreStatus { revision: state.revision, size, engine: "model 1".to_owned() })
    }

    fn name(&self) -> String {
        "the model store".to_owned()
    }
}

#[async_trait]
impl Store for ModelStore {
    async fn txn(&self, txn: Txn) -> Result<TxnOutcome, StoreError> {
        txn.check()?;
        let mut state = self.lock();
        if !txn.compares.iter().all(|compare| state.holds(compare)) {
            let found: Vec<Option<Entry>> = txn.compares.iter().map(|compare| state.found(compare)).collect();
            state.see(self.author, found.iter().flatten());
            return Ok(TxnOutcome::Refused { revision: state.revision, found });
        }
        let lost = txn.ops.iter().find_map(|op| match op {
            Op::Put(_, _, Some(lease)) if !state.leases.contains_key(lease) => Some(*lease),
            _ => None,
        });
        if let Some(lease) = lost {
            let reason = Say::plain(&format!("lease {lease} is lost; nothing was changed"));
            return Err(StoreError::Unavailable { store: self.name(), reason });
        }
        state.apply(self.author, &txn);
        self.risen.notify_waiters();
        Ok(TxnOutcome::Done(state.revision))
    }

    async fn lease_grant(&self, ttl: Duration) -> Result<(LeaseId, Duration), StoreError> {
        let lease = {
            let mut state = self.lock();
            let lease = state.next_lease;
            state.next_lease += 1;
            state.leases.insert(lease, Lease { ttl, until: Instant::now() + ttl, keys: Vec::new() });
            lease
        };
        tokio::spawn(self.clone().reap(lease));
        Ok((lease, ttl))
    }

    async fn lease_renew(&self, lease: LeaseId) -> Result<Duration, StoreError> {
        let mut state = self.lock();
        let Some(lease) = state.leases.get_mut(&lease) else { return Ok(Duration::ZERO) };
        lease.until = Instant::now() + lease.ttl;
        Ok(lease.ttl)
    }

    async fn lease_revoke(&self, lease: LeaseId) -> Result<(), StoreError> {
        self.end(lease);
        Ok(())
    }

    async fn compact(&self, revision: Revision) -> Result<(), StoreError> {
        let mut state = self.lock();
        if revision > state.revision {
            state.is_kept(revision)?;
        }
        state.compacted = state.compacted.max(revision);
        Ok(())
    }
}
