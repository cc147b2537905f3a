//! Segment files in a folder: the parts that go to the file system directly, for speed and durability.

use crate::domain::words::{Word, word};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::ScopedJoinHandle;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{FutureExt as _, Stream, StreamExt};
use md5::Md5;
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::beneath::{self, Found, Place, Refusal, Refused, Root};
use super::copy::{Piece, Pieces};
use super::listed::{Folder, Listed};
use super::{ByteStream, Hashed, StorageError, hash};
use crate::domain::Shown;

/// Bytes of one chunk of a reader.
const CHUNK: usize = 256 << 10;

/// Bytes that are written before the disk is told to begin with them.
const SYNC_BEGINS: usize = 64 << 20;

/// Files up to this size, in bytes, are hashed by the thread that writes them: another one would not have begun.
const SMALL: u64 = 1 << 20;

/// Pieces that the hash may lag behind the writer, so that the checks begin early: of the usual size 1 GiB,
/// which is still in the page cache.
const HASH_BEHIND: usize = 4096;

/// Files up to this size, in bytes, have their md5 at once: it costs a tenth of a second, beside the checks.
/// That of a larger one, which takes longer than everything else of an upload, the controllers add later.
const MD5_AT_ONCE: u64 = 64 << 20;

/// Chunks that are read ahead for a stream.
const AHEAD: usize = 4;

/// Files that are listed ahead.
const LISTED_AHEAD: usize = 256;

/// Writes the pieces to a new file, tells `written` when all of them can be read there, and returns when the
/// file is hashed and its bytes would survive a power cut; its name need not before it gets its last one. Without
/// an end, with an error, and when it is given up, the file is gone again.
pub(super) fn write(
    url: &str,
    root: &Root,
    key: &str,
    mut pieces: Pieces,
    written: oneshot::Sender<()>,
    given_up: &CancellationToken,
) -> Result<Hashed, StorageError> {
    let failed = |doing: Word, error: io::Error| failed(url, doing, key, error);
    let opened = root.made_place(key).and_then(|place| place.create().map(|file| (place, file)));
    let (place, mut file) = opened.map_err(|error| failed(word!("doing-creating"), error))?;
    let mut unfinished = Unfinished(Some(place));
    let behind = file.try_clone().map_err(|error| failed(word!("doing-creating"), error))?;
    let behind = &behind;
    std::thread::scope(|scope| {
        // Each thread begins when there is enough for it, and ends when its sender is dropped, whatever drops it.
        let (mut syncing, mut hashing) = (None, None);
        let sync = || {
            let (begin, told) = sync_channel(1);
            (begin, scope.spawn(move || sync_behind(behind, &told)))
        };
        let hash = || {
            let (more, there) = sync_channel(HASH_BEHIND);
            (more, scope.spawn(move || hash_behind(behind, &there, given_up)))
        };
        let (mut size, mut waiting, mut unhashed) = (0, 0, 0);
        loop {
            match pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => {
                    file.write_all(&bytes).map_err(|error| failed(word!("doing-writing"), error))?;
                    size += bytes.len() as u64;
                    waiting += bytes.len();
                    unhashed += bytes.len();
                    if waiting >= SYNC_BEGINS {
                        // One that is still busy is told again with the next piece.
                        let (begin, _) = syncing.get_or_insert_with(sync);
                        waiting = if begin.try_send(()).is_ok() { 0 } else { waiting };
                    }
                    if size > SMALL {
                        let (more, _) = hashing.get_or_insert_with(hash);
                        if more.send(std::mem::take(&mut unhashed)).is_err() {
                            break; // the hash failed, and says so below
                        }
                    }
                }
                Some(Piece::End) => break,
                None => return Err(StorageError::Cancelled),
            }
        }
        // Whoever waits is gone if it was given up, which is asked for at the end.
        let _ = written.send(());
        let md5 = (SMALL + 1..=MD5_AT_ONCE)
            .contains(&size)
            .then(|| ((), scope.spawn(move || hash_whole::<Md5>(behind, size))));
        // The kernel tells of a lost write once: here, or at the end.
        let synced = joined(syncing).transpose().and_then(|_| file.sync_all());
        synced.map_err(|error| failed(word!("doing-syncing"), error))?;
        let hashed =
            |hash: io::Result<String>| hash.map_err(|error| failed(word!("doing-reading-back"), error));
        let sha256 = hashed(joined(hashing).unwrap_or_else(|| hash_whole::<Sha256>(behind, size)))?;
        let md5 = match joined(md5) {
            None if size <= SMALL => Some(hash_whole::<Md5>(behind, size)),
            md5 => md5,
        };
        let md5 = md5.map(hashed).transpose()?;
        if given_up.is_cancelled() {
            return Err(StorageError::Cancelled);
        }
        unfinished.0 = None;
        Ok(Hashed { size, sha256, md5 })
    })
}

