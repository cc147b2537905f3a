//! A file on its way in. All of its bytes lie in staging and can be read; it is being hashed and made to
//! last beside whatever else reads it.

use std::io;

use bytes::Bytes;
use futures::Stream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Backend, Hashed, SharedStorage, StorageError, copy, folder, key};

/// See the module. Dropped unfinished, it is given up: its file goes a moment later.
#[derive(Debug)]
pub struct Staging {
    /// Its key.
    pub key: String,
    /// In bytes.
    pub size: u64,
    sink: JoinHandle<Result<Hashed, StorageError>>,
    /// Tells the sink that nobody waits for it any more.
    _wanted: DropGuard,
}

/// A file that lies in staging. Its bytes would survive a power cut; its name does once it is promoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// Its key.
    pub key: String,
    /// What it is known by. The md5 of one larger than 64 MiB in a folder is absent.
    pub hashed: Hashed,
}

impl SharedStorage {
    /// Copies `source` into staging; `progress` hears the bytes copied so far. Returns when all of it can be
    /// read there. After an error or a cancel nothing is left; when the future is dropped half-way, what is
    /// left is removed a moment later, at the latest by the sweep.
    ///
    /// # Errors
    /// As its variants say; `max` bytes is the largest file taken.
    pub async fn stage(
        &self,
        source: impl Stream<Item = io::Result<Bytes>> + Send,
        max: u64,
        progress: impl Fn(u64) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<Staging, StorageError> {
        let key = format!("staging/{}", ulid::Ulid::generate());
        let (sender, pieces) = copy::channel();
        let (written, told) = oneshot::channel();
        let given_up = CancellationToken::new();
        let wanted = given_up.clone().drop_guard();
        let sink = match &self.backend {
            Backend::Folder(root) => {
                let (root, url, key) = (root.clone(), self.url().to_owned(), key.clone());
                tokio::task::spawn_blocking(move || {
                    folder::write(&url, &root, &key, pieces, written, &given_up)
                })
            }
            Backend::Bucket(bucket) => {
                tokio::spawn(bucket.clone().write_hashed(key::check(&key)?, pieces, written))
            }
        };
        let sent = copy::send(source, max, progress, cancel, sender).await;
        if let Ok(size) = sent
            && told.await.is_ok()
        {
            return Ok(Staging { key, size, sink, _wanted: wanted });
        }
        drop(wanted);
        // Waited for, so that what it throws away is gone on return.
        let sunk = copy::join(sink).await?;
        sent?;
        Err(sunk.err().unwrap_or(StorageError::Cancelled))
    }
}

impl Staging {
    /// Waits until the file is hashed and its bytes would survive a power cut.
    ///
    /// # Errors
    /// When it cannot be hashed or made to last; it is gone then.
    pub async fn finish(self) -> Result<Staged, StorageError> {
        let hashed = copy::join(self.sink).await??;
        Ok(Staged { key: self.key, hashed })
    }
}
