//! What a file is, looked at without opening it.

use std::ffi::OsStr;
use std::io;
use std::os::fd::BorrowedFd;

use rustix::fs::{AtFlags, FileType, Stat, statat};

use super::refused::{Refusal, Refused};
use crate::domain::Timestamp;

/// A regular file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::storage) struct Found {
    /// In bytes.
    pub(in crate::storage) size: u64,
    /// Last written, by the clock of whoever keeps the files.
    pub(in crate::storage) modified: Timestamp,
    /// Which file it is, whatever its name.
    pub(super) node: (u64, u64),
}

/// Looks at `name`; `NotFound` where there is none.
pub(super) fn look(at: BorrowedFd<'_>, name: &OsStr, below: &str) -> io::Result<Found> {
    let stat = statat(at, name, AtFlags::SYMLINK_NOFOLLOW)?;
    found(&stat).map_err(|why| Refused::error(below, name, why))
}

/// A regular file, or what stands in its place.
// Some systems have other widths for these numbers.
#[allow(clippy::unnecessary_cast, clippy::cast_lossless)]
pub(super) fn found(stat: &Stat) -> Result<Found, Refusal> {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {
            let nanos = i32::try_from(stat.st_mtime_nsec).unwrap_or_default();
            Ok(Found {
                size: u64::try_from(stat.st_size).unwrap_or_default(),
                modified: Timestamp::new(stat.st_mtime as i64, nanos).unwrap_or_default(),
                node: (stat.st_dev as u64, stat.st_ino as u64),
            })
        }
        FileType::Symlink => Err(Refusal::Link),
        _ => Err(Refusal::NoFile),
    }
}
