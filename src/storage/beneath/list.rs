//! Every file below one of the folders, and what lies between them and is none of ours.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::{AtFlags, Dir, FileType, Mode, openat, statat};
use rustix::io::Errno;

use super::refused::joined;
use super::{Root, leaf, walk};
use crate::storage::key;
use crate::storage::listed::{Folder, Listed, StoredFile, Stranger};

/// Tells `tell` of each, until it wants no more. A folder that is not there is empty.
pub(in crate::storage) fn list(
    root: &Root,
    folder: Folder,
    tell: &mut dyn FnMut(Listed) -> bool,
) -> io::Result<()> {
    match root.folder(folder.as_str()) {
        Ok(opened) => below(opened, folder.as_str(), folder.depth(), tell).map(drop),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Files lie `depth` folders further down. Returns whether more is wanted.
fn below(
    folder: OwnedFd,
    path: &str,
    depth: usize,
    tell: &mut dyn FnMut(Listed) -> bool,
) -> io::Result<bool> {
    for entry in Dir::read_from(&folder)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        let more = match kind(&folder, name, entry.file_type()) {
            Err(Errno::NOENT) => continue,
            Err(error) => return Err(error.into()),
            Ok(kind) => match name.to_str().filter(|name| key::part(name)) {
                Some(name) if kind == FileType::Directory && depth > 0 => {
                    match openat(&folder, name, walk::FOLDER, Mode::empty()) {
                        Ok(next) => below(next, &format!("{path}/{name}"), depth - 1, tell)?,
                        Err(Errno::NOENT) => true,
                        Err(Errno::LOOP | Errno::NOTDIR) => {
                            tell(stranger(path, name.as_ref(), FileType::Symlink))
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                Some(name) if kind == FileType::RegularFile && depth == 0 => {
                    let key = format!("{path}/{name}");
                    if key::is_own(&key) {
                        match leaf::look(folder.as_fd(), name.as_ref(), path) {
                            Ok(found) => tell(Listed::File(StoredFile {
                                key,
                                size: found.size,
                                modified: found.modified,
                            })),
                            // It went meanwhile, or became something else: the next list tells.
                            Err(_) => true,
                        }
                    } else {
                        tell(stranger(path, name.as_ref(), kind))
                    }
                }
                _ => tell(stranger(path, name, kind)),
            },
        };
        if !more {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Some file systems do not say it in a list.
fn kind(folder: &OwnedFd, name: &OsStr, listed: FileType) -> rustix::io::Result<FileType> {
    match listed {
        FileType::Unknown => {
            let stat = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
            Ok(FileType::from_raw_mode(stat.st_mode))
        }
        known => Ok(known),
    }
}

fn stranger(path: &str, name: &OsStr, kind: FileType) -> Listed {
    Listed::Stranger(Stranger::new(&joined(path, name), kind == FileType::Symlink))
}