/// What a thread came to, if it was begun. Its sender goes first.
fn joined<S, T>(thread: Option<(S, ScopedJoinHandle<'_, io::Result<T>>)>) -> Option<io::Result<T>> {
    let (sender, thread) = thread?;
    drop(sender);
    Some(thread.join().unwrap_or_else(|_| Err(io::Error::other("a thread broke off"))))
}

/// Hashes the file while the rest of it is still being written; `there` tells of each piece that is.
fn hash_behind(file: &File, there: &Receiver<usize>, given_up: &CancellationToken) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut at = 0;
    for piece in there {
        let end = at + piece as u64;
        while at < end {
            let wanted = usize::try_from(end - at).unwrap_or(CHUNK).min(CHUNK);
            file.read_exact_at(&mut buffer[..wanted], at)?;
            digest.update(&buffer[..wanted]);
            at += wanted as u64;
        }
        if given_up.is_cancelled() {
            break; // nobody asks for it
        }
    }
    Ok(hash::hex(digest))
}

/// Hashes a file that is whole, of so many bytes.
fn hash_whole<D: Digest>(file: &File, size: u64) -> io::Result<String> {
    let mut digest = D::new();
    let mut buffer = vec![0; usize::try_from(size).unwrap_or(CHUNK).clamp(1, CHUNK)];
    let mut at = 0;
    loop {
        match file.read_at(&mut buffer, at) {
            Ok(0) => return Ok(hash::hex(digest)),
            Ok(bytes) => {
                digest.update(&buffer[..bytes]);
                at += bytes as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Lets the disk write while the rest still comes, so that little is left for the end.
fn sync_behind(file: &File, told: &Receiver<()>) -> io::Result<()> {
    while told.recv().is_ok() {
        file.sync_data()?;
    }
    Ok(())
}

/// The file's bytes from `offset` on; an offset beyond its end gives none.
pub(super) async fn read(
    url: &str,
    root: Arc<Root>,
    key: &str,
    offset: u64,
) -> Result<ByteStream, StorageError> {
    let (url, key, wanted) = (url.to_owned(), key.to_owned(), key.to_owned());
    let file = blocking(move || {
        let (mut file, found) = root.place(&wanted)?.open()?;
        // Beyond what a file can be, a seek is an error; here it is an empty rest.
        file.seek(SeekFrom::Start(offset.min(found.size)))?;
        Ok(file)
    })
    .await
    .map_err(|error| missing(&url, &key, error))?;
    let failed = move |error| failed(&url, word!("doing-reading"), &key, error);
    Ok(chunks(file).map(move |chunk| chunk.map_err(&failed)).boxed())
}

/// The bytes of an open file from where it stands. A thread reads ahead: a hop to one and back for each chunk
/// leaves both ends waiting for the other in turn.
pub fn chunks(mut file: File) -> impl Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static {
    let (sender, chunks) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut ended = false;
        while !ended {
            let chunk = next_chunk(&mut file);
            ended = !matches!(&chunk, Ok(chunk) if chunk.len() == CHUNK);
            let empty = matches!(&chunk, Ok(chunk) if chunk.is_empty());
            // A receiver that is gone wants no more.
            if !empty && sender.blocking_send(chunk).is_err() {
                return;
            }
        }
    });
    ReceiverStream::new(chunks)
}

/// Opens a file for a reader that blocks.
pub(super) fn open(url: &str, root: &Root, key: &str) -> Result<File, StorageError> {
    let opened = root.place(key).and_then(|place| place.open());
    opened.map(|(file, _)| file).map_err(|error| missing(url, key, error))
}

/// Moves a staged file to its final key, which nothing may have: its ULID is new.
pub(super) fn promote(root: &Root, from: &str, to: &str) -> io::Result<()> {
    let from = root.place(from)?;
    let mut tries = 0;
    loop {
        let to = root.made_place(to)?;
        let moved = match from.rename_new(&to) {
            // Neither way to make sure is known here. Nobody but us makes a file by this name.
            Err(error) if error.kind() == ErrorKind::Unsupported => match to.look() {
                Err(error) if error.kind() == ErrorKind::NotFound => from.rename_over(&to),
                Err(error) => Err(error),
                Ok(_) => Err(to.refused(Refusal::Taken)),
            },
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(to.look().err().unwrap_or_else(|| to.refused(Refusal::Taken)))
            }
            moved => moved,
        };
        match moved {
            Ok(()) => return to.sync(),
            // Another who deleted the last file there took the empty folder away meanwhile.
            Err(error)
                if error.kind() == ErrorKind::NotFound && tries < beneath::TRIES && from.look().is_ok() =>
            {
                tries += 1
            }
            Err(error) => return Err(error),
        }
    }
}

/// Deletes a file, and the folders of a segment that are empty then; one that is not there is fine.
pub(super) fn delete(root: &Root, key: &str) -> io::Result<()> {
    match root.place(key).and_then(|place| place.remove()) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        done => done?,
    }
    let mut folder = key;
    while let Some((above, _)) = folder.rsplit_once('/').filter(|(above, _)| above.contains('/')) {
        // One that is not empty stays, and so does one that somebody else is about to fill: they make it again.
        if root.place(above).and_then(|place| place.remove_empty_folder()).is_err() {
            break;
        }
        folder = above;
    }
    Ok(())
}

