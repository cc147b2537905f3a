//! What an archive may be at most; every limit is a setting, and an error names it.

use super::ArchiveError;
use crate::domain::words::{Say, say, word};

/// What unpacks to less than this may do so at any ratio, in bytes: a page of zeros is no bomb.
const ANY_RATIO: u64 = 64 << 20;

/// What an archive may be at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_file_size: u64,
    /// Bytes of everything in it, unpacked.
    pub max_unpacked_size: u64,
    /// How many times its own size it may unpack to.
    pub max_ratio: u64,
    /// Files and folders in it, folders that only names imply among them.
    pub max_entries: u64,
    /// Bytes of a zip archive's central directory.
    pub max_directory_size: u64,
    /// Bytes of an entry's name, its folders included.
    pub max_name_length: u64,
    /// Folders within folders.
    pub max_depth: u64,
}

impl Default for Limits {
    /// As the built-in settings have them.
    fn default() -> Self {
        Self {
            max_file_size: 32 << 30,
            max_unpacked_size: 128 << 30,
            max_ratio: 200,
            max_entries: 65_536,
            max_directory_size: 24 << 20,
            max_name_length: 1024,
            max_depth: 32,
        }
    }
}

impl Limits {
    /// The file's own size.
    pub(super) fn file_size(&self, bytes: u64) -> Result<(), ArchiveError> {
        at_most(bytes, self.max_file_size, "upload.max_file_size", || say!("limit-size", bytes = bytes))
    }

    /// Entries that are there, or that it claims.
    pub(super) fn entries(&self, entries: u64) -> Result<(), ArchiveError> {
        at_most(entries, self.max_entries, "upload.max_entries", || say!("limit-entries", entries = entries))
    }

    /// Bytes that came out so far of a file of `file_size` bytes.
    pub(super) fn unpacked(&self, bytes: u64, file_size: u64) -> Result<(), ArchiveError> {
        at_most(bytes, self.max_unpacked_size, "upload.max_unpacked_size", || {
            word!("limit-unpacked").into()
        })?;
        if bytes <= ANY_RATIO || bytes / self.max_ratio.max(1) < file_size {
            return Ok(());
        }
        at_most(bytes / file_size.max(1), self.max_ratio, "upload.max_ratio", || {
            say!("limit-ratio", size = file_size, bytes = bytes)
        })
    }
}

/// A limit that is kept, or the error that names it.
pub(super) fn at_most(
    value: u64,
    max: u64,
    setting: &'static str,
    what: impl FnOnce() -> Say,
) -> Result<(), ArchiveError> {
    match value <= max {
        true => Ok(()),
        false => Err(ArchiveError::Limit { what: what(), max, setting }),
    }
}
