//! A file that is missing or altered is fetched again from the platform that still has it: downloaded beside the old
//! one, checked against the record, and named by the record in one guarded transaction. What lay there is left to the
//! sweep.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::drive::Drive;
use super::import::{AT_ONCE, MEMORY, memory};
use super::resuming::resuming;
use super::segment::Current;
use super::step::{After, Stepped, Trouble};
use crate::crash;
use crate::domain::sync::{SyncItem, SyncOutcome, SyncRecord, SyncResult, kept};
use crate::domain::words::say;
use crate::domain::{Format, FreeText, RemoteKind, Segment};
use crate::remote::SegmentRepository;
use crate::service::{Amiss, Audited, Code, ServiceError};
use crate::storage::{SharedStorage, Staged, StorageError};
use crate::store::{Entry, Txn, keys};

/// Where files come from and go to.
pub(super) struct Refetch<'a> {
    pub drive: &'a Drive,
    pub remote: RemoteKind,
    pub repository: &'a dyn SegmentRepository,
}

/// Does what a data sync does about files, after what it does about records; why it could not, for its answer.
pub(super) async fn beside(
    refetch: Refetch<'_>,
    look: bool,
    known: &BTreeMap<String, SyncItem>,
    outcome: &mut SyncOutcome,
) -> Result<Option<FreeText>, Trouble> {
    match refetch.run(look, known, outcome).await {
        Ok(()) => Ok(None),
        // What was done about records is told all the same; where the store is away, the answer waits for it.
        Err(Trouble::Storage(error)) => Ok(Some(error.to_string().into())),
        Err(Trouble::Service(error)) => Ok(Some(error.message.into())),
        Err(trouble) => Err(trouble),
    }
}

/// Answers an operator who asks for files alone.
pub(super) async fn answer(
    drive: &Drive,
    remote: RemoteKind,
    repository: &dyn SegmentRepository,
    entry: Option<Entry>,
    mut record: SyncRecord,
) -> Stepped {
    let mut outcome = SyncOutcome::default();
    let refetch = Refetch { drive, remote, repository };
    let error = beside(refetch, false, &BTreeMap::new(), &mut outcome).await?;
    let (refetched, failed) = (outcome.refetched.len(), outcome.failed.len());
    tracing::info!(%remote, refetched, failed, "files were fetched again");
    let request = record.repair.request.as_ref().map(|request| request.id);
    let at = drive.service.clock.now();
    record.repair.result = Some(SyncResult { request, at, error, outcome: kept(outcome) });
    let key = keys::sync(remote);
    let txn = Txn::new().still(key.clone(), entry.as_ref()).put(key, &record)?;
    match drive.commit(txn).await {
        // Somebody asks for something else meanwhile: what is well now is not fetched again.
        Ok(_) | Err(Trouble::Conflict) => Ok(After::Now),
        Err(trouble) => Err(trouble),
    }
}

/// What became of one of them.
enum Fetched {
    Done(SyncItem),
    Failed(SyncItem),
    /// It is no longer wanted.
    Dropped,
}

