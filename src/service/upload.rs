//! A segment file becomes a segment: staged and hashed, read and checked, its record made; a failure leaves
//! neither file nor record.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use super::commit::{Audited, brief};
use super::source::{self, Source};
use super::{Code, Service, ServiceError, TrashSize};
use crate::archive::{Contents, Overrides, Resolved};
use crate::domain::segment::{CreateStatus, MAX_DESCRIPTION};
use crate::domain::words::{Say, say};
use crate::domain::{CreateState, Format, Segment, SegmentId};
use crate::storage::{self, Hashed, SharedStorage, Staged, Staging, StorageError};
use crate::store::{Txn, keys};

/// What to upload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadRequest {
    /// The file.
    pub file: PathBuf,
    /// What fills in or overrides what the manifest says.
    pub overrides: Overrides,
    /// What the file was when somebody looked at it; any other content is refused.
    pub expected: Option<Expected>,
}

/// What a file was when somebody looked at it, in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What it must still be.
    pub sha256: String,
    /// Of the same content, where somebody has computed it: it is not computed again.
    pub md5: Option<String>,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadProgress {
    /// Bytes copied and bytes in all.
    Copying {
        /// Bytes so far.
        copied: u64,
        /// Bytes of the file.
        total: u64,
    },
    /// The copy is read and checked.
    Checking {
        /// Bytes read so far.
        done: u64,
        /// Bytes of the file.
        total: u64,
    },
    /// The record is made.
    Recording,
}

/// What is known of a file before it is read.
pub(crate) struct Incoming<'a> {
    /// Its name, without folders.
    pub file_name: &'a str,
    /// Its suffix.
    pub format: Format,
    /// What fills in or overrides what its manifest says.
    pub overrides: &'a Overrides,
}

/// A checked file in staging.
pub(crate) struct Checked {
    /// The file.
    pub staged: Staged,
    /// What it says.
    pub contents: Contents,
    /// Who it is.
    pub resolved: Resolved,
}

