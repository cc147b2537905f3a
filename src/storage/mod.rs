//! Segment files in shared storage: a folder, or S3. What belongs here: where bytes lie and that they are
//! whole. What does not: what they mean.
//!
//! ```text
//! segdeck-storage.json            who this storage is: {"id": ULID}
//! staging/<ULID>                  being written
//! segments/<prefix>/<version>/<ULID>.<suffix>   final
//! ```

use std::io::{Read, Seek};

use bytes::Bytes;
use futures::stream::BoxStream;
use tokio::io::AsyncRead;
use tokio_util::sync::CancellationToken;

use crate::domain::{Format, SegmentId, Timestamp};

/// What goes wrong with files.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It does not answer, or refuses us.
    #[error("shared storage {url} is not available: {reason}")]
    Unavailable {
        /// Which one.
        url: String,
        /// What was tried and what came back.
        reason: String,
    },
    /// No space is left.
    #[error("shared storage {url} is full: {reason}")]
    Full {
        /// Which one.
        url: String,
        /// What it said.
        reason: String,
    },
    /// No such file.
    #[error("shared storage {url} has no file {key}")]
    NotFound {
        /// Which one.
        url: String,
        /// The file.
        key: String,
    },
    /// The file to be stored cannot be read.
    #[error("the file cannot be read: {0}")]
    Source(std::io::Error),
    /// The operator changed their mind; nothing is left behind.
    #[error("cancelled")]
    Cancelled,
    /// Larger than allowed.
    #[error("the file is larger than {max} bytes (setting upload.max_file_size)")]
    TooLarge {
        /// The limit, in bytes.
        max: u64,
    },
    /// Settings that cannot work.
    #[error("{0}")]
    Misconfigured(String),
}

/// A file that lies in staging, hashed on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// Its key in staging.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// Lower-case hex.
    pub md5: String,
}

/// A file as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its key.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// Last written.
    pub modified: Timestamp,
}

/// Chunks of a file.
pub type ByteStream = BoxStream<'static, Result<Bytes, StorageError>>;

/// A reader for the archive code; blocking, for `spawn_blocking` only.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Shared storage; cheap to clone.
#[derive(Debug, Clone)]
pub struct SharedStorage {
    url: String,
}

impl SharedStorage {
    /// Opens `file:///...` (made if it is not there, fsync on) or `s3://bucket/prefix` (credentials from the
    /// usual AWS variables). Does not wait for a network.
    ///
    /// # Errors
    /// [`StorageError::Misconfigured`] for a URL that cannot work.
    pub fn open(url: &str) -> Result<Self, StorageError> {
        Ok(Self { url: url.to_owned() })
    }

    /// The URL, without secrets.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The id of this storage, made by whoever comes first.
    ///
    /// # Errors
    /// When it cannot be read or made.
    pub async fn identity(&self) -> Result<String, StorageError> {
        Err(self.unbuilt())
    }

    /// Copies and hashes `source` into staging in one pass; `progress` hears the bytes copied so far.
    /// After an error or a cancel nothing is left but what the sweep removes.
    ///
    /// # Errors
    /// As its variants say; `max` bytes is the largest file taken.
    pub async fn stage(
        &self,
        _source: impl AsyncRead + Send + Unpin,
        _max: u64,
        _progress: impl Fn(u64) + Send + Sync,
        _cancel: &CancellationToken,
    ) -> Result<Staged, StorageError> {
        Err(self.unbuilt())
    }

    /// Opens a file for reading with seeks, for the archive reader. Call it from `spawn_blocking`.
    ///
    /// # Errors
    /// When it is not there.
    pub fn open_blocking(&self, _key: &str) -> Result<Box<dyn ReadSeek>, StorageError> {
        Err(self.unbuilt())
    }

    /// A new, unique final key of a segment's file.
    pub fn final_key(id: &SegmentId, format: Format, now: Timestamp) -> String {
        format!(
            "segments/{}/{}/{}.{}",
            id.prefix,
            id.version,
            crate::domain::RecordId::new(now),
            format.as_str()
        )
    }

    /// Moves a staged file to its final key, durably.
    ///
    /// # Errors
    /// When it cannot be moved; it is still staged then.
    pub async fn promote(&self, _staged: &Staged, _key: &str) -> Result<(), StorageError> {
        Err(self.unbuilt())
    }

    /// Deletes a file; one that is not there is fine.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub async fn delete(&self, _key: &str) -> Result<(), StorageError> {
        Err(self.unbuilt())
    }

    /// Is the file there, and how large?
    ///
    /// # Errors
    /// When nobody can say.
    pub async fn stat(&self, _key: &str) -> Result<Option<StoredFile>, StorageError> {
        Err(self.unbuilt())
    }

    /// The file's bytes from `offset` on.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub async fn read(&self, _key: &str, _offset: u64) -> Result<ByteStream, StorageError> {
        Err(self.unbuilt())
    }

    /// Every file below `staging/` or `segments/`.
    ///
    /// # Errors
    /// In the stream, when listing fails half-way.
    pub fn list(&self, _folder: Folder) -> BoxStream<'static, Result<StoredFile, StorageError>> {
        Box::pin(futures::stream::empty())
    }

    fn unbuilt(&self) -> StorageError {
        StorageError::Unavailable { url: self.url.clone(), reason: "not built yet".into() }
    }
}

/// The two folders of the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// Files on their way in.
    Staging,
    /// Files of segments.
    Segments,
}