impl Refetch<'_> {
    /// Fetches what can be had. `look`: at the storage itself, not only at what records say of it. `known`: what was
    /// refused before, by uid; it is not downloaded again.
    ///
    /// # Errors
    /// When our own store or storage fails.
    pub(super) async fn run(
        &self,
        look: bool,
        known: &BTreeMap<String, SyncItem>,
        outcome: &mut SyncOutcome,
    ) -> Result<(), Trouble> {
        let files = self.drive.service.amiss(self.remote, look).await?;
        let room = Semaphore::new(MEMORY as usize);
        let mut fetching = futures::stream::iter(files)
            .map(|file| async {
                match known.get(&file.uid) {
                    Some(refused) => Ok(Fetched::Failed(refused.clone())),
                    None => self.fetch(file, &room).await,
                }
            })
            .buffer_unordered(AT_ONCE);
        while let Some(fetched) = fetching.next().await {
            match fetched? {
                Fetched::Done(item) => outcome.refetched.push(item),
                Fetched::Failed(item) => outcome.failed.push(item),
                Fetched::Dropped => {}
            }
        }
        // In the same order each time, so that a run that finds the same is seen to.
        for items in [&mut outcome.refetched, &mut outcome.failed] {
            items.sort_by(|one, other| one.uid.cmp(&other.uid));
        }
        Ok(())
    }

    async fn fetch(&self, file: Amiss, room: &Semaphore) -> Result<Fetched, Trouble> {
        // No archive is read: no window, whatever the format. Never closed; without a permit it would only take more
        // memory.
        let _room = room.acquire_many(memory(file.file_size, Format::Zip)).await.ok();
        let failed = |reason: FreeText, permanent| {
            Ok(Fetched::Failed(SyncItem { reason: Some(reason), permanent, ..file.item() }))
        };
        match self.try_fetch(&file).await {
            Err(Trouble::Service(error)) if error.code != Code::Unavailable => {
                failed(error.message.into(), error.code == Code::Invalid)
            }
            Err(Trouble::Remote(error)) => failed(error.to_string().into(), false),
            fetched => fetched,
        }
    }

    async fn try_fetch(&self, file: &Amiss) -> Result<Fetched, Trouble> {
        let Amiss { id, uid, sha256, .. } = file;
        let remote = self.remote;
        let there = self.repository.find(&id.prefix, &id.version).await?;
        let Some(there) = there.filter(|there| there.uid == *uid) else {
            let why = say!("refetch-not-there", id = id, remote = remote);
            return Err(ServiceError::new(Code::Failed, why).into());
        };
        if there.sha256 != *sha256 {
            let why =
                say!("refetch-other-there", id = id, remote = remote, told = &there.sha256, wanted = sha256);
            return Err(ServiceError::new(Code::Failed, why).into());
        }
        let staged = self.download(file).await?;
        let hashed = &staged.hashed;
        if hashed.sha256 != *sha256 || hashed.size != file.file_size {
            let why = say!(
                "download-other-content",
                id = id,
                found = &hashed.sha256,
                remote = remote,
                told = sha256
            );
            self.drive.storage.delete(&staged.key).await?;
            return Err(ServiceError::new(Code::Invalid, why).into());
        }
        let key = SharedStorage::final_key(id, file.format, self.drive.service.clock.now());
        self.drive.storage.promote(&staged, &key).await?;
        crash::point("refetch.file.after");
        if self.record(file, &staged, &key).await? {
            crash::point("refetch.commit.after");
            tracing::info!(segment = %id, %remote, "its file was fetched again");
            return Ok(Fetched::Done(file.item()));
        }
        self.drive.storage.delete(&key).await?;
        Ok(Fetched::Dropped)
    }

    async fn download(&self, file: &Amiss) -> Result<Staged, Trouble> {
        let (id, never) = (&file.id, CancellationToken::new());
        let bytes = resuming(self.repository, &file.uid).map(|chunk| chunk.map_err(std::io::Error::other));
        let staging = self.drive.storage.stage(bytes, file.file_size, |_| {}, &never).await;
        let failed = |code, why| Err(ServiceError::new(code, why).into());
        match staging {
            Ok(staging) => Ok(staging.finish().await?),
            // What the download said is what happened; everything else is our own storage's fault.
            Err(StorageError::Source(error)) => {
                failed(Code::Failed, say!("download-broke-off", id = id, error = error.to_string()))
            }
            Err(StorageError::TooLarge { .. }) => {
                failed(Code::Invalid, say!("refetch-too-large", id = id, size = file.file_size))
            }
            // A smaller one may still fit, and whoever waits shall hear of it.
            Err(error @ StorageError::Full { .. }) => failed(Code::Failed, error.say()),
            Err(error) => Err(error.into()),
        }
    }

    /// The record names the new file, unless it is another segment's by now, names another one, or is to go.
    async fn record(&self, file: &Amiss, staged: &Staged, key: &str) -> Result<bool, Trouble> {
        while let Some(Current { entry, segment }) = Current::read(self.drive, &file.id).await? {
            let same = segment.storage_key == file.storage_key && segment.uid() == Some(file.uid.as_str());
            if !same || segment.sha256 != file.sha256 || segment.is_being_deleted() {
                return Ok(false);
            }
            let before = json!({ "storageKey": segment.storage_key, "fileState": file.state });
            let changed = Segment {
                storage_key: key.to_owned(),
                md5: staged.hashed.md5.clone().or(segment.md5),
                file_state: None,
                updated_at: self.drive.service.clock.now(),
                ..segment
            };
            let record = keys::segment(&file.id);
            let txn = Txn::new().unchanged(record.clone(), entry.mod_revision).put(record, &changed)?;
            let after = json!({ "storageKey": key, "uid": file.uid, "sha256": file.sha256 });
            let object = file.id.to_string();
            let audited = Audited { action: "segment.refetch", object: &object, before, after };
            match self.drive.commit_audited(txn, audited).await {
                Ok(_) => return Ok(true),
                // Somebody else's word on this record, as that the file is missing: it is read again.
                Err(Trouble::Conflict) => {}
                // It may have been recorded: the file is left to the sweep, which asks the records.
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(false)
    }
}
