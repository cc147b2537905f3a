//! A file is read once for its size and hashes, and nothing of it is kept.

use futures::TryStreamExt;
use sha2::Sha256;
use tokio::io::AsyncRead;
use tokio_util::sync::CancellationToken;

use super::{SharedStorage, StorageError, copy};

/// What one pass over a file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed {
    /// In bytes.
    pub size: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// Lower-case hex.
    pub md5: String,
}

/// Hashes `source` as [`SharedStorage::stage`](super::SharedStorage::stage) does, without a copy.
///
/// # Errors
/// When it cannot be read, is longer than `max` bytes, or is cancelled.
pub async fn hash(
    source: impl AsyncRead + Send + Unpin,
    max: u64,
    progress: impl Fn(u64) + Send + Sync,
    cancel: &CancellationToken,
) -> Result<Hashed, StorageError> {
    let (sender, mut pieces) = copy::channel();
    let sink = tokio::spawn(async move {
        while pieces.recv().await.is_some() {}
        Ok(())
    });
    let copied = copy::copy(source, max, progress, cancel, sender, sink).await?;
    Ok(Hashed { size: copied.size, sha256: copied.sha256, md5: copied.md5 })
}

impl SharedStorage {
    /// Reads a stored file for its size and sha256; `progress` hears the bytes read so far.
    ///
    /// # Errors
    /// When it is not there or cannot be read, or it is cancelled.
    pub async fn sha256(
        &self,
        key: &str,
        progress: impl Fn(u64) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<(u64, String), StorageError> {
        let read = async {
            let mut chunks = self.read(key, 0).await?;
            let (pieces, sha256) = copy::hasher::<Sha256>();
            let mut size = 0;
            while let Some(chunk) = chunks.try_next().await? {
                size += chunk.len() as u64;
                // A closed channel is a hasher that failed; it says so itself.
                let _ = pieces.send(chunk).await;
                progress(size);
            }
            drop(pieces);
            Ok((size, copy::join(sha256).await?))
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(StorageError::Cancelled),
            read = read => read,
        }
    }
}
