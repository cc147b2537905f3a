//! A segment file becomes a segment: staged and hashed, read and checked, its record made; a failure leaves
//! neither file nor record.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use super::commit::{Audited, brief};
use super::{Code, Service, ServiceError};
use crate::archive::{self, Contents, Limits, Overrides, Reading, Resolved};
use crate::domain::segment::{CreateStatus, MAX_DESCRIPTION};
use crate::domain::{CreateState, Format, Segment, SegmentId};
use crate::settings::UploadSettings;
use crate::storage::{SharedStorage, Staged, StorageError};
use crate::store::{Txn, keys};

/// What to upload; the texts fill in or override what the manifest says.
#[derive(Debug, Clone, Default)]
pub struct UploadRequest {
    /// The file.
    pub file: PathBuf,
    /// Instead of the manifest's.
    pub prefix: Option<String>,
    /// Instead of the manifest's.
    pub version: Option<String>,
    /// Instead of the manifest's.
    pub name: Option<String>,
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
    Checking,
    /// The record is made.
    Recording,
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
    /// `invalid` for a file that is not acceptable, `exists` for an id that is taken (also meanwhile),
    /// `notFound` for a file that is not there, `unavailable` for store or storage.
    pub async fn upload(
        &self,
        request: &UploadRequest,
        progress: impl Fn(UploadProgress) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<Segment, ServiceError> {
        let file_name =
            request.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let format = format_of(&file_name)?;
        let (file, total) = open(&request.file).await?;
        self.same_storage().await?;

        progress(UploadProgress::Copying { copied: 0, total });
        let max = self.settings.upload.max_file_size;
        let heard = |copied| progress(UploadProgress::Copying { copied, total });
        let staged = self.storage.stage(file, max, heard, cancel).await?;

        progress(UploadProgress::Checking);
        let overrides = Overrides {
            prefix: request.prefix.clone(),
            version: request.version.clone(),
            name: request.name.clone(),
        };
        let checked = self.check_staged(staged, &file_name, format, overrides).await?;
        if cancel.is_cancelled() {
            self.storage.delete(&checked.staged.key).await?;
            return Err(StorageError::Cancelled.into());
        }

        progress(UploadProgress::Recording);
        let segment = self.new_segment(&checked, file_name, format);
        self.record(checked, segment).await
    }

    /// Reads and checks a staged file; one that is refused is removed from staging.
    pub(crate) async fn check_staged(
        &self,
        staged: Staged,
        file_name: &str,
        format: Format,
        overrides: Overrides,
    ) -> Result<Checked, ServiceError> {
        let limits = limits(&self.settings.upload);
        let (storage, key, file_name) = (self.storage.clone(), staged.key.clone(), file_name.to_owned());
        let read = move || -> Result<(Contents, Resolved), ServiceError> {
            let mut heard = |_| ControlFlow::Continue(());
            let reading = Reading { file_name: &file_name, format, limits: &limits, heard: &mut heard };
            let contents = archive::read(storage.open_blocking(&key)?, reading)?;
            let resolved = contents.manifest.resolve(&overrides)?;
            Ok((contents, resolved))
        };
        match read_blocking(read).await {
            Ok((contents, resolved)) => Ok(Checked { staged, contents, resolved }),
            Err(error) => {
                self.storage.delete(&staged.key).await?;
                Err(error)
            }
        }
    }

    /// The record of a checked file, as an upload makes it.
    pub(crate) fn new_segment(&self, checked: &Checked, file_name: String, format: Format) -> Segment {
        let now = self.clock.now();
        let Resolved { prefix, version, name } = checked.resolved.clone();
        let id = SegmentId::new(prefix.clone(), version.clone());
        let manifest = &checked.contents.manifest;
        Segment {
            storage_key: SharedStorage::final_key(&id, format, now),
            id,
            prefix,
            version,
            name,
            kind: manifest.kind.clone(),
            description: manifest.description.clone().cut(MAX_DESCRIPTION),
            vendor: manifest.vendor.clone(),
            format,
            container: checked.contents.container.as_str().to_owned(),
            remote: format.remote(),
            file_name: file_name.into(),
            file_size: checked.staged.size,
            sha256: checked.staged.sha256.clone(),
            md5: checked.staged.md5.clone(),
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
            intent: None,
            remote_extra: None,
            unknown: Default::default(),
        }
    }

    /// Moves the file to its place, then makes the record; whatever fails takes the file away again, unless
    /// the record may have been made.
    async fn record(&self, checked: Checked, segment: Segment) -> Result<Segment, ServiceError> {
        let id = segment.id.clone();
        match self.exists(&id).await {
            Ok(false) => {}
            taken => {
                self.storage.delete(&checked.staged.key).await?;
                return Err(taken.err().unwrap_or_else(|| exists(&id)));
            }
        }
        if let Err(error) = self.storage.promote(&checked.staged, &segment.storage_key).await {
            self.storage.delete(&checked.staged.key).await?;
            return Err(error.into());
        }
        let txn = Txn::new()
            .absent(keys::segment(&id))
            .put(keys::segment(&id), &segment)?
            .put(keys::manifest(&id), &checked.contents.manifest_whole)?;
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
                self.storage.delete(&segment.storage_key).await?;
                Err(exists(&id))
            }
            Err(failure) => {
                if failure.certain {
                    self.storage.delete(&segment.storage_key).await?;
                }
                Err(failure.error)
            }
        }
    }
}

/// The settings as the archive reader wants them.
fn limits(settings: &UploadSettings) -> Limits {
    Limits {
        max_file_size: settings.max_file_size,
        max_unpacked_size: settings.max_unpacked_size,
        max_ratio: settings.max_ratio,
        max_entries: settings.max_entries,
        max_directory_size: settings.max_directory_size,
        max_name_length: settings.max_name_length,
        max_depth: settings.max_depth,
    }
}

/// The suffix, or why there is no telling where the file goes.
fn format_of(file_name: &str) -> Result<Format, ServiceError> {
    Format::of_file_name(file_name).ok_or_else(|| {
        ServiceError::new(
            Code::Invalid,
            format!("{file_name:?} is no segment file: its name must end in .zip (for SDP) or .mpk (for the 15s store)"),
        )
    })
}

async fn open(path: &Path) -> Result<(tokio::fs::File, u64), ServiceError> {
    let failed = |error: std::io::Error| {
        let code = if error.kind() == std::io::ErrorKind::NotFound { Code::NotFound } else { Code::Failed };
        ServiceError::new(code, format!("{} cannot be read: {error}", path.display()))
    };
    // Looked at first: opening a pipe waits, perhaps for ever, for somebody to write into it.
    if !tokio::fs::metadata(path).await.map_err(failed)?.is_file() {
        return Err(ServiceError::new(Code::Invalid, format!("{} is not a file", path.display())));
    }
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let metadata = file.metadata().await.map_err(failed)?;
    if !metadata.is_file() {
        return Err(ServiceError::new(Code::Invalid, format!("{} is not a file", path.display())));
    }
    Ok((file, metadata.len()))
}

/// Reading an archive is work for a blocking thread.
async fn read_blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| {
        Err(ServiceError::new(Code::Failed, format!("reading the file broke off: {error}")))
    })
}

fn exists(id: &SegmentId) -> ServiceError {
    ServiceError::new(Code::Exists, format!("segment {id} exists; delete it first or upload another version"))
}