impl Service {
    /// Uploads a file. It is published by the controllers afterwards.
    ///
    /// # Errors
    /// `readOnly` in a process that only looks; `invalid` for a file that is not acceptable, `exists` for an id that is taken (also meanwhile),
    /// `notFound` for a file that is not there, `unavailable` for store or storage.
    pub async fn upload(
        &self,
        request: &UploadRequest,
        progress: impl Fn(UploadProgress) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<Segment, ServiceError> {
        // Before a byte is staged.
        let storage = self.writes()?.storage;
        let file_name = source::file_name(&request.file);
        let format = source::format_of(&file_name)?;
        let Source { file, size: total } = source::open(&request.file).await?;
        self.owns_storage().await?;

        progress(UploadProgress::Copying { copied: 0, total });
        let max = self.settings.upload.max_file_size;
        let heard = |copied| progress(UploadProgress::Copying { copied, total });
        let staging = match storage.stage(storage::chunks(file), max, heard, cancel).await {
            Err(full @ StorageError::Full { .. }) => return Err(self.is_full(full).await),
            staging => staging?,
        };

        let total = staging.size;
        let heard = |done| progress(UploadProgress::Checking { done, total });
        heard(0);
        let same = |hashed: &Hashed| match &request.expected {
            Some(Expected { sha256, .. }) if !sha256.eq_ignore_ascii_case(&hashed.sha256) => Err(say!(
                "upload-other-content",
                file = request.file.display().to_string(),
                found = &hashed.sha256,
                expected = sha256
            )),
            _ => Ok(()),
        };
        let incoming = Incoming { file_name: &file_name, format, overrides: &request.overrides };
        let mut checked = self.check(staging, same, incoming, heard, cancel).await?;
        if let Some(Expected { md5: Some(md5), .. }) = &request.expected {
            checked.staged.hashed.md5.get_or_insert_with(|| md5.clone());
        }

        progress(UploadProgress::Recording);
        let segment = self.new_segment(&checked, file_name, format);
        self.record(checked, segment).await
    }

    /// No room: what could be emptied is named.
    async fn is_full(&self, full: StorageError) -> ServiceError {
        let mut error = ServiceError::from(full);
        if let Ok(TrashSize { entries: n @ 1.., bytes }) = TrashSize::read(&*self.store).await {
            error.message = error.message.and(say!("storage-full-trash", n = n, bytes = bytes));
        }
        error
    }

    /// Reads and checks a file in staging while it is still being hashed; `heard` is told how many bytes of it
    /// have been read. One that is not the `same`, one that is refused, and one that nobody wants any more is
    /// removed from staging. That it is another file is said before what is wrong with it.
    pub(crate) async fn check(
        &self,
        staging: Staging,
        same: impl FnOnce(&Hashed) -> Result<(), Say>,
        incoming: Incoming<'_>,
        heard: impl Fn(u64) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<Checked, ServiceError> {
        let Incoming { file_name, format, overrides } = incoming;
        let (storage, key) = (self.storage.clone(), staging.key.clone());
        let staged_key = key.clone();
        let open = move || Ok(storage.open_blocking(&key)?);
        let read = source::read(open, file_name, format, &self.settings.upload, heard, cancel);
        let checked = async {
            let (staged, read) = tokio::join!(staging.finish(), read);
            let staged = staged?;
            same(&staged.hashed).map_err(|why| ServiceError::new(Code::Invalid, why))?;
            let contents = read?;
            Ok(Checked { resolved: contents.manifest.resolve(overrides)?, staged, contents })
        };
        let checked = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(StorageError::Cancelled.into()),
            checked = checked => checked,
        };
        if checked.is_err() {
            self.writes()?.storage.delete(&staged_key).await?;
        }
        checked
    }

    /// The record of a checked file, as an upload makes it.
    pub(crate) fn new_segment(&self, checked: &Checked, file_name: String, format: Format) -> Segment {
        let now = self.clock.now();
        let Resolved { prefix, version, name, description } = checked.resolved.clone();
        let id = SegmentId::new(prefix.clone(), version.clone());
        let manifest = &checked.contents.manifest;
        Segment {
            storage_key: SharedStorage::final_key(&id, format, now),
            id,
            prefix,
            version,
            name,
            kind: manifest.kind.clone(),
            description: description.cut(MAX_DESCRIPTION),
            vendor: manifest.vendor.clone(),
            format,
            container: checked.contents.container.as_str().to_owned(),
            remote: format.remote(),
            file_name: file_name.into(),
            file_size: checked.staged.hashed.size,
            sha256: checked.staged.hashed.sha256.clone(),
            md5: checked.staged.hashed.md5.clone(),
            requires: manifest.requires.clone(),
            conflicts: manifest.conflicts.clone(),
            archs: manifest.archs.clone(),
            is_local: true,
            file_state: None,
            created_at: now,
            created_by: self.actor.label(),
            updated_at: now,
            create_status: CreateStatus {
                state: CreateState::Pending,
                time: now,
                reason: None,
                retry_count: 0,
                next_retry_at: None,
                generation: 0,
                unknown: Default::default(),
            },
            delete_status: None,
            restored_at: None,
            intent: None,
            remote_extra: None,
            unknown: Default::default(),
        }
    }

    /// Moves the file to its place, then makes the record; whatever fails takes the file away again, unless
    /// the record may have been made.
    async fn record(&self, checked: Checked, segment: Segment) -> Result<Segment, ServiceError> {
        let storage = self.writes()?.storage;
        let id = segment.id.clone();
        match self.exists(&id).await {
            Ok(false) => {}
            taken => {
                storage.delete(&checked.staged.key).await?;
                return Err(taken.err().unwrap_or_else(|| exists(&id)));
            }
        }
        if let Err(error) = storage.promote(&checked.staged, &segment.storage_key).await {
            storage.delete(&checked.staged.key).await?;
            return Err(error.into());
        }
        let txn = Txn::new()
            .absent(keys::segment(&id))
            .put(keys::segment(&id), &segment)?
            .put(keys::manifest(&id), &checked.contents.manifest_whole)?
            .delete(keys::leftover(&id));
        let after = brief(&serde_json::json!({
            "fileName": segment.file_name, "fileSize": segment.file_size, "sha256": segment.sha256
        }));
        let audited = Audited {
            action: "segment.upload",
            object: &id.to_string(),
            before: serde_json::Value::Null,
            after,
        };
        match self.commit(txn, audited).await {
            Ok(Some(_)) => Ok(segment),
            Ok(None) => {
                storage.delete(&segment.storage_key).await?;
                Err(exists(&id))
            }
            Err(failure) => {
                if failure.certain {
                    storage.delete(&segment.storage_key).await?;
                }
                Err(failure.error)
            }
        }
    }
}

fn exists(id: &SegmentId) -> ServiceError {
    ServiceError::new(Code::Exists, say!("segment-exists", id = id))
}
