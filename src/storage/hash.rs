//! What a file's bytes are known by: its size and its hashes.

use std::io;

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use md5::Md5;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::copy::{self, Piece, Pieces};
use super::{SharedStorage, StorageError};

/// Pieces from this size on, in bytes, are hashed on a thread.
const LARGE: usize = 64 << 10;

/// What one pass over a file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed {
    /// In bytes.
    pub size: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// Lower-case hex; absent where nobody has computed it yet.
    pub md5: Option<String>,
}

/// Reads `source` for its size and both hashes, and keeps nothing of it.
///
/// # Errors
/// When it cannot be read, is longer than `max` bytes, or is cancelled.
pub async fn hash(
    source: impl Stream<Item = io::Result<Bytes>> + Send,
    max: u64,
    progress: impl Fn(u64) + Send + Sync,
    cancel: &CancellationToken,
) -> Result<Hashed, StorageError> {
    let (sender, pieces) = copy::channel();
    let (sent, hashed) =
        tokio::join!(copy::send(source, max, progress, cancel, sender), passing(pieces, None));
    sent?;
    hashed
}

/// Hashes what passes by on its way to a sink, if there is one. A sink that takes no more ends it.
pub(super) async fn passing(
    mut pieces: Pieces,
    sink: Option<mpsc::Sender<Piece>>,
) -> Result<Hashed, StorageError> {
    let (mut sha256, mut md5) = (Hasher::<Sha256>::new(), Hasher::<Md5>::new());
    let mut size = 0;
    loop {
        let piece = pieces.recv().await.ok_or(StorageError::Cancelled)?;
        if let Piece::Bytes(bytes) = &piece {
            size += bytes.len() as u64;
            tokio::join!(sha256.take(bytes.clone()), md5.take(bytes.clone()));
        }
        let ended = matches!(piece, Piece::End);
        if let Some(sink) = &sink
            && sink.send(piece).await.is_err()
        {
            return Err(StorageError::Cancelled);
        }
        if ended {
            break;
        }
    }
    Ok(Hashed { size, sha256: sha256.finish().await?, md5: Some(md5.finish().await?) })
}

/// A hash. From the first large piece on it has a thread of its own, which ends with this: before, it would wait
/// blocked for a source that has not begun, and a small file is hashed before it woke.
enum Hasher<D> {
    Here(D),
    Thread { pieces: mpsc::Sender<Bytes>, hash: JoinHandle<String> },
}

impl<D: Digest + Send + 'static> Hasher<D> {
    fn new() -> Self {
        Self::Here(D::new())
    }

    async fn take(&mut self, bytes: Bytes) {
        if let Self::Here(digest) = self {
            if bytes.len() < LARGE {
                return digest.update(&bytes);
            }
            *self = Self::thread(std::mem::replace(digest, D::new()));
        }
        if let Self::Thread { pieces, .. } = self {
            // A closed channel is a thread that broke off; the end says so.
            let _ = pieces.send(bytes).await;
        }
    }

    fn thread(mut digest: D) -> Self {
        let (sender, mut pieces) = mpsc::channel::<Bytes>(copy::WAITING);
        let hash = tokio::task::spawn_blocking(move || {
            while let Some(piece) = pieces.blocking_recv() {
                digest.update(&piece);
            }
            hex(digest)
        });
        Self::Thread { pieces: sender, hash }
    }

    async fn finish(self) -> Result<String, StorageError> {
        match self {
            Self::Here(digest) => Ok(hex(digest)),
            Self::Thread { pieces, hash } => {
                drop(pieces);
                copy::join(hash).await
            }
        }
    }
}

/// Lower-case hex.
pub(super) fn hex(digest: impl Digest) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
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
            let mut sha256 = Hasher::<Sha256>::new();
            let mut size = 0;
            while let Some(chunk) = chunks.try_next().await? {
                size += chunk.len() as u64;
                sha256.take(chunk).await;
                progress(size);
            }
            Ok((size, sha256.finish().await?))
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(StorageError::Cancelled),
            read = read => read,
        }
    }

    /// Reads a stored file for its size and both hashes. Dropped half-way it ends at once.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub async fn hash(&self, key: &str) -> Result<Hashed, StorageError> {
        let chunks = self.read(key, 0).await?;
        let failed = std::sync::Mutex::new(None);
        let chunks = chunks.map_err(|error| {
            let text = error.to_string();
            if let Ok(mut failed) = failed.lock() {
                *failed = Some(error);
            }
            io::Error::other(text)
        });
        let hashed = hash(chunks.boxed(), u64::MAX, |_| {}, &CancellationToken::new()).await;
        match failed.into_inner() {
            Ok(Some(error)) => Err(error),
            _ => hashed,
        }
    }
}
