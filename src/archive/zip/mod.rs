//! The zip reader, strict on purpose: an archive that two programs could read in two ways is refused. Every
//! byte of the file belongs to exactly one entry, to the directory or to the end record; what the directory
//! says of an entry is what stands before its data. What belongs here: the structure of zip. What does not:
//! what is the same for all containers (`intake`).

mod attributes;
mod data;
mod directory;
mod end;
mod ends;
mod extra;
mod local;
mod name;

use std::io::{Read, Seek, SeekFrom};

use super::intake::{Intake, Kind};
use super::progress::Progress;
use super::window::Window;
use super::{ArchiveError, Limits};
use crate::domain::words::{say, word};
use data::Unpacker;
pub(super) use end::without_start;

/// Reads all entries, in the order in which their data lies in the file.
pub(super) fn read<R: Read + Seek>(
    file: &mut Window<R>,
    intake: &mut Intake<'_>,
    limits: &Limits,
    progress: &mut Progress<'_>,
) -> Result<(), ArchiveError> {
    let end = end::find(file)?;
    let directory = directory::walk(file, &end, limits)?;
    let mut unpacker = Unpacker::default();
    let starts = directory.records.iter().skip(1).map(|record| record.offset).chain([end.start]);
    let mut expected = 0;
    for (record, next) in directory.records.iter().zip(starts) {
        no_gap(expected, record.offset)?;
        let local = local::read(file, record, &directory.hasher, next, limits)?;
        intake.entry(&local.name, if local.folder { Kind::Folder } else { Kind::File })?;
        unpacker.entry(file, record, &local, intake, progress)?;
        if local.behind {
            local::descriptor(file, record, &local, next)?;
        }
        expected = next;
    }
    no_gap(expected, end.start)?;
    // Names that a Unicode field tells apart are one for a program that does not know it.
    let mut names: Vec<u64> = directory.records.iter().map(|record| record.name).collect();
    names.sort_unstable();
    match names.windows(2).any(|pair| pair[0] == pair[1]) {
        true => Err(ArchiveError::broken(word!("broken-unicode-alike"))),
        false => Ok(()),
    }
}

/// Bytes before, between or behind the entries are seen by some programs and not by others. Entries that
/// overlap are found where the first of them is read.
fn no_gap(expected: u64, found: u64) -> Result<(), ArchiveError> {
    match expected == found {
        true => Ok(()),
        false => Err(ArchiveError::surplus(say!("surplus-between", from = expected, to = found))),
    }
}

/// A record of fixed size.
fn read_at<R: Read + Seek, const N: usize>(file: &mut Window<R>, at: u64) -> Result<[u8; N], ArchiveError> {
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes).map_err(cut_off)?;
    Ok(bytes)
}

/// The next bytes, instead of what was in `into`.
fn read_next<R: Read + Seek>(
    file: &mut Window<R>,
    into: &mut Vec<u8>,
    bytes: u16,
) -> Result<(), ArchiveError> {
    into.resize(usize::from(bytes), 0);
    file.read_exact(into).map_err(cut_off)
}

fn cut_off(error: std::io::Error) -> ArchiveError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => ArchiveError::broken(word!("broken-beyond-end")),
        _ => ArchiveError::Io(error),
    }
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
