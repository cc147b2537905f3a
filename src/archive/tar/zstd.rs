//! Zstd frames, one or several, in a window that is bounded before it is there.

use std::io::{self, BufRead, Read};

use zstd::stream::read::Decoder;

use super::behind;
use crate::archive::ArchiveError;

/// Largest window: 32 MiB, as a power of two.
const MAX_WINDOW_LOG: u32 = 25;

/// See the module. The library would read several frames by itself, but takes a few bytes that are none for
/// the start of one that is cut off.
pub(super) struct Zstd<S> {
    /// None only while one frame gives way to the next.
    frame: Option<Decoder<'static, S>>,
}

impl<S: BufRead> Zstd<S> {
    pub(super) fn new(source: S) -> io::Result<Self> {
        Ok(Self { frame: Some(decoder(source)?) })
    }
}

impl<S: BufRead> Read for Zstd<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(frame) = &mut self.frame {
            // The library tells its errors apart by their words only.
            let bytes = frame.read(out).map_err(|error| match error.to_string().as_str() {
                "Frame requires too much memory for decoding" => {
                    let advice = "zstd -19, or less, without --long";
                    io::Error::other(ArchiveError::Window { stream: "zstd", advice })
                }
                "Unknown frame descriptor" => behind("zstd"),
                _ => error,
            })?;
            if bytes > 0 || out.is_empty() {
                return Ok(bytes);
            }
            match frame.get_mut().fill_buf()?.first() {
                None => return Ok(0),
                // The first byte of a frame, or of one to be skipped.
                Some(0x28 | 0x50..=0x5f) => {
                    let next = self.frame.take().map(|done| decoder(done.finish()));
                    self.frame = next.transpose()?;
                }
                Some(_) => return Err(behind("zstd")),
            }
        }
        Ok(0)
    }
}

fn decoder<S: BufRead>(source: S) -> io::Result<Decoder<'static, S>> {
    let mut decoder = Decoder::with_buffer(source)?.single_frame();
    decoder.window_log_max(MAX_WINDOW_LOG)?;
    Ok(decoder)
}