/// What lies under a key.
pub(super) fn stat(root: &Root, key: &str) -> io::Result<Option<Found>> {
    match root.place(key).and_then(|place| place.look()) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Every file, and every stranger, told as they are found.
pub(super) fn list(
    root: Arc<Root>,
    url: &str,
    folder: Folder,
) -> BoxStream<'static, Result<Listed, StorageError>> {
    let (sender, listed) = mpsc::channel(LISTED_AHEAD);
    let url = url.to_owned();
    // Begun when it is asked for, and ended when nobody asks any more.
    let begin = async move {
        tokio::task::spawn_blocking(move || {
            let done = beneath::list(&root, folder, &mut |one| sender.blocking_send(Ok(one)).is_ok());
            if let Err(error) = done {
                let _ =
                    sender.blocking_send(Err(failed(&url, word!("doing-listing"), folder.as_str(), error)));
            }
        });
        ReceiverStream::new(listed)
    };
    begin.into_stream().flatten().boxed()
}

fn missing(url: &str, key: &str, error: io::Error) -> StorageError {
    match error.kind() {
        ErrorKind::NotFound => StorageError::NotFound { url: url.to_owned(), key: key.to_owned() },
        _ => failed(url, word!("doing-opening"), key, error),
    }
}

/// An error of the folder, while doing this with a file.
pub(super) fn failed(url: &str, doing: Word, key: &str, error: io::Error) -> StorageError {
    if let Some(Refused { path, why }) = Refused::within(&error) {
        let path = Shown::from(path.as_str()).into_string();
        return StorageError::Refused { url: url.to_owned(), path, why: *why };
    }
    match error.downcast::<StorageError>() {
        Ok(said) => said,
        Err(error) => StorageError::io(url, doing, key, &error),
    }
}

/// A full chunk, or what is left at the end of the file.
fn next_chunk(file: &mut File) -> io::Result<Bytes> {
    let mut chunk = Vec::with_capacity(CHUNK);
    file.take(CHUNK as u64).read_to_end(&mut chunk)?;
    Ok(chunk.into())
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// Removes the file when dropped; kept once the file is whole.
struct Unfinished<'k>(Option<Place<'k>>);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        // A file that cannot be removed now is in staging, where the sweep finds it.
        let _ = self.0.as_ref().map(Place::remove);
    }
}
