//! An xz stream: any number of blocks and streams, in a window that is bounded before it is there.

use std::io::{self, BufRead, ErrorKind, Read};

use liblzma::bufread::XzDecoder;
use liblzma::stream::{CONCATENATED, Error, Stream, TELL_UNSUPPORTED_CHECK};

use crate::archive::ArchiveError;

/// What decoding may take, in bytes: a window of 32 MiB and what is beside it. The next larger window that a
/// header can name has 48 MiB.
const MAX_MEMORY: u64 = 40 << 20;

/// See the module.
pub(super) struct Xz<S>(XzDecoder<S>);

impl<S: BufRead> Xz<S> {
    /// A check that is not known is refused: nobody would look at it.
    pub(super) fn new(source: S) -> io::Result<Self> {
        let stream = Stream::new_stream_decoder(MAX_MEMORY, CONCATENATED | TELL_UNSUPPORTED_CHECK)?;
        Ok(Self(XzDecoder::new_stream(source, stream)))
    }
}

impl<S: BufRead> Read for Xz<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out).map_err(|error| match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(Error::MemLimit) => {
                io::Error::other(ArchiveError::Window { stream: "xz", advice: "xz -8, or less" })
            }
            Some(Error::Data) => io::Error::new(ErrorKind::InvalidData, "or there are bytes behind it"),
            _ => error,
        })
    }
}
