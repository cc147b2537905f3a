//! Keys and pasted text for the text field on top.

use ratatui::crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::to_input_request;

use super::super::actions::{ACTIONS, ActionId};
use super::super::effect::Effect;
use super::super::model::Model;
use super::super::model::overlay::Overlay;
use super::super::model::upload::Upload;
use super::{files, filter, walk};

/// Most bytes of a text field.
const MAX: usize = 4096;

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
        Overlay::Filter => return Some(filter::field(model)),
        Overlay::Upload => return model.upload.as_mut().and_then(Upload::typed_field),
        _ => {}
    }
    match model.overlays.last_mut()? {
        Overlay::Files(files) => Some(&mut files.path),
        Overlay::Palette(palette) => Some(&mut palette.input),
        Overlay::Plan(plan) if plan.takes_text() => plan.word.as_mut(),
        Overlay::Confirm(confirm) => confirm.reason.as_mut(),
        _ => None,
    }
}

fn changed(model: &mut Model) {
    match model.overlays.last_mut() {
        Some(Overlay::Filter) => filter::changed(model),
        Some(Overlay::Files(open)) => files::changed(open),
        Some(Overlay::Palette(_)) => find_actions(model),
        _ => {}
    }
}

/// Moves inside text overlays that are lists as well; `true` when the action is dealt with.
pub(super) fn takes(model: &mut Model, id: ActionId) -> bool {
    match (model.overlays.last_mut(), id) {
        (Some(Overlay::Palette(palette)), ActionId::Up | ActionId::Down | ActionId::Complete) => {
            let last = palette.found.len().saturating_sub(1);
            palette.cursor = match id {
                ActionId::Up => palette.cursor.checked_sub(1).unwrap_or(last),
                _ if palette.cursor >= last => 0,
                _ => palette.cursor + 1,
            };
            true
        }
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

/// Actions whose name holds all letters of the palette's field in their order, closest first.
pub(super) fn find_actions(model: &mut Model) {
    let Some(Overlay::Palette(palette)) = model.overlays.last_mut() else { return };
    let typed = palette.input.value().to_lowercase();
    let mut found: Vec<_> = ACTIONS
        .iter()
        .filter(|row| row.offered)
        .filter_map(|row| Some((spread(row.name, &typed)?, row.id)))
        .collect();
    found.sort();
    palette.found = found.into_iter().map(|(_, id)| id).collect();
    palette.cursor = 0;
}

/// How far apart the letters stand in `name`; `None` where they are not all there in order.
fn spread(name: &str, letters: &str) -> Option<usize> {
    let mut rest = name.char_indices();
    let mut ends: Option<(usize, usize)> = None;
    for letter in letters.chars().filter(|letter| !letter.is_whitespace()) {
        let (at, _) = rest.find(|(_, c)| *c == letter)?;
        ends = Some((ends.map_or(at, |(first, _)| first), at));
    }
    Some(ends.map_or(0, |(first, last)| first + 2 * (last - first)))
}
