//! Unpacks the data of one entry after the other, for their checksums.

use std::io::{BufRead, Read, Seek};

use flate2::{Decompress, FlushDecompress, Status};

use super::super::ArchiveError;
use super::super::intake::Intake;
use super::super::progress::Progress;
use super::super::window::Window;
use super::cut_off;
use super::directory::Record;
use super::ends::Ends;
use super::local::Local;
use crate::domain::words::{Say, say, word};

/// Bytes unpacked at once.
const CHUNK: usize = 128 << 10;

/// What all deflated entries share; not there before the first one.
#[derive(Default)]
pub(super) struct Unpacker(Option<Inflate>);

struct Inflate {
    inflate: Decompress,
    chunk: Box<[u8]>,
}

impl Unpacker {
    /// Unpacks an entry; the file is at the first byte of its data, and at the first one behind it afterwards.
    pub(super) fn entry<R: Read + Seek>(
        &mut self,
        file: &mut Window<R>,
        record: &Record,
        local: &Local,
        intake: &mut Intake<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<(), ArchiveError> {
        let crc = match record.method {
            0 => stored(file, record, local, intake, progress)?,
            _ => self.deflated(file, record, local, intake, progress)?,
        };
        match crc == record.crc {
            true => Ok(()),
            false => Err(damaged(local, word!("header-checksum"))),
        }
    }

    fn deflated<R: Read + Seek>(
        &mut self,
        file: &mut Window<R>,
        record: &Record,
        local: &Local,
        intake: &mut Intake<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<u32, ArchiveError> {
        let begin = || Inflate { inflate: Decompress::new(false), chunk: vec![0; CHUNK].into() };
        let Inflate { inflate, chunk } = self.0.get_or_insert_with(begin);
        inflate.reset(false);
        let mut crc = crc32fast::Hasher::new();
        let (mut left, mut size) = (record.compressed, 0_u64);
        loop {
            let input = available(file, left)?;
            let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
            let status = inflate
                .decompress(input, chunk, FlushDecompress::None)
                .map_err(|_| damaged(local, word!("damaged-no-sense")))?;
            let taken = inflate.total_in() - before_in;
            let made = usize::try_from(inflate.total_out() - before_out).unwrap_or(CHUNK);
            file.consume(usize::try_from(taken).unwrap_or_default());
            left -= taken;
            size += made as u64;
            if size > record.size {
                return Err(damaged(local, say!("damaged-more", claimed = record.size)));
            }
            crc.update(&chunk[..made]);
            intake.bytes(&chunk[..made])?;
            progress.at(local.data_end - left)?;
            progress.unpacked(made)?;
            match status {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError if taken == 0 && made == 0 => {
                    return Err(damaged(local, word!("damaged-no-end")));
                }
                Status::Ok | Status::BufError => {}
            }
        }
        if left != 0 {
            let why = word!("entry-hides-bytes");
            return Err(ArchiveError::Entry { name: local.shown.clone(), why });
        }
        if size != record.size {
            return Err(damaged(local, say!("damaged-size", claimed = record.size, size = size)));
        }
        Ok(crc.finalize())
    }
}

fn stored<R: Read + Seek>(
    file: &mut Window<R>,
    record: &Record,
    local: &Local,
    intake: &mut Intake<'_>,
    progress: &mut Progress<'_>,
) -> Result<u32, ArchiveError> {
    let mut crc = crc32fast::Hasher::new();
    let mut ends = local.open_end.then(Ends::default);
    let mut left = record.size;
    while left > 0 {
        let bytes = available(file, left)?;
        let taken = bytes.len();
        crc.update(bytes);
        intake.bytes(bytes)?;
        if ends.as_mut().is_some_and(|ends| ends.found_in(bytes)) {
            let why = word!("entry-ends-early");
            return Err(ArchiveError::Entry { name: local.shown.clone(), why });
        }
        file.consume(taken);
        left -= taken as u64;
        progress.at(local.data_end - left)?;
    }
    Ok(crc.finalize())
}

/// The next bytes, up to `left`; none only if there shall be none.
fn available<R: Read + Seek>(file: &mut Window<R>, left: u64) -> Result<&[u8], ArchiveError> {
    let bytes = file.fill_buf()?;
    if bytes.is_empty() && left > 0 {
        return Err(cut_off(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(&bytes[..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))])
}

fn damaged(local: &Local, reason: impl Into<Say>) -> ArchiveError {
    ArchiveError::Damaged { name: local.shown.clone(), reason: reason.into() }
}
