//! Files of the operator's beside the settings: themes and keys. What is wrong in one is told with file and line.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use crate::domain::plainly;
use crate::domain::words::{Say, say};

/// What is wrong in a text: the line, counted from 1, and why.
pub(super) type Mistake = (usize, Say);

/// Reads a file, if it is there, with `parse`.
pub(super) fn read<T>(file: &Path, parse: impl FnOnce(&str) -> Result<T, Mistake>) -> Result<Option<T>, Say> {
    let path = || file.display().to_string();
    let source = match std::fs::read_to_string(file) {
        Ok(source) => source,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(say!("path-unreadable", path = path(), reason = plainly(error))),
    };
    parse(&source)
        .map(Some)
        .map_err(|(line, why)| say!("own-file-line", path = path(), line = line, why = why))
}

/// The line of a place in a text.
pub(super) fn line(source: &str, span: Option<Range<usize>>) -> usize {
    let before = source.get(..span.map_or(0, |span| span.start)).unwrap_or_default();
    1 + before.matches('\n').count()
}
