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
use crate::domain::words::{Word, say, word};
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
        Container::TarGzip => (word!("stream-gzip"), Box::new(gzip::Gzip::new(source))),
        Container::TarXz => (word!("stream-xz"), Box::new(xz::Xz::new(source)?)),
        Container::TarZstd => (word!("stream-zstd"), Box::new(zstd::Zstd::new(source)?)),
        Container::Tar | Container::Zip => (word!("stream-file"), Box::new(source)),
    };
    let mut blocks = Blocks::new(stream, called, &ends, limits, file_size);
    let first = first_block(&mut blocks, container, format);
    if format == Format::Zip {
        let kind = match (first, container) {
            (Err(ArchiveError::Io(error)), _) => return Err(ArchiveError::Io(error)),
            (Err(ArchiveError::Cancelled), _) => return Err(ArchiveError::Cancelled),
            (Err(_), Container::TarGzip) => word!("kind-gzip"),
            (Err(_), Container::TarXz) => word!("kind-xz"),
            (Err(_), Container::TarZstd) => word!("kind-zstd"),
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
        Container::TarGzip => word!("kind-gzip"),
        Container::TarXz => word!("kind-xz"),
        Container::TarZstd => word!("kind-zstd"),
        Container::Tar | Container::Zip => word!("kind-file"),
    };
    let inside = |inner: Word| ArchiveError::OtherContainer {
        kind: say!("kind-inside", outer = outer, inner = inner),
        wanted: container::wanted(format),
    };
    let (head, filled) = blocks.part()?;
    match looks_like(&head[..filled]) {
        true if filled == header::BLOCK => Ok(head),
        true => Err(ArchiveError::broken(word!("broken-in-block"))),
        false => Err(inside(container::called_inside(&head[..filled]))),
    }
}

/// The error of a stream that ends before its file does.
fn behind(stream: Word) -> io::Error {
    io::Error::other(ArchiveError::surplus(say!("surplus-behind-stream", stream = stream)))
}
