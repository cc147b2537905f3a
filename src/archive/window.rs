//! A buffered reader whose buffer survives a seek. A zip archive is read with a seek per entry; a plain
//! `BufReader` forgets its buffer each time and reads small entries hundreds of times over.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// Most bytes read at once; of a smaller file all.
const SIZE: usize = 256 << 10;

/// See the module.
pub(super) struct Window<R> {
    inner: R,
    buffer: Box<[u8]>,
    /// Where the buffer begins in the file.
    start: u64,
    /// Bytes in the buffer.
    filled: usize,
    position: u64,
    size: u64,
}

impl<R: Read + Seek> Window<R> {
    pub(super) fn new(mut inner: R) -> io::Result<Self> {
        let size = inner.seek(SeekFrom::End(0))?;
        let buffer = vec![0; usize::try_from(size).unwrap_or(SIZE).min(SIZE)].into();
        Ok(Self { inner, buffer, start: 0, filled: 0, position: 0, size })
    }

    /// Bytes of the file.
    pub(super) fn size(&self) -> u64 {
        self.size
    }
}

/// What a buffered reader's `read` is: the bytes that are there, as far as they fit.
pub(super) fn from_buffer(file: &mut impl BufRead, out: &mut [u8]) -> io::Result<usize> {
    let bytes = file.fill_buf()?.read(out)?;
    file.consume(bytes);
    Ok(bytes)
}

impl<R: Read + Seek> Read for Window<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        from_buffer(self, out)
    }
}

impl<R: Read + Seek> BufRead for Window<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let inside = self.position.checked_sub(self.start).and_then(|at| usize::try_from(at).ok());
        let at = match inside.filter(|at| *at < self.filled) {
            Some(at) => at,
            None => {
                self.inner.seek(SeekFrom::Start(self.position))?;
                self.start = self.position;
                self.filled = 0;
                self.filled = loop {
                    match self.inner.read(&mut self.buffer) {
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        read => break read?,
                    }
                };
                0
            }
        };
        Ok(&self.buffer[at..self.filled])
    }

    fn consume(&mut self, bytes: usize) {
        self.position = self.position.saturating_add(bytes as u64);
    }
}

impl<R: Read + Seek> Seek for Window<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.size.checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_reads_what_a_plain_reader_reads(seeks in prop::collection::vec((0_i64..700_000, 1_usize..1000), 1..30)) {
            let content: Vec<u8> = (0..600_000_u32).map(|at| (at % 253) as u8).collect();
            let mut plain = Cursor::new(&content);
            let mut window = Window::new(Cursor::new(&content)).unwrap();
            for (offset, length) in seeks {
                let to = if offset % 2 == 0 { SeekFrom::Start(offset as u64) } else { SeekFrom::End(-offset.min(600_000)) };
                prop_assert_eq!(plain.seek(to).unwrap(), window.seek(to).unwrap());
                let (mut expected, mut found) = (Vec::new(), Vec::new());
                Read::by_ref(&mut plain).take(length as u64).read_to_end(&mut expected).unwrap();
                Read::by_ref(&mut window).take(length as u64).read_to_end(&mut found).unwrap();
                prop_assert_eq!(expected, found);
            }
        }
    }
}
