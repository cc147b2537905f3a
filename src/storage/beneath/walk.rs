//! From the root to a folder below it, without crossing a link.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags, ResolveFlags, fsync, mkdirat, openat, openat2};
use rustix::io::Errno;

use super::Way;
use super::refused;

/// Opens folders only, and no link to one.
pub(super) const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// What the kernel refuses on its way.
const STRICT: ResolveFlags =
    ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS).union(ResolveFlags::NO_MAGICLINKS);

/// Rights of a new folder, before the process's own mask.
const RIGHTS: Mode = Mode::RWXU.union(Mode::RWXG).union(Mode::RWXO);

/// Opens the folder `below` the root.
pub(super) fn descend(root: BorrowedFd<'_>, below: &str, way: Way) -> io::Result<OwnedFd> {
    if way == Way::Kernel && !below.is_empty() {
        match openat2(root, below, FOLDER, Mode::empty(), STRICT) {
            Err(Errno::NOENT) => return Err(Errno::NOENT.into()),
            Ok(folder) => return Ok(folder),
            // Not known, not allowed, or refused: part by part it is as strict, and finds which part is the link.
            Err(_) => {}
        }
    }
    each_part(root, below, |at, part| openat(at, part, FOLDER, Mode::empty()))
}

/// Opens the folder `below` the root and makes what is not there.
pub(super) fn make(root: BorrowedFd<'_>, below: &str) -> io::Result<OwnedFd> {
    each_part(root, below, |at, part| match openat(at, part, FOLDER, Mode::empty()) {
        Err(Errno::NOENT) => {
            match mkdirat(at, part, RIGHTS) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error),
            }
            fsync(at)?;
            openat(at, part, FOLDER, Mode::empty())
        }
        opened => opened,
    })
}

fn each_part(
    root: BorrowedFd<'_>,
    below: &str,
    open: impl Fn(BorrowedFd<'_>, &str) -> rustix::io::Result<OwnedFd>,
) -> io::Result<OwnedFd> {
    let mut at = openat(root, ".", FOLDER, Mode::empty())?;
    let mut walked = String::new();
    for part in below.split('/').filter(|_| !below.is_empty()) {
        // Keys are checked before; a part that leads elsewhere is a fault of ours.
        if matches!(part, "" | "." | "..") {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let next = open(at.as_fd(), part);
        let next = next.map_err(|error| refused::folder(at.as_fd(), OsStr::new(part), &walked, error))?;
        if !walked.is_empty() {
            walked.push('/');
        }
        walked.push_str(part);
        at = next;
    }
    Ok(at)
}
