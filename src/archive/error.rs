//! Why a file is not taken, in words for the operator who uploads it.

use super::manifest::{Source, Written};
use crate::domain::{FreeText, NameError, Shown, plainly};

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file's bytes did not come.
    #[error("the file cannot be read: {}", plainly(.0))]
    Io(#[from] std::io::Error),
    /// Whoever listened to the progress wants no more.
    #[error("reading was cancelled")]
    Cancelled,
    /// No byte at all.
    #[error("the file is empty; copy it again from its source")]
    Empty,
    /// Nothing that is known.
    #[error("this is no archive that segdeck knows, whatever its suffix says; pack the segment as {wanted}")]
    NotAnArchive {
        /// What it may be packed as.
        wanted: &'static str,
    },
    /// A known kind of file that is not read.
    #[error("this is {kind}, whatever its suffix says; pack the segment as {wanted}")]
    OtherContainer {
        /// E.g. `a 7z archive`.
        kind: String,
        /// What it may be packed as.
        wanted: &'static str,
    },
    /// What is read elsewhere, but not from a `.zip`.
    #[error("a .zip must be a zip archive; this is {kind}; pack the segment as zip")]
    NotAZip {
        /// E.g. `a tar archive in gzip`.
        kind: &'static str,
    },
    /// It begins like an archive, but its structure does not hold.
    #[error("the archive is broken or cut off: {reason}; copy it again from its source")]
    Broken {
        /// What does not hold.
        reason: String,
    },
    /// Bytes that belong to no part of it: some programs see them, and some do not.
    #[error("the file holds more than the archive: {what}; pack the segment again, into a new file")]
    Surplus {
        /// Where they are.
        what: String,
    },
    /// It would need more memory than there is for it.
    #[error("the {stream} stream needs a window of more than 32 MiB; compress it again with {advice}")]
    Window {
        /// `xz` or `zstd`.
        stream: &'static str,
        /// How to compress it.
        advice: &'static str,
    },
    /// One part of several.
    #[error(
        "this is a part of a split archive; join the parts first (zip -s 0), or pack it again in one piece"
    )]
    Split,
    /// More than allowed.
    #[error("{what} is more than the {max} allowed (setting {setting})")]
    Limit {
        /// What is too large, and how large.
        what: String,
        /// The limit.
        max: u64,
        /// Which setting raises it.
        setting: &'static str,
    },
    /// An entry whose name could lead out of a folder or deceive.
    #[error("the entry {name} is refused: its name {}", advised(why, "rename it"))]
    EntryName {
        /// Safe for a terminal.
        name: String,
        /// What is wrong with it, and behind a semicolon what to do where that is not the usual.
        why: &'static str,
    },
    /// An entry that does harm where it is unpacked, or that two programs could read in two ways.
    #[error("the entry {name} is refused: it {}", advised(why, AGAIN))]
    Entry {
        /// Safe for a terminal.
        name: String,
        /// What is wrong with it, and behind a semicolon what to do where that is not the usual.
        why: &'static str,
    },
    /// An entry of which a zip archive says one thing before its data and another in its directory.
    #[error(
        "the entry {name} is refused: its {field} before its data differs from that in the directory of the archive, so two programs could read it in two ways; {AGAIN}"
    )]
    Differs {
        /// Safe for a terminal.
        name: String,
        /// What is said twice.
        field: &'static str,
    },
    /// Nobody could check or install it.
    #[error("the entry {name} is encrypted; pack the segment without a password")]
    Encrypted {
        /// Safe for a terminal.
        name: String,
    },
    /// A compression that is not read.
    #[error("the entry {name} is compressed with {method}; pack the segment with deflate or stored")]
    Method {
        /// Safe for a terminal.
        name: String,
        /// E.g. `bzip2`.
        method: String,
    },
    /// Its bytes are not what its checksum or its headers say.
    #[error("the entry {name} is damaged: {reason}; copy the file again from its source")]
    Damaged {
        /// Safe for a terminal.
        name: String,
        /// What was found.
        reason: String,
    },
    /// Nothing says which segment this is.
    #[error(
        "there is no segment.toml or segment.json, and no SegDescrip folder, at its root or in its only top folder{}",
        advice(payload.as_deref())
    )]
    NoManifest {
        /// Its only top folder, if that has a payload's name; safe for a terminal.
        payload: Option<String>,
    },
    /// Two that could contradict each other.
    #[error("it holds both {first} and {second}; leave one of them out")]
    TwoManifests {
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// A manifest beyond reason.
    #[error("the manifest {file} is larger than {max} bytes; move what makes it long to a file of its own")]
    ManifestTooLarge {
        /// Its name.
        file: String,
        /// The limit, in bytes.
        max: u64,
    },
    /// A manifest that cannot be understood.
    #[error("{}: {message}", place(at))]
    Manifest {
        /// Where.
        at: Written,
        /// What is wrong there.
        message: String,
    },
    /// A field that neither the manifest nor a flag gives.
    #[error("{} {field}; write it there, or give it with {flag}", says_no(*looked_in, file, field))]
    Missing {
        /// `prefix` or `version`.
        field: &'static str,
        /// Where it was looked for.
        looked_in: Source,
        /// The manifest, where that is one file.
        file: String,
        /// The flag that fills it.
        flag: &'static str,
    },
    /// A text of a flag that does not fit into a record.
    #[error("the {field} is {bytes} bytes long; {max} are allowed ({flag})")]
    TooLong {
        /// `name` or `description`.
        field: &'static str,
        /// The flag that gave it.
        flag: &'static str,
        /// Its length.
        bytes: usize,
        /// The limit, in bytes.
        max: usize,
    },
    /// A prefix or version of a flag that cannot be one.
    #[error("{error} ({flag})")]
    Name {
        /// What is wrong with it.
        error: NameError,
        /// The flag that gave it.
        flag: &'static str,
    },
}

