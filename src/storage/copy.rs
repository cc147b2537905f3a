//! The way of a file's bytes from where it comes to a sink: read once, in order, in bounded memory.

use std::io;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::StorageError;

/// Pieces waiting for a slower reader: 2 MiB of the usual ones.
pub(super) const WAITING: usize = 8;

/// What a sink is told. A channel that closes without [`Piece::End`] means: throw away what you have.
#[derive(Debug)]
pub(super) enum Piece {
    /// The next bytes.
    Bytes(Bytes),
    /// The file is whole.
    End,
}

/// What a sink reads from.
pub(super) type Pieces = mpsc::Receiver<Piece>;

/// The way to a sink.
pub(super) fn channel() -> (mpsc::Sender<Piece>, Pieces) {
    mpsc::channel(WAITING)
}

/// Sends `source` to its end, and returns its size in bytes. An error, and a future dropped half-way, close the channel without an end. A
/// sink that takes no more is no error here: it says itself why.
pub(super) async fn send(
    source: impl Stream<Item = io::Result<Bytes>> + Send,
    max: u64,
    progress: impl Fn(u64) + Send + Sync,
    cancel: &CancellationToken,
    pieces: mpsc::Sender<Piece>,
) -> Result<u64, StorageError> {
    let send = async {
        let mut source = std::pin::pin!(source);
        let mut size = 0;
        while let Some(piece) = source.next().await {
            let piece = piece.map_err(StorageError::Source)?;
            size += piece.len() as u64;
            if size > max {
                return Err(StorageError::TooLarge { max });
            }
            if pieces.send(Piece::Bytes(piece)).await.is_err() {
                break;
            }
            progress(size);
        }
        let _ = pieces.send(Piece::End).await;
        Ok(size)
    };
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(StorageError::Cancelled),
        sent = send => sent,
    }
}

/// Waits for a thread or a task; one that broke off is an error of ours.
pub(super) async fn join<T>(handle: JoinHandle<T>) -> Result<T, StorageError> {
    handle.await.map_err(|error| StorageError::Source(io::Error::other(error)))
}
