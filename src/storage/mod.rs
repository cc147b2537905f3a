//! Segment files in shared storage: a folder, or S3. What belongs here: where bytes lie and that they are
//! whole. What does not: what they mean.
//!
//! ```text
//! segdeck-storage.json            who this storage is: {"id": ULID, "site": ULID}
//! segdeck-revision.json           how far the records had come
//! staging/<ULID>                  being written, or checked
//! segments/<prefix>/<version>/<ULID>.<suffix>   final
//! trash/<ULID>.json               what is kept of a deleted segment's records
//! ```

mod address;
mod beneath;
mod bucket;
mod copy;
mod error;
mod folder;
mod hash;
mod identity;
mod key;
mod listed;
mod object;
mod staging;

use std::fmt;
use std::io::{ErrorKind, Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};

use crate::domain::words::word;
use crate::domain::{Format, RecordId, SegmentId, Timestamp};

use address::Address;
pub use address::folder_url;
pub use beneath::Refusal;
use beneath::{Root, Way};
use bucket::Bucket;
pub use error::StorageError;
pub use folder::chunks;
pub use hash::{Hashed, hash};
pub use identity::Identity;
pub use listed::{Folder, Listed, StoredFile, Stranger};
pub use staging::{Staged, Staging};

/// Chunks of a file.
pub type ByteStream = BoxStream<'static, Result<Bytes, StorageError>>;

/// A reader for the archive code; blocking, for `spawn_blocking` only.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Shared storage; cheap to clone.
#[derive(Clone)]
pub struct SharedStorage {
    backend: Backend,
    /// What errors call it.
    url: Arc<str>,
}

/// Where the bytes lie.
#[derive(Clone)]
enum Backend {
    Folder(Arc<Root>),
    Bucket(Bucket),
}

impl SharedStorage {
    /// Opens `file:///...` (made by the first write, fsync on) or `s3://bucket/prefix` (credentials from the
    /// usual AWS variables). Does not wait for a network.
    ///
    /// # Errors
    /// [`StorageError::Misconfigured`] for a URL that cannot work.
    pub fn open(url: &str) -> Result<Self, StorageError> {
        Ok(match Address::parse(url)? {
            Address::Bucket { bucket, prefix } => Self::over(address::bucket(&bucket, &prefix)?, url),
            Address::Folder(path) => Self::folder(path, url, Way::Kernel),
        })
    }

    fn folder(path: PathBuf, url: &str, way: Way) -> Self {
        Self { backend: Backend::Folder(Arc::new(Root::new(path, way))), url: url.into() }
    }

    /// A storage over an object store that somebody else opened; `url` is what errors call it.
    pub fn over(store: Arc<dyn object_store::ObjectStore>, url: &str) -> Self {
        Self { backend: Backend::Bucket(Bucket { store, url: url.to_owned() }), url: url.into() }
    }

    /// The URL, without secrets: one that holds any is refused by [`SharedStorage::open`].
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Is it a folder? What is stored in a bucket is dear to read back.
    pub fn is_folder(&self) -> bool {
        matches!(self.backend, Backend::Folder(_))
    }

