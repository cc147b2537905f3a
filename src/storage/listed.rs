//! What a list of shared storage shows: files of ours, and strangers.

use super::key;
use crate::domain::{FreeText, Timestamp};

/// Longest path of a stranger that is told, in bytes.
const MAX_PATH: usize = 200;

/// The folders of the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// Files on their way in.
    Staging,
    /// Files of segments.
    Segments,
    /// What is kept of deleted segments.
    Trash,
}

impl Folder {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Staging, Self::Segments, Self::Trash];

    /// As in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Segments => "segments",
            Self::Trash => "trash",
        }
    }

    /// Folders between it and its files.
    pub(super) fn depth(self) -> usize {
        match self {
            Self::Segments => 2,
            Self::Staging | Self::Trash => 0,
        }
    }
}

/// A file as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its key.
    pub key: String,
    /// In bytes.
    pub size: u64,
    /// Last written.
    pub modified: Timestamp,
}

/// What a list found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// A file whose name has our own form: `staging/<ULID>`, `segments/<prefix>/<version>/<ULID>.<suffix>`,
    /// `trash/<ULID>.json`.
    File(StoredFile),
    /// Anything else. It is left alone, and nothing below it is looked at.
    Stranger(Stranger),
}

/// Something that nobody here has put there: a file by another name, a link, a device, a folder where a file belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Where it lies below the storage, safe to show.
    pub path: String,
    /// It is a link, which nothing follows.
    pub link: bool,
}

impl Stranger {
    pub(super) fn new(path: &str, link: bool) -> Self {
        let path = FreeText::from(path).cut(MAX_PATH).shown().into_string();
        Self { path, link }
    }
}

impl Listed {
    /// A file of a bucket, by its key.
    pub(super) fn of(file: StoredFile) -> Self {
        if key::is_own(&file.key) {
            Self::File(file)
        } else {
            Self::Stranger(Stranger::new(&file.key, false))
        }
    }

    /// The file, if it is one of ours.
    pub fn file(self) -> Option<StoredFile> {
        match self {
            Self::File(file) => Some(file),
            Self::Stranger(_) => None,
        }
    }
}
