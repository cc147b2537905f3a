//! Reads a segment file without trusting it: container by content, manifest, limits. What belongs here:
//! what a file says. What does not: the network, and writing anything to disk.

mod container;
mod directory;
mod entry_name;
mod error;
mod manifest;
mod resolve;
#[cfg(test)]
mod tests;
mod window;
mod zip_entries;

use std::io::{Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use directory::Directory;
pub use error::ArchiveError;
pub use manifest::Manifest;
pub use resolve::{Overrides, Resolved};
use window::Window;

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

impl Container {
    /// As in records: `zip`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zip => "zip",
        }
    }
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

/// Reads a segment file: its container, every entry's checksum, and its manifest. It blocks, and may take
/// as long as inflating the whole file; to stop it, let `file` fail. Keeps a few MiB and the directory.
///
/// # Errors
/// Why the file is not taken; nothing is ever repaired.
pub fn read<R: Read + Seek>(file: R, limits: &Limits) -> Result<Contents, ArchiveError> {
    let mut file = Window::new(file)?;
    if file.size() > limits.max_file_size {
        return Err(ArchiveError::Limit {
            what: format!("its size ({} bytes)", file.size()),
            max: limits.max_file_size,
            setting: "upload.max_file_size",
        });
    }
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    Read::by_ref(&mut file).take(container::HEAD as u64).read_to_end(&mut head)?;
    container::check_zip(&head)?;
    let directory = directory::walk(&mut file, limits)?;
    let manifest_file = manifest_of(&directory)?;
    let unpacked = zip_entries::read(file, &directory, &manifest_file, limits)?;
    let (manifest, manifest_whole) = manifest::parse(&manifest_file, &unpacked.manifest)?;
    Ok(Contents {
        container: Container::Zip,
        manifest_file,
        manifest,
        manifest_whole,
        entries: directory.entries,
        unpacked_size: unpacked.bytes,
    })
}

/// The one manifest at the root, else the one in the only top folder.
fn manifest_of(directory: &Directory) -> Result<String, ArchiveError> {
    let folders = [Some(String::new()), directory.only_top.as_ref().map(|top| format!("{top}/"))];
    for folder in folders.into_iter().flatten() {
        let in_folder = |name: &&String| name.strip_prefix(&folder).is_some_and(|name| !name.contains('/'));
        let mut found = directory.manifests.iter().filter(in_folder);
        match (found.next(), found.next()) {
            (Some(first), Some(second)) => {
                return Err(ArchiveError::TwoManifests {
                    first: error::shown(first),
                    second: error::shown(second),
                });
            }
            (Some(only), None) => return Ok(only.clone()),
            (None, _) => {}
        }
    }
    Err(ArchiveError::NoManifest)
}