    /// Does nothing at all lie below the folders? Folders that are empty themselves are nothing.
    ///
    /// # Errors
    /// When nobody can say.
    pub async fn is_empty(&self) -> Result<bool, StorageError> {
        for folder in Folder::ALL {
            if self.list(folder).try_next().await?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Opens a file for reading with seeks, for the archive reader. Call it from `spawn_blocking`.
    ///
    /// # Errors
    /// When it is not there.
    pub fn open_blocking(&self, key: &str) -> Result<Box<dyn ReadSeek>, StorageError> {
        let path = key::check(key)?;
        Ok(match &self.backend {
            Backend::Folder(root) => Box::new(folder::open(self.url(), root, key)?),
            Backend::Bucket(bucket) => Box::new(bucket.clone().open(path)?),
        })
    }

    /// A new, unique final key of a segment's file.
    pub fn final_key(id: &SegmentId, format: Format, now: Timestamp) -> String {
        format!("segments/{}/{}/{}.{}", id.prefix, id.version, RecordId::new(now), format.as_str())
    }

    /// Moves a staged file to its final key, durably. In a folder, a file that is there already is an error.
    ///
    /// # Errors
    /// When it cannot be moved; it is still staged then.
    pub async fn promote(&self, staged: &Staged, key: &str) -> Result<(), StorageError> {
        let (from, to) = (key::check(&staged.key)?, key::check(key)?);
        match &self.backend {
            Backend::Bucket(bucket) => bucket.rename(&from, &to, staged.hashed.size).await,
            Backend::Folder(root) => {
                let (root, from, to) = (root.clone(), staged.key.clone(), key.to_owned());
                let moved = folder::blocking(move || folder::promote(&root, &from, &to)).await;
                moved.map_err(|error| match error.kind() {
                    ErrorKind::NotFound => {
                        StorageError::NotFound { url: self.url().to_owned(), key: staged.key.clone() }
                    }
                    _ => folder::failed(self.url(), word!("doing-promoting"), &staged.key, error),
                })
            }
        }
    }

    /// Deletes a file, or an object of the trash; one that is not there is fine.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let path = key::check_deleted(key)?;
        match &self.backend {
            Backend::Bucket(bucket) => match bucket.store.delete(&path).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(bucket.failed(word!("doing-deleting"), &path, &error)),
            },
            Backend::Folder(root) => {
                let (root, gone) = (root.clone(), key.to_owned());
                let done = folder::blocking(move || folder::delete(&root, &gone)).await;
                done.map_err(|error| folder::failed(self.url(), word!("doing-deleting"), key, error))
            }
        }
    }

    /// Is the file there, and how large?
    ///
    /// # Errors
    /// When nobody can say.
    pub async fn stat(&self, key: &str) -> Result<Option<StoredFile>, StorageError> {
        let path = key::check(key)?;
        match &self.backend {
            Backend::Bucket(bucket) => match bucket.store.head(&path).await {
                Ok(meta) => Ok(Some(stored(&meta))),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(bucket.failed(word!("doing-looking-at"), &path, &error)),
            },
            Backend::Folder(root) => {
                let (root, wanted) = (root.clone(), key.to_owned());
                let found = folder::blocking(move || folder::stat(&root, &wanted)).await;
                let found = found
                    .map_err(|error| folder::failed(self.url(), word!("doing-looking-at"), key, error))?;
                Ok(found.map(|found| StoredFile {
                    key: key.to_owned(),
                    size: found.size,
                    modified: found.modified,
                }))
            }
        }
    }

    /// The file's bytes from `offset` on; none from an offset beyond its end.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub async fn read(&self, key: &str, offset: u64) -> Result<ByteStream, StorageError> {
        let path = key::check(key)?;
        match &self.backend {
            Backend::Folder(root) => folder::read(self.url(), root.clone(), key, offset).await,
            Backend::Bucket(bucket) => bucket.read(&path, offset).await,
        }
    }

    /// Every file below `staging/`, `segments/` or `trash/`, and what lies there and is none of ours. Strangers never
    /// end a list; that the folder itself is a link does.
    ///
    /// # Errors
    /// In the stream, when listing fails half-way.
    pub fn list(&self, folder: Folder) -> BoxStream<'static, Result<Listed, StorageError>> {
        match &self.backend {
            Backend::Folder(root) => folder::list(root.clone(), self.url(), folder),
            Backend::Bucket(bucket) => {
                let (prefix, bucket) = (Path::from(folder.as_str()), bucket.clone());
                let files = bucket.store.list(Some(&prefix));
                let listed = move |file: object_store::Result<ObjectMeta>| match file {
                    Ok(meta) => Ok(Listed::of(stored(&meta))),
                    Err(error) => Err(bucket.failed(word!("doing-listing"), &prefix, &error)),
                };
                files.map(listed).boxed()
            }
        }
    }
}

impl fmt::Debug for SharedStorage {
    /// The address alone: the client knows credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStorage").field("url", &&*self.url).finish_non_exhaustive()
    }
}

fn stored(meta: &ObjectMeta) -> StoredFile {
    let modified = Timestamp::from_millisecond(meta.last_modified.timestamp_millis());
    StoredFile { key: meta.location.to_string(), size: meta.size, modified: modified.unwrap_or_default() }
}

#[cfg(test)]
mod tests;
