//! The filter of what is on top: typed live, cleared by Esc.

use tui_input::Input;

use super::super::model::overlay::Overlay;
use super::super::model::{Model, Pane};
use super::data;

/// Begins to type.
pub(super) fn begin(model: &mut Model) {
    if !matches!(model.overlays.last(), Some(Overlay::Filter)) {
        model.overlays.push(Overlay::Filter);
    }
}

/// The text field of the filter that is typed.
pub(super) fn field(model: &mut Model) -> &mut Input {
    if model.chooser().is_none() {
        return match model.pane {
            Pane::Segments => &mut model.segments.filter,
            Pane::Versions => &mut model.versions.filter,
            Pane::Seats => &mut model.seats.filter,
            Pane::Installs => &mut model.installs.filter,
        };
    }
    let pane = &mut model.seats.filter;
    let chooser = model.overlays.iter_mut().rev().find_map(|overlay| match overlay {
        Overlay::Seats(chooser) => Some(&mut chooser.table.filter),
        _ => None,
    });
    chooser.unwrap_or(pane)
}

/// The text has changed.
pub(super) fn changed(model: &mut Model) {
    if let Some(chooser) = model.chooser_mut() {
        if chooser.table.narrow() {
            chooser.recount();
        } else {
            data::refresh_chooser(model);
        }
        return;
    }
    let narrowed = match model.pane {
        Pane::Segments => {
            let narrowed = model.segments.narrow();
            model.marks.recount(&model.segments);
            narrowed
        }
        Pane::Versions => model.versions.narrow(),
        Pane::Seats => model.seats.narrow(),
        Pane::Installs => model.installs.narrow(),
    };
    if !narrowed {
        data::refresh(model, model.pane);
    }
}

/// The filter is as it shall be: what was found stays under the cursor when the filter goes.
pub(super) fn keep(model: &mut Model) {
    if let Some(chooser) = model.chooser_mut() {
        chooser.table.go(chooser.table.cursor);
        return;
    }
    match model.pane {
        Pane::Segments => model.segments.go(model.segments.cursor),
        Pane::Versions => model.versions.go(model.versions.cursor),
        Pane::Seats => model.seats.go(model.seats.cursor),
        Pane::Installs => model.installs.go(model.installs.cursor),
    }
}

/// Takes the filter away; `false` when there was none.
pub(super) fn clear(model: &mut Model) -> bool {
    let field = field(model);
    if field.value().is_empty() {
        return false;
    }
    field.reset();
    changed(model);
    true
}
