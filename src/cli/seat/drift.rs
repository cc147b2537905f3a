//! `segdeck seat drift`

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::output::{self, Columns, Format};
use crate::domain::matrix::Drift;
use crate::domain::{Prefix, SeatId, SegmentId};
use crate::service::Listed;

/// A seat that has not what is bound to it, or has what is not.
#[derive(Debug, Serialize)]
struct Drifting {
    seat: SeatId,
    prefix: Prefix,
    drift: Drift,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed: Option<SegmentId>,
    /// The platform does not list it any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    removed: bool,
}

const COLUMNS: Columns<Drifting> = Columns {
    head: &["SEAT", "SEGMENT", "DRIFT", "INSTALLED"],
    cells: |it| {
        vec![
            it.seat.to_string(),
            it.prefix.to_string(),
            it.drift.as_str().to_owned(),
            match &it.installed {
                Some(id) if it.removed => format!("{id} (removed from the platform)"),
                Some(id) => id.to_string(),
                None => String::new(),
            },
        ]
    },
};

/// Exit 0: none; 2: some, as a plan has changes.
pub(super) async fn run(context: &Context) -> Outcome {
    let incarnation = context.service().await?.incarnation().await?;
    let (revision, matrix) = context.service().await?.matrix_since().await?;
    let items: Vec<Drifting> = matrix
        .drifting()
        .filter_map(|(seat, prefix, cell, installed)| {
            let (seat, prefix) = (seat.clone(), prefix.clone());
            Some(Drifting { seat, prefix, drift: cell.drift?, installed, removed: cell.removed })
        })
        .collect();
    if items.is_empty() && context.output.format == Format::Table {
        output::note("nothing differs: what is bound is installed, and nothing else");
        return Ok(Exit::DONE);
    }
    // All of it is one page: what is cut off would look mended.
    let total = items.len();
    let listed =
        Listed { revision, incarnation, total, page: 1, per_page: total, items, unreadable: Vec::new() };
    context.output.list(&listed, &COLUMNS)?;
    Ok(if total == 0 { Exit::DONE } else { Exit::CHANGES })
}
