//! A file is read once for its size and hashes, and nothing of it is kept.

use tokio::io::AsyncRead;
use tokio_util::sync::CancellationToken;

use super::{StorageError, copy};

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
