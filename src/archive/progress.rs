//! Says now and then how far the reading of a file is, and hears whether it shall go on.

use std::ops::ControlFlow;

use super::ArchiveError;

/// Bytes between two words.
const STEP: u64 = 1 << 20;

/// See the module.
pub(super) struct Progress<'a> {
    heard: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
    next: u64,
}

impl<'a> Progress<'a> {
    pub(super) fn new(heard: &'a mut dyn FnMut(u64) -> ControlFlow<()>) -> Self {
        Self { heard, next: STEP }
    }

    /// So many of the file's bytes are read.
    pub(super) fn at(&mut self, bytes: u64) -> Result<(), ArchiveError> {
        if bytes < self.next {
            return Ok(());
        }
        self.next = bytes.saturating_add(STEP);
        match (self.heard)(bytes) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ArchiveError::Cancelled),
        }
    }
}
