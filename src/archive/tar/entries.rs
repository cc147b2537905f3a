//! The entries of a tar archive, one after the other. Whatever two readers of tar could take for two
//! different things is refused, and so is everything but files and folders.

use std::io::Read;

use super::blocks::Blocks;
use super::header::{BLOCK, Header};
use super::pax;
use crate::archive::entry_name::EntryName;
use crate::archive::intake::{Intake, Kind};
use crate::archive::{ArchiveError, Limits};

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
                true => Err(ArchiveError::broken("the tar archive ends after a header for an entry")),
            };
        }
        let header = Header::parse(&block).map_err(|why| in_header(&block, why))?;
        let wrong = |why| in_header(&block, why);
        let size = header.size.ok_or_else(|| wrong("it says no size"));
        match header.kind {
            b'g' if before.described || before.link => {
                return Err(wrong("it stands between an entry and its header"));
            }
            b'x' | b'L' if before.described => {
                return Err(wrong("there are two headers before one entry"));
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
    Err(ArchiveError::broken("the tar archive ends without its two blocks of zeros"))
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
        b'0' | b'7' if is_folder_name => return Err(wrong("is a file by its kind and a folder by its name")),
        0 | b'0' | b'7' => Kind::File,
        b'M' => return Err(ArchiveError::Split),
        other => return Err(wrong(refused_kind(other))),
    };
    if before.link {
        return Err(wrong("has the target of a link and is none"));
    }
    let name = EntryName::read(&written, limits)?;
    if kind == Kind::File && name.path().is_empty() {
        return Err(wrong("is a file without a name"));
    }
    if header.mode & 0o4000 != 0 {
        return Err(wrong("is setuid; take that bit away (chmod u-s)"));
    }
    if header.mode & 0o2000 != 0 {
        return Err(wrong("is setgid; take that bit away (chmod g-s)"));
    }
    let own_size = header.size.ok_or_else(|| wrong("says no size"))?;
    let size = before.size.unwrap_or(own_size);
    // What fits into the header is read from there by tools that do not know the other one.
    if size != own_size && size <= MAX_OCTAL {
        return Err(wrong("says two sizes"));
    }
    if kind == Kind::Folder && size > 0 {
        return Err(wrong("is a folder and has a size"));
    }
    intake.entry(&name, kind)?;
    blocks.content(size, |bytes| intake.bytes(bytes))
}

fn refused_kind(kind: u8) -> &'static str {
    match kind {
        b'1' => "is a hard link; pack the file itself (tar --hard-dereference)",
        b'2' => "is a symbolic link; pack the file that it leads to (tar --dereference)",
        b'3' | b'4' => "is a device; leave it out",
        b'6' => "is a pipe; leave it out",
        b'S' => "is a sparse file; pack it whole (tar without --sparse)",
        b'V' => "is the label of a volume; pack without a label",
        b'D' | b'N' => "belongs to an incremental backup; pack without --listed-incremental",
        _ => "is of a kind that no two programs agree about",
    }
}

/// After one block of zeros: another one, and nothing but zeros to the end of the stream.
fn end<S: Read>(blocks: &mut Blocks<'_, '_, '_, S>) -> Result<(), ArchiveError> {
    match blocks.block()? {
        None => return Err(ArchiveError::broken("the tar archive ends after one block of zeros")),
        Some(block) if !is_zero(&block) => {
            return Err(ArchiveError::broken("there is one block of zeros between its tar entries"));
        }
        Some(_) => {}
    }
    loop {
        match blocks.some(u64::MAX)? {
            [] => return Ok(()),
            some if is_zero(some) => {}
            _ => return Err(ArchiveError::surplus("there is data behind the end of the tar archive")),
        }
    }
}

/// Compared, not counted: a bomb may have gigabytes of them.
fn is_zero(bytes: &[u8]) -> bool {
    static ZEROS: [u8; BLOCK] = [0; BLOCK];
    bytes.chunks(BLOCK).all(|part| part == &ZEROS[..part.len()])
}

fn in_header(block: &[u8; BLOCK], why: &str) -> ArchiveError {
    let name = EntryName::shown(block[..100].split(|byte| *byte == 0).next().unwrap_or_default());
    ArchiveError::broken(format!("{why} (tar header of {name})"))
}
