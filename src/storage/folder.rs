//! Segment files in a folder: the parts that go to the file system directly, for speed and durability.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::copy::{Piece, Pieces};
use super::{ByteStream, StorageError};

/// Bytes of one chunk of a reader.
const CHUNK: usize = 256 << 10;

/// Bytes that are written before the disk is told to begin with them.
const SYNC_BEGINS: usize = 64 << 20;

/// Chunks that are read ahead for a stream.
const AHEAD: usize = 4;

/// Makes the folder if it is not there, and makes it last: each new name is synced in its parent.
pub(super) fn create(root: &Path) -> io::Result<()> {
    if root.is_dir() {
        return Ok(());
    }
    let first_there = root.ancestors().skip(1).find(|parent| parent.is_dir());
    fs::create_dir_all(root)?;
    for parent in root.ancestors().skip(1) {
        sync_folder(parent)?;
        if Some(parent) == first_there {
            break;
        }
    }
    Ok(())
}

/// Writes the pieces to a new file and returns when the file and its name would survive a power cut. Without
/// an end, or with an error, the file is gone again.
pub(super) fn write(url: &str, path: &Path, mut pieces: Pieces) -> Result<(), StorageError> {
    let failed =
        |doing: &str, error: &io::Error| StorageError::io(url, &format!("{doing} {}", path.display()), error);
    let parent = path.parent().unwrap_or(path);
    let mut file = match create_new(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => create(parent).and_then(|()| create_new(path)),
        opened => opened,
    }
    .map_err(|error| failed("creating", &error))?;
    let unfinished = Unfinished(path);
    let behind = file.try_clone().map_err(|error| failed("creating", &error))?;
    std::thread::scope(|scope| {
        // Dropped with whatever ends this, and the thread with it.
        let (begin, told) = std::sync::mpsc::sync_channel(1);
        let syncing = scope.spawn(move || sync_behind(&behind, &told));
        let mut waiting = 0;
        loop {
            match pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => {
                    file.write_all(&bytes).map_err(|error| failed("writing", &error))?;
                    waiting += bytes.len();
                    // One that is still busy is told again with the next piece.
                    if waiting >= SYNC_BEGINS && begin.try_send(()).is_ok() {
                        waiting = 0;
                    }
                }
                Some(Piece::End) => break,
                None => return Ok(()), // whoever sent them gave up and knows why
            }
        }
        drop(begin);
        // The kernel tells of a lost write once: here, or at the end.
        let synced = syncing.join().unwrap_or_else(|_| Err(io::Error::other("the syncing thread broke off")));
        let synced = synced.and_then(|()| file.sync_all()).and_then(|()| sync_folder(parent));
        synced.map_err(|error| failed("syncing", &error))?;
        std::mem::forget(unfinished);
        Ok(())
    })
}

/// Lets the disk write while the rest still comes, so that little is left for the end.
fn sync_behind(file: &File, told: &std::sync::mpsc::Receiver<()>) -> io::Result<()> {
    while told.recv().is_ok() {
        file.sync_data()?;
    }
    Ok(())
}

/// The file's bytes from `offset` on; an offset beyond its end gives none.
pub(super) async fn read(url: &str, root: &Path, key: &str, offset: u64) -> Result<ByteStream, StorageError> {
    let (opened, url, key) = (root.join(key), url.to_owned(), key.to_owned());
    let (url2, key2) = (url.clone(), key.clone());
    let mut file = blocking(move || {
        let mut file = File::open(&opened)?;
        // Beyond what a file can be, a seek is an error; here it is an empty rest.
        let end = file.metadata()?.len();
        file.seek(SeekFrom::Start(offset.min(end)))?;
        Ok(file)
    })
    .await
    .map_err(|error| missing(&url, &key, &error))?;
    // A thread reads ahead: a hop to one and back for each chunk leaves both ends waiting for the other in turn.
    let (sender, chunks) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut ended = false;
        while !ended {
            let chunk = next_chunk(&mut file);
            ended = !matches!(&chunk, Ok(chunk) if chunk.len() == CHUNK);
            let empty = matches!(&chunk, Ok(chunk) if chunk.is_empty());
            let failed = |error| StorageError::io(&url2, &format!("reading {key2}"), &error);
            // A receiver that is gone wants no more.
            if !empty && sender.blocking_send(chunk.map_err(failed)).is_err() {
                return;
            }
        }
    });
    Ok(ReceiverStream::new(chunks).boxed())
}

/// Opens a file for a reader that blocks.
pub(super) fn open(url: &str, root: &Path, key: &str) -> Result<File, StorageError> {
    File::open(root.join(key)).map_err(|error| missing(url, key, &error))
}

fn missing(url: &str, key: &str, error: &io::Error) -> StorageError {
    match error.kind() {
        ErrorKind::NotFound => StorageError::NotFound { url: url.to_owned(), key: key.to_owned() },
        _ => StorageError::io(url, &format!("opening {key}"), error),
    }
}

/// A full chunk, or what is left at the end of the file.
fn next_chunk(file: &mut File) -> io::Result<Bytes> {
    let mut chunk = Vec::with_capacity(CHUNK);
    file.take(CHUNK as u64).read_to_end(&mut chunk)?;
    Ok(chunk.into())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    // The parent of a relative path of one part is the empty path.
    let path = if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() };
    File::open(path)?.sync_all()
}

/// Removes the file when dropped; forgotten once the file is whole.
struct Unfinished<'a>(&'a Path);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        // A file that cannot be removed now is in staging, where the sweep finds it.
        let _ = fs::remove_file(self.0);
    }
}
