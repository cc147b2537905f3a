//! Segment files in a folder: the parts that go to the file system directly, for speed and durability.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use futures::StreamExt;

use super::copy::{Piece, Pieces};
use super::{ByteStream, StorageError};

/// Bytes of one chunk of a reader.
const CHUNK: usize = 256 << 10;

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
    loop {
        match pieces.blocking_recv() {
            Some(Piece::Bytes(bytes)) => file.write_all(&bytes).map_err(|error| failed("writing", &error))?,
            Some(Piece::End) => break,
            None => return Ok(()), // whoever sent them gave up and knows why
        }
    }
    file.sync_all().and_then(|()| sync_folder(parent)).map_err(|error| failed("syncing", &error))?;
    std::mem::forget(unfinished);
    Ok(())
}

/// The file's bytes from `offset` on; an offset beyond its end gives none.
pub(super) async fn read(url: &str, root: &Path, key: &str, offset: u64) -> Result<ByteStream, StorageError> {
    let (opened, url, key) = (root.join(key), url.to_owned(), key.to_owned());
    let (url2, key2) = (url.clone(), key.clone());
    let file = blocking(move || {
        let mut file = File::open(&opened)?;
        // Beyond what a file can be, a seek is an error; here it is an empty rest.
        let end = file.metadata()?.len();
        file.seek(SeekFrom::Start(offset.min(end)))?;
        Ok(file)
    })
    .await
    .map_err(|error| missing(&url, &key, &error))?;
    let failed = move |error: io::Error| StorageError::io(&url2, &format!("reading {key2}"), &error);
    let chunks = futures::stream::try_unfold(file, |file| async move {
        let (file, chunk) = blocking(move || next_chunk(file)).await?;
        Ok::<_, io::Error>((!chunk.is_empty()).then_some((chunk, file)))
    });
    Ok(chunks.map(move |chunk| chunk.map_err(&failed)).boxed())
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

fn next_chunk(mut file: File) -> io::Result<(File, Bytes)> {
    use std::io::Read;
    let mut chunk = BytesMut::zeroed(CHUNK);
    let mut filled = 0;
    while filled < CHUNK {
        match file.read(&mut chunk[filled..]) {
            Ok(0) => break,
            Ok(bytes) => filled += bytes,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    chunk.truncate(filled);
    Ok((file, chunk.freeze()))
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
