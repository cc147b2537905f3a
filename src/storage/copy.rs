//! One pass over a file on its way in: read once, written and hashed at the same time, in bounded memory.
//!
//! ```text
//! source -> 1 MiB pieces -+-> sink (a folder or a bucket)
//!                         +-> sha256 thread
//!                         +-> md5 thread
//! ```

use bytes::{Bytes, BytesMut};
use md5::Md5;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::StorageError;

/// Bytes of one piece. Smaller ones cost a thread switch too often, larger ones fall out of the CPU's cache
/// between the hashes.
const PIECE: usize = 1 << 20;

/// Pieces waiting for the slowest reader; with the ones in hand about 10 MiB in all.
const WAITING: usize = 6;

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

/// What was learnt on the way.
#[derive(Debug)]
pub(super) struct Copied {
    /// In bytes.
    pub(super) size: u64,
    /// Lower-case hex.
    pub(super) sha256: String,
    /// Lower-case hex.
    pub(super) md5: String,
}

/// Copies `source` into a sink that was started with [`channel`]'s receiver. Waits for the sink in every
/// case, so that what it throws away is gone on return. A future dropped half-way closes the channel, with
/// the same effect a moment later.
pub(super) async fn copy(
    mut source: impl AsyncRead + Send + Unpin,
    max: u64,
    progress: impl Fn(u64) + Send + Sync,
    cancel: &CancellationToken,
    pieces: mpsc::Sender<Piece>,
    sink: JoinHandle<Result<(), StorageError>>,
) -> Result<Copied, StorageError> {
    let (sha_in, sha256) = hasher::<Sha256>();
    let (md5_in, md5) = hasher::<Md5>();
    let mut size = 0_u64;
    let read = async {
        loop {
            let piece = fill(&mut source).await.map_err(StorageError::Source)?;
            if piece.is_empty() {
                return Ok(true);
            }
            size += piece.len() as u64;
            if size > max {
                return Err(StorageError::TooLarge { max });
            }
            // A closed channel is a sink that failed; its own result says why.
            let _ = tokio::join!(sha_in.send(piece.clone()), md5_in.send(piece.clone()));
            if pieces.send(Piece::Bytes(piece)).await.is_err() {
                return Ok(false);
            }
            progress(size);
        }
    };
    let outcome = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(StorageError::Cancelled),
        outcome = read => outcome,
    };
    drop((sha_in, md5_in));
    if matches!(outcome, Ok(true)) {
        let _ = pieces.send(Piece::End).await;
    }
    drop(pieces);
    let sunk = join(sink).await;
    let whole = outcome?;
    sunk??;
    if !whole {
        return Err(StorageError::Source(std::io::ErrorKind::BrokenPipe.into()));
    }
    Ok(Copied { size, sha256: join(sha256).await?, md5: join(md5).await? })
}

/// The way to a sink.
pub(super) fn channel() -> (mpsc::Sender<Piece>, Pieces) {
    mpsc::channel(WAITING)
}

/// Reads until a piece is full or the file ends: a socket gives a few KiB at a time.
async fn fill(source: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Bytes> {
    let mut piece = BytesMut::with_capacity(PIECE);
    while piece.len() < PIECE {
        let room = (PIECE - piece.len()) as u64;
        if (&mut *source).take(room).read_buf(&mut piece).await? == 0 {
            break;
        }
    }
    Ok(piece.freeze())
}

/// A hash on a thread of its own; ends when its channel closes.
pub(super) fn hasher<D: Digest + Send + 'static>() -> (mpsc::Sender<Bytes>, JoinHandle<String>) {
    let (sender, mut pieces) = mpsc::channel::<Bytes>(WAITING);
    let hash = tokio::task::spawn_blocking(move || {
        let mut digest = D::new();
        while let Some(piece) = pieces.blocking_recv() {
            digest.update(&piece);
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    });
    (sender, hash)
}

pub(super) async fn join<T>(handle: JoinHandle<T>) -> Result<T, StorageError> {
    handle.await.map_err(|error| StorageError::Source(std::io::Error::other(error)))
}
