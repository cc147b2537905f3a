//! Uploads under way: one for a request id, the latest call takes over, and the bytes go to disk off the async threads.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedMutexGuard, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::blocking::Blocking;
use super::failure::Failure;

/// Chunks of one upload that are written and hashed at a time.
const AT_ONCE: usize = 4;

/// Bytes that are written before the disk is told to begin with them.
const SYNC_BEGINS: usize = 64 << 20;

type Key = (&'static str, String);

/// The calls that hold or wait for one request id.
struct Slot {
    turn: Arc<tokio::sync::Mutex<()>>,
    latest: u64,
    replaced: CancellationToken,
}

/// The uploads under way.
#[derive(Clone, Default)]
pub(super) struct Uploads(Arc<Mutex<HashMap<Key, Slot>>>);

/// The right to work on one request id; dropping it lets the next call go on.
pub(super) struct Turn {
    uploads: Uploads,
    key: Key,
    number: u64,
    /// A later call has come: make way.
    pub(super) replaced: CancellationToken,
    _turn: OwnedMutexGuard<()>,
}

impl Uploads {
    /// How many request ids are being worked on.
    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Tells the call that has this request id to make way, and waits for it.
    pub(super) async fn enter(&self, scope: &'static str, request_id: &str) -> Result<Turn, Status> {
        let key = (scope, request_id.to_owned());
        let (turn, number, replaced) = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let slot = slots.entry(key.clone()).or_insert_with(|| Slot {
                turn: Arc::default(),
                latest: 0,
                replaced: CancellationToken::new(),
            });
            slot.replaced.cancel();
            slot.replaced = CancellationToken::new();
            slot.latest += 1;
            (slot.turn.clone(), slot.latest, slot.replaced.clone())
        };
        let turn = turn.lock_owned().await;
        let turn = Turn { uploads: self.clone(), key, number, replaced, _turn: turn };
        match turn.replaced.is_cancelled() {
            true => Err(taken_over()),
            false => Ok(turn),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut slots = self.uploads.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.get(&self.key).is_some_and(|slot| slot.latest == self.number) {
            slots.remove(&self.key);
        }
    }
}

/// What an upload that was replaced is told.
pub(super) fn taken_over() -> Status {
    Status::aborted("a later call with this request id took over")
}

/// What has arrived.
pub(super) struct Received {
    pub(super) turn: Turn,
    pub(super) size: u64,
    pub(super) sha256: String,
}

/// Writes chunks behind the first `offset` bytes of a partial file until their sender is dropped, and keeps what
/// came until then. The file is synced only if it is `whole` bytes long. No thread is held while nothing comes.
pub(super) async fn receive(
    blocking: Blocking,
    turn: Turn,
    path: PathBuf,
    offset: u64,
    whole: u64,
    mut chunks: mpsc::Receiver<Bytes>,
) -> Result<Received, Failure> {
    let (file, mut hash) = blocking.run(move || open(&path, offset)).await??;
    let file = Arc::new(file);
    let mut size = offset;
    let mut batch = Vec::new();
    let mut syncing: Option<JoinHandle<Result<(), Failure>>> = None;
    let mut waiting = 0;
    while chunks.recv_many(&mut batch, AT_ONCE).await > 0 {
        let batch: Arc<[Bytes]> = std::mem::take(&mut batch).into();
        let came: usize = batch.iter().map(Bytes::len).sum();
        // Writing, hashing and the disk take about as long as each other, so they run beside each other.
        let (behind, written) = (Arc::clone(&file), Arc::clone(&batch));
        let writing = blocking.run(move || written.iter().try_for_each(|chunk| (&*behind).write_all(chunk)));
        let hashing = blocking.run(move || {
            batch.iter().for_each(|chunk| hash.update(chunk));
            hash
        });
        let (written, hashed) = tokio::join!(writing, hashing);
        written?.map_err(disk)?;
        hash = hashed?;
        size += came as u64;
        waiting += came;
        if waiting >= SYNC_BEGINS && syncing.as_ref().is_none_or(JoinHandle::is_finished) {
            // The kernel tells of a lost write once: here, or at the end.
            synced(syncing.take()).await?;
            let behind = Arc::clone(&file);
            // The disk begins while the rest still comes, so that little is left for the end.
            syncing =
                Some(tokio::spawn(
                    async move { blocking.run(move || behind.sync_data()).await?.map_err(disk) },
                ));
            waiting = 0;
        }
    }
    synced(syncing).await?;
    if size == whole {
        blocking.run(move || file.sync_all()).await?.map_err(disk)?;
    }
    Ok(Received { turn, size, sha256: super::files::hex(&hash.finalize()) })
}

/// Waits for a sync that was begun.
async fn synced(syncing: Option<JoinHandle<Result<(), Failure>>>) -> Result<(), Failure> {
    match syncing {
        Some(syncing) => syncing.await.map_err(|error| disk(io::Error::other(error)))?,
        None => Ok(()),
    }
}

fn disk(error: io::Error) -> Failure {
    Failure::Disk("keep the upload", error)
}

/// Opens a partial file at `offset`, and hashes what is before it.
fn open(path: &Path, offset: u64) -> Result<(File, Sha256), Failure> {
    let mut file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).map_err(disk)?;
    let kept = file.metadata().map_err(disk)?.len();
    if offset > kept {
        return Err(Status::aborted(format!("{kept} bytes of this upload are kept, not {offset}")).into());
    }
    file.set_len(offset).map_err(disk)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut left = offset;
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = file.read(&mut buffer[..want]).map_err(disk)?;
        if read == 0 {
            return Err(disk(io::ErrorKind::UnexpectedEof.into()));
        }
        hash.update(&buffer[..read]);
        left -= read as u64;
    }
    file.seek(SeekFrom::Start(offset)).map_err(disk)?;
    Ok((file, hash))
}
