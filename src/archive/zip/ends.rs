//! An entry that is not compressed and whose length is known only from behind it ends, for a program that
//! reads from front to back, where a mark, a checksum and its length so far stand. A second such place in it
//! would hide what follows from one kind of program and show it to another.

use memchr::memmem;

use super::{u32_at, u64_at};

const MARK: &[u8] = b"PK\x07\x08";
/// The mark, the checksum, and two sizes of 64 bits.
const LONGEST: usize = 24;

/// Looks for such places in data that comes in chunks.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// The last bytes before the chunk: a mark there may go on in it.
    before: Vec<u8>,
    /// Bytes before the chunk.
    seen: u64,
}

impl Ends {
    /// Is there one in this chunk, or across its start?
    pub(super) fn found_in(&mut self, chunk: &[u8]) -> bool {
        let start = self.seen - self.before.len() as u64;
        let kept = self.before.len();
        self.before.extend_from_slice(&chunk[..chunk.len().min(LONGEST - 1)]);
        let found = holds(&self.before, start) || holds(chunk, self.seen);
        self.seen += chunk.len() as u64;
        if chunk.len() >= LONGEST {
            self.before.clear();
            self.before.extend_from_slice(&chunk[chunk.len() - (LONGEST - 1)..]);
        } else {
            let all = kept + chunk.len();
            self.before.drain(..all.saturating_sub(LONGEST - 1));
        }
        found
    }
}

/// Does an end stand in these bytes, the first of which is number `start`? Its compressed size is then the
/// number of bytes before it.
fn holds(bytes: &[u8], start: u64) -> bool {
    memmem::find_iter(bytes, MARK).any(|at| {
        let (place, rest) = (start + at as u64, &bytes[at..]);
        (rest.len() >= 12 && u64::from(u32_at(rest, 8)) == place)
            || (rest.len() >= 16 && u64_at(rest, 8) == place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_found_wherever_the_chunks_begin() {
        let mut data = vec![7; 50];
        data.extend_from_slice(MARK);
        data.extend_from_slice(&[1, 2, 3, 4]);
        data.extend_from_slice(&50_u64.to_le_bytes());
        data.extend_from_slice(&[9; 40]);
        let found = |data: &[u8], size: usize| {
            let mut ends = Ends::default();
            data.chunks(size).fold(false, |found, chunk| ends.found_in(chunk) | found)
        };
        for size in 1..data.len() {
            assert!(found(&data, size), "chunks of {size}");
            assert!(!found(&data[1..], size), "another length in chunks of {size}");
        }
    }
}
