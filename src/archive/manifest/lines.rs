//! The lines of the files in `SegDescrip`: bounded, without comments and what is blank.

use super::super::ArchiveError;
use super::super::error::shown;
use super::super::intake::Kept;
use super::{Written, encoding};
use crate::domain::words::{Say, say};

/// Most lines of a file, comments among them.
const MAX_LINES: usize = 4096;
/// Longest line, in bytes.
const MAX_LINE: usize = 1024;

/// A line that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    /// Without white space around it.
    pub(super) text: String,
}

/// All lines but comments and blank ones; a comment begins with `#`, `!` or `;`.
pub(super) fn read(file: &Kept) -> Result<Vec<Line>, ArchiveError> {
    let text = encoding::whole(&file.path, &file.bytes)?;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if at >= MAX_LINES {
            return Err(wrong(file, at + 1, None, "", say!("manifest-lines", max = MAX_LINES)));
        }
        if line.len() > MAX_LINE {
            let message = say!("manifest-line-long", bytes = line.len(), max = MAX_LINE);
            return Err(wrong(file, at + 1, None, "", message));
        }
        let line = line.trim();
        if !line.is_empty() && !line.starts_with(['#', '!', ';']) {
            lines.push(Line { number: at + 1, text: line.to_owned() });
        }
    }
    Ok(lines)
}

/// Why a line is not taken.
pub(super) fn wrong(file: &Kept, line: usize, field: Option<&str>, text: &str, message: Say) -> ArchiveError {
    ArchiveError::Manifest { at: Box::new(written(file, line, field, text)), message }
}

/// Where a line stands.
pub(super) fn written(file: &Kept, line: usize, field: Option<&str>, text: &str) -> Written {
    Written { file: shown(&file.path), line: Some(line), field: field.map(shown), text: shown(text) }
}
