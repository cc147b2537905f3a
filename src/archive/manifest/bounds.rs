//! How long texts of a manifest may be: they go into the segment's record, which stays under 4 KiB.

use serde_json::Value;

use super::super::ArchiveError;
use super::super::error::shown;
use crate::domain::words::{Say, say};
use crate::domain::{Prefix, Version};

/// Largest manifest as a record, in bytes of JSON: no value of the store exceeds 256 KiB.
const MAX_RECORD: u64 = 240 << 10;

pub(super) const MAX_PREFIX: usize = Prefix::MAX_BYTES;
pub(super) const MAX_VERSION: usize = Version::MAX_BYTES;
pub(in super::super) const MAX_NAME: usize = 256;
pub(super) const MAX_KIND: usize = 64;
pub(super) const MAX_VENDOR: usize = 256;
/// All items of the three lists together, a byte more for each.
const MAX_LISTS: usize = 1024;

/// A text that fits, or what is wrong with it.
pub(super) fn text(text: &str, max: usize) -> Result<(), Say> {
    match text.len() {
        bytes if bytes > max => Err(say!("manifest-bytes", bytes = bytes, max = max)),
        _ => Ok(()),
    }
}

/// What is left for items of `archs`, `requires` and `conflicts`.
#[derive(Debug)]
pub(super) struct Lists {
    left: usize,
}

impl Lists {
    pub(super) fn new() -> Self {
        Self { left: MAX_LISTS }
    }

    /// Room for one more item, or what is wrong.
    pub(super) fn take(&mut self, item: &str) -> Result<(), Say> {
        match self.left.checked_sub(item.len() + 1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(say!("manifest-lists", max = MAX_LISTS)),
        }
    }
}

/// The whole fits into its record.
pub(super) fn whole(file: &str, whole: &Value) -> Result<(), ArchiveError> {
    match serde_json::to_vec(whole) {
        Ok(json) if json.len() as u64 <= MAX_RECORD => Ok(()),
        _ => Err(ArchiveError::ManifestTooLarge { file: shown(file), max: MAX_RECORD }),
    }
}
