//! Hostile zip archives.

mod bombs;
mod doubles;
mod headers;
mod kinds;
mod names;
mod structure;

use crate::hostile::Row;

/// All of them, and a few good ones at the edge of what is refused.
pub(crate) fn rows() -> Vec<Row> {
    [bombs::rows(), doubles::rows(), headers::rows(), kinds::rows(), names::rows(), structure::rows()]
        .into_iter()
        .flatten()
        .collect()
}
