//! What a segment file holds and whether it would be taken, before anything is saved and without a store.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use super::source::{self, Source};
use super::{Code, ServiceError};
use crate::archive::{self, Container, Contents, Overrides, Resolved};
use crate::domain::words::say;
use crate::domain::{Format, plainly};
use crate::settings::UploadSettings;
use crate::storage::{self, Hashed};

/// Bytes that tell how a file is packed.
const HEAD: usize = 512;

/// What was found out of a file, also of one that would be refused.
#[derive(Debug, Clone)]
pub struct Findings {
    /// The file.
    pub file: PathBuf,
    /// Its name without folders.
    pub file_name: String,
    /// Where it goes; absent where its suffix does not say.
    pub format: Option<Format>,
    /// How it seems to be packed, by its first bytes; absent where that is unknown.
    pub container: Option<Container>,
    /// Size and hashes; absent where it could not be read to its end.
    pub hashed: Option<Hashed>,
    /// What it holds, or why it would be refused.
    pub contents: Result<Contents, ServiceError>,
}

/// How far an inspection is. The two go on side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InspectProgress {
    /// For its hashes.
    Hashing {
        /// Bytes so far.
        done: u64,
        /// Bytes of the file.
        total: u64,
    },
    /// For what it holds.
    Reading {
        /// Bytes so far.
        done: u64,
        /// Bytes of the file.
        total: u64,
    },
}

/// Reads a file as an upload would, and keeps nothing of it. Goes on to the end where it would be refused, so
/// that such a file is told apart from others, and ends at once when it is cancelled.
///
/// # Errors
/// Only when it is cancelled; everything else is among what was found.
pub async fn inspect(
    file: &Path,
    settings: &UploadSettings,
    progress: impl Fn(InspectProgress) + Send + Sync,
    cancel: &CancellationToken,
) -> Result<Findings, ServiceError> {
    let file_name = source::file_name(file);
    let format = source::format_of(&file_name);
    let opened = async {
        let source = source::open(file).await?;
        let size = source.size;
        let (whole, random) = source.split(file)?;
        let (random, head) = random.head().await?;
        Ok((size, whole, random, archive::container(&head)))
    };
    let (container, hashed, contents) = match opened.await {
        Err(error) => (None, None, Err(error)),
        Ok((size, whole, random, container)) => {
            let reading =
                async { read(random, size, &file_name, format.clone()?, settings, &progress, cancel).await };
            let (hashed, contents) = tokio::join!(hash(whole, size, settings, &progress, cancel), reading);
            match hashed {
                Ok(hashed) => (container, Some(hashed), contents),
                Err(error) => (container, None, contents.and(Err(error))),
            }
        }
    };
    if cancel.is_cancelled() {
        return Err(storage::StorageError::Cancelled.into());
    }
    Ok(Findings { file: file.to_owned(), file_name, format: format.ok(), container, hashed, contents })
}

impl Findings {
    /// The verdict: who it would be, with what flags say instead of the manifest, or why it would be refused.
    ///
    /// # Errors
    /// As an upload's, without what needs a store.
    pub fn resolve(&self, overrides: &Overrides) -> Result<Resolved, ServiceError> {
        match &self.contents {
            Ok(contents) => Ok(contents.manifest.resolve(overrides)?),
            Err(error) => Err(error.clone()),
        }
    }
}

async fn hash(
    file: File,
    total: u64,
    settings: &UploadSettings,
    progress: &(impl Fn(InspectProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<Hashed, ServiceError> {
    let heard = |done| progress(InspectProgress::Hashing { done, total });
    heard(0);
    Ok(storage::hash(storage::chunks(file), settings.max_file_size, heard, cancel).await?)
}

async fn read(
    file: RandomAccess,
    total: u64,
    file_name: &str,
    format: Format,
    settings: &UploadSettings,
    progress: &(impl Fn(InspectProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<Contents, ServiceError> {
    let heard = |done| progress(InspectProgress::Reading { done, total });
    heard(0);
    let read = source::read(move || Ok(file), file_name, format, settings, heard, cancel).await;
    read.map_err(|mut error| {
        if error.code == Code::Unavailable {
            // No storage is away: the operator's own file did not come.
            error.code = Code::Failed;
        }
        error
    })
}

impl Source {
    /// Two readers of the one file that was opened, so that both see the same whatever becomes of its path.
    fn split(self, path: &Path) -> Result<(File, RandomAccess), ServiceError> {
        let failed = |error: io::Error| {
            let (path, reason) = (path.display().to_string(), plainly(error));
            ServiceError::new(Code::Failed, say!("path-unreadable", path = path, reason = reason))
        };
        let random = RandomAccess { file: self.file.try_clone().map_err(failed)?, position: 0 };
        Ok((self.file, random))
    }
}

/// A reader that leaves the file's own position, which copies of a handle share, alone.
struct RandomAccess {
    file: File,
    position: u64,
}

impl RandomAccess {
    /// The first bytes; none where they do not come, which the reader will tell.
    async fn head(self) -> Result<(Self, Vec<u8>), ServiceError> {
        let read = tokio::task::spawn_blocking(move || {
            let mut head = vec![0; HEAD];
            let bytes = self.file.read_at(&mut head, 0).unwrap_or(0);
            head.truncate(bytes);
            (self, head)
        });
        read.await.map_err(|error| {
            ServiceError::new(Code::Failed, say!("reading-broke-off", error = error.to_string()))
        })
    }
}

impl Read for RandomAccess {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.file.read_at(out, self.position)?;
        self.position += bytes as u64;
        Ok(bytes)
    }
}

impl Seek for RandomAccess {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.file.metadata()?.len().checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
