//! The gate in front of every change. What a [`Service`] holds only reads; what writes is behind one function, which a
//! read-only process is refused.
//!
//! By type, so that nobody can forget to ask: there is no other way from a service to a store or a storage that
//! takes a change.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use tokio_util::sync::CancellationToken;

use super::{Code, Service, ServiceError};
use crate::domain::words::word;
use crate::storage::{
    ByteStream, Folder, Hashed, Identity, Listed, ReadSeek, SharedStorage, StorageError, StoredFile,
};
use crate::store::{ReadStore, SharedStore, Store};

/// The records, to read. Cheap to clone.
#[derive(Clone)]
pub struct Records {
    store: SharedStore,
    /// Nothing is changed through this one, whatever the settings say.
    closed: bool,
}

impl Records {
    /// The same for whoever keeps it.
    pub fn reads(&self) -> Arc<dyn ReadStore> {
        self.store.clone()
    }
}

impl From<SharedStore> for Records {
    fn from(store: SharedStore) -> Self {
        Self { store, closed: false }
    }
}

impl<S: Store> From<Arc<S>> for Records {
    fn from(store: Arc<S>) -> Self {
        Self { store, closed: false }
    }
}

impl Deref for Records {
    type Target = dyn ReadStore;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

/// The files, to read. Cheap to clone. What each function does is said at that of [`SharedStorage`].
#[derive(Clone)]
pub struct Files(SharedStorage);

#[allow(clippy::missing_errors_doc, reason = "as its namesake of the storage")]
impl Files {
    /// Where they lie.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// Is that a folder?
    pub fn is_folder(&self) -> bool {
        self.0.is_folder()
    }

    /// Who the storage is, if anybody has said so.
    pub async fn known_identity(&self) -> Result<Option<Identity>, StorageError> {
        self.0.known_identity().await
    }

    /// Does it hold nothing at all?
    pub async fn is_empty(&self) -> Result<bool, StorageError> {
        self.0.is_empty().await
    }

    /// What a small object holds.
    pub async fn get_object(&self, key: &str, max: u64) -> Result<Option<Bytes>, StorageError> {
        self.0.get_object(key, max).await
    }

    /// For the archive reader, on a thread that may block.
    pub fn open_blocking(&self, key: &str) -> Result<Box<dyn ReadSeek>, StorageError> {
        self.0.open_blocking(key)
    }

    /// Is the file there, and how large?
    pub async fn stat(&self, key: &str) -> Result<Option<StoredFile>, StorageError> {
        self.0.stat(key).await
    }

    /// Its bytes from `offset` on.
    pub async fn read(&self, key: &str, offset: u64) -> Result<ByteStream, StorageError> {
        self.0.read(key, offset).await
    }

    /// Every file of a folder, and every stranger.
    pub fn list(&self, folder: Folder) -> BoxStream<'static, Result<Listed, StorageError>> {
        self.0.list(folder)
    }

    /// Size and sha256 of what lies there.
    pub async fn sha256(
        &self,
        key: &str,
        progress: impl Fn(u64) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<(u64, String), StorageError> {
        self.0.sha256(key, progress, cancel).await
    }

    /// All that a file is known by.
    pub async fn hash(&self, key: &str) -> Result<Hashed, StorageError> {
        self.0.hash(key).await
    }
}

impl From<SharedStorage> for Files {
    fn from(storage: SharedStorage) -> Self {
        Self(storage)
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What writes. Handed out by [`Service::writes`] alone.
#[derive(Clone, Copy)]
pub struct Writes<'a> {
    /// Records.
    pub store: &'a SharedStore,
    /// Files.
    pub storage: &'a SharedStorage,
}

impl Service {
    /// What changes records and files.
    ///
    /// # Errors
    /// `readOnly` when this process only looks.
    pub fn writes(&self) -> Result<Writes<'_>, ServiceError> {
        if self.settings.ui.read_only || self.store.closed {
            return Err(Self::read_only());
        }
        Ok(Writes { store: &self.store.store, storage: &self.storage.0 })
    }

    /// The same use cases for whoever shall only read: each change is refused.
    pub fn looking_only(&self) -> Self {
        Self { store: Records { closed: true, ..self.store.clone() }, ..self.clone() }
    }

    /// Why a read-only process does not do it.
    pub(crate) fn read_only() -> ServiceError {
        ServiceError::new(Code::ReadOnly, word!("process-read-only"))
    }
}
