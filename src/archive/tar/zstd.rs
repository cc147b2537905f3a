//! A zstd stream: any number of frames, in a window that is bounded before it is there.

use std::io::{self, BufRead, Read};

use zstd::stream::read::Decoder;

use super::behind;
use crate::archive::ArchiveError;

/// Largest window: 32 MiB, as a power of two.
const MAX_WINDOW_LOG: u32 = 25;

/// See the module.
pub(super) struct Zstd<S>(Decoder<'static, S>);

impl<S: BufRead> Zstd<S> {
    pub(super) fn new(source: S) -> io::Result<Self> {
        let mut decoder = Decoder::with_buffer(source)?;
        decoder.window_log_max(MAX_WINDOW_LOG)?;
        Ok(Self(decoder))
    }
}

impl<S: BufRead> Read for Zstd<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // The library tells its errors apart by their words only.
        self.0.read(out).map_err(|error| match error.to_string().as_str() {
            "Frame requires too much memory for decoding" => {
                let advice = "zstd -19, or less, without --long";
                io::Error::other(ArchiveError::Window { stream: "zstd", advice })
            }
            "Unknown frame descriptor" => behind("zstd"),
            _ => error,
        })
    }
}
