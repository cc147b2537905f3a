//! Xz streams, one or several, in a window that is bounded before it is there, with the zeros that may stand
//! behind each.

use std::io::{self, BufRead, Read};

use liblzma::bufread::XzDecoder;
use liblzma::stream::{Error, Stream, TELL_UNSUPPORTED_CHECK};

use super::behind;
use crate::archive::ArchiveError;
use crate::domain::words::word;

/// What decoding may take, in bytes: a window of 32 MiB and what is beside it. The next larger window that a
/// header can name has 48 MiB.
const MAX_MEMORY: u64 = 40 << 20;

/// What stands behind a stream comes in pieces of so many bytes.
const ALIGNED: u64 = 4;

/// See the module. The library would read several streams by itself, but takes a few bytes that are none for
/// the start of one that is cut off.
pub(super) struct Xz<S> {
    /// None only while one stream gives way to the next.
    stream: Option<XzDecoder<S>>,
}

impl<S: BufRead> Xz<S> {
    pub(super) fn new(source: S) -> io::Result<Self> {
        Ok(Self { stream: Some(decoder(source)?) })
    }
}

impl<S: BufRead> Read for Xz<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(stream) = &mut self.stream {
            let bytes = stream.read(out).map_err(|error| {
                match error.get_ref().and_then(|inner| inner.downcast_ref()) {
                    Some(Error::MemLimit) => io::Error::other(ArchiveError::Window {
                        stream: word!("window-stream-xz"),
                        advice: word!("window-xz"),
                    }),
                    _ => error,
                }
            })?;
            if bytes > 0 || out.is_empty() {
                return Ok(bytes);
            }
            let zeros = skip_zeros(stream.get_mut())?;
            match stream.get_mut().fill_buf()?.first() {
                None if zeros % ALIGNED == 0 => return Ok(0),
                Some(0xfd) if zeros % ALIGNED == 0 => {
                    let next = self.stream.take().map(|done| decoder(done.into_inner()));
                    self.stream = next.transpose()?;
                }
                _ => return Err(behind(word!("stream-xz"))),
            }
        }
        Ok(0)
    }
}

/// A check that is not known is refused: nobody would look at it.
fn decoder<S: BufRead>(source: S) -> io::Result<XzDecoder<S>> {
    let stream = Stream::new_stream_decoder(MAX_MEMORY, TELL_UNSUPPORTED_CHECK)?;
    Ok(XzDecoder::new_stream(source, stream))
}

/// How many there were.
fn skip_zeros(source: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let bytes = source.fill_buf()?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let is_all = zeros > 0 && zeros == bytes.len();
        source.consume(zeros);
        skipped += zeros as u64;
        if !is_all {
            return Ok(skipped);
        }
    }
}
