//! Enter and Esc: into a thing, and back out of it.

use std::path::PathBuf;

use super::super::effect::Effect;
use super::super::model::overlay::{Button, InstallDetail, Load, Overlay, Subject, UploadRun};
use super::super::model::{Model, Pane, Tone};
use super::super::words::word;
use super::{act, ask, filter, seats};
use crate::service::UploadProgress;

/// Enter.
pub(super) fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.overlays.last() {
        Some(Overlay::Filter) => {
            model.overlays.pop();
            filter::keep(model);
        }
        Some(Overlay::Help(_) | Overlay::Log(_) | Overlay::Why(..) | Overlay::Message { .. }) => {
            model.overlays.pop();
        }
        Some(Overlay::Upload(_)) => upload(model, effects),
        Some(Overlay::Seats(_)) => seats::done(model, effects),
        Some(Overlay::Plan(_) | Overlay::Confirm(_)) => ask::enter(model, effects),
        Some(Overlay::Palette(palette)) => {
            let chosen = palette.found.get(palette.cursor).copied();
            model.overlays.pop();
            if let Some(id) = chosen {
                act(model, id, effects);
            }
        }
        Some(Overlay::Sync(_)) => ask::held(model),
        Some(Overlay::Install(_)) => {}
        None => match model.pane {
            Pane::Segments => model.pane = Pane::Versions,
            Pane::Versions => model.pane = Pane::Seats,
            Pane::Seats => seats::choose(model, super::super::model::chooser::Purpose::Install, effects),
            Pane::Installs => detail(model),
        },
    }
}

fn detail(model: &mut Model) {
    if let Some(Subject::Install(record)) = model.subject() {
        model.overlays.push(Overlay::Install(Box::new(InstallDetail {
            record,
            view: Load::Loading,
            asked: false,
            cursor: 0,
            offset: 0,
        })));
    }
}

/// Begins the upload; while one runs, lets it run on behind the panes.
fn upload(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.upload.is_some() {
        model.overlays.pop();
        return;
    }
    let Some(Overlay::Upload(form)) = model.overlays.last_mut() else { return };
    let typed = form.path.value().trim();
    if typed.is_empty() {
        return;
    }
    let file = PathBuf::from(typed);
    form.error = None;
    form.candidates.clear();
    let progress = UploadProgress::Copying { copied: 0, total: 0 };
    model.upload = Some(UploadRun { file: file.clone(), progress, cancelling: false });
    effects.push(Effect::Upload(file));
}

/// Tab in a text field.
pub(super) fn complete(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.overlays.last() {
        Some(Overlay::Upload(form)) if model.upload.is_none() => {
            effects.push(Effect::Complete(form.path.value().to_owned()));
        }
        _ => {}
    }
}

/// Esc.
pub(super) fn back(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.overlays.is_empty() {
        if !filter::clear(model) {
            model.pane = Pane::Segments;
        }
        return;
    }
    match model.overlays.last_mut() {
        Some(Overlay::Filter) => {
            filter::clear(model);
            model.overlays.pop();
        }
        Some(Overlay::Upload(_)) => match &mut model.upload {
            Some(run) if !run.cancelling => {
                run.cancelling = true;
                effects.push(Effect::CancelUpload);
                model.tell(Tone::Plain, word!("toast-cancelling"));
            }
            _ => _ = model.overlays.pop(),
        },
        Some(Overlay::Seats(chooser)) if chooser.anchor.is_some() => chooser.anchor = None,
        Some(Overlay::Seats(chooser)) if !chooser.table.filter.value().is_empty() => {
            filter::clear(model);
        }
        Some(Overlay::Plan(_) | Overlay::Confirm(_)) => ask::press(model, Button::No, effects),
        Some(_) => _ = model.overlays.pop(),
        None => {}
    }
}
