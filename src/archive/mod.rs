//! Reads a segment file without trusting it: container by content, manifest, limits. What belongs here:
//! what a file says. What does not: the network, and writing anything to disk.

mod container;
mod entry_name;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod intake;
mod limits;
mod manifest;
mod progress;
mod resolve;
mod tar;
#[cfg(test)]
mod tests;
mod text;
mod window;
mod zip;

use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::domain::Format;
use crate::domain::words::Say;

pub use error::ArchiveError;
use intake::Intake;
pub use limits::Limits;
pub use manifest::{Manifest, Source, Written};
use progress::Progress;
pub use resolve::{Overrides, Resolved};
use window::Window;

/// How the content of a segment file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Container {
    /// A zip archive.
    #[serde(rename = "zip")]
    Zip,
    /// A tar archive.
    #[serde(rename = "tar")]
    Tar,
    /// A tar archive in gzip.
    #[serde(rename = "tar.gz")]
    TarGzip,
    /// A tar archive in xz.
    #[serde(rename = "tar.xz")]
    TarXz,
    /// A tar archive in zstd.
    #[serde(rename = "tar.zst")]
    TarZstd,
}

impl Container {
    /// As in records: `zip`, `tar`, `tar.gz`, `tar.xz` or `tar.zst`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::TarGzip => "tar.gz",
            Self::TarXz => "tar.xz",
            Self::TarZstd => "tar.zst",
        }
    }
}

/// How to read a file.
pub struct Reading<'a> {
    /// The file's own name: a payload name in it may say which segment it is.
    pub file_name: &'a str,
    /// Where it goes decides which containers are taken.
    pub format: Format,
    /// What it may be at most.
    pub limits: &'a Limits,
    /// Hears now and then how many of the file's bytes have been read, and says whether to go on.
    pub heard: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
}

/// Everything that was found in a segment file.
#[derive(Debug, Clone, PartialEq)]
pub struct Contents {
    /// How it is packed.
    pub container: Container,
    /// Which files of it the manifest was read from.
    pub manifest_files: Vec<String>,
    /// What it says.
    pub manifest: Manifest,
    /// The manifest whole, for the record `manifests/...`.
    pub manifest_whole: serde_json::Value,
    /// What in the manifest was not understood and therefore has no effect, a sentence each.
    pub not_understood: Vec<Say>,
    /// Files and folders.
    pub entries: u64,
    /// Bytes unpacked.
    pub unpacked_size: u64,
}

/// How a file seems to be packed by its first 512 bytes, taken or not.
pub fn container(head: &[u8]) -> Option<Container> {
    container::known(head)
}

/// Reads a segment file: its container, every entry's checksum, and its manifest. It blocks, and may take
/// as long as unpacking the whole file. Keeps a few MiB, the window of an xz or zstd stream (32 MiB at most),
/// and a few bytes for each entry.
///
/// # Errors
/// Why the file is not taken; nothing is ever repaired.
pub fn read<R: Read + Seek>(file: R, reading: Reading<'_>) -> Result<Contents, ArchiveError> {
    let limits = reading.limits;
    let mut file = Window::new(file)?;
    let file_size = file.size();
    limits.file_size(file_size)?;
    if file_size == 0 {
        return Err(ArchiveError::Empty);
    }
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    Read::by_ref(&mut file).take(container::HEAD as u64).read_to_end(&mut head)?;
    let container = match container::detect(&head, reading.format) {
        // The last part of a split archive begins anywhere in its data.
        Err(error @ ArchiveError::NotAnArchive { .. }) => {
            return Err(zip::without_start(&mut file).unwrap_or(error));
        }
        detected => detected?,
    };
    let mut intake = Intake::new(limits, file_size);
    let mut progress = Progress::new(reading.heard);
    match container {
        Container::Zip => zip::read(&mut file, &mut intake, limits, &mut progress)?,
        Container::Tar | Container::TarGzip | Container::TarXz | Container::TarZstd => {
            file.seek(SeekFrom::Start(0))?;
            let kind = (container, reading.format);
            tar::read(&mut file, kind, file_size, &mut intake, limits, &mut progress)?;
        }
    }
    progress.end(file_size)?;
    let found = intake.finish();
    let said = manifest::read(&found, reading.file_name)?;
    Ok(Contents {
        container,
        manifest_files: said.files,
        manifest: said.manifest,
        manifest_whole: said.whole,
        not_understood: said.not_understood,
        entries: found.entries,
        unpacked_size: found.unpacked,
    })
}
