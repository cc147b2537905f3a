//! The file below a tar archive: read forward once, with what is heard of the progress, and with the errors
//! that are not the archive's fault.

use std::cell::RefCell;
use std::io::{self, BufRead, Read};

use crate::archive::ArchiveError;
use crate::archive::progress::Progress;
use crate::archive::window::from_buffer;

/// What the two ends of a decoder share: the file below it, and who takes what comes out.
pub(super) struct Ends<'p, 'a> {
    progress: RefCell<&'p mut Progress<'a>>,
    failed: RefCell<Option<ArchiveError>>,
}

impl<'p, 'a> Ends<'p, 'a> {
    pub(super) fn new(progress: &'p mut Progress<'a>) -> Self {
        Self { progress: RefCell::new(progress), failed: RefCell::new(None) }
    }

    /// So many bytes more came out.
    pub(super) fn unpacked(&self, bytes: usize) -> Result<(), ArchiveError> {
        self.progress.borrow_mut().unpacked(bytes)
    }

    /// Why the file gave no more bytes, if that is why a decoder failed: it would make an error of the stream
    /// out of it.
    pub(super) fn failure(&self) -> Option<ArchiveError> {
        self.failed.borrow_mut().take()
    }
}

/// The file's bytes.
pub(super) struct Source<'e, 'p, 'a, R> {
    file: R,
    read: u64,
    ends: &'e Ends<'p, 'a>,
}

impl<'e, 'p, 'a, R: BufRead> Source<'e, 'p, 'a, R> {
    pub(super) fn new(file: R, ends: &'e Ends<'p, 'a>) -> Self {
        Self { file, read: 0, ends }
    }
}

impl<R: BufRead> BufRead for Source<'_, '_, '_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let told = self.ends.progress.borrow_mut().at(self.read);
        told.and_then(|()| Ok(self.file.fill_buf()?)).map_err(|error| {
            self.ends.failed.replace(Some(error));
            io::Error::other("the file gives no more bytes")
        })
    }

    fn consume(&mut self, bytes: usize) {
        self.file.consume(bytes);
        self.read += bytes as u64;
    }
}

impl<R: BufRead> Read for Source<'_, '_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        from_buffer(self, out)
    }
}
