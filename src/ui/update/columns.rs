//! Columns: sorted by, shown and hidden, and kept for the next time.

use super::super::actions::ActionId;
use super::super::model::Model;
use super::super::model::list::List;
use super::super::model::overlay::{ColumnChooser, Overlay};
use super::data;

/// Opens the list of columns of the pane, at the one that the rows are sorted by.
pub(super) fn begin(model: &mut Model) {
    let pane = model.pane;
    let cursor = model.table(List::Pane(pane)).listed().iter().position(|listed| listed.sorted.is_some());
    model.overlays.push(Overlay::Columns(ColumnChooser { pane, cursor: cursor.unwrap_or(0) }));
}

/// Another column in the list of them, or the last one.
pub(super) fn go(model: &mut Model, to: usize) {
    let Some(Overlay::Columns(chooser)) = model.overlays.last() else { return };
    let last = model.table(List::Pane(chooser.pane)).listed().len().saturating_sub(1);
    if let Some(Overlay::Columns(chooser)) = model.overlays.last_mut() {
        chooser.cursor = to.min(last);
    }
}

/// The next column to sort by; after each column its reverse.
pub(super) fn sort(model: &mut Model) {
    if let Some(Overlay::Columns(chooser)) = model.overlays.last() {
        let (list, cursor) = (List::Pane(chooser.pane), chooser.cursor);
        model.table_mut(list).sort_by(cursor);
        changed(model, list);
    } else {
        let list = model.list();
        model.table_mut(list).sort_by_next();
        changed(model, list);
    }
}

/// Keys of the list of columns; `true` when the action is dealt with.
pub(super) fn takes(model: &mut Model, id: ActionId) -> bool {
    let Some(Overlay::Columns(chooser)) = model.overlays.last() else { return false };
    let (list, cursor) = (List::Pane(chooser.pane), chooser.cursor);
    match id {
        ActionId::Mark => {
            model.table_mut(list).toggle(cursor);
            changed(model, list);
        }
        ActionId::Columns => _ = model.overlays.pop(),
        _ => return false,
    }
    true
}

fn changed(model: &mut Model, list: List) {
    if let Some(name) = list.name() {
        let now = model.table(list).arrangement();
        let panes = &mut model.memory.panes;
        if now == list.first_arrangement() {
            panes.remove(name);
        } else {
            panes.insert(name.to_owned(), now);
        }
    }
    data::refresh(model, list);
}
