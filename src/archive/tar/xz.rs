//! An xz stream: any number of blocks and streams, in a window that is bounded before it is there.

use std::io::{self, ErrorKind, Read};

use lzma_rust2::XzReader;

use super::MAX_WINDOW;
use crate::archive::ArchiveError;

/// What the library counts beside the window, in KiB.
const OVERHEAD: u32 = 40 + 64;

/// See the module.
pub(super) struct Xz<S: Read>(XzReader<S>);

impl<S: Read> Xz<S> {
    pub(super) fn new(source: S) -> Self {
        Self(XzReader::new_mem_limit(source, true, OVERHEAD + (MAX_WINDOW >> 10) as u32))
    }
}

impl<S: Read> Read for Xz<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out).map_err(|error| match error.kind() {
            ErrorKind::OutOfMemory => {
                io::Error::other(ArchiveError::Window { stream: "xz", bytes: None, advice: "xz -6" })
            }
            _ => error,
        })
    }
}
