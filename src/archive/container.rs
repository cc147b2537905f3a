//! What a file is by its first bytes; its suffix says only where it goes.

use super::{ArchiveError, Container, tar};
use crate::domain::Format;
use crate::domain::words::{Word, word};

/// Bytes that are looked at: the first header of a tar archive, whole.
pub(super) const HEAD: usize = 512;

/// What is known but not read: its first bytes, and its name.
const OTHERS: &[(&[u8], Word)] = &[
    (b"BZh", word!("kind-bzip2")),
    (b"7z\xbc\xaf\x27\x1c", word!("kind-7z")),
    (b"Rar!\x1a\x07", word!("kind-rar")),
    (b"\xed\xab\xee\xdb", word!("kind-rpm")),
    (b"!<arch>\n", word!("kind-deb")),
    (b"\x5d\0\0", word!("kind-lzma")),
    (b"LZIP", word!("kind-lzip")),
    (b"\x04\x22\x4d\x18", word!("kind-lz4")),
    (b"\x1f\x9d", word!("kind-compress")),
    (b"070701", word!("kind-cpio")),
    (b"070702", word!("kind-cpio")),
    (b"070707", word!("kind-cpio")),
    (b"xar!", word!("kind-xar")),
    (b"MSCF", word!("kind-cabinet")),
    (b"MZ", word!("kind-windows")),
    (b"\x7fELF", word!("kind-linux")),
    (b"%PDF", word!("kind-pdf")),
    (b"<!DOCTYPE", word!("kind-web")),
    (b"<html", word!("kind-web")),
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
        Some(kind) => Err(ArchiveError::OtherContainer { kind: kind.into(), wanted: wanted(format) }),
        None => Err(ArchiveError::NotAnArchive { wanted: wanted(format) }),
    }
}

/// What may be packed how, for an error.
pub(super) fn wanted(format: Format) -> Word {
    match format {
        Format::Zip => word!("wanted-zip"),
        Format::Mpk => word!("wanted-any"),
    }
}

/// A container as an error calls it.
pub(super) fn called(container: Container) -> Word {
    match container {
        Container::Zip => word!("kind-zip"),
        Container::Tar => word!("kind-tar"),
        Container::TarGzip => word!("kind-tar-gzip"),
        Container::TarXz => word!("kind-tar-xz"),
        Container::TarZstd => word!("kind-tar-zstd"),
    }
}

/// What the content of a compressed file is instead of a tar archive, as an error calls it.
pub(super) fn called_inside(head: &[u8]) -> Word {
    match known(head) {
        Some(Container::Zip) => word!("kind-zip"),
        Some(Container::TarGzip) => word!("kind-gzip"),
        Some(Container::TarXz) => word!("kind-xz"),
        Some(Container::TarZstd) => word!("kind-zstd"),
        Some(Container::Tar) | None => other(head).unwrap_or(word!("kind-no-tar")),
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

fn other(head: &[u8]) -> Option<Word> {
    OTHERS.iter().find(|(mark, _)| head.starts_with(mark)).map(|(_, kind)| *kind)
}
