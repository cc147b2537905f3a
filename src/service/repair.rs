//! Files that are missing or altered, while their platform still has them: which these are, and that they shall be
//! fetched again.

use std::collections::BTreeSet;

use futures::TryStreamExt as _;
use serde_json::{Value, json};

use super::access::Files;
use super::commit::{Audited, try_again};
use super::sync::not_configured;
use super::{Service, ServiceError};
use crate::domain::segment::FileState;
use crate::domain::sync::{SyncItem, SyncRecord, SyncRequest, SyncResult};
use crate::domain::words::say;
use crate::domain::{CreateState, Format, RecordId, RemoteKind, Segment, SegmentId};
use crate::storage::{Folder, Listed, StorageError};
use crate::store::{self, ListQuery, Txn, keys};

/// A published segment whose file is not as it was stored.
#[derive(Debug, Clone)]
pub(crate) struct Amiss {
    /// The segment.
    pub id: SegmentId,
    /// What its platform calls it.
    pub uid: String,
    /// The suffix.
    pub format: Format,
    /// What its file must be.
    pub sha256: String,
    /// In bytes.
    pub file_size: u64,
    /// Where its file lay.
    pub storage_key: String,
    /// What is wrong with it.
    pub state: FileState,
}

impl Amiss {
    /// As answers name it.
    pub(crate) fn item(&self) -> SyncItem {
        SyncItem::new(&self.uid, &self.id)
    }

    /// A record whose file is known to be amiss, or is not in the storage, where that was looked at.
    fn of(segment: Segment, present: Option<&BTreeSet<String>>) -> Option<Self> {
        let unseen = present.is_some_and(|present| !present.contains(&segment.storage_key));
        let state = segment.file_state.or_else(|| unseen.then_some(FileState::Missing))?;
        let published = segment.create_status.state == CreateState::Succeeded && !segment.is_being_deleted();
        let uid = segment.uid().filter(|_| published)?.to_owned();
        let Segment { id, format, sha256, file_size, storage_key, .. } = segment;
        Some(Self { id, uid, format, sha256, file_size, storage_key, state })
    }
}

async fn keys_there(files: &Files) -> Result<BTreeSet<String>, StorageError> {
    let mut there = BTreeSet::new();
    let mut listed = files.list(Folder::Segments);
    while let Some(one) = listed.try_next().await? {
        if let Listed::File(file) = one {
            there.insert(file.key);
        }
    }
    Ok(there)
}

impl Service {
    /// The files of a remote's segments that are amiss: by their records, and by the storage itself where `look` says so.
    ///
    /// # Errors
    /// `conflict` when the records speak of another shared storage, where every file is missing; when the store or the
    /// storage is away.
    pub(crate) async fn amiss(&self, remote: RemoteKind, look: bool) -> Result<Vec<Amiss>, ServiceError> {
        // Files first: a record made in between is asked for once more below.
        let present = if look { Some(keys_there(&self.storage).await?) } else { None };
        let mut found = Vec::new();
        let mut query = ListQuery::prefix(keys::SEGMENTS);
        loop {
            let page = self.store.list(&query).await?;
            for entry in &page.entries {
                // Most are well, and need not be read for that.
                if present.is_none() && memchr::memmem::find(&entry.value, b"\"fileState\"").is_none() {
                    continue;
                }
                let Some(segment) = store::decode_or_warn::<Segment>(entry) else { continue };
                if segment.remote == remote {
                    found.extend(Amiss::of(segment, present.as_ref()));
                }
            }
            if !query.turn_now(&page) {
                break;
            }
        }
        if found.is_empty() {
            return Ok(found);
        }
        self.sees_storage().await?;
        let mut amiss = Vec::new();
        for one in found {
            // A list may be older than the file, and somebody may have put it back.
            if one.state == FileState::Altered || self.storage.stat(&one.storage_key).await?.is_none() {
                amiss.push(one);
            }
        }
        Ok(amiss)
    }

    /// Asks the leader to fetch again what the records of this remote say is missing or altered.
    ///
    /// # Errors
    /// `readOnly` in a process that only looks; `unavailable` when the remote is not configured or the store is away.
    pub async fn request_repair(&self, remote: RemoteKind) -> Result<SyncRequest, ServiceError> {
        self.writes()?;
        self.remotes.repository(remote).ok_or_else(|| not_configured(remote))?;
        try_again(say!("what-sync", remote = remote), || self.try_request_repair(remote)).await
    }

    async fn try_request_repair(&self, remote: RemoteKind) -> Result<Option<SyncRequest>, ServiceError> {
        let key = keys::sync(remote);
        let before = self.read::<SyncRecord>(&key).await?;
        let mut record = before.as_ref().map(|(_, record)| record.clone()).unwrap_or_default();
        let now = self.clock.now();
        let request = SyncRequest { id: RecordId::new(now), at: now, by: self.actor.label(), confirm: false };
        record.repair.request = Some(request.clone());
        let txn = Txn::new().still(key.clone(), before.as_ref().map(|(entry, _)| entry)).put(key, &record)?;
        let audited = Audited {
            action: "segment.repair",
            object: remote.as_str(),
            before: Value::Null,
            after: json!({ "request": request.id }),
        };
        Ok(self.commit(txn, audited).await?.map(|_| request))
    }

    /// The answer to [`Service::request_repair`], if it is there.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn repair_result(
        &self,
        remote: RemoteKind,
        request: RecordId,
    ) -> Result<Option<SyncResult>, ServiceError> {
        let record = self.read::<SyncRecord>(&keys::sync(remote)).await?;
        Ok(record
            .and_then(|(_, record)| record.repair.result)
            .filter(|result| result.request.is_some_and(|id| id >= request)))
    }
}
