//! The filter of the list that gets the keys: typed live, cleared by Esc.

use super::super::model::list::List;
use super::super::model::overlay::Overlay;
use super::super::model::{Model, Pane};
use super::data;

/// Begins to type.
pub(super) fn begin(model: &mut Model) {
    if !matches!(model.overlays.last(), Some(Overlay::Filter)) {
        model.overlays.push(Overlay::Filter);
    }
}

/// The text has changed.
pub(super) fn changed(model: &mut Model) {
    let list = model.list();
    if !model.table_mut(list).narrow() {
        return data::refresh(model, list);
    }
    match list {
        List::Chooser => {
            if let Some(chooser) = model.chooser_mut() {
                chooser.recount();
            }
        }
        List::Pane(Pane::Segments) => model.marks.recount(&model.segments),
        List::Pane(_) | List::InstallSeats => {}
    }
}

/// The filter is as it shall be: what was found stays under the cursor when the filter goes.
pub(super) fn keep(model: &mut Model) {
    let table = model.table_mut(model.list());
    table.go(table.cursor());
}

/// Takes the filter away; `false` when there was none.
pub(super) fn clear(model: &mut Model) -> bool {
    let field = model.table_mut(model.list()).filter_mut();
    if field.value().is_empty() {
        return false;
    }
    field.reset();
    changed(model);
    true
}
