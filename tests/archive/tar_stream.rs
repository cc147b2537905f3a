//! Tar archives as streams: larger than any field of a header, left early, cut and changed anywhere.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use proptest::prelude::*;
use segdeck::archive::{ArchiveError, Contents, Limits, Reading, read};
use segdeck::domain::Format;

use crate::raw_tar::{Header, MANIFEST, file, gzip, open, pax, tar, xz, zstd};

fn read_with<R: Read + Seek>(
    file: R,
    heard: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Contents, ArchiveError> {
    read(file, Reading { file_name: "a.mpk", format: Format::Mpk, limits: &Limits::default(), heard })
}

fn contents(bytes: &[u8]) -> Result<Contents, ArchiveError> {
    read_with(Cursor::new(bytes), &mut |_| ControlFlow::Continue(()))
}

/// Some bytes and then zeros, on no disk.
struct Zeros {
    start: Vec<u8>,
    size: u64,
    at: u64,
}

impl Read for Zeros {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let start = self.start.get(usize::try_from(self.at).unwrap()..).unwrap_or_default();
        let bytes = match start.len() {
            0 => {
                let bytes = out.len().min(usize::try_from(self.size - self.at).unwrap());
                out[..bytes].fill(0);
                bytes
            }
            some => some.min(out.len()),
        };
        if !start.is_empty() {
            out[..bytes].copy_from_slice(&start[..bytes]);
        }
        self.at += bytes as u64;
        Ok(bytes)
    }
}

impl Seek for Zeros {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(back) => self.size.strict_add_signed(back),
            SeekFrom::Current(on) => self.at.strict_add_signed(on),
        };
        Ok(self.at)
    }
}

#[test]
fn entries_of_more_than_eight_gib_are_read_to_their_end() {
    const SIZE: u64 = 9 << 30;
    let base_256 = [&[0x80, 0, 0, 0][..], &SIZE.to_be_bytes()].concat();
    for (form, header) in [
        ("base 256", Header::new("x", b'0').set(257, b"ustar  \0").set(124, &base_256).with(b"")),
        ("pax", [pax(&[("size", &SIZE.to_string())]), Header::new("x", b'0').with(b"")].concat()),
    ] {
        let start = open(&[header]);
        let size = start.len() as u64 + SIZE + 1024;
        let mut last = 0;
        let found = read_with(Zeros { start: start.clone(), size, at: 0 }, &mut |bytes| {
            assert!(bytes - last <= 2 << 20, "a word every MiB or so");
            last = bytes;
            ControlFlow::Continue(())
        });
        let found = found.unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!((found.entries, found.unpacked_size), (2, SIZE + MANIFEST.len() as u64), "{form}");
        assert_eq!(last, size);
        let short = Zeros { start, size: size - 1024 - 512, at: 0 };
        if form == "pax" {
            let error = read_with(short, &mut |_| ControlFlow::Continue(())).unwrap_err().to_string();
            assert!(error.contains("ends within an entry"), "{error}");
        }
    }
}

#[test]
fn a_bomb_of_a_few_bytes_can_be_cancelled() {
    let bytes = tar(&[file("zeros", &vec![0; 60 << 20])]);
    for (stream, bytes) in [("gzip", gzip(&bytes)), ("xz", xz(&bytes)), ("zstd", zstd(&bytes))] {
        assert!(bytes.len() < 1 << 20, "{stream}: less than is read between two words");
        let mut heard = 0;
        let error = read_with(Cursor::new(&bytes), &mut |_| {
            heard += 1;
            if heard < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert!(matches!(error, Err(ArchiveError::Cancelled)), "{stream}: {error:?}");
        assert_eq!(heard, 3, "{stream}");
    }
}

#[test]
fn a_disk_that_fails_is_not_the_streams_fault() {
    struct Failing(Cursor<Vec<u8>>);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match self.0.position() {
                0 => self.0.read(out),
                _ => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            }
        }
    }
    impl Seek for Failing {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }
    let noise: Vec<u8> =
        (0..900_000_u64).map(|at| (at.pow(3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    let bytes = tar(&[file("noise", &noise)]);
    for bytes in [bytes.clone(), gzip(&bytes), xz(&bytes), zstd(&bytes)] {
        let read = read_with(Failing(Cursor::new(bytes)), &mut |_| ControlFlow::Continue(()));
        assert!(matches!(read, Err(ArchiveError::Io(_))), "{read:?}");
    }
}

/// A small archive in every form it can have.
fn forms() -> Vec<Vec<u8>> {
    let noise: Vec<u8> = (0..700_u64).map(|at| (at.pow(3) >> 7) as u8).collect();
    let tar = tar(&[pax(&[("path", "导航/核心.so")]), file("x", b"1"), file("bin/noise", &noise)]);
    vec![gzip(&tar), xz(&tar), zstd(&tar), tar]
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for form in forms() {
        contents(&form).unwrap();
        // A tar archive is whole once its two blocks of zeros are there.
        for at in (0..form.len()).filter(|at| form.len() < 2000 || at % 7 == 0) {
            assert!(contents(&form[..at]).is_err(), "cut at {at} of {}", form.len());
        }
    }
}

proptest! {
    #[test]
    fn a_changed_stream_is_refused_or_the_same(
        form in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let good = &forms()[form];
        let whole = contents(good).unwrap();
        let mut bytes = good.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(found) = contents(&bytes) {
            prop_assert_eq!(found, whole);
        }
    }

    #[test]
    fn any_headers_are_refused_or_read(blocks in prop::collection::vec(
        (prop::sample::select(&b"0\x00157xgLKSM"[..]), "[./a-c]{0,6}", 0..1100_u64, prop::collection::vec(any::<u8>(), 0..40)),
        0..6,
    )) {
        let parts: Vec<Vec<u8>> = blocks
            .into_iter()
            .map(|(kind, name, size, content)| Header::new(name, kind).size(size).with(&content))
            .collect();
        if let Ok(found) = contents(&tar(&parts)) {
            prop_assert!(found.entries <= 1 + parts.len() as u64);
        }
    }
}
