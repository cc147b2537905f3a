//! Hostile tar archives, and hostile streams around them.

mod bombs;
mod described;
mod ends;
mod entries;
mod headers;
mod streams;

use crate::hostile::Row;

/// All rows.
pub(crate) fn rows() -> Vec<Row> {
    [headers::rows(), entries::rows(), described::rows(), ends::rows(), streams::rows(), bombs::rows()]
        .into_iter()
        .flatten()
        .collect()
}
