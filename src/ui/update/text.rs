//! Keys and pasted text for the text field on top.

use ratatui::crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::to_input_request;

use super::super::actions::ActionId;
use super::super::effect::Effect;
use super::super::model::Model;
use super::super::model::overlay::Overlay;
use super::super::model::upload::Upload;
use super::{files, filter, palette, seats, walk};

/// Most bytes of a text field.
pub(super) const MAX: usize = 4096;

/// A key that no action is bound to.
pub(super) fn key(model: &mut Model, key: KeyEvent, _effects: &mut Vec<Effect>) {
    let Some(request) = to_input_request(&Event::Key(key)) else { return };
    let Some(field) = field(model) else { return };
    if field.value().len() >= MAX && matches!(request, tui_input::InputRequest::InsertChar(_)) {
        return;
    }
    if field.handle(request).is_some_and(|changed| changed.value) {
        changed(model);
    }
}

/// Pasted text: its first line, without what does not belong on a line.
pub(super) fn paste(model: &mut Model, pasted: &str) {
    if seats::pasted(model, pasted) {
        return;
    }
    let mut pasted = pasted.to_owned();
    if matches!(model.overlays.last(), Some(Overlay::Files(_))) {
        match files::pasted(model, &pasted) {
            Some(path) => pasted = path,
            None => return,
        }
    }
    let Some(field) = field(model) else { return };
    for letter in pasted.trim_start().lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()) {
        if field.value().len() < MAX {
            field.handle(tui_input::InputRequest::InsertChar(letter));
        }
    }
    changed(model);
}

/// The text field on top.
fn field(model: &mut Model) -> Option<&mut Input> {
    match model.overlays.last()? {
        Overlay::Filter => return Some(model.table_mut(model.list()).filter_mut()),
        Overlay::Upload => return model.upload.as_mut().and_then(Upload::typed_field),
        _ => {}
    }
    match model.overlays.last_mut()? {
        Overlay::Files(files) => Some(&mut files.path),
        Overlay::Palette(palette) => Some(&mut palette.input),
        Overlay::Choice(choice) => Some(&mut choice.input),
        Overlay::Rollout(form) => form.fields.get_mut(form.at),
        Overlay::Plan(plan) if plan.takes_text() => plan.word.as_mut().map(|(_, typed)| typed),
        Overlay::Confirm(confirm) => confirm.typed.as_mut(),
        _ => None,
    }
}

fn changed(model: &mut Model) {
    match model.overlays.last_mut() {
        Some(Overlay::Filter) => filter::changed(model),
        Some(Overlay::Files(open)) => files::changed(open),
        Some(Overlay::Choice(_)) => seats::try_choice(model),
        Some(Overlay::Palette(_)) => palette::find(model),
        _ => {}
    }
}

/// Moves inside text overlays that are lists as well; `true` when the action is dealt with.
pub(super) fn takes(model: &mut Model, id: ActionId) -> bool {
    match (model.overlays.last_mut(), id) {
        (Some(Overlay::Palette(open)), _) => palette::takes(open, id),
        (Some(Overlay::Filter), ActionId::Up | ActionId::Down) => {
            // The rows below move while the filter stays open.
            if let Some(filter) = model.overlays.pop() {
                walk::rows(model, id);
                model.overlays.push(filter);
            }
            true
        }
        _ => false,
    }
}
