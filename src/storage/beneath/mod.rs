//! The folder of a shared storage, and the one way to what lies in it: no path crosses a link, at no part of it.
//! Others may write there as well, and a link would lead a list, an upload or a removal to files that are none of ours.
//!
//! A folder below is opened part by part, or by the kernel in one call that is as strict; a file is reached by its
//! name in an opened folder and never by a path.

mod leaf;
mod list;
mod place;
mod refused;
mod walk;

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustix::fs::Mode;

pub(super) use leaf::Found;
pub(super) use list::list;
pub(super) use place::Place;
pub use refused::Refusal;
pub(super) use refused::Refused;

/// How often a folder is made again that others take away.
pub(super) const TRIES: u32 = 20;

/// How folders below the root are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By `openat2`, and part by part where the kernel or a filter of system calls does not know it.
    Kernel,
    /// Part by part.
    #[cfg(test)]
    Parts,
}

/// The folder that the operator named. It may itself be reached through links, which are resolved once. It is opened
/// anew for each piece of work: what is mounted there later is seen, and what is unmounted is not held.
#[derive(Debug)]
pub(super) struct Root {
    named: PathBuf,
    resolved: OnceLock<PathBuf>,
    way: Way,
}

impl Root {
    /// A folder; it need not be there.
    pub(super) fn new(named: PathBuf, way: Way) -> Self {
        Self { named, resolved: OnceLock::new(), way }
    }

    /// The folder, opened; `NotFound` where there is none.
    pub(super) fn there(&self) -> io::Result<OwnedFd> {
        let path = match self.resolved.get() {
            Some(path) => path,
            None => {
                let path = self.named.canonicalize()?;
                self.resolved.get_or_init(|| path)
            }
        };
        Ok(rustix::fs::open(path, walk::FOLDER, Mode::empty())?)
    }

    /// The folder, made if it is not there. Who only reads, or has the wrong address in the settings, leaves no folder
    /// behind: the first write makes it.
    pub(super) fn made(&self) -> io::Result<OwnedFd> {
        create(&self.named)?;
        self.there()
    }

    /// A folder below, such as `segments/nav`; the root for the empty text.
    pub(super) fn folder(&self, below: &str) -> io::Result<OwnedFd> {
        walk::descend(self.there()?.as_fd(), below, self.way)
    }

    /// The same, made if it is not there; each new name is made to last.
    pub(super) fn made_folder(&self, below: &str) -> io::Result<OwnedFd> {
        let root = self.made()?;
        let mut tries = 0;
        loop {
            let opened = match walk::descend(root.as_fd(), below, self.way) {
                Err(error) if error.kind() == ErrorKind::NotFound => walk::make(root.as_fd(), below),
                opened => opened,
            };
            match opened {
                // Who deletes the last file of a folder takes it away, also between two parts of this way.
                Err(error) if error.kind() == ErrorKind::NotFound && tries < TRIES => tries += 1,
                opened => return opened,
            }
        }
    }

    /// Where the file of a key lies, or would lie, in a folder that is there.
    pub(super) fn place<'k>(&self, key: &'k str) -> io::Result<Place<'k>> {
        let (below, name) = split(key);
        Ok(Place::new(self.folder(below)?, OsStr::new(name), below))
    }

    /// The same in a folder that is made if it is not there.
    pub(super) fn made_place<'k>(&self, key: &'k str) -> io::Result<Place<'k>> {
        let (below, name) = split(key);
        Ok(Place::new(self.made_folder(below)?, OsStr::new(name), below))
    }
}

/// A key's folder and its name there.
fn split(key: &str) -> (&str, &str) {
    key.rsplit_once('/').unwrap_or(("", key))
}

/// Makes the root if it is not there, and makes it last: each new name is synced in its parent.
fn create(root: &Path) -> io::Result<()> {
    if root.is_dir() {
        return Ok(());
    }
    let first_there = root.ancestors().skip(1).find(|parent| parent.is_dir());
    fs::create_dir_all(root)?;
    for parent in root.ancestors().skip(1) {
        // The parent of a relative path of one part is the empty path.
        let folder = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        fs::File::open(folder)?.sync_all()?;
        if Some(parent) == first_there {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
