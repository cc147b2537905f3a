//! A zstd stream: any number of frames, in a window that is bounded before it is there.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::{MAX_WINDOW, behind};
use crate::archive::ArchiveError;

/// See the module.
pub(super) struct Zstd<S> {
    source: S,
    decoder: FrameDecoder,
    frame: Option<Frame>,
}

/// The frame that is being read.
struct Frame {
    /// Bytes that it says it has.
    size: Option<u64>,
    bytes: u64,
    has_checksum: bool,
}

impl<S: BufRead> Zstd<S> {
    pub(super) fn new(source: S) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        Self { source, decoder, frame: None }
    }

    /// The next frame that has content, if there is one.
    fn next_frame(&mut self) -> io::Result<Option<Frame>> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(None);
            }
            let magic: [u8; 4] = bytes(&mut self.source)?;
            match magic {
                [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
                    let size = u64::from(u32::from_le_bytes(bytes(&mut self.source)?));
                    if io::copy(&mut Read::by_ref(&mut self.source).take(size), &mut io::sink())? < size {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                [0x28, 0xb5, 0x2f, 0xfd] => return self.start_frame(magic).map(Some),
                _ => return Err(behind("zstd")),
            }
        }
    }

    /// Reads a frame's header and hands it to the decoder.
    fn start_frame(&mut self, magic: [u8; 4]) -> io::Result<Frame> {
        let mut header = magic.to_vec();
        let [descriptor] = bytes(&mut self.source)?;
        header.push(descriptor);
        if descriptor & 1 << 3 != 0 {
            return Err(invalid("a frame has a mark that is not known"));
        }
        let single_segment = descriptor & 1 << 5 != 0;
        let mut window = 0;
        if !single_segment {
            let [byte] = bytes(&mut self.source)?;
            header.push(byte);
            let base = 1_u64 << (10 + (byte >> 3));
            window = base + base / 8 * u64::from(byte & 7);
        }
        let id_length = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let size_length = [usize::from(single_segment), 2, 4, 8][usize::from(descriptor >> 6)];
        let mut rest = [0; 12];
        self.source.read_exact(&mut rest[..id_length + size_length])?;
        header.extend_from_slice(&rest[..id_length + size_length]);
        let (id, size) = rest[..id_length + size_length].split_at(id_length);
        if id.iter().any(|byte| *byte != 0) {
            return Err(invalid("it needs a dictionary; compress it again without one"));
        }
        let value = size.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let size = match size_length {
            0 => None,
            2 => Some(value + 256),
            _ => Some(value),
        };
        if single_segment {
            window = size.unwrap_or(0);
        }
        if window > MAX_WINDOW {
            return Err(io::Error::other(ArchiveError::Window {
                stream: "zstd",
                bytes: Some(window),
                advice: "zstd -19 (without --ultra and --long)",
            }));
        }
        self.decoder.reset(header.as_slice()).map_err(|error| invalid(&error.to_string()))?;
        Ok(Frame { size, bytes: 0, has_checksum: descriptor & 1 << 2 != 0 })
    }

    /// The frame came out whole.
    fn check(&self, frame: &Frame) -> io::Result<()> {
        if frame.has_checksum
            && self.decoder.get_checksum_from_data() != self.decoder.get_calculated_checksum()
        {
            return Err(invalid("a checksum is wrong"));
        }
        match frame.size.is_none_or(|size| size == frame.bytes) {
            true => Ok(()),
            false => Err(invalid("a frame has not the size it says")),
        }
    }
}

impl<S: BufRead> Read for Zstd<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(frame) = &mut self.frame else {
                self.frame = self.next_frame()?;
                if self.frame.is_none() {
                    return Ok(0);
                }
                continue;
            };
            if self.decoder.can_collect() > 0 {
                let bytes = self.decoder.read(out)?;
                frame.bytes += bytes as u64;
                return Ok(bytes);
            }
            if self.decoder.is_finished() {
                if let Some(frame) = self.frame.take() {
                    self.check(&frame)?;
                }
                continue;
            }
            self.decoder
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(|error| invalid(&error.to_string()))?;
        }
    }
}

fn bytes<const N: usize>(source: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn invalid(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
