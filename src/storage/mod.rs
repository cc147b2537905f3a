//! Segment files in shared storage: a folder, or S3. What belongs here: where bytes lie and that they are
//! whole. What does not: what they mean.
//!
//! ```text
//! segdeck-storage.json            who this storage is: {"id": ULID}
//! staging/<ULID>                  being written, or checked
//! segments/<prefix>/<version>/<ULID>.<suffix>   final
//! ```

mod address;
mod bucket;
mod copy;
mod error;
mod folder;
mod hash;
mod identity;
mod key;
mod lazy_folder;
mod staging;

use std::fmt;
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};

use crate::domain::words::word;
use crate::domain::{Format, RecordId, SegmentId, Timestamp};

use address::Address;
pub use address::folder_url;
use bucket::Bucket;
pub use error::StorageError;
pub use folder::chunks;
pub use hash::{Hashed, hash};
use lazy_folder::LazyFolder;
pub use staging::{Staged, Staging};

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
#[derive(Clone)]
pub struct SharedStorage {
    /// The object store over the bucket, or over the folder for everything that is not a large copy.
    objects: Bucket,
    /// Where the bytes lie, if that is a folder.
    root: Option<Arc<PathBuf>>,
}

impl SharedStorage {
    /// Opens `file:///...` (made by the first write, fsync on) or `s3://bucket/prefix` (credentials from the
    /// usual AWS variables). Does not wait for a network.
    ///
    /// # Errors
    /// [`StorageError::Misconfigured`] for a URL that cannot work.
    pub fn open(url: &str) -> Result<Self, StorageError> {
        let (store, root): (Arc<dyn object_store::ObjectStore>, _) = match Address::parse(url)? {
            Address::Bucket { bucket, prefix } => (address::bucket(&bucket, &prefix)?, None),
            Address::Folder(path) => (Arc::new(LazyFolder::new(path.clone())), Some(Arc::new(path))),
        };
        Ok(Self { objects: Bucket { store, url: url.to_owned() }, root })
    }

    /// A storage over an object store that somebody else opened; `url` is what errors call it.
    pub fn over(store: Arc<dyn object_store::ObjectStore>, url: &str) -> Self {
        Self { objects: Bucket { store, url: url.to_owned() }, root: None }
    }

    /// The URL, without secrets: one that holds any is refused by [`SharedStorage::open`].
    pub fn url(&self) -> &str {
        &self.objects.url
    }

    /// Is it a folder? What is stored in a bucket is dear to read back.
    pub fn is_folder(&self) -> bool {
        self.root.is_some()
    }

    /// The id of this storage, made by whoever comes first.
    ///
    /// # Errors
    /// When it cannot be read or made.
    pub async fn identity(&self) -> Result<String, StorageError> {
        identity::of(&*self.objects.store, self.url()).await
    }

    /// The id of this storage, if it has one; makes nothing.
    ///
    /// # Errors
    /// When nobody can say.
    pub async fn known_identity(&self) -> Result<Option<String>, StorageError> {
        match identity::known(&*self.objects.store, self.url()).await {
            Ok(id) => Ok(Some(id)),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens a file for reading with seeks, for the archive reader. Call it from `spawn_blocking`.
    ///
    /// # Errors
    /// When it is not there.
    pub fn open_blocking(&self, key: &str) -> Result<Box<dyn ReadSeek>, StorageError> {
        let path = key::check(key)?;
        Ok(match &self.root {
            Some(root) => Box::new(folder::open(self.url(), root, key)?),
            None => Box::new(self.objects.clone().open(path)?),
        })
    }

    /// A new, unique final key of a segment's file.
    pub fn final_key(id: &SegmentId, format: Format, now: Timestamp) -> String {
        format!("segments/{}/{}/{}.{}", id.prefix, id.version, RecordId::new(now), format.as_str())
    }

    /// Moves a staged file to its final key, durably.
    ///
    /// # Errors
    /// When it cannot be moved; it is still staged then.
    pub async fn promote(&self, staged: &Staged, key: &str) -> Result<(), StorageError> {
        let (from, to) = (key::check(&staged.key)?, key::check(key)?);
        if self.root.is_none() {
            return self.objects.rename(&from, &to, staged.hashed.size).await;
        }
        let moved = self.objects.store.rename(&from, &to).await;
        moved.map_err(|error| StorageError::object(self.url(), word!("doing-promoting"), &staged.key, &error))
    }

    /// Deletes a file; one that is not there is fine.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub async fn delete(&self, key: &str) -> Result<(), StorageError> {
        match self.objects.store.delete(&key::check(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(StorageError::object(self.url(), word!("doing-deleting"), key, &error)),
        }
    }

    /// Is the file there, and how large?
    ///
    /// # Errors
    /// When nobody can say.
    pub async fn stat(&self, key: &str) -> Result<Option<StoredFile>, StorageError> {
        match self.objects.store.head(&key::check(key)?).await {
            Ok(meta) => Ok(Some(stored(&meta))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(StorageError::object(self.url(), word!("doing-looking-at"), key, &error)),
        }
    }

    /// The file's bytes from `offset` on; none from an offset beyond its end.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub async fn read(&self, key: &str, offset: u64) -> Result<ByteStream, StorageError> {
        let path = key::check(key)?;
        match &self.root {
            Some(root) => folder::read(self.url(), root, key, offset).await,
            None => self.objects.read(&path, offset).await,
        }
    }

    /// Every file below `staging/` or `segments/`.
    ///
    /// # Errors
    /// In the stream, when listing fails half-way.
    pub fn list(&self, folder: Folder) -> BoxStream<'static, Result<StoredFile, StorageError>> {
        let (prefix, url) = (Path::from(folder.as_str()), self.url().to_owned());
        let files = self.objects.store.list(Some(&prefix));
        files
            .map(move |file| {
                file.map(|meta| stored(&meta)).map_err(|error| {
                    StorageError::object(&url, word!("doing-listing"), folder.as_str(), &error)
                })
            })
            .boxed()
    }
}

impl fmt::Debug for SharedStorage {
    /// The address alone: the client knows credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStorage").field("url", &self.objects.url).finish_non_exhaustive()
    }
}

fn stored(meta: &ObjectMeta) -> StoredFile {
    let modified = Timestamp::from_millisecond(meta.last_modified.timestamp_millis());
    StoredFile { key: meta.location.to_string(), size: meta.size, modified: modified.unwrap_or_default() }
}

/// The two folders of the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// Files on their way in.
    Staging,
    /// Files of segments.
    Segments,
}

impl Folder {
    /// As in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Segments => "segments",
        }
    }
}

#[cfg(test)]
mod tests;
