//! Files of the shared storage that no record names: found here, moved to the trash by the leader.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::commit::{Audited, try_again};
use super::{Files, Service, ServiceError};
use crate::domain::segment::FileState;
use crate::domain::sweep::{self, Hold, SweepRecord, SweepRequest, SweepResult};
use crate::domain::words::word;
use crate::domain::{RecordId, Segment, Timestamp, TrashEntry, clock};
use crate::storage::{Folder, Listed, StorageError, StoredFile, Stranger};
use crate::store::{self, Entry, Key, ListQuery, ReadStore, Txn, keys};

/// A file younger than this may belong to an upload under way.
const GRACE: Duration = Duration::from_secs(3600);

/// What a look at the storage and the records found.
#[derive(Debug, Default)]
pub(crate) struct SweepFound {
    /// Old files of segments that no record and no entry of the trash names.
    pub orphans: Vec<StoredFile>,
    /// Old files that never came further than staging.
    pub unfinished: Vec<StoredFile>,
    /// What the trash knew of entries that have no record: old ones, by the entry's id.
    pub unowned: Vec<RecordId>,
    /// Records whose file is missing, or no longer, and do not say so.
    pub unmarked: Vec<(Entry, Segment)>,
    /// Files of segments in all.
    pub files: usize,
    /// Places that records and entries of the trash name.
    pub named: BTreeSet<String>,
    /// Some entries of the trash cannot be read: the orphans may be theirs.
    pub unreadable_trash: bool,
    /// What has not our own form of name; it is left alone.
    pub strangers: Vec<Stranger>,
}

/// What the store knows of a step back, as far as the sweep asks.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SteppedBack {
    #[serde(default)]
    stepped_back_at: Option<Timestamp>,
}

/// What a sweep would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SweepPreview {
    /// Files that no record names.
    pub orphans: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Do they wait for an operator's word, and why?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Hold>,
    /// Each of them: its place in shared storage.
    pub items: Vec<Orphan>,
    /// Files by other names, which nobody touches.
    pub strangers: usize,
}

/// A file that no record names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Orphan {
    /// Its place in shared storage.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// Last written.
    pub modified_at: Timestamp,
}

impl SweepFound {
    /// Looks at storage and records. Files first, records after: a record made in between names a file that is not
    /// old.
    pub(crate) async fn look(
        storage: &Files,
        reads: &dyn ReadStore,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        let mut found = Self::default();
        let old = |file: &StoredFile| clock::between(file.modified, now) > GRACE;
        found.unfinished = found.listed(storage, Folder::Staging).await?;
        found.unfinished.retain(old);
        let beside = found.listed(storage, Folder::Trash).await?;
        let mut files = found.listed(storage, Folder::Segments).await?;
        found.files = files.len();
        let present: BTreeSet<String> = files.iter().map(|file| file.key.clone()).collect();
        let unreadable = found.read_records(storage, reads, &present).await?;
        let entries = found.read_trash(reads).await?;
        // Files lie below the key of their record: those of one that cannot be read are no orphans.
        files.retain(|file| {
            old(file)
                && !found.named.contains(&file.key)
                && !unreadable.iter().any(|of| file.key.starts_with(of))
        });
        found.orphans = files;
        let unowned = beside.iter().filter(|file| old(file)).filter_map(|file| trash_id(&file.key));
        found.unowned = unowned.filter(|id| !entries.contains(id)).collect();
        Ok(found)
    }

    async fn listed(&mut self, storage: &Files, folder: Folder) -> Result<Vec<StoredFile>, ServiceError> {
        let mut files = Vec::new();
        let mut list = storage.list(folder);
        while let Some(listed) = list.try_next().await? {
            match listed {
                Listed::File(file) => files.push(file),
                Listed::Stranger(stranger) => self.strangers.push(stranger),
            }
        }
        Ok(files)
    }

    /// The beginnings of the keys of records that cannot be read.
    async fn read_records(
        &mut self,
        storage: &Files,
        reads: &dyn ReadStore,
        present: &BTreeSet<String>,
    ) -> Result<Vec<String>, ServiceError> {
        let mut unreadable = Vec::new();
        let mut query = ListQuery::prefix(keys::SEGMENTS);
        loop {
            let page = reads.list(&query).await?;
            for entry in &page.entries {
                let Some(segment) = store::decode_or_warn::<Segment>(entry) else {
                    unreadable.push(format!("{}/", entry.key));
                    continue;
                };
                self.named.insert(segment.storage_key.clone());
                let listed = present.contains(&segment.storage_key);
                let missing = segment.file_state == Some(FileState::Missing);
                if segment.is_being_deleted() || listed != missing {
                    continue;
                }
                // The list may be older than the file: ask before saying that it is missing.
                let there = listed
                    || match storage.stat(&segment.storage_key).await {
                        // Nobody can say: that one file lies behind a link stops no sweep.
                        Err(StorageError::Refused { .. }) => continue,
                        found => found?.is_some(),
                    };
                if there == missing {
                    self.unmarked.push((entry.clone(), segment));
                }
            }
            if !query.turn(&page) {
                return Ok(unreadable);
            }
        }
    }

