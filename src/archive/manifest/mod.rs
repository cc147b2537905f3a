//! The manifest: what a segment file says of itself, in `segment.toml` or `segment.json`, else in the files of
//! a DII COE `SegDescrip` folder. What is not known stays in the whole and is named.

mod bounds;
mod encoding;
mod fields;
mod lines;
mod payload_name;
mod remarks;
mod seg_descrip;
mod seg_info;
mod seg_name;
mod segment_file;

use serde_json::Value;

use super::ArchiveError;
use super::error::shown;
use super::intake::{Found, Kept};
use crate::domain::FreeText;
use crate::domain::words::Say;
pub(super) use bounds::MAX_NAME;
use payload_name::PayloadName;
use seg_descrip::Part;

/// Largest manifest, in bytes.
const MAX_FILE: usize = 1 << 20;

/// What a segment file says of itself. Prefix and version are optional here because flags may fill them in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Where prefix and version were looked for.
    pub source: Source,
    /// The file it was read from, safe for a terminal; empty for a `SegDescrip` folder.
    pub file: String,
    /// The short identifier, not checked yet.
    pub prefix: Option<String>,
    /// The version, not checked yet.
    pub version: Option<String>,
    /// Where the prefix stands, if it cannot be one.
    pub prefix_at: Option<Written>,
    /// Where the version stands, if it cannot be one.
    pub version_at: Option<Written>,
    /// The human name.
    pub name: Option<FreeText>,
    /// What it calls its type.
    pub kind: FreeText,
    /// Who made it.
    pub vendor: FreeText,
    /// Free text, whole; of release notes the head.
    pub description: FreeText,
    /// Architectures; empty: any.
    pub archs: Vec<FreeText>,
    /// `prefix` or `prefix >=version`, as [`crate::domain::Requirement`] reads it; others have no effect.
    pub requires: Vec<FreeText>,
    /// The same, of segments that must not be beside it.
    pub conflicts: Vec<FreeText>,
}

/// Where something is written in a manifest; all of it is safe for a terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub file: String,
    /// From 1, where it is known.
    pub line: Option<usize>,
    /// E.g. `prefix`, where one is to blame.
    pub field: Option<String>,
    /// That line.
    pub text: String,
}

/// Which kind of manifest it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Source {
    /// `segment.toml` or `segment.json`.
    #[default]
    SegmentFile,
    /// A `SegDescrip` folder, and a payload name.
    SegDescrip,
}

/// How much of a file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Bytes at most.
    pub(super) max: usize,
    /// A longer one is refused; else only its head is kept.
    pub(super) whole: bool,
}

/// How much of this file is wanted for the manifest, at the root or in a top folder.
pub(super) fn wanted(path: &str) -> Option<Wanted> {
    wanted_at_root(path).or_else(|| wanted_at_root(path.split_once('/')?.1))
}

/// Could it say which segment this is, where it lies?
pub(super) fn is_at_root(path: &str) -> bool {
    wanted_at_root(path).is_some()
}

fn wanted_at_root(path: &str) -> Option<Wanted> {
    match path {
        "segment.toml" | "segment.json" => Some(Wanted { max: MAX_FILE, whole: true }),
        path => Part::of_path(path).map(Part::wanted),
    }
}

/// What the manifest says, and what it was read from.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) manifest: Manifest,
    pub(super) whole: Value,
    pub(super) files: Vec<String>,
    pub(super) not_understood: Vec<Say>,
}

/// Reads the one manifest among what was found. `file_name` is that of the segment file itself.
pub(super) fn read(found: &Found, file_name: &str) -> Result<Said, ArchiveError> {
    let (described, segment_files): (Vec<&Kept>, Vec<&Kept>) =
        found.kept.iter().partition(|kept| Part::of_path(&kept.name).is_some());
    match segment_files.as_slice() {
        [first, second, ..] => {
            Err(ArchiveError::TwoManifests { first: shown(&first.path), second: shown(&second.path) })
        }
        [only] => segment_file::read(only, !described.is_empty()),
        [] if described.is_empty() => {
            let payload = found.top.as_deref().filter(|top| PayloadName::of_folder(top).is_some());
            Err(ArchiveError::NoManifest { payload: payload.map(shown) })
        }
        [] => seg_descrip::read(&described, found.top.as_deref(), file_name),
    }
}
