//! The folders of a platform: whole files, partial files, and the lock.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::failure::PlatformError;

/// How long an upload that broke off is kept; the contract asks for a day.
const PARTIAL_KEPT: Duration = Duration::from_secs(48 * 3600);

/// Where the files of a platform lie.
#[derive(Debug, Clone)]
pub(super) struct Files {
    whole: PathBuf,
    partial: PathBuf,
}

impl Files {
    /// Makes the folders below `data`.
    pub(super) fn open(data: &Path) -> Result<Self, PlatformError> {
        let files = Self { whole: data.join("files"), partial: data.join("partial") };
        for folder in [&files.whole, &files.partial] {
            std::fs::create_dir_all(folder).map_err(|source| PlatformError::File {
                what: "make the folder",
                path: folder.clone(),
                source,
            })?;
        }
        Ok(files)
    }

    /// Where the file of a segment lies. `uid` is one of ours: a ULID.
    pub(super) fn whole(&self, uid: &str) -> PathBuf {
        self.whole.join(uid)
    }

    /// Where the beginning of an upload is kept. Its name is a hash: nothing of a request becomes a path.
    pub(super) fn partial(&self, scope: &str, request_id: &str, sha256: &str) -> PathBuf {
        let mut hash = Sha256::new();
        for part in [scope, request_id, sha256] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        self.partial.join(hex(&hash.finalize()))
    }

    /// How many bytes of an upload are kept.
    pub(super) fn kept(&self, scope: &str, request_id: &str, sha256: &str) -> io::Result<u64> {
        match std::fs::metadata(self.partial(scope, request_id, sha256)) {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Makes a complete and synced partial file the file of a segment, durably.
    pub(super) fn finish(&self, partial: &Path, uid: &str) -> io::Result<()> {
        std::fs::rename(partial, self.whole(uid))?;
        File::open(&self.whole)?.sync_all()
    }

    /// Removes the file of a segment, if it is there.
    pub(super) fn remove(&self, uid: &str) -> io::Result<()> {
        match std::fs::remove_file(self.whole(uid)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes files that no segment has any more (a crash between file and record leaves one), and old partial ones.
    pub(super) fn sweep(&self, uids: &HashSet<String>) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.whole)? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| uids.contains(name)) {
                std::fs::remove_file(entry.path())?;
            }
        }
        self.sweep_partial()
    }

    /// Removes what broke off long ago.
    pub(super) fn sweep_partial(&self) -> io::Result<()> {
        let now = SystemTime::now();
        for entry in std::fs::read_dir(&self.partial)? {
            let entry = entry?;
            let Ok(found) = entry.metadata() else { continue };
            if now.duration_since(found.modified()?).is_ok_and(|age| age > PARTIAL_KEPT) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Takes the folder for this process; `None` when another has it. Dropping the file gives it back.
pub(super) fn lock(data: &Path) -> Result<Option<File>, PlatformError> {
    let path = data.join("lock");
    let fail = |source| PlatformError::File { what: "lock", path: path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(fail(error)),
    }
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
