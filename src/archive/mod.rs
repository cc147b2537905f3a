//! Reads a segment file without trusting it: container by content, manifest, limits. What belongs here:
//! what a file says. What does not: the network, and writing anything to disk.

use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};

use crate::domain::FreeText;

/// What an archive may be at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_file_size: u64,
    /// Bytes of everything in it, unpacked.
    pub max_unpacked_size: u64,
    /// Files and folders in it.
    pub max_entries: u64,
}

/// How the content of a segment file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Container {
    /// A zip archive.
    Zip,
}

/// What a segment file says of itself. Prefix and version are optional here because flags may fill them in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The short identifier, not checked yet.
    pub prefix: Option<String>,
    /// The version, not checked yet.
    pub version: Option<String>,
    /// The human name.
    pub name: Option<FreeText>,
    /// What it calls its type.
    pub kind: FreeText,
    /// Who made it.
    pub vendor: FreeText,
    /// Free text, whole.
    pub description: FreeText,
    /// Architectures; empty: any.
    pub archs: Vec<FreeText>,
    /// `prefix` or `prefix >=version`.
    pub requires: Vec<FreeText>,
    /// Prefixes.
    pub conflicts: Vec<FreeText>,
}

/// Everything that was found in a segment file.
#[derive(Debug, Clone, PartialEq)]
pub struct Contents {
    /// How it is packed.
    pub container: Container,
    /// Which file the manifest was read from.
    pub manifest_file: String,
    /// What it says.
    pub manifest: Manifest,
    /// The manifest whole, for the record `manifests/...`.
    pub manifest_whole: serde_json::Value,
    /// Files and folders.
    pub entries: u64,
    /// Bytes unpacked.
    pub unpacked_size: u64,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Placeholder of the reader to come.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// Reads a segment file: its container, every entry's checksum, and its manifest.
///
/// # Errors
/// Why the file is not taken; nothing is ever repaired.
pub fn read<R: Read + Seek>(_file: R, _limits: &Limits) -> Result<Contents, ArchiveError> {
    Err(ArchiveError::Io(std::io::ErrorKind::Unsupported.into()))
}

/// What an operator says instead of, or beside, the manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Instead of the manifest's.
    pub prefix: Option<String>,
    /// Instead of the manifest's.
    pub version: Option<String>,
    /// Instead of the manifest's.
    pub name: Option<String>,
}

/// Who a segment file is, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The short identifier.
    pub prefix: crate::domain::Prefix,
    /// The version.
    pub version: crate::domain::Version,
    /// The human name.
    pub name: FreeText,
}

impl Manifest {
    /// Prefix, version and name as they count: the operator's word before the manifest's.
    ///
    /// # Errors
    /// What is missing or no name.
    pub fn resolve(&self, _overrides: &Overrides) -> Result<Resolved, ArchiveError> {
        Err(ArchiveError::Io(std::io::ErrorKind::Unsupported.into()))
    }
}

impl Container {
    /// As in records.
    pub fn as_str(self) -> &'static str {
        "zip"
    }
}
