//! What lies where a file or a folder of ours belongs and is none: its path below the root, and what it is.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, ErrorKind};
use std::os::fd::BorrowedFd;

use rustix::fs::{AtFlags, FileType, statat};
use rustix::io::Errno;

/// Why something is neither opened nor changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is a link, and none is followed.
    Link,
    /// A file belongs there, and it is a folder, a pipe, a device or a socket.
    NoFile,
    /// A folder belongs there, and it is something else.
    NoFolder,
    /// Larger than anything that belongs there.
    TooLarge,
    /// A new file shall lie there, and there is one.
    Taken,
}

/// A refusal as it travels inside an [`io::Error`].
#[derive(Debug, Clone)]
pub(in crate::storage) struct Refused {
    /// The path below the root.
    pub(in crate::storage) path: String,
    /// What it is.
    pub(in crate::storage) why: Refusal,
}

impl Refused {
    /// Finds it in an error.
    pub(in crate::storage) fn within(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// As an error of the system.
    pub(super) fn error(below: &str, name: &OsStr, why: Refusal) -> io::Error {
        io::Error::new(ErrorKind::InvalidInput, Self { path: joined(below, name), why })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is refused ({:?})", self.path, self.why)
    }
}

impl std::error::Error for Refused {}

/// A path below the root; what is not UTF-8 in it is replaced.
pub(super) fn joined(below: &str, name: &OsStr) -> String {
    let name = name.to_string_lossy();
    if below.is_empty() { name.into_owned() } else { format!("{below}/{name}") }
}

/// Why `name` was not opened as a folder.
pub(super) fn folder(at: BorrowedFd<'_>, name: &OsStr, below: &str, error: Errno) -> io::Error {
    if !matches!(error, Errno::LOOP | Errno::NOTDIR) {
        return error.into();
    }
    match statat(at, name, AtFlags::SYMLINK_NOFOLLOW).map(|found| FileType::from_raw_mode(found.st_mode)) {
        Ok(FileType::Symlink) => Refused::error(below, name, Refusal::Link),
        Ok(FileType::Directory) | Err(_) => error.into(),
        Ok(_) => Refused::error(below, name, Refusal::NoFolder),
    }
}
