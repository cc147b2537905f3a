//! Everything that a store went through, change by change, and what it holds in the end.

use std::collections::{BTreeMap, BTreeSet};

use segdeck::domain::seat::SeatList;
use segdeck::domain::{InstallLog, OperationId, RecordId, SeatId, Segment, SegmentId, TrashEntry};
use segdeck::service::Service;
use segdeck::store::keys::{self, Key, Named};
use segdeck::store::{self, Entry, Revision, WatchEvent};
use serde_json::Value;

/// A change of one record: what it was, and what it became.
pub(crate) struct Turn<T> {
    pub(crate) revision: Revision,
    pub(crate) before: Option<T>,
    pub(crate) after: Option<T>,
}

/// What was seen.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) segments: Vec<Turn<Segment>>,
    pub(crate) logs: Vec<Turn<InstallLog>>,
    /// Epochs, and since which revision each holds.
    pub(crate) epochs: Vec<(Revision, u64)>,
    /// What is there in the end.
    pub(crate) keys: BTreeSet<Key>,
    pub(crate) there: BTreeMap<SegmentId, Segment>,
    pub(crate) installs: BTreeMap<RecordId, InstallLog>,
    pub(crate) installed: BTreeMap<SegmentId, BTreeSet<SeatId>>,
    /// Where the files of deleted segments lie.
    pub(crate) trash: BTreeSet<String>,
    /// Request ids of all tasks that a log ever named.
    pub(crate) tasks: BTreeSet<OperationId>,
}

impl Seen {
    /// Reads it all, from the first revision on. Nothing is compacted here, so nothing is left out.
    pub(crate) async fn read(onlooker: &Service) -> Self {
        let page = onlooker.store.list_all("").await.unwrap();
        let mut watch = onlooker.store.watch("", 1).await.unwrap();
        let (mut seen, mut current) = (Self::default(), BTreeMap::<Key, Entry>::new());
        let mut at = 0;
        // Changes that the list shows have all been made by then; the last of them may be a deletion.
        let last = page.entries.iter().map(|entry| entry.mod_revision).max().unwrap_or_default();
        while at < last {
            let batch = watch.recv().await.expect("the watch goes on").expect("nothing is compacted");
            at = batch.revision;
            for event in batch.events {
                let (key, after, revision) = match event {
                    WatchEvent::Put(entry) => (entry.key.clone(), Some(entry.clone()), entry.mod_revision),
                    WatchEvent::Delete(key, revision) => (key, None, revision),
                };
                let before = match &after {
                    Some(entry) => current.insert(key.clone(), entry.clone()),
                    None => current.remove(&key),
                };
                seen.note(&key, revision, before.as_ref(), after.as_ref());
            }
        }
        seen.keys = page.entries.iter().map(|entry| entry.key.clone()).collect();
        for entry in &page.entries {
            match keys::parse(&entry.key) {
                Named::Segment(id) => drop(seen.there.insert(id, store::decode(entry).unwrap())),
                Named::InstallLog(_, record, None) => {
                    seen.installs.insert(record, store::decode(entry).unwrap());
                }
                Named::Installed(id, _) => {
                    let list: SeatList = store::decode(entry).unwrap();
                    seen.installed.entry(id).or_default().extend(list.seats);
                }
                _ if entry.key.as_str().starts_with(keys::TRASH) => {
                    let trashed: TrashEntry = store::decode(entry).unwrap();
                    seen.trash.insert(trashed.storage_key);
                }
                _ => {}
            }
        }
        seen
    }

    fn note(&mut self, key: &Key, revision: Revision, before: Option<&Entry>, after: Option<&Entry>) {
        match keys::parse(key) {
            Named::Segment(_) => {
                let read = |entry: Option<&Entry>| entry.map(|entry| store::decode(entry).unwrap());
                self.segments.push(Turn { revision, before: read(before), after: read(after) });
            }
            Named::InstallLog(_, _, None) => {
                let read =
                    |entry: Option<&Entry>| entry.map(|entry| store::decode::<InstallLog>(entry).unwrap());
                let after = read(after);
                let tasks = after.iter().flat_map(|log| &log.tasks);
                self.tasks.extend(tasks.map(|task| task.operation_id.clone()));
                self.logs.push(Turn { revision, before: read(before), after });
            }
            _ if *key == keys::epoch() => {
                if let Some(entry) = after {
                    let epoch: Value = serde_json::from_slice(&entry.value).unwrap();
                    self.epochs.push((revision, epoch["epoch"].as_u64().unwrap()));
                }
            }
            _ => {}
        }
    }

    /// The epoch in force at a revision.
    pub(crate) fn epoch_at(&self, revision: Revision) -> u64 {
        let until = self.epochs.partition_point(|(since, _)| *since <= revision);
        self.epochs[..until].last().map_or(0, |(_, epoch)| *epoch)
    }
}
