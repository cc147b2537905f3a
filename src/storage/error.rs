//! What goes wrong with files, and how the object store's own errors are told apart.

use std::error::Error as _;
use std::io::{self, ErrorKind};

use super::Refusal;
use crate::domain::words::{Say, Word, say, word};
use crate::domain::{FreeText, plainly};

/// Longest reason that is passed on, in bytes; S3 answers with whole documents.
const MAX_REASON: usize = 600;

/// What goes wrong with files.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say())]
pub enum StorageError {
    /// It does not answer, or refuses us.
    Unavailable {
        /// Which one.
        url: String,
        /// What was tried and what came back.
        reason: Say,
    },
    /// No space is left.
    Full {
        /// Which one.
        url: String,
        /// What it said.
        reason: Say,
    },
    /// No such file.
    NotFound {
        /// Which one.
        url: String,
        /// The file.
        key: String,
    },
    /// The file to be stored cannot be read.
    Source(io::Error),
    /// The operator changed their mind; nothing is left behind.
    Cancelled,
    /// Larger than allowed.
    TooLarge {
        /// The limit, in bytes.
        max: u64,
    },
    /// Something else lies where it looks; an operator must move it.
    Refused {
        /// Which storage.
        url: String,
        /// Where, safe to show.
        path: String,
        /// What it is.
        why: Refusal,
    },
    /// Settings that cannot work.
    Misconfigured(String),
}

impl StorageError {
    /// In words.
    pub fn say(&self) -> Say {
        match self {
            Self::Unavailable { url, reason } => say!("storage-unavailable", url = url, reason = reason),
            Self::Full { url, reason } => say!("storage-full", url = url, reason = reason),
            Self::NotFound { url, key } => say!("storage-no-file", url = url, key = key),
            Self::Source(error) => say!("file-unreadable", reason = plainly(error)),
            Self::Cancelled => word!("storage-cancelled").into(),
            Self::TooLarge { max } => say!("storage-too-large", max = *max),
            Self::Refused { url, path, why } => {
                let why = match why {
                    Refusal::Link => word!("storage-link"),
                    Refusal::NoFile => word!("storage-not-a-file"),
                    Refusal::NoFolder => word!("storage-not-a-folder"),
                    Refusal::TooLarge => word!("storage-object-too-large"),
                    Refusal::Taken => word!("storage-taken"),
                };
                say!("storage-refused", url = url, path = path, why = why)
            }
            Self::Misconfigured(why) => Say::plain(why),
        }
    }

    /// An input or output error of a storage folder, while doing this with a file.
    pub(super) fn io(url: &str, doing: Word, file: &str, error: &io::Error) -> Self {
        let reason = say!("storage-doing", doing = doing, what = file, error = plainly(error));
        if is_full(error) {
            Self::Full { url: url.to_owned(), reason }
        } else {
            let reason = match mend(error) {
                Some(mend) => reason.and(mend.into()),
                None => reason,
            };
            Self::Unavailable { url: url.to_owned(), reason }
        }
    }

    /// An answer of the object store about `key`.
    pub(super) fn object(url: &str, doing: Word, key: &str, error: &object_store::Error) -> Self {
        if matches!(error, object_store::Error::NotFound { .. }) {
            return Self::NotFound { url: url.to_owned(), key: key.to_owned() };
        }
        let text = FreeText::from(plainly(error)).cut(MAX_REASON);
        let reason = say!("storage-doing", doing = doing, what = key, error = &text);
        let mut cause = error.source();
        while let Some(inner) = cause {
            if inner.downcast_ref::<io::Error>().is_some_and(is_full) {
                return Self::Full { url: url.to_owned(), reason };
            }
            cause = inner.source();
        }
        Self::Unavailable { url: url.to_owned(), reason }
    }
}

/// No space, no quota, or a limit on the size of a file: all mended by making room.
fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

/// What to do about a folder that is there and does not let us in.
fn mend(error: &io::Error) -> Option<Word> {
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem => Some(word!("storage-mount")),
        ErrorKind::PermissionDenied => Some(word!("storage-rights")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_may_not_be_written_says_what_to_do() {
        for (kind, expected) in [
            (ErrorKind::ReadOnlyFilesystem, "mount it for writing"),
            (ErrorKind::PermissionDenied, "the right to read and write there"),
        ] {
            let error = StorageError::io("file:///x", word!("doing-creating"), "/x/staging/1", &kind.into());
            assert!(matches!(error, StorageError::Unavailable { .. }));
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn a_full_disk_is_found_below_the_object_stores_words() {
        let error = object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(io::Error::from(ErrorKind::StorageFull)),
        };
        assert!(matches!(
            StorageError::object("file:///x", word!("doing-writing"), "k", &error),
            StorageError::Full { .. }
        ));
    }

    #[test]
    fn what_a_bucket_says_cannot_steer_a_terminal() {
        let error = object_store::Error::Generic { store: "S3", source: "a\x1b[2Jb".into() };
        let text = StorageError::object("s3://b", word!("doing-reading"), "k", &error).to_string();
        assert!(!text.contains('\x1b'), "{text:?}");
    }
}
