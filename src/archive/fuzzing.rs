//! Doors for the fuzz targets into parts that nobody else reaches alone: a fuzzer that had to build a whole
//! archive around each manifest would spend its time on the archive.

use super::entry_name::{EntryName, folded};
use super::intake::{Found, Kept};
use super::manifest::{self, Manifest};
use super::{ArchiveError, Limits};
use crate::domain::words::Say;

/// What a manifest was read as.
#[derive(Debug)]
pub struct Said {
    /// What it says.
    pub manifest: Manifest,
    /// The manifest whole.
    pub whole: serde_json::Value,
    /// What was not understood.
    pub not_understood: Vec<Say>,
}

/// Reads the manifest among these files, as if they had been found in an archive, in `top` if that is not
/// empty. Files that no manifest consists of are left out, as the intake leaves them out.
///
/// # Errors
/// As for a whole archive.
pub fn manifest(files: &[(&str, &[u8])], top: &str, file_name: &str) -> Result<Said, ArchiveError> {
    let mut kept: Vec<Kept> = Vec::new();
    for (name, bytes) in files.iter().filter(|(name, _)| manifest::is_at_root(name)) {
        let Some(wanted) = manifest::wanted(name) else { continue };
        // The intake refuses both before a manifest is looked for.
        let twice = kept.iter().any(|kept| kept.name.eq_ignore_ascii_case(name));
        if twice || wanted.whole && bytes.len() > wanted.max {
            continue;
        }
        kept.push(Kept {
            name: (*name).to_owned(),
            path: if top.is_empty() { (*name).to_owned() } else { format!("{top}/{name}") },
            bytes: bytes[..bytes.len().min(wanted.max)].to_vec(),
            size: bytes.len() as u64,
        });
    }
    let top = Some(top.to_owned()).filter(|top| !top.is_empty());
    let said = manifest::read(&Found { top, kept, ..Found::default() }, file_name)?;
    Ok(Said { manifest: said.manifest, whole: said.whole, not_understood: said.not_understood })
}

/// The path that a name of an entry stands for, and the form in which it is compared with others.
///
/// # Errors
/// Why the name is refused.
pub fn entry_name(bytes: &[u8], limits: &Limits) -> Result<(String, String), ArchiveError> {
    let name = EntryName::read(bytes, limits)?;
    Ok((name.path().to_owned(), folded(name.path())))
}
