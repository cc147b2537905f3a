//! A name in an opened folder: all that is done with a file is done here.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{
    AtFlags, Mode, OFlags, RenameFlags, fstat, fsync, linkat, openat, renameat, renameat_with, unlinkat,
};
use rustix::io::Errno;

use super::leaf::{self, Found};
use super::refused::{Refusal, Refused};

/// Opens a file and no link; a pipe that came there a moment ago holds nobody up.
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

/// Opens a new file and nothing that is there.
const NEW: OFlags =
    OFlags::RDWR.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Rights of a new file, before the process's own mask.
const RIGHTS: Mode =
    Mode::RUSR.union(Mode::WUSR).union(Mode::RGRP).union(Mode::WGRP).union(Mode::ROTH).union(Mode::WOTH);

/// See the module.
#[derive(Debug)]
pub(in crate::storage) struct Place<'k> {
    folder: OwnedFd,
    name: &'k OsStr,
    /// The folder's path below the root, for errors.
    below: &'k str,
}

impl<'k> Place<'k> {
    pub(super) fn new(folder: OwnedFd, name: &'k OsStr, below: &'k str) -> Self {
        Self { folder, name, below }
    }

    /// Another name in the same folder.
    pub(in crate::storage) fn beside<'n>(&self, name: &'n str) -> io::Result<Place<'n>>
    where
        'k: 'n,
    {
        Ok(Place { folder: self.folder.try_clone()?, name: OsStr::new(name), below: self.below })
    }

    /// What lies there; `NotFound` where nothing does.
    pub(in crate::storage) fn look(&self) -> io::Result<Found> {
        leaf::look(self.folder.as_fd(), self.name, self.below)
    }

    /// Opens the file for reading. What is no regular file is not even opened: a device may begin to work then.
    pub(in crate::storage) fn open(&self) -> io::Result<(File, Found)> {
        self.look()?;
        let opened = openat(&self.folder, self.name, READ, Mode::empty());
        let file = opened.map_err(|error| match error {
            Errno::LOOP => self.refused(Refusal::Link),
            error => error.into(),
        })?;
        let found = leaf::found(&fstat(&file)?).map_err(|why| self.refused(why))?;
        Ok((File::from(file), found))
    }

    /// Opens a new file for reading and writing; one that is there is an error.
    pub(in crate::storage) fn create(&self) -> io::Result<File> {
        Ok(File::from(openat(&self.folder, self.name, NEW, RIGHTS)?))
    }

    /// Removes the file.
    pub(in crate::storage) fn remove(&self) -> io::Result<()> {
        self.look()?;
        Ok(unlinkat(&self.folder, self.name, AtFlags::empty())?)
    }

    /// Removes a folder by this name, if it is empty.
    pub(in crate::storage) fn remove_empty_folder(&self) -> io::Result<()> {
        Ok(unlinkat(&self.folder, self.name, AtFlags::REMOVEDIR)?)
    }

    /// Gives the file this name in place of whatever file had it.
    pub(in crate::storage) fn rename_over(&self, to: &Place<'_>) -> io::Result<()> {
        self.look()?;
        match to.look() {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(renameat(&self.folder, self.name, &to.folder, to.name)?)
    }

    /// Gives the file a name that nothing has: `AlreadyExists` where something does, `Unsupported` where the file
    /// system has no way to make sure.
    pub(in crate::storage) fn rename_new(&self, to: &Place<'_>) -> io::Result<()> {
        self.look()?;
        match renameat_with(&self.folder, self.name, &to.folder, to.name, RenameFlags::NOREPLACE) {
            // NFS does not know it: a second name, which is never given over another, does the same.
            // Nor do some filters of system calls, which say that it is not allowed.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM) => self.link_new(to),
            done => Ok(done?),
        }
    }

    /// The same by a second name, and the first one goes then.
    pub(super) fn link_new(&self, to: &Place<'_>) -> io::Result<()> {
        let here = self.look()?;
        match linkat(&self.folder, self.name, &to.folder, to.name, AtFlags::empty()) {
            Ok(()) => {}
            // A server whose first answer was lost says so of what it did itself.
            Err(Errno::EXIST) if to.look().is_ok_and(|there| there.node == here.node) => {}
            Err(Errno::PERM | Errno::NOSYS | Errno::OPNOTSUPP) => return Err(ErrorKind::Unsupported.into()),
            Err(error) => return Err(error.into()),
        }
        Ok(unlinkat(&self.folder, self.name, AtFlags::empty())?)
    }

    /// Makes the names in the folder last.
    pub(in crate::storage) fn sync(&self) -> io::Result<()> {
        Ok(fsync(&self.folder)?)
    }

    /// An error about this place.
    pub(in crate::storage) fn refused(&self, why: Refusal) -> io::Error {
        Refused::error(self.below, self.name, why)
    }
}
