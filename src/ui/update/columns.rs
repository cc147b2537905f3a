//! Columns: sorted by, shown and hidden, and kept for the next time.

use super::super::actions::ActionId;
use super::super::model::columns::{Arranged, Column, InstallColumn, SeatColumn, SegmentColumn};
use super::super::model::overlay::{ColumnChooser, Overlay};
use super::super::model::{Model, Pane};
use super::data;

/// Opens the list of columns of the pane, at the one that the rows are sorted by.
pub(super) fn begin(model: &mut Model) {
    let pane = model.pane;
    let cursor = model.arranged(pane).listed().iter().position(|listed| listed.sorted.is_some());
    model.overlays.push(Overlay::Columns(ColumnChooser { pane, cursor: cursor.unwrap_or(0) }));
}

/// The next column to sort by; after each column its reverse.
pub(super) fn sort(model: &mut Model) {
    if let Some(Overlay::Columns(chooser)) = model.overlays.last() {
        let (pane, cursor) = (chooser.pane, chooser.cursor);
        model.arranged_mut(pane).sort_by(cursor);
        changed(model, pane);
    } else if let Some(chooser) = model.chooser_mut() {
        chooser.table.sort_by_next();
        data::refresh_chooser(model);
    } else {
        let pane = model.pane;
        model.arranged_mut(pane).sort_by_next();
        changed(model, pane);
    }
}

/// Keys of the list of columns; `true` when the action is dealt with.
pub(super) fn takes(model: &mut Model, id: ActionId) -> bool {
    let Some(Overlay::Columns(chooser)) = model.overlays.last() else { return false };
    let (pane, cursor) = (chooser.pane, chooser.cursor);
    match id {
        ActionId::Mark => {
            model.arranged_mut(pane).toggle(cursor);
            changed(model, pane);
        }
        ActionId::Columns => _ = model.overlays.pop(),
        _ => return false,
    }
    true
}

fn changed(model: &mut Model, pane: Pane) {
    let now = model.arranged(pane).arrangement();
    let first = pane.first_arrangement();
    let panes = &mut model.memory.panes;
    if now == first {
        panes.remove(pane.name());
    } else {
        panes.insert(pane.name().to_owned(), now);
    }
    data::refresh(model, pane);
}

/// How many columns a pane has.
pub(super) fn count(pane: Pane) -> usize {
    match pane {
        Pane::Segments | Pane::Versions => SegmentColumn::ALL.len(),
        Pane::Seats => SeatColumn::ALL.len(),
        Pane::Installs => InstallColumn::ALL.len(),
    }
}
