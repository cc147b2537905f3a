//! What a file is by its first bytes; its suffix says only where it goes.

use super::{ArchiveError, Container, tar};
use crate::domain::Format;

/// Bytes that are looked at: the first header of a tar archive, whole.
pub(super) const HEAD: usize = 512;

/// What is known but not read: its first bytes, and its name.
const OTHERS: &[(&[u8], &str)] = &[
    (b"BZh", "a bzip2 file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\xed\xab\xee\xdb", "an RPM package"),
    (b"!<arch>\n", "a Debian package or ar archive"),
    (b"\x5d\0\0", "an lzma file"),
    (b"LZIP", "an lzip file"),
    (b"\x04\x22\x4d\x18", "an lz4 file"),
    (b"\x1f\x9d", "a file of compress (.Z)"),
    (b"070701", "a cpio archive"),
    (b"070702", "a cpio archive"),
    (b"070707", "a cpio archive"),
    (b"xar!", "a xar archive"),
    (b"MSCF", "a Windows cabinet"),
    (b"MZ", "a Windows program (a self-extracting archive has to be unpacked first)"),
    (b"\x7fELF", "a Linux program"),
    (b"%PDF", "a PDF document"),
    (b"<!DOCTYPE", "a web page (was it downloaded without logging in?)"),
    (b"<html", "a web page (was it downloaded without logging in?)"),
];

/// Which container a file is, as far as its first bytes say; what is inside a compressed one shows later.
pub(super) fn detect(head: &[u8], format: Format) -> Result<Container, ArchiveError> {
    if head.starts_with(b"PK\x07\x08") || head.starts_with(b"PK00") {
        return Err(ArchiveError::Split);
    }
    if let Some(container) = known(head) {
        return Ok(container);
    }
    match other(head) {
        Some(kind) => Err(ArchiveError::OtherContainer { kind: kind.to_owned(), wanted: wanted(format) }),
        None => Err(ArchiveError::NotAnArchive { wanted: wanted(format) }),
    }
}

/// What may be packed how, for an error.
pub(super) fn wanted(format: Format) -> &'static str {
    match format {
        Format::Zip => "zip",
        Format::Mpk => "zip, or as tar, plain or in gzip, xz or zstd",
    }
}

/// A container as an error calls it.
pub(super) fn called(container: Container) -> &'static str {
    match container {
        Container::Zip => "a zip archive",
        Container::Tar => "a tar archive",
        Container::TarGzip => "a tar archive in gzip",
        Container::TarXz => "a tar archive in xz",
        Container::TarZstd => "a tar archive in zstd",
    }
}

/// What the content of a compressed file is instead of a tar archive, as an error calls it.
pub(super) fn called_inside(head: &[u8]) -> &'static str {
    match known(head) {
        Some(Container::Zip) => "a zip archive",
        Some(Container::TarGzip) => "a gzip file",
        Some(Container::TarXz) => "an xz file",
        Some(Container::TarZstd) => "a zstd file",
        Some(Container::Tar) | None => other(head).unwrap_or("no tar archive"),
    }
}

/// The same without a verdict: also a container that is not taken here is known.
pub(super) fn known(head: &[u8]) -> Option<Container> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(Container::Zip);
    }
    if head.starts_with(b"\x1f\x8b") {
        return Some(Container::TarGzip);
    }
    if head.starts_with(b"\xfd7zXZ\0") {
        return Some(Container::TarXz);
    }
    // A frame, or a skippable one (pzstd begins with one).
    let skippable = matches!(head, [0x50..=0x5f, b'\x2a', b'\x4d', b'\x18', ..]);
    if head.starts_with(b"\x28\xb5\x2f\xfd") || skippable {
        return Some(Container::TarZstd);
    }
    tar::looks_like(head).then_some(Container::Tar)
}

fn other(head: &[u8]) -> Option<&'static str> {
    OTHERS.iter().find(|(mark, _)| head.starts_with(mark)).map(|(_, kind)| *kind)
}
