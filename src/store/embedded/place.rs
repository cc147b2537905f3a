//! Where the file lies: its folder, who may open it, and that SQLite works there.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, CWD, FileType, Mode};

use super::network::network_file_system;
use crate::domain::plainly;
use crate::domain::words::{Word, say, word};
use crate::store::StoreError;

/// Who may open a store that does not exist yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Its owner alone (mode 0600).
    Owner,
    /// The group too (mode 0660) if the folder says so: it is writable for its group and hands its group on
    /// (`chmod g+ws`). Else the owner alone.
    AsFolder,
}

/// The files of a store.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The database. SQLite gives the files beside it (`-wal`, `-shm`) the same mode.
    pub(super) file: PathBuf,
    mode: u32,
    /// Device and inode of the file.
    identity: (u64, u64),
}

impl Place {
    /// Makes sure of folder and file.
    pub(super) fn prepare(path: &Path, sharing: Sharing) -> Result<Self, StoreError> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let failed = |doing: Word, error: io::Error| explain(path, doing, &error);
        if path.file_name().is_none() || path.is_dir() {
            let reason = format!("{} is a folder; [store] path must name a file", path.display());
            return Err(StoreError::Misconfigured(reason));
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| failed(word!("doing-create-folder"), error))?;
        let network =
            network_file_system(folder).map_err(|error| failed(word!("doing-look-at-file-system"), error))?;
        if let Some(kind) = network {
            return Err(StoreError::Misconfigured(format!(
                "{} lies on a network file system ({kind}), where several processes would damage it; \
                 set [store] path to a local disk, or use etcd",
                path.display()
            )));
        }
        let folder_mode = folder
            .metadata()
            .map_err(|error| failed(word!("doing-look-at-folder"), error))?
            .permissions()
            .mode();
        let shared = sharing == Sharing::AsFolder && folder_mode & 0o2020 == 0o2020;
        let mode = if shared { 0o660 } else { 0o600 };
        create(path, mode).map_err(|error| failed(word!("doing-create"), error))?;
        rustix::fs::access(path, Access::READ_OK | Access::WRITE_OK)
            .map_err(|error| failed(word!("doing-open"), error.into()))?;
        let identity = identity(path).map_err(|error| failed(word!("doing-look-at"), error))?;
        Ok(Self { file: path.to_owned(), mode, identity })
    }

    /// Is the file that was opened still the one at its path? What is written to a file that was removed or
    /// replaced is lost with the last process that has it open.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match identity(&self.file) {
            Ok(identity) if identity == self.identity => Ok(()),
            _ => {
                Err(StoreError::Unavailable { store: self.name(), reason: word!("store-file-moved").into() })
            }
        }
    }

    /// The file that a commit touches so that other processes wake.
    pub(super) fn wake_file(&self) -> PathBuf {
        self.beside(".wake")
    }

    /// Opens the wake file for touching.
    pub(super) fn open_wake_file(&self) -> io::Result<File> {
        let path = self.wake_file();
        let created = OpenOptions::new().write(true).create_new(true).mode(self.mode).open(&path);
        match created {
            Ok(file) => {
                file.set_permissions(Permissions::from_mode(self.mode))?;
                Ok(file)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                OpenOptions::new().write(true).open(path)
            }
            Err(error) => Err(error),
        }
    }

    /// Bytes on disk.
    pub(super) fn size(&self) -> u64 {
        [self.file.clone(), self.beside("-wal")]
            .iter()
            .filter_map(|path| path.metadata().ok())
            .map(|metadata| metadata.len())
            .sum()
    }

    /// What an operator knows it by.
    pub(super) fn name(&self) -> String {
        self.file.display().to_string()
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.file.clone().into_os_string();
        path.push(suffix);
        path.into()
    }
}

/// Creates the file without opening it: closing a file drops all locks that this process holds on it, those
/// of another connection's SQLite included (sqlite.org/howtocorrupt.html).
fn create(file: &Path, mode: u32) -> io::Result<()> {
    match rustix::fs::mknodat(CWD, file, FileType::RegularFile, Mode::from_raw_mode(mode), 0) {
        // The umask may have taken something away.
        Ok(()) => std::fs::set_permissions(file, Permissions::from_mode(mode)),
        Err(rustix::io::Errno::EXIST) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn identity(file: &Path) -> io::Result<(u64, u64)> {
    file.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
}

fn explain(path: &Path, doing: Word, error: &io::Error) -> StoreError {
    let store = path.display().to_string();
    let reason = say!("store-cannot", doing = doing, error = plainly(error));
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::Denied { store, reason }
        }
        _ => StoreError::Unavailable { store, reason },
    }
}