    /// Names what the trash owns; its entries come back.
    async fn read_trash(&mut self, reads: &dyn ReadStore) -> Result<BTreeSet<RecordId>, ServiceError> {
        let mut entries = BTreeSet::new();
        let mut query = ListQuery::prefix(keys::TRASH);
        loop {
            let page = reads.list(&query).await?;
            for entry in &page.entries {
                entries.extend(entry_id(&entry.key));
                match store::decode_or_warn::<TrashEntry>(entry) {
                    Some(entry) => _ = self.named.insert(entry.storage_key),
                    None => self.unreadable_trash = true,
                }
            }
            if !query.turn(&page) {
                return Ok(entries);
            }
        }
    }

    /// Must its orphans wait for an operator?
    pub(crate) fn share_held(&self, record: &SweepRecord, now: Timestamp) -> Option<Hold> {
        if self.unreadable_trash && !self.orphans.is_empty() {
            return Some(Hold::Unreadable);
        }
        sweep::exceeds_share(self.orphans.len(), record.moved_lately(now), self.files).then_some(Hold::Share)
    }
}

/// The id of the entry that this object of the trash belongs to.
fn trash_id(key: &str) -> Option<RecordId> {
    key.strip_prefix(keys::TRASH)?.strip_suffix(".json")?.parse().ok()
}

fn entry_id(key: &Key) -> Option<RecordId> {
    key.as_str().strip_prefix(keys::TRASH)?.parse().ok()
}

impl Service {
    /// Does the sweep pause, and why? The records may lack what they lost.
    pub(crate) async fn sweep_pause(&self, now: Timestamp) -> Result<Option<Hold>, ServiceError> {
        let lately = |at: Option<Timestamp>| at.is_some_and(|at| clock::after(at, sweep::PAUSE) > now);
        let back = self.read::<SteppedBack>(&keys::incarnation()).await?;
        if lately(back.and_then(|(_, mark)| mark.stepped_back_at)) {
            return Ok(Some(Hold::SteppedBack));
        }
        let adopted = self.site().await?.and_then(|site| site.adopted_at);
        Ok(lately(adopted).then_some(Hold::Adopted))
    }

    /// What a sweep would do now, without doing it.
    ///
    /// # Errors
    /// `conflict` for a storage that is not ours; `unavailable` for store or storage.
    pub async fn sweep_preview(&self) -> Result<SweepPreview, ServiceError> {
        self.sees_storage().await?;
        let now = self.clock.now();
        let found = SweepFound::look(&self.storage, &*self.store, now).await?;
        let record =
            self.read::<SweepRecord>(&keys::sweep()).await?.map(|(_, record)| record).unwrap_or_default();
        let pause = self.sweep_pause(now).await?.filter(|_| !found.orphans.is_empty());
        let items = found.orphans.iter().map(|file| Orphan {
            key: file.key.clone(),
            size: file.size,
            modified_at: file.modified,
        });
        Ok(SweepPreview {
            orphans: found.orphans.len(),
            bytes: found.orphans.iter().map(|file| file.size).sum(),
            held: pause.or_else(|| found.share_held(&record, now)),
            items: items.collect(),
            strangers: found.strangers.len(),
        })
    }

    /// Asks the leader for a sweep now.
    ///
    /// # Errors
    /// `conflict` for a storage that is not ours; `unavailable` for store or storage.
    pub async fn request_sweep(&self, confirm: bool) -> Result<SweepRequest, ServiceError> {
        self.sees_storage().await?;
        try_again(word!("what-sweep"), || self.try_request_sweep(confirm)).await
    }

    async fn try_request_sweep(&self, confirm: bool) -> Result<Option<SweepRequest>, ServiceError> {
        let key = keys::sweep();
        let before = self.read::<SweepRecord>(&key).await?;
        let mut record = before.as_ref().map(|(_, record)| record.clone()).unwrap_or_default();
        let now = self.clock.now();
        let request = SweepRequest { id: RecordId::new(now), at: now, by: self.actor.label(), confirm };
        record.request = Some(request.clone());
        let txn = Txn::new().still(key.clone(), before.as_ref().map(|(entry, _)| entry)).put(key, &record)?;
        let audited = Audited {
            action: "sweep.request",
            object: "storage",
            before: Value::Null,
            after: json!({ "request": request.id, "confirm": confirm }),
        };
        Ok(self.commit(txn, audited).await?.map(|_| request))
    }

    /// The answer to a request, if it is there.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn sweep_result(&self, request: RecordId) -> Result<Option<SweepResult>, ServiceError> {
        let record = self.read::<SweepRecord>(&keys::sweep()).await?;
        let result = record.and_then(|(_, record)| record.result);
        Ok(result.filter(|result| result.request.is_some_and(|id| id >= request)))
    }
}
