//! The entries of a tar archive, one after the other. Whatever two readers of tar could take for two
//! different things is refused, and so is everything but files and folders.

use std::io::Read;

use super::blocks::Blocks;
use super::header::{BLOCK, Header};
use super::pax;
use crate::archive::entry_name::EntryName;
use crate::archive::intake::{Intake, Kind};
use crate::archive::{ArchiveError, Limits};
use crate::domain::words::{Word, say, word};

/// Largest size that the field of a header holds in octal.
const MAX_OCTAL: u64 = 0o777_7777_7777;

/// What headers before an entry said of it.
#[derive(Default)]
struct Before {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    /// One of them described the entry.
    described: bool,
    /// One of them was the long target of a link.
    link: bool,
}

/// Reads all entries and what is behind them. `first` is the first block.
pub(super) fn read<S: Read>(
    blocks: &mut Blocks<'_, '_, '_, S>,
    first: [u8; BLOCK],
    intake: &mut Intake<'_>,
    limits: &Limits,
) -> Result<(), ArchiveError> {
    let mut before = Before::default();
    let mut next = Some(first);
    while let Some(block) = next {
        if is_zero(&block) {
            return match before.described || before.link {
                false => end(blocks),
                true => Err(ArchiveError::broken(word!("broken-header-alone"))),
            };
        }
        let header = Header::parse(&block).map_err(|why| in_header(&block, why))?;
        let wrong = |why| in_header(&block, why);
        let size = header.size.ok_or_else(|| wrong(word!("header-no-size")));
        match header.kind {
            b'g' if before.described || before.link => {
                return Err(wrong(word!("header-between")));
            }
            b'x' | b'L' if before.described => {
                return Err(wrong(word!("header-twice")));
            }
            b'g' => pax::read_global(&blocks.records(size?)?).map_err(wrong)?,
            b'x' => {
                let said = pax::read(&blocks.records(size?)?).map_err(wrong)?;
                before = Before { path: said.path, size: said.size, described: true, ..before };
            }
            b'L' => {
                let mut path = blocks.records(size?)?;
                // The NUL at its end is counted.
                if path.last() == Some(&0) {
                    path.pop();
                }
                before = Before { path: Some(path), described: true, ..before };
            }
            b'K' => {
                blocks.records(size?)?;
                before.link = true;
            }
            _ => entry(blocks, header, std::mem::take(&mut before), intake, limits)?,
        }
        next = blocks.block()?;
    }
    Err(ArchiveError::broken(word!("broken-no-zeros")))
}

/// A file or a folder, and the file's content.
fn entry<S: Read>(
    blocks: &mut Blocks<'_, '_, '_, S>,
    header: Header,
    before: Before,
    intake: &mut Intake<'_>,
    limits: &Limits,
) -> Result<(), ArchiveError> {
    let written = before.path.unwrap_or(header.name);
    let wrong = |why| ArchiveError::Entry { name: EntryName::shown(&written), why };
    let is_folder_name = written.ends_with(b"/");
    let kind = match header.kind {
        b'5' => Kind::Folder,
        // Before there was a kind for folders, they were told by their names. Some readers still do so.
        0 if is_folder_name => Kind::Folder,
        b'0' | b'7' if is_folder_name => return Err(wrong(word!("entry-file-and-folder"))),
        0 | b'0' | b'7' => Kind::File,
        b'M' => return Err(ArchiveError::Split),
        other => return Err(wrong(refused_kind(other))),
    };
    if before.link {
        return Err(wrong(word!("entry-link-target")));
    }
    let name = EntryName::read(&written, limits)?;
    if kind == Kind::File && name.path().is_empty() {
        return Err(wrong(word!("entry-no-name")));
    }
    if header.mode & 0o4000 != 0 {
        return Err(wrong(word!("entry-setuid")));
    }
    if header.mode & 0o2000 != 0 {
        return Err(wrong(word!("entry-setgid")));
    }
    let own_size = header.size.ok_or_else(|| wrong(word!("entry-no-size")))?;
    let size = before.size.unwrap_or(own_size);
    // What fits into the header is read from there by tools that do not know the other one.
    if size != own_size && size <= MAX_OCTAL {
        return Err(wrong(word!("entry-two-sizes")));
    }
    if kind == Kind::Folder && size > 0 {
        return Err(wrong(word!("entry-folder-size")));
    }
    intake.entry(&name, kind)?;
    blocks.content(size, |bytes| intake.bytes(bytes))
}

fn refused_kind(kind: u8) -> Word {
    match kind {
        b'1' => word!("entry-hard-link"),
        b'2' => word!("entry-link-tar"),
        b'3' | b'4' => word!("entry-device"),
        b'6' => word!("entry-pipe"),
        b'S' => word!("entry-sparse"),
        b'V' => word!("entry-label"),
        b'D' | b'N' => word!("entry-incremental"),
        _ => word!("entry-kind-disputed"),
    }
}

/// After one block of zeros: another one, and nothing but zeros to the end of the stream.
fn end<S: Read>(blocks: &mut Blocks<'_, '_, '_, S>) -> Result<(), ArchiveError> {
    match blocks.block()? {
        None => return Err(ArchiveError::broken(word!("broken-one-zeros"))),
        Some(block) if !is_zero(&block) => {
            return Err(ArchiveError::broken(word!("broken-zeros-between")));
        }
        Some(_) => {}
    }
    loop {
        match blocks.some(u64::MAX)? {
            [] => return Ok(()),
            some if is_zero(some) => {}
            _ => return Err(ArchiveError::surplus(word!("surplus-behind-tar"))),
        }
    }
}

/// Compared, not counted: a bomb may have gigabytes of them.
fn is_zero(bytes: &[u8]) -> bool {
    static ZEROS: [u8; BLOCK] = [0; BLOCK];
    bytes.chunks(BLOCK).all(|part| part == &ZEROS[..part.len()])
}

fn in_header(block: &[u8; BLOCK], why: Word) -> ArchiveError {
    let name = EntryName::shown(block[..100].split(|byte| *byte == 0).next().unwrap_or_default());
    ArchiveError::broken(say!("broken-in-header", why = why, name = name))
}
