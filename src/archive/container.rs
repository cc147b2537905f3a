//! What a file is by its first bytes; its suffix says only where it goes.

use super::ArchiveError;

/// Bytes that are looked at: tar has its mark at 257.
pub(super) const HEAD: usize = 512;

/// Takes a zip archive; anything else is named as well as it can be.
pub(super) fn check_zip(head: &[u8]) -> Result<(), ArchiveError> {
    let known: &[(usize, &[u8], &'static str)] = &[
        (257, b"ustar", "a tar archive"),
        (0, b"\x1f\x8b", "a gzip file"),
        (0, b"\xfd7zXZ\0", "an xz file"),
        (0, b"\x28\xb5\x2f\xfd", "a zstd file"),
        (0, b"BZh", "a bzip2 file"),
        (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (0, b"Rar!\x1a\x07", "a rar archive"),
        (0, b"\xed\xab\xee\xdb", "an RPM package"),
        (0, b"!<arch>\n", "a Debian package or ar archive"),
        (0, b"MZ", "a Windows program (a self-extracting archive has to be unpacked first)"),
        (0, b"\x7fELF", "a Linux program"),
    ];
    let at = |offset: usize, mark: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(mark));
    if at(0, b"PK\x07\x08") || at(0, b"PK00") {
        return Err(ArchiveError::Split);
    }
    if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") {
        return Ok(());
    }
    match known.iter().find(|(offset, mark, _)| at(*offset, mark)) {
        Some((_, _, kind)) => Err(ArchiveError::OtherContainer { kind }),
        None => Err(ArchiveError::NotAnArchive),
    }
}
