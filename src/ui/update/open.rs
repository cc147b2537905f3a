//! Enter and Esc: into a thing, and back out of it.

use super::super::effect::Effect;
use super::super::model::columns::AnyTable;
use super::super::model::install_detail::InstallDetail;
use super::super::model::list::List;
use super::super::model::overlay::{Button, Overlay, Subject};
use super::super::model::{Model, Pane};
use super::{ask, batch, files, filter, palette, rollout, seats, theming, upload};

/// Enter.
pub(super) fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.overlays.last() {
        Some(Overlay::Filter) => {
            model.overlays.pop();
            filter::keep(model);
        }
        Some(
            Overlay::Help(_)
            | Overlay::Log(_)
            | Overlay::Why(..)
            | Overlay::Records(_)
            | Overlay::Trail(_)
            | Overlay::Message { .. },
        ) => {
            model.overlays.pop();
        }
        Some(Overlay::Batch(_)) => batch::leave(model, false, effects),
        Some(Overlay::Files(_)) => files::enter(model),
        Some(Overlay::Upload) => upload::enter(model, effects),
        Some(Overlay::Choice(_)) => seats::end_choice(model),
        Some(Overlay::Rollout(_)) => rollout::done(model, effects),
        Some(Overlay::Seats(_)) => seats::done(model, effects),
        Some(Overlay::Plan(_) | Overlay::Confirm(_)) => ask::enter(model, effects),
        Some(Overlay::Palette(_)) => palette::enter(model, effects),
        Some(Overlay::Sync(_)) => ask::held(model),
        Some(Overlay::Themes(_)) => theming::keep(model),
        Some(Overlay::Install(_) | Overlay::Columns(_) | Overlay::Matrix(_) | Overlay::Trash(_)) => {}
        None => match model.pane {
            Pane::Segments => model.pane = Pane::Versions,
            Pane::Versions => model.pane = Pane::Seats,
            Pane::Seats => seats::choose(model, super::super::model::chooser::Purpose::Install, effects),
            Pane::Installs => detail(model),
        },
    }
}

/// The selected install, seat by seat.
pub(super) fn detail(model: &mut Model) {
    if let Some(Subject::Install(record)) = model.subject() {
        let mut detail = InstallDetail::new(record);
        if let Some(arrangement) = List::InstallSeats.name().and_then(|name| model.memory.panes.get(name)) {
            detail.table.arrange(arrangement);
        }
        model.overlays.push(Overlay::Install(Box::new(detail)));
    }
}

/// Esc.
pub(super) fn back(model: &mut Model, effects: &mut Vec<Effect>) {
    model.ahead.clear();
    if model.overlays.is_empty() {
        if model.marks.anchor.take().is_none() && !filter::clear(model) {
            model.pane = Pane::Segments;
        }
        return;
    }
    // Esc takes away what was asked for last: the filter, then the box.
    let filtered = !model.table(model.list()).filter().value().is_empty();
    match model.overlays.last_mut() {
        Some(Overlay::Filter) => {
            filter::clear(model);
            model.overlays.pop();
        }
        Some(Overlay::Batch(_)) => batch::leave(model, true, effects),
        Some(Overlay::Upload) => upload::back(model),
        Some(Overlay::Seats(chooser)) if chooser.marks.anchor.is_some() => chooser.marks.anchor = None,
        Some(Overlay::Plan(_) | Overlay::Confirm(_)) => ask::press(model, Button::No, effects),
        Some(Overlay::Seats(_) | Overlay::Install(_)) if filtered => _ = filter::clear(model),
        Some(_) => _ = model.overlays.pop(),
        None => {}
    }
}