impl ArchiveError {
    /// A structure that does not hold.
    pub(super) fn broken(reason: impl Into<String>) -> Self {
        Self::Broken { reason: shown(&reason.into()) }
    }

    /// Bytes that are no part of the archive.
    pub(super) fn surplus(what: impl Into<String>) -> Self {
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

/// What to do about an archive that well-made tools do not write.
const AGAIN: &str = "pack the segment again, into a new file";

/// A reason with what to do about it: what it says itself, else the usual.
fn advised(why: &str, usual: &str) -> String {
    if why.contains("; ") { why.to_owned() } else { format!("{why}; {usual}") }
}

fn place(at: &Written) -> String {
    let Written { file, line, field, text } = at;
    let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
    let field = field.as_ref().map(|field| format!(", field {field}")).unwrap_or_default();
    let text = if text.is_empty() { String::new() } else { format!(" (`{text}`)") };
    format!("{file}{line}{field}{text}")
}

/// What to do about a manifest that is not there.
fn advice(payload: Option<&str>) -> String {
    let add = "add a segment.toml with its prefix and version";
    match payload {
        Some(payload) => {
            format!(
                "; the name of the folder {payload} alone does not say what it is: {add}, or its SegDescrip folder"
            )
        }
        None => format!("; {add}"),
    }
}

fn says_no(looked_in: Source, file: &str, field: &str) -> String {
    let where_to = match (looked_in, field) {
        (Source::SegmentFile, _) => return format!("{file} says no"),
        (Source::SegDescrip, "version") => {
            "neither VERSION nor SegName in SegDescrip, nor a folder or file named PREFIX-TYPE-VERSION-PLATFORM, says the"
        }
        (Source::SegDescrip, _) => {
            "neither SegName in SegDescrip, nor a folder or file named PREFIX-TYPE-VERSION-PLATFORM, says the"
        }
    };
    where_to.to_owned()
}
