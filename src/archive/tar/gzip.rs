//! A gzip stream: one member, or several as pigz and bgzip write them, to the last byte of the file.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::behind;
use crate::domain::words::word;

/// See the module.
pub(super) struct Gzip<S> {
    /// None only while one member gives way to the next.
    member: Option<GzDecoder<S>>,
}

impl<S: BufRead> Gzip<S> {
    pub(super) fn new(source: S) -> Self {
        Self { member: Some(GzDecoder::new(source)) }
    }
}

impl<S: BufRead> Read for Gzip<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let bytes = member.read(out)?;
            if bytes > 0 || out.is_empty() {
                return Ok(bytes);
            }
            match member.get_mut().fill_buf()?.first() {
                None => return Ok(0),
                Some(0x1f) => self.member = self.member.take().map(|done| GzDecoder::new(done.into_inner())),
                Some(_) => return Err(behind(word!("stream-gzip"))),
            }
        }
        Ok(0)
    }
}
