//! Tar archives byte by byte, with anything in them, and the streams they lie in.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

pub(crate) const MANIFEST: &[u8] = b"prefix = \"nav-core\"\nversion = \"2.1.0\"\n";

/// A header, in the form of POSIX at first.
#[derive(Clone)]
pub(crate) struct Header([u8; 512]);

impl Header {
    pub(crate) fn new(name: impl AsRef<[u8]>, kind: u8) -> Self {
        let mut header = Self([0; 512]);
        header.0[156] = kind;
        header.set(0, name.as_ref()).set(100, b"0000644").set(108, b"0000000").set(116, b"0000000");
        header.set(124, b"00000000000").set(136, b"00000000000").set(257, b"ustar\x0000")
    }

    /// Overwrites bytes.
    pub(crate) fn set(&mut self, at: usize, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        self.clone()
    }

    pub(crate) fn size(mut self, size: u64) -> Self {
        self.set(124, format!("{size:011o}"))
    }

    /// With its checksum, or that of its bytes taken as signed ones, and with what lies behind it.
    pub(crate) fn bytes_by(mut self, sum: impl Fn(u8) -> i64, content: &[u8]) -> Vec<u8> {
        self.set(148, b"        ");
        let sum: i64 = self.0.iter().map(|byte| sum(*byte)).sum();
        self.set(148, format!("{sum:06o}\0 "));
        let mut bytes = self.0.to_vec();
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }

    /// With what it says of its size.
    pub(crate) fn with(self, content: &[u8]) -> Vec<u8> {
        self.bytes_by(i64::from, content)
    }
}

pub(crate) fn file(name: impl AsRef<[u8]>, content: &[u8]) -> Vec<u8> {
    kind(b'0', name, content)
}

/// An entry, or a header that describes one.
pub(crate) fn kind(kind: u8, name: impl AsRef<[u8]>, content: &[u8]) -> Vec<u8> {
    Header::new(name, kind).size(content.len() as u64).with(content)
}

/// Records of a pax header.
pub(crate) fn records(records: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, value) in records {
        let rest = format!(" {key}={value}\n");
        let length = (1..).find(|length: &usize| length.to_string().len() + rest.len() == *length).unwrap();
        write!(bytes, "{length}{rest}").unwrap();
    }
    bytes
}

/// A header for the entry behind it.
pub(crate) fn pax(said: &[(&str, &str)]) -> Vec<u8> {
    kind(b'x', "PaxHeaders/x", &records(said))
}

/// A GNU header with the name of the entry behind it.
pub(crate) fn long_name(name: &[u8]) -> Vec<u8> {
    let content = [name, b"\0"].concat();
    Header::new("././@LongLink", b'L').set(257, b"ustar  \0").size(content.len() as u64).with(&content)
}

/// Without an end.
pub(crate) fn open(parts: &[Vec<u8>]) -> Vec<u8> {
    [file("segment.toml", MANIFEST), parts.concat()].concat()
}

/// A manifest, the parts, and the end.
pub(crate) fn tar(parts: &[Vec<u8>]) -> Vec<u8> {
    [open(parts), vec![0; 1024]].concat()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    liblzma::encode_all(bytes, 1).unwrap()
}

/// With a checksum.
pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut zstd = zstd::Encoder::new(Vec::new(), 1).unwrap();
    zstd.include_checksum(true).unwrap();
    zstd.write_all(bytes).unwrap();
    zstd.finish().unwrap()
}

/// The bytes with some of them overwritten; from their end, if the place is below zero.
pub(crate) fn patched(bytes: &[u8], at: isize, with: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = if at < 0 { bytes.len().strict_add_signed(at) } else { at.unsigned_abs() };
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}
