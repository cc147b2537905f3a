//! The text of a kept file, in UTF-8 or GB18030.

use std::borrow::Cow;

use super::super::ArchiveError;
use super::super::error::shown;
use super::super::intake::Kept;
use super::super::text;
use super::Written;
use crate::domain::words::word;

/// All of it. The line of the error is the first that is not UTF-8.
pub(super) fn whole<'a>(file: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, ArchiveError> {
    text::decode(bytes).ok_or_else(|| {
        let right = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let line = bytes[..right].iter().filter(|byte| **byte == b'\n').count() + 1;
        ArchiveError::Manifest {
            at: Box::new(Written { file: shown(file), line: Some(line), ..Written::default() }),
            message: word!("manifest-encoding").into(),
        }
    })
}

/// What was kept of it, if that can be read.
pub(super) fn head(file: &Kept) -> Option<Cow<'_, str>> {
    match file.size > file.bytes.len() as u64 {
        true => text::decode_head(&file.bytes),
        false => text::decode(&file.bytes),
    }
}
