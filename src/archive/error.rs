//! Why a file is not taken, in words for the operator who uploads it.

use super::manifest::{Source, Written};
use super::resolve::VERSION;
use crate::domain::words::{Say, Word, say, word};
use crate::domain::{FreeText, NameError, Shown, plainly};

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say())]
pub enum ArchiveError {
    /// The file's bytes did not come.
    Io(#[from] std::io::Error),
    /// Whoever listened to the progress wants no more.
    Cancelled,
    /// No byte at all.
    Empty,
    /// Nothing that is known.
    NotAnArchive {
        /// What it may be packed as.
        wanted: Word,
    },
    /// A known kind of file that is not read.
    OtherContainer {
        /// E.g. `a 7z archive`.
        kind: Say,
        /// What it may be packed as.
        wanted: Word,
    },
    /// What is read elsewhere, but not from a `.zip`.
    NotAZip {
        /// E.g. `a tar archive in gzip`.
        kind: Word,
    },
    /// It begins like an archive, but its structure does not hold.
    Broken {
        /// What does not hold.
        reason: Say,
    },
    /// Bytes that belong to no part of it: some programs see them, and some do not.
    Surplus {
        /// Where they are.
        what: Say,
    },
    /// It would need more memory than there is for it.
    Window {
        /// `xz` or `zstd`.
        stream: Word,
        /// How to compress it.
        advice: Word,
    },
    /// One part of several.
    Split,
    /// More than allowed.
    Limit {
        /// What is too large, and how large.
        what: Say,
        /// The limit.
        max: u64,
        /// Which setting raises it.
        setting: &'static str,
    },
    /// An entry whose name could lead out of a folder or deceive.
    EntryName {
        /// Safe for a terminal.
        name: String,
        /// What is wrong with it, and what to do.
        why: Word,
    },
    /// An entry that does harm where it is unpacked, or that two programs could read in two ways.
    Entry {
        /// Safe for a terminal.
        name: String,
        /// What is wrong with it, and what to do.
        why: Word,
    },
    /// An entry of which a zip archive says one thing before its data and another in its directory.
    Differs {
        /// Safe for a terminal.
        name: String,
        /// What is said twice.
        field: Word,
    },
    /// Nobody could check or install it.
    Encrypted {
        /// Safe for a terminal.
        name: String,
    },
    /// A compression that is not read.
    Method {
        /// Safe for a terminal.
        name: String,
        /// E.g. `bzip2`.
        method: String,
    },
    /// Its bytes are not what its checksum or its headers say.
    Damaged {
        /// Safe for a terminal.
        name: String,
        /// What was found.
        reason: Say,
    },
    /// Nothing says which segment this is.
    NoManifest {
        /// Its only top folder, if that has a payload's name; safe for a terminal.
        payload: Option<String>,
    },
    /// Two that could contradict each other.
    TwoManifests {
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// A manifest beyond reason.
    ManifestTooLarge {
        /// Its name.
        file: String,
        /// The limit, in bytes.
        max: u64,
    },
    /// A manifest that cannot be understood.
    Manifest {
        /// Where.
        at: Box<Written>,
        /// What is wrong there.
        message: Say,
    },
    /// A field that neither the manifest nor a flag gives.
    Missing {
        /// `prefix` or `version`.
        field: Word,
        /// Where it was looked for.
        looked_in: Source,
        /// The manifest, where that is one file.
        file: String,
        /// The flag that fills it.
        flag: &'static str,
    },
    /// A text of a flag that does not fit into a record.
    TooLong {
        /// `name` or `description`.
        field: Word,
        /// The flag that gave it.
        flag: &'static str,
        /// Its length.
        bytes: usize,
        /// The limit, in bytes.
        max: usize,
    },
    /// A prefix or version of a flag that cannot be one.
    Name {
        /// What is wrong with it.
        error: NameError,
        /// The flag that gave it.
        flag: &'static str,
    },
}

impl ArchiveError {
    /// In words.
    pub fn say(&self) -> Say {
        match self {
            Self::Io(error) => say!("file-unreadable", reason = plainly(error)),
            Self::Cancelled => word!("archive-cancelled").into(),
            Self::Empty => word!("archive-empty").into(),
            Self::NotAnArchive { wanted } => say!("archive-none", wanted = *wanted),
            Self::OtherContainer { kind, wanted } => say!("archive-other", kind = kind, wanted = *wanted),
            Self::NotAZip { kind } => say!("archive-no-zip", kind = *kind),
            Self::Broken { reason } => say!("archive-broken", reason = reason),
            Self::Surplus { what } => say!("archive-surplus", what = what),
            Self::Window { stream, advice } => {
                say!("archive-window", stream = *stream, advice = *advice)
            }
            Self::Split => word!("archive-split").into(),
            Self::Limit { what, max, setting } => {
                say!("archive-limit", what = what, max = *max, setting = *setting)
            }
            Self::EntryName { name, why } => say!("archive-entry-name", name = name, why = *why),
            Self::Entry { name, why } => say!("archive-entry", name = name, why = *why),
            Self::Differs { name, field } => say!("archive-differs", name = name, field = *field),
            Self::Encrypted { name } => say!("archive-encrypted", name = name),
            Self::Method { name, method } => say!("archive-method", name = name, method = method),
            Self::Damaged { name, reason } => say!("archive-damaged", name = name, reason = reason),
            Self::NoManifest { payload: None } => word!("manifest-none").into(),
            Self::NoManifest { payload: Some(payload) } => {
                say!("manifest-none-but-payload", payload = payload)
            }
            Self::TwoManifests { first, second } => say!("manifest-two", first = first, second = second),
            Self::ManifestTooLarge { file, max } => say!("manifest-too-large", file = file, max = *max),
            Self::Manifest { at, message } => say!("manifest-wrong", place = place(at), message = message),
            Self::Missing { field, looked_in, file, flag } => missing(*field, *looked_in, file, flag),
            Self::TooLong { field, flag, bytes, max } => {
                say!("manifest-too-long", field = *field, bytes = *bytes, max = *max, flag = *flag)
            }
            Self::Name { error, flag } => say!("manifest-flag-name", error = error.say(), flag = *flag),
        }
    }

    /// A structure that does not hold.
    pub(super) fn broken(reason: impl Into<Say>) -> Self {
        Self::Broken { reason: reason.into() }
    }

    /// Bytes that are no part of the archive.
    pub(super) fn surplus(what: impl Into<Say>) -> Self {
        Self::Surplus { what: what.into() }
    }
}

/// Text of the file, short and safe for a terminal.
pub(super) fn shown(text: &str) -> String {
    const MAX: usize = 200;
    let cut = FreeText::from(text).cut(MAX);
    let mut shown = Shown::from(cut.raw()).into_string();
    if text.len() > MAX {
        shown.push('…');
    }
    shown
}

/// The file, and as much more as is known.
fn place(at: &Written) -> Say {
    let Written { file, line, field, text } = at;
    let mut place = Say::plain(file);
    if let Some(line) = line {
        place = say!("manifest-line", place = place, line = *line);
    }
    if let Some(field) = field {
        place = say!("manifest-field", place = place, field = field);
    }
    if !text.is_empty() {
        place = say!("manifest-text", place = place, text = text);
    }
    place
}

/// Nothing says what a field is.
fn missing(field: Word, looked_in: Source, file: &str, flag: &str) -> Say {
    match looked_in {
        Source::SegmentFile => say!("manifest-missing", file = file, field = field, flag = flag),
        Source::SegDescrip if field == VERSION => {
            say!("manifest-missing-version", field = field, flag = flag)
        }
        Source::SegDescrip => say!("manifest-missing-prefix", field = field, flag = flag),
    }
}
