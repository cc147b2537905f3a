//! Inflates every entry of a zip archive once, for its checksum, and keeps nothing but the manifest.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config, ZipReadOptions};
use zip::result::ZipError;

use super::directory::Directory;
use super::entry_name::EntryName;
use super::error::shown;
use super::intake::{Intake, Kind};
use super::window::Window;
use super::{ArchiveError, Limits};

/// Bytes inflated at once.
const CHUNK: usize = 128 << 10;

/// Reads all entries.
pub(super) fn read<R: Read + Seek>(
    mut file: Window<R>,
    directory: &Directory,
    intake: &mut Intake<'_>,
    limits: &Limits,
) -> Result<(), ArchiveError> {
    file.seek(SeekFrom::Start(0))?;
    let config = Config { archive_offset: ArchiveOffset::Known(0) };
    let mut archive = ZipArchive::with_config(config, file).map_err(structure)?;
    if archive.has_duplicate_names() {
        return Err(ArchiveError::broken("two of its entries have the same name"));
    }
    // The library looks for the end record in its own way; both must mean the same directory.
    if archive.len() as u64 != directory.entries || archive.central_directory_start() != directory.start {
        return Err(ArchiveError::broken("it holds two directories that differ"));
    }
    let mut chunk = vec![0; CHUNK];
    for index in 0..archive.len() {
        let name = archive.by_index_data(index).map(|entry| entry.name_raw().to_vec()).map_err(structure)?;
        let damaged = |reason: String| ArchiveError::Damaged {
            name: shown(&String::from_utf8_lossy(&name)),
            reason: shown(&reason),
        };
        let options = ZipReadOptions::new().enforce_header_consistency(true);
        let mut entry = match archive.by_index_with_options(index, options) {
            Ok(entry) => entry,
            Err(ZipError::Io(error)) if is_foreign(&error) => return Err(ArchiveError::Io(error)),
            Err(error) => return Err(damaged(error.to_string())),
        };
        let claimed = entry.entry().size();
        let kind = if entry.is_dir() { Kind::Folder } else { Kind::File };
        intake.entry(&EntryName::read(&name, limits)?, kind)?;
        let mut bytes = 0_u64;
        loop {
            let read = match entry.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) if is_foreign(&error) => return Err(ArchiveError::Io(error)),
                Err(error) => return Err(damaged(error.to_string())),
            };
            bytes += read as u64;
            intake.bytes(&chunk[..read])?;
        }
        if bytes != claimed {
            return Err(damaged(format!("it claims {claimed} bytes and has {bytes}")));
        }
    }
    Ok(())
}

/// Opening failed: by the file's fault, unless the bytes themselves did not come.
fn structure(error: ZipError) -> ArchiveError {
    match error {
        ZipError::Io(error) if is_foreign(&error) => ArchiveError::Io(error),
        error => ArchiveError::broken(error.to_string()),
    }
}

/// An error of the disk or the network below, not one that the decoder found in the bytes.
fn is_foreign(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof, Unsupported};
    !matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof | Unsupported)
}
