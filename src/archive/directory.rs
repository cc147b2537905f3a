//! The central directory of a zip archive, walked once in small memory before anything is allocated by what
//! it claims: how many entries, their names, and whether they can be read at all.

use std::io::{Read, Seek, SeekFrom};

use super::entry_name::EntryName;
use super::error::shown;
use super::window::Window;
use super::{ArchiveError, Limits};

/// Largest central directory, in bytes: the reader of entries keeps it in memory.
const MAX_DIRECTORY: u64 = 24 << 20;

/// The end record without its comment, and the longest comment.
const END: u64 = 22;
const MAX_COMMENT: u64 = 65_535;

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// Files and folders.
    pub(super) entries: u64,
    /// Where the directory begins.
    pub(super) start: u64,
}

/// Finds, bounds and walks it.
pub(super) fn walk<R: Read + Seek>(file: &mut Window<R>, limits: &Limits) -> Result<Directory, ArchiveError> {
    let end = find_end(file)?;
    limits.entries(end.entries)?;
    if end.size > MAX_DIRECTORY {
        return Err(ArchiveError::broken(format!(
            "its directory claims {} bytes; {MAX_DIRECTORY} are read",
            end.size
        )));
    }
    if end.offset.checked_add(end.size) != Some(end.directory_end) {
        return Err(ArchiveError::broken("its directory is not where its end record says"));
    }
    file.seek(SeekFrom::Start(end.offset))?;
    let directory = Directory { entries: end.entries, start: end.offset };
    for _ in 0..end.entries {
        entry(file, end.directory_end, limits)?;
    }
    if file.stream_position()? != end.directory_end {
        return Err(ArchiveError::broken("its directory holds more than the entries it counts"));
    }
    Ok(directory)
}

struct End {
    entries: u64,
    offset: u64,
    size: u64,
    /// Where the directory must end: at the end record, or at the zip64 one before it.
    directory_end: u64,
}

/// The last end record; its comment must reach exactly to the end of the file, so that nothing lies behind
/// it and no other record can be taken for the end.
fn find_end<R: Read + Seek>(file: &mut Window<R>) -> Result<End, ArchiveError> {
    let size = file.size();
    let tail_start = size.saturating_sub(END + MAX_COMMENT);
    file.seek(SeekFrom::Start(tail_start))?;
    let mut tail = Vec::new();
    Read::by_ref(file).take(END + MAX_COMMENT).read_to_end(&mut tail)?;
    let at = (0..tail.len().saturating_sub(21))
        .rev()
        .find(|at| tail[*at..].starts_with(b"PK\x05\x06"))
        .ok_or_else(|| ArchiveError::broken("its end record is missing"))?;
    let record = &tail[at..];
    if u64::from(u16_at(record, 20)) + END != record.len() as u64 {
        return Err(ArchiveError::broken("there are bytes behind its end record"));
    }
    let position = tail_start + at as u64;
    let (disk, entries) = (u16_at(record, 4), u16_at(record, 10));
    let (bytes, offset) = (u32_at(record, 12), u32_at(record, 16));
    if let Some(end) = find_end_64(file, position)? {
        // Some tools write it without need; then both must say the same.
        let same = |small: u64, limit: u64, large: u64| small == limit || small == large;
        if same(entries.into(), 0xffff, end.entries)
            && same(bytes.into(), 0xffff_ffff, end.size)
            && same(offset.into(), 0xffff_ffff, end.offset)
        {
            return Ok(end);
        }
        return Err(ArchiveError::broken("its two end records differ"));
    }
    if disk != 0 || u16_at(record, 6) != 0 || u16_at(record, 8) != entries {
        return Err(ArchiveError::Split);
    }
    Ok(End { entries: entries.into(), offset: offset.into(), size: bytes.into(), directory_end: position })
}

/// The zip64 end record, by the locator right before the ordinary one; none where there is no locator, and
/// the ordinary numbers count, even at their limits.
fn find_end_64<R: Read + Seek>(file: &mut Window<R>, end: u64) -> Result<Option<End>, ArchiveError> {
    let Some(locator_at) = end.checked_sub(20) else { return Ok(None) };
    let locator: [u8; 20] = read_at(file, locator_at)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let position = u64_at(&locator, 8);
    if u32_at(&locator, 4) != 0 || u32_at(&locator, 16) > 1 {
        return Err(ArchiveError::Split);
    }
    if position.checked_add(56).is_none_or(|least| least > locator_at) {
        return Err(ArchiveError::broken("its zip64 end record is not where its locator says"));
    }
    let record: [u8; 56] = read_at(file, position)?;
    if !record.starts_with(b"PK\x06\x06") || position.checked_add(12 + u64_at(&record, 4)) != Some(locator_at)
    {
        return Err(ArchiveError::broken("its zip64 end record is not whole"));
    }
    let entries = u64_at(&record, 32);
    if u32_at(&record, 16) != 0 || u32_at(&record, 20) != 0 || u64_at(&record, 24) != entries {
        return Err(ArchiveError::Split);
    }
    Ok(Some(End { entries, size: u64_at(&record, 40), offset: u64_at(&record, 48), directory_end: position }))
}

/// Checks the next entry.
fn entry<R: Read + Seek>(file: &mut Window<R>, end: u64, limits: &Limits) -> Result<(), ArchiveError> {
    let at = file.stream_position()?;
    let header: [u8; 46] = read_at(file, at)?;
    if !header.starts_with(b"PK\x01\x02") {
        return Err(ArchiveError::broken("its directory holds fewer entries than it counts"));
    }
    let (name, extra, comment) = (u16_at(&header, 28), u16_at(&header, 30), u16_at(&header, 32));
    let after = at + 46 + u64::from(name) + u64::from(extra) + u64::from(comment);
    if after > end {
        return Err(ArchiveError::broken("an entry of its directory reaches beyond it"));
    }
    let mut bytes = vec![0; usize::from(name)];
    file.read_exact(&mut bytes)?;
    file.seek(SeekFrom::Start(after))?;
    EntryName::read(&bytes, limits)?;
    let shown = || shown(&String::from_utf8_lossy(&bytes));
    let (flags, method) = (u16_at(&header, 8), u16_at(&header, 10));
    // Bit 0: encrypted; bit 6: strongly; bit 13: the directory itself.
    if flags & (1 | 1 << 6 | 1 << 13) != 0 || method == 99 {
        return Err(ArchiveError::Encrypted { name: shown() });
    }
    if u16_at(&header, 34) != 0 && u16_at(&header, 34) != u16::MAX {
        return Err(ArchiveError::Split);
    }
    if !matches!(method, 0 | 8) {
        return Err(ArchiveError::Method { name: shown(), method: method_name(method) });
    }
    Ok(())
}

fn method_name(method: u16) -> String {
    match method {
        9 => "deflate64".to_owned(),
        12 => "bzip2".to_owned(),
        14 => "lzma".to_owned(),
        93 | 20 => "zstd".to_owned(),
        95 => "xz".to_owned(),
        98 => "ppmd".to_owned(),
        other => format!("method {other}"),
    }
}

fn read_at<R: Read + Seek, const N: usize>(file: &mut Window<R>, at: u64) -> Result<[u8; N], ArchiveError> {
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => {
            ArchiveError::broken("a record reaches beyond the end of the file")
        }
        _ => ArchiveError::Io(error),
    })?;
    Ok(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
