//! The end record of a zip archive, and the zip64 one before it: where the directory lies.

use std::io::{Read, Seek};

use memchr::memmem;

use super::super::ArchiveError;
use super::super::window::Window;
use super::{cut_off, read_at, u16_at, u32_at, u64_at};
use crate::domain::words::word;

/// The end record without its comment, and the longest comment.
const SIZE: usize = 22;
const MAX_COMMENT: usize = 65_535;
const MARK: &[u8] = b"PK\x05\x06";

/// Where the directory lies.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) entries: u64,
    /// First byte of the directory.
    pub(super) start: u64,
    /// First byte behind it: the end record, or the zip64 one before it.
    pub(super) end: u64,
}

/// Finds the only end record that there may be.
pub(super) fn find<R: Read + Seek>(file: &mut Window<R>) -> Result<End, ArchiveError> {
    let (position, record) = only(file)?;
    let (entries, bytes, offset) = (u16_at(&record, 10), u32_at(&record, 12), u32_at(&record, 16));
    if let Some((end, size)) = find_64(file, position)? {
        // Some tools write it without need; then both must say the same.
        let same = |small: u64, limit: u64, large: u64| small == limit || small == large;
        // Some readers look for the zip64 record only where one of these asks for it, and go by the rest otherwise.
        let asks = entries == u16::MAX || bytes == u32::MAX || offset == u32::MAX;
        let here = |at, here: u64| match u16_at(&record, at) {
            u16::MAX if asks => true,
            number => u64::from(number) == here,
        };
        if same(entries.into(), 0xffff, end.entries)
            && same(bytes.into(), 0xffff_ffff, size)
            && same(offset.into(), 0xffff_ffff, end.start)
            && here(8, end.entries)
            && here(4, 0)
            && here(6, 0)
        {
            return Ok(end);
        }
        return Err(ArchiveError::broken(word!("broken-two-ends")));
    }
    if u16_at(&record, 4) != 0 || u16_at(&record, 6) != 0 || u16_at(&record, 8) != entries {
        return Err(ArchiveError::Split);
    }
    at_its_place(End { entries: entries.into(), start: offset.into(), end: position }, bytes.into())
}

/// Why a file that does not begin like a zip archive is refused although it ends like one.
pub(in crate::archive) fn without_start<R: Read + Seek>(file: &mut Window<R>) -> Option<ArchiveError> {
    only(file).ok()?;
    Some(match find(file) {
        Err(error @ ArchiveError::Split) => error,
        Ok(_) | Err(_) => ArchiveError::surplus(word!("surplus-before")),
    })
}

/// The end record. Programs look for it in several ways, from the front, from the back, with or without a
/// look at the length of its comment; so there is one only, and the comment has nothing that looks like one.
fn only<R: Read + Seek>(file: &mut Window<R>) -> Result<(u64, Vec<u8>), ArchiveError> {
    let start = file.size().saturating_sub((SIZE + MAX_COMMENT) as u64);
    file.seek(std::io::SeekFrom::Start(start))?;
    let mut tail = vec![0; usize::try_from(file.size() - start).unwrap_or_default()];
    file.read_exact(&mut tail).map_err(cut_off)?;
    let fits = |at: &usize| {
        tail.get(*at..)
            .is_some_and(|rest| rest.len() >= SIZE && SIZE + usize::from(u16_at(rest, 20)) == rest.len())
    };
    let marks = || memmem::find_iter(&tail, MARK);
    let Some(at) = marks().find(fits) else {
        let Some(last) = marks().last().map(|at| &tail[at..]) else {
            return Err(ArchiveError::broken(word!("broken-no-end")));
        };
        let is_whole = last.len() >= SIZE && last.len() > SIZE + usize::from(u16_at(last, 20));
        return Err(match is_whole {
            true => ArchiveError::surplus(word!("surplus-behind")),
            false => ArchiveError::broken(word!("broken-end-cut")),
        });
    };
    if marks().any(|other| other != at && fits(&other)) {
        return Err(ArchiveError::broken(word!("broken-end-twice")));
    }
    let comment = &tail[at + SIZE..];
    if comment.windows(3).any(|three| three.starts_with(b"PK") && three[2] < b' ') {
        return Err(ArchiveError::broken(word!("broken-comment")));
    }
    Ok((start + at as u64, tail[at..at + SIZE].to_vec()))
}

/// The zip64 end record and the size of the directory it gives, by the locator right before the ordinary
/// one; none where there is no locator, and the ordinary numbers count, even at their limits.
fn find_64<R: Read + Seek>(file: &mut Window<R>, end: u64) -> Result<Option<(End, u64)>, ArchiveError> {
    let Some(locator_at) = end.checked_sub(20) else { return Ok(None) };
    let locator: [u8; 20] = read_at(file, locator_at)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let position = u64_at(&locator, 8);
    if u32_at(&locator, 4) != 0 || u32_at(&locator, 16) > 1 {
        return Err(ArchiveError::Split);
    }
    // Longer ones hold what nobody reads, or say that the directory is encrypted.
    if position.checked_add(56) != Some(locator_at) {
        return Err(ArchiveError::broken(word!("broken-zip64-place")));
    }
    let record: [u8; 56] = read_at(file, position)?;
    if !record.starts_with(b"PK\x06\x06") || u64_at(&record, 4) != 44 {
        return Err(ArchiveError::broken(word!("broken-zip64-cut")));
    }
    let entries = u64_at(&record, 32);
    if u32_at(&record, 16) != 0 || u32_at(&record, 20) != 0 || u64_at(&record, 24) != entries {
        return Err(ArchiveError::Split);
    }
    let size = u64_at(&record, 40);
    at_its_place(End { entries, start: u64_at(&record, 48), end: position }, size)
        .map(|end| Some((end, size)))
}

fn at_its_place(end: End, size: u64) -> Result<End, ArchiveError> {
    match end.start.checked_add(size) == Some(end.end) {
        true => Ok(end),
        false => Err(ArchiveError::broken(word!("broken-directory-place"))),
    }
}
