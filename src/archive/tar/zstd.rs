//! Zstd frames, one or several, in a window that is bounded before it is there.

use std::io::{self, BufRead, ErrorKind, Read};

use zstd::stream::raw::{DParameter, Decoder, Operation};
use zstd::zstd_safe::{InBuffer, OutBuffer};

use super::behind;
use crate::archive::ArchiveError;
use crate::domain::words::word;

/// Largest window: 32 MiB, as a power of two.
const MAX_WINDOW_LOG: u32 = 25;

/// See the module. The library's own reader takes a few bytes that are no frame for the start of one that is
/// cut off; and a decoder for each frame would make a bomb of many empty ones.
pub(super) struct Zstd<S> {
    source: S,
    decoder: Decoder<'static>,
    /// A frame has ended, and the next one has not begun.
    between: bool,
}

impl<S: BufRead> Zstd<S> {
    pub(super) fn new(source: S) -> io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG))?;
        Ok(Self { source, decoder, between: false })
    }
}

impl<S: BufRead> Read for Zstd<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let bytes = self.source.fill_buf()?;
            let at_end = bytes.is_empty();
            if self.between {
                match bytes.first() {
                    None => return Ok(0),
                    // The first byte of a frame, or of one to be skipped.
                    Some(0x28 | 0x50..=0x5f) => self.decoder.reinit()?,
                    Some(_) => return Err(behind(word!("stream-zstd"))),
                }
                self.between = false;
            }
            let (mut input, mut output) = (InBuffer::around(bytes), OutBuffer::around(&mut *out));
            let left = self.decoder.run(&mut input, &mut output).map_err(told)?;
            let (taken, made) = (input.pos(), output.pos());
            self.source.consume(taken);
            self.between = left == 0;
            if made > 0 || out.is_empty() {
                return Ok(made);
            }
            if at_end && !self.between {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// The library tells its errors apart by their words only.
fn told(error: io::Error) -> io::Error {
    match error.to_string().as_str() {
        "Frame requires too much memory for decoding" => {
            let advice = word!("window-zstd");
            io::Error::other(ArchiveError::Window { stream: word!("window-stream-zstd"), advice })
        }
        "Unknown frame descriptor" => behind(word!("stream-zstd")),
        _ => error,
    }
}
