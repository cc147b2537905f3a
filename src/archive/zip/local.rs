//! What stands before and behind the data of an entry. Programs that read from front to back, or that mend
//! an archive, go by it; so it must say what the directory says.

use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Seek};

use super::super::entry_name::EntryName;
use super::super::window::Window;
use super::super::{ArchiveError, Limits};
use super::directory::Record;
use super::extra::Extra;
use super::{name, read_at, read_next, u16_at, u32_at, u64_at};
use crate::domain::words::{say, word};

/// Flag bit 3: checksum and sizes were not known yet and stand behind the data.
const BEHIND: u16 = 1 << 3;

/// An entry whose data comes next.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) name: EntryName,
    /// For errors.
    pub(super) shown: String,
    pub(super) folder: bool,
    /// Checksum and sizes stand behind the data.
    pub(super) behind: bool,
    /// First byte behind the data.
    pub(super) data_end: u64,
    /// A program that reads from front to back has to find out itself where the data ends.
    pub(super) open_end: bool,
}

/// Reads and compares it; the next entry begins at `next`. The file is at the first byte of the data then.
pub(super) fn read<R: Read + Seek>(
    file: &mut Window<R>,
    record: &Record,
    hasher: &RandomState,
    next: u64,
    limits: &Limits,
) -> Result<Local, ArchiveError> {
    let header: [u8; 30] = read_at(file, record.offset)?;
    if !header.starts_with(b"PK\x03\x04") {
        return Err(ArchiveError::broken(say!("broken-no-entry", at = record.offset)));
    }
    let (mut raw, mut extra) = (Vec::new(), Vec::new());
    read_next(file, &mut raw, u16_at(&header, 26))?;
    read_next(file, &mut extra, u16_at(&header, 28))?;
    let refused = |why| ArchiveError::Entry { name: EntryName::shown(&raw), why };
    let differs = |field| Err(ArchiveError::Differs { name: EntryName::shown(&raw), field });
    let extra = Extra::read(&extra, &raw).map_err(refused)?;
    let flags = u16_at(&header, 6);
    if hasher.hash_one(raw.as_slice()) != record.name {
        return differs(word!("field-name"));
    }
    if hasher.hash_one(extra.unicode) != record.unicode {
        return differs(word!("field-unicode-name"));
    }
    if extra.encrypted {
        return Err(ArchiveError::Encrypted { name: EntryName::shown(&raw) });
    }
    if flags != record.flags {
        return differs(word!("field-flags"));
    }
    if u16_at(&header, 8) != record.method {
        return differs(word!("field-method"));
    }
    let behind = flags & BEHIND != 0;
    let crc = u32_at(&header, 14);
    if crc != record.crc && !(behind && crc == 0) {
        return differs(word!("field-checksum"));
    }
    let sizes = extra.sizes(u32_at(&header, 22), u32_at(&header, 18), None).map_err(refused)?;
    if sizes.size != record.size && !(behind && sizes.size == 0) {
        return differs(word!("field-size"));
    }
    if sizes.compressed != record.compressed && !(behind && sizes.compressed == 0) {
        return differs(word!("field-compressed-size"));
    }
    let data_end = file.stream_position()?.checked_add(record.compressed).filter(|end| *end <= next);
    let Some(data_end) = data_end else {
        return Err(refused(word!("entry-overlaps")));
    };
    if !behind && data_end < next {
        return Err(ArchiveError::surplus(say!("surplus-between", from = data_end, to = next)));
    }
    Ok(Local {
        name: name::read(&raw, flags, extra.unicode, limits)?,
        shown: EntryName::shown(&raw),
        folder: raw.ends_with(b"/"),
        behind,
        data_end,
        open_end: behind && sizes.compressed != record.compressed,
    })
}

/// Checksum and sizes behind the data, with or without a mark before them, in 32 or 64 bits: how long they
/// are is plain from where the next entry begins.
pub(super) fn descriptor<R: Read + Seek>(
    file: &mut Window<R>,
    record: &Record,
    local: &Local,
    next: u64,
) -> Result<(), ArchiveError> {
    let at = local.data_end;
    let short = |bytes: &[u8]| (u32_at(bytes, 0), u32_at(bytes, 4).into(), u32_at(bytes, 8).into());
    let long = |bytes: &[u8]| (u32_at(bytes, 0), u64_at(bytes, 4), u64_at(bytes, 12));
    let refused = |why| Err(ArchiveError::Entry { name: local.shown.clone(), why });
    let (mark, (crc, compressed, size)) = match next - at {
        0 => return refused(word!("entry-misses-descriptor")),
        12 => read_at(file, at).map(|bytes: [u8; 12]| (!has_mark(&bytes), short(&bytes)))?,
        16 => read_at(file, at).map(|bytes: [u8; 16]| (has_mark(&bytes), short(&bytes[4..])))?,
        20 => read_at(file, at).map(|bytes: [u8; 20]| (!has_mark(&bytes), long(&bytes)))?,
        24 => read_at(file, at).map(|bytes: [u8; 24]| (has_mark(&bytes), long(&bytes[4..])))?,
        _ => return Err(ArchiveError::surplus(say!("surplus-between", from = at, to = next))),
    };
    match mark && (crc, compressed, size) == (record.crc, record.compressed, record.size) {
        true => Ok(()),
        false => refused(word!("entry-descriptor-differs")),
    }
}

fn has_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x07\x08")
}
