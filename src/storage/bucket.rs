//! Segment files in a bucket: multipart upload, moving, and a reader with seeks.

use crate::domain::words::{Word, word};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::copy::{self, Piece, Pieces};
use super::{ByteStream, Hashed, StorageError, hash};

/// Bytes of one part: S3 takes 10,000 parts, so files up to 80 GB.
const PART: usize = 8 << 20;

/// Parts on their way at once; with the one being filled 32 MiB.
const PARTS_AT_ONCE: usize = 3;

/// Ranges fetched at once for a stream, of a part's size each.
const RANGES_AT_ONCE: usize = 2;

/// The largest object that S3 copies by itself.
const MAX_COPY: u64 = 5 << 30;

/// Bytes fetched at once for a reader with seeks.
const AHEAD: u64 = 4 << 20;

/// A bucket and its address, for errors.
#[derive(Clone)]
pub(super) struct Bucket {
    /// The client.
    pub(super) store: Arc<dyn ObjectStore>,
    /// For errors.
    pub(super) url: String,
}

impl Bucket {
    /// An answer of the bucket about an object.
    pub(super) fn failed(&self, doing: Word, path: &Path, error: &object_store::Error) -> StorageError {
        StorageError::object(&self.url, doing, path.as_ref(), error)
    }

    /// Writes the pieces to an object, which appears at the end or not at all. One that is no larger than a part is
    /// written by one request.
    pub(super) async fn write(self, path: Path, mut pieces: Pieces) -> Result<(), StorageError> {
        let failed = |error: object_store::Error| self.failed(word!("doing-writing"), &path, &error);
        let (mut first, mut size) = (Vec::new(), 0);
        while size <= PART {
            match pieces.recv().await {
                Some(Piece::Bytes(bytes)) => {
                    size += bytes.len();
                    first.push(bytes);
                }
                Some(Piece::End) => {
                    let whole = PutPayload::from_iter(first);
                    return self.store.put(&path, whole).await.map(drop).map_err(failed);
                }
                None => return Ok(()),
            }
        }
        let upload = self.store.put_multipart(&path).await.map_err(failed)?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
        first.into_iter().for_each(|bytes| parts.put(bytes));
        loop {
            match pieces.recv().await {
                Some(Piece::Bytes(bytes)) => {
                    if let Err(error) = parts.wait_for_capacity(PARTS_AT_ONCE).await {
                        let _ = parts.abort().await; // the first error is the one to tell
                        return Err(failed(error));
                    }
                    parts.put(bytes);
                }
                Some(Piece::End) => return parts.finish().await.map(drop).map_err(failed),
                None => return parts.abort().await.map_err(failed),
            }
        }
    }

    /// As [`Bucket::write`], hashed on the way: a network is slower than both hashes, and reading it all back
    /// would be dear. Tells `written` once the object is there.
    pub(super) async fn write_hashed(
        self,
        path: Path,
        pieces: Pieces,
        written: oneshot::Sender<()>,
    ) -> Result<Hashed, StorageError> {
        let (sender, passed) = copy::channel();
        let (hashed, wrote) = tokio::join!(hash::passing(pieces, Some(sender)), self.write(path, passed));
        wrote?;
        let hashed = hashed?;
        // Nobody who waits is somebody who gave up.
        let _ = written.send(());
        Ok(hashed)
    }

    /// Copies, then deletes; a crash between the two leaves a staged file for the sweep.
    pub(super) async fn rename(&self, from: &Path, to: &Path, size: u64) -> Result<(), StorageError> {
        if size <= MAX_COPY {
            self.store
                .copy(from, to)
                .await
                .map_err(|error| self.failed(word!("doing-copying"), from, &error))?;
        } else {
            self.copy_through(from, to).await?;
        }
        match self.store.delete(from).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => {
                // The file is where it shall be. What is left in staging is the sweep's.
                tracing::warn!(key = %from, %error, "a staged file was not removed after its promotion");
                Ok(())
            }
        }
    }

    /// For objects that S3 does not copy by itself.
    async fn copy_through(&self, from: &Path, to: &Path) -> Result<(), StorageError> {
        let mut chunks = self.read(from, 0).await?;
        let (sender, pieces) = copy::channel();
        let sink = tokio::spawn(self.clone().write(to.clone(), pieces));
        while let Some(chunk) = chunks.try_next().await? {
            if sender.send(Piece::Bytes(chunk)).await.is_err() {
                break; // the sink failed and says why below
            }
        }
        let _ = sender.send(Piece::End).await;
        drop(sender);
        sink.await.map_err(|error| StorageError::Source(io::Error::other(error)))?
    }

    /// The object's bytes from `offset` on; an offset at or beyond its end gives none. Fetched range by range:
    /// a single answer would have to be whole within the client's request timeout.
    pub(super) async fn read(&self, path: &Path, offset: u64) -> Result<ByteStream, StorageError> {
        let meta =
            self.store.head(path).await.map_err(|error| self.failed(word!("doing-opening"), path, &error))?;
        let starts = (offset..meta.size).step_by(PART);
        let (this, path) = (self.clone(), path.clone());
        let chunks = futures::stream::iter(starts).map(move |start| {
            let (this, path) = (this.clone(), path.clone());
            async move {
                let range = start..meta.size.min(start + PART as u64);
                let got = this.store.get_range(&path, range).await;
                got.map_err(|error| this.failed(word!("doing-reading"), &path, &error))
            }
        });
        Ok(chunks.buffered(RANGES_AT_ONCE).boxed())
    }

    /// A reader with seeks, for a thread that may block and belongs to the runtime.
    pub(super) fn open(self, path: Path) -> Result<RangeReader, StorageError> {
        let runtime = Handle::try_current().map_err(|_| {
            StorageError::Misconfigured("a bucket can be read inside the async runtime only".to_owned())
        })?;
        let meta = runtime
            .block_on(self.store.head(&path))
            .map_err(|error| self.failed(word!("doing-opening"), &path, &error))?;
        Ok(RangeReader {
            bucket: self,
            path,
            runtime,
            size: meta.size,
            position: 0,
            ahead: Bytes::new(),
            ahead_at: 0,
        })
    }
}

/// Reads ranges of an object ahead.
pub(super) struct RangeReader {
    bucket: Bucket,
    path: Path,
    runtime: Handle,
    size: u64,
    position: u64,
    ahead: Bytes,
    ahead_at: u64,
}

impl Read for RangeReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size || out.is_empty() {
            return Ok(0);
        }
        let ahead_end = self.ahead_at + self.ahead.len() as u64;
        if self.position < self.ahead_at || self.position >= ahead_end {
            let end = self.size.min(self.position.saturating_add(AHEAD));
            let range = self.position..end;
            self.ahead =
                self.runtime.block_on(self.bucket.store.get_range(&self.path, range)).map_err(|error| {
                    io::Error::other(self.bucket.failed(word!("doing-reading"), &self.path, &error))
                })?;
            self.ahead_at = self.position;
        }
        let skip = usize::try_from(self.position - self.ahead_at).map_err(io::Error::other)?;
        let rest = self.ahead.get(skip..).unwrap_or_default();
        let bytes = rest.len().min(out.len());
        out[..bytes].copy_from_slice(&rest[..bytes]);
        self.position += bytes as u64;
        Ok(bytes)
    }
}

impl Seek for RangeReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.size.checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
