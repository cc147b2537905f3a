//! Tar archives, plain or in a compressed stream: read forward once, block by block, without holding more
//! than a window. What belongs here: what is a file in such an archive. What does not: what a name may be,
//! and which file says what.

mod blocks;
mod entries;
mod gzip;
mod header;
mod pax;
mod source;
mod xz;
mod zstd;

use std::io::{self, BufRead, Read};

use super::intake::Intake;
use super::progress::Progress;
use super::{ArchiveError, Container, Limits, container};
use crate::domain::Format;
use blocks::Blocks;
pub(super) use header::looks_like;
use source::{Ends, Source};

/// Reads all entries of a file that [`container::detect`] took for a tar archive, or for a stream that may
/// hold one. The file stands at its start.
pub(super) fn read<R: BufRead>(
    file: R,
    (container, format): (Container, Format),
    file_size: u64,
    intake: &mut Intake<'_>,
    limits: &Limits,
    progress: &mut Progress<'_>,
) -> Result<(), ArchiveError> {
    let ends = Ends::new(progress);
    let source = Source::new(file, &ends);
    let (called, stream): (_, Box<dyn Read + '_>) = match container {
        Container::TarGzip => ("its gzip stream", Box::new(gzip::Gzip::new(source))),
        Container::TarXz => ("its xz stream", Box::new(xz::Xz::new(source)?)),
        Container::TarZstd => ("its zstd stream", Box::new(zstd::Zstd::new(source)?)),
        Container::Tar | Container::Zip => ("the file", Box::new(source)),
    };
    let mut blocks = Blocks::new(stream, called, &ends, limits, file_size);
    let first = first_block(&mut blocks, container, format);
    if format == Format::Zip {
        let kind = match (first, container) {
            (Err(ArchiveError::Io(error)), _) => return Err(ArchiveError::Io(error)),
            (Err(ArchiveError::Cancelled), _) => return Err(ArchiveError::Cancelled),
            (Err(_), Container::TarGzip) => "a gzip file",
            (Err(_), Container::TarXz) => "an xz file",
            (Err(_), Container::TarZstd) => "a zstd file",
            (_, container) => container::called(container),
        };
        return Err(ArchiveError::NotAZip { kind });
    }
    entries::read(&mut blocks, first?, intake, limits)
}

/// The first header, if what comes out of the file is a tar archive at all.
fn first_block<S: Read>(
    blocks: &mut Blocks<'_, '_, '_, S>,
    container: Container,
    format: Format,
) -> Result<[u8; header::BLOCK], ArchiveError> {
    let outer = match container {
        Container::TarGzip => "a gzip file",
        Container::TarXz => "an xz file",
        Container::TarZstd => "a zstd file",
        Container::Tar | Container::Zip => "a file",
    };
    let inside = |inner: &str| ArchiveError::OtherContainer {
        kind: format!("{outer} whose content is {inner}"),
        wanted: container::wanted(format),
    };
    let (head, filled) = blocks.part()?;
    match looks_like(&head[..filled]) {
        true if filled == header::BLOCK => Ok(head),
        true => Err(ArchiveError::broken("the tar archive ends within a block")),
        false => Err(inside(container::called_inside(&head[..filled]))),
    }
}

/// The error of a stream that ends before its file does.
fn behind(stream: &str) -> io::Error {
    io::Error::other(ArchiveError::surplus(format!("there is data behind its {stream} stream")))
}
