//! The directory of a zip archive, walked once: every entry is checked as far as the directory says what it
//! is, and a small record of it is kept, without its name.

use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Seek, SeekFrom};

use super::super::entry_name::EntryName;
use super::super::limits::at_most;
use super::super::window::Window;
use super::super::{ArchiveError, Limits};
use super::end::End;
use super::extra::{Extra, Sizes};
use super::{attributes, name, read_at, read_next, u16_at, u32_at};
use crate::domain::words::{say, word};

/// Bytes of a record without name, extra fields and comment.
const RECORD: u64 = 46;

/// Flags that are known and read: how hard it was compressed (bits 1 and 2), sizes behind the data (3), and
/// a name in UTF-8 (11).
const FLAGS: u16 = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 11;
/// It, its name or the whole directory is encrypted.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// Every entry, in the order in which they lie in the file.
pub(super) struct Directory {
    pub(super) records: Vec<Record>,
    /// Makes the hashes of the records; nobody outside can find two names of one hash.
    pub(super) hasher: RandomState,
}

/// What the directory says of an entry.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) offset: u64,
    pub(super) compressed: u64,
    pub(super) size: u64,
    pub(super) crc: u32,
    pub(super) flags: u16,
    pub(super) method: u16,
    /// Of the name as it is written.
    pub(super) name: u64,
    /// Of the name in its Unicode field, if there is one.
    pub(super) unicode: u64,
}

/// Walks it. What it holds must be what the end record counts, and claim no more than is allowed.
pub(super) fn walk<R: Read + Seek>(
    file: &mut Window<R>,
    end: &End,
    limits: &Limits,
) -> Result<Directory, ArchiveError> {
    limits.entries(end.entries)?;
    let size = end.end - end.start;
    at_most(size, limits.max_directory_size, "upload.max_directory_size", || {
        say!("limit-directory", bytes = size)
    })?;
    if end.entries.saturating_mul(RECORD) > size {
        return Err(ArchiveError::broken(word!("broken-directory-fewer")));
    }
    let mut directory = Directory {
        records: Vec::with_capacity(usize::try_from(end.entries).unwrap_or_default()),
        hasher: RandomState::new(),
    };
    let mut scratch = (Vec::new(), Vec::new());
    let mut unpacked = 0_u64;
    file.seek(SeekFrom::Start(end.start))?;
    for _ in 0..end.entries {
        let record = record(file, end.end, &directory.hasher, &mut scratch, limits)?;
        unpacked = unpacked.saturating_add(record.size);
        limits.unpacked(unpacked, file.size())?;
        directory.records.push(record);
    }
    if file.stream_position()? != end.end {
        return Err(ArchiveError::broken(word!("broken-directory-more")));
    }
    directory.records.sort_unstable_by_key(|record| record.offset);
    Ok(directory)
}

/// Reads and checks the next record.
fn record<R: Read + Seek>(
    file: &mut Window<R>,
    end: u64,
    hasher: &RandomState,
    (raw, extra): &mut (Vec<u8>, Vec<u8>),
    limits: &Limits,
) -> Result<Record, ArchiveError> {
    let at = file.stream_position()?;
    if end.saturating_sub(at) < RECORD {
        return Err(ArchiveError::broken(word!("broken-directory-fewer")));
    }
    let header: [u8; RECORD as usize] = read_at(file, at)?;
    if !header.starts_with(b"PK\x01\x02") {
        return Err(ArchiveError::broken(word!("broken-directory-fewer")));
    }
    let lengths = [28, 30, 32].map(|at| u16_at(&header, at));
    let after = at + RECORD + lengths.map(u64::from).iter().sum::<u64>();
    if after > end {
        return Err(ArchiveError::broken(word!("broken-directory-beyond")));
    }
    read_next(file, raw, lengths[0])?;
    read_next(file, extra, lengths[1])?;
    file.seek(SeekFrom::Start(after))?;

    let refused = |why| ArchiveError::Entry { name: EntryName::shown(raw), why };
    let (flags, method) = (u16_at(&header, 8), u16_at(&header, 10));
    let extra = Extra::read(extra, raw).map_err(refused)?;
    name::read(raw, flags, extra.unicode, limits)?;
    if flags & ENCRYPTED != 0 || method == 99 || extra.encrypted {
        return Err(ArchiveError::Encrypted { name: EntryName::shown(raw) });
    }
    if !matches!(method, 0 | 8) {
        return Err(ArchiveError::Method { name: EntryName::shown(raw), method: method_name(method) });
    }
    if flags & !FLAGS != 0 {
        return Err(refused(word!("entry-flags")));
    }
    let Sizes { size, compressed, offset } =
        extra.sizes(u32_at(&header, 24), u32_at(&header, 20), Some(u32_at(&header, 42))).map_err(refused)?;
    let disk = u16_at(&header, 34);
    if disk != 0 && !(disk == u16::MAX && extra.has_disk()) {
        return Err(ArchiveError::Split);
    }
    let folder = raw.ends_with(b"/");
    if let Some(why) = attributes::refused(u32_at(&header, 38), folder) {
        return Err(refused(why));
    }
    if folder && size != 0 {
        return Err(refused(word!("entry-folder-data")));
    }
    if method == 0 && size != compressed {
        return Err(refused(word!("entry-stored-two-sizes")));
    }
    Ok(Record {
        offset,
        compressed,
        size,
        crc: u32_at(&header, 16),
        flags,
        method,
        name: hasher.hash_one(raw.as_slice()),
        unicode: hasher.hash_one(extra.unicode),
    })
}

fn method_name(method: u16) -> String {
    match method {
        1 => "shrink".to_owned(),
        6 => "implode".to_owned(),
        9 => "deflate64".to_owned(),
        12 => "bzip2".to_owned(),
        14 => "lzma".to_owned(),
        20 | 93 => "zstd".to_owned(),
        95 => "xz".to_owned(),
        98 => "ppmd".to_owned(),
        other => format!("method {other}"),
    }
}
