//! Says now and then how far the reading of a file is, and hears whether it shall go on.

use std::ops::ControlFlow;

use super::ArchiveError;

/// Bytes of the file, and of what comes out of it, between two words.
const STEP: u64 = 1 << 20;
const STEP_UNPACKED: u64 = 4 << 20;

/// See the module.
pub(super) struct Progress<'a> {
    heard: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
    /// Bytes of the file that are read.
    read: u64,
    /// As many were at the last word.
    told: u64,
    /// Bytes that came out since then.
    unpacked: u64,
}

impl<'a> Progress<'a> {
    pub(super) fn new(heard: &'a mut dyn FnMut(u64) -> ControlFlow<()>) -> Self {
        Self { heard, read: 0, told: 0, unpacked: 0 }
    }

    /// So many of the file's bytes are read.
    pub(super) fn at(&mut self, bytes: u64) -> Result<(), ArchiveError> {
        self.read = bytes;
        if bytes.saturating_sub(self.told) < STEP { Ok(()) } else { self.tell() }
    }

    /// So many bytes more came out: a bomb of few bytes must be heard of too.
    pub(super) fn unpacked(&mut self, bytes: usize) -> Result<(), ArchiveError> {
        self.unpacked += bytes as u64;
        if self.unpacked < STEP_UNPACKED { Ok(()) } else { self.tell() }
    }

    /// All of the file is read.
    pub(super) fn end(&mut self, bytes: u64) -> Result<(), ArchiveError> {
        self.read = bytes;
        self.tell()
    }

    fn tell(&mut self) -> Result<(), ArchiveError> {
        self.told = self.read;
        self.unpacked = 0;
        match (self.heard)(self.read) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ArchiveError::Cancelled),
        }
    }
}
