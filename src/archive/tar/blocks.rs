//! The bytes of a tar archive as they come out of its file, counted against the limits: headers, padding and
//! the zeros at the end can be a bomb as well as content can.

use std::io::{ErrorKind, Read};

use super::header::BLOCK;
use super::source::Ends;
use crate::archive::{ArchiveError, Limits};
use crate::domain::words::{Word, say, word};

/// Bytes unpacked at once.
const CHUNK: usize = 128 << 10;

/// Bytes of a header's records at most.
const MAX_RECORDS: u64 = 64 << 10;

/// See the module.
pub(super) struct Blocks<'e, 'p, 'a, S> {
    stream: S,
    /// E.g. `its gzip stream`.
    called: Word,
    ends: &'e Ends<'p, 'a>,
    limits: &'e Limits,
    file_size: u64,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    /// Bytes that came out of the stream, those in the buffer among them.
    unpacked: u64,
}

impl<'e, 'p, 'a, S: Read> Blocks<'e, 'p, 'a, S> {
    pub(super) fn new(
        stream: S,
        called: Word,
        ends: &'e Ends<'p, 'a>,
        limits: &'e Limits,
        file_size: u64,
    ) -> Self {
        let buffer = vec![0; CHUNK].into();
        Self { stream, called, ends, limits, file_size, buffer, at: 0, filled: 0, unpacked: 0 }
    }

    /// Some bytes, at most so many; none at the end of the stream.
    pub(super) fn some(&mut self, most: u64) -> Result<&[u8], ArchiveError> {
        if self.at == self.filled {
            self.at = 0;
            self.filled = 0;
            self.filled = self.unpack()?;
            self.unpacked = self.unpacked.saturating_add(self.filled as u64);
            self.limits.unpacked(self.unpacked, self.file_size)?;
            self.ends.unpacked(self.filled)?;
        }
        let bytes = usize::try_from(most).unwrap_or(usize::MAX).min(self.filled - self.at);
        self.at += bytes;
        Ok(&self.buffer[self.at - bytes..self.at])
    }

    /// The next block; none if the stream ends before it.
    pub(super) fn block(&mut self) -> Result<Option<[u8; BLOCK]>, ArchiveError> {
        match self.part()? {
            (block, BLOCK) => Ok(Some(block)),
            (_, 0) => Ok(None),
            _ => Err(ArchiveError::broken(word!("broken-in-block"))),
        }
    }

    /// The next block as far as the stream reaches, and how far that is.
    pub(super) fn part(&mut self) -> Result<([u8; BLOCK], usize), ArchiveError> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            let some = self.some((BLOCK - filled) as u64)?;
            if some.is_empty() {
                break;
            }
            block[filled..filled + some.len()].copy_from_slice(some);
            filled += some.len();
        }
        Ok((block, filled))
    }

    /// The records of a header, without what pads them.
    pub(super) fn records(&mut self, size: u64) -> Result<Vec<u8>, ArchiveError> {
        if size > MAX_RECORDS {
            let reason = say!("broken-header-records", size = size, max = MAX_RECORDS);
            return Err(ArchiveError::broken(reason));
        }
        let mut records = Vec::new();
        self.content(size, |bytes| {
            records.extend_from_slice(bytes);
            Ok(())
        })?;
        Ok(records)
    }

    /// So many bytes in pieces, and what pads them to whole blocks, unseen: old tools leave anything there.
    pub(super) fn content(
        &mut self,
        size: u64,
        mut each: impl FnMut(&[u8]) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let padding = size.next_multiple_of(BLOCK as u64) - size;
        for (mut left, is_content) in [(size, true), (padding, false)] {
            while left > 0 {
                let some = self.some(left)?;
                if some.is_empty() {
                    return Err(ArchiveError::broken(word!("broken-in-entry")));
                }
                left -= some.len() as u64;
                if is_content {
                    each(some)?;
                }
            }
        }
        Ok(())
    }

    fn unpack(&mut self) -> Result<usize, ArchiveError> {
        loop {
            let error = match self.stream.read(&mut self.buffer) {
                Ok(bytes) => return Ok(bytes),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            if let Some(failure) = self.ends.failure() {
                return Err(failure);
            }
            let cut_off = error.kind() == ErrorKind::UnexpectedEof;
            return Err(match error.downcast::<ArchiveError>() {
                Ok(error) => error,
                Err(_) if cut_off => ArchiveError::broken(say!("broken-cut-off", what = self.called)),
                Err(error) => {
                    let error = error.to_string();
                    ArchiveError::broken(say!("broken-damaged", what = self.called, error = error))
                }
            });
        }
    }
}
