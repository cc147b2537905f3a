//! The trash: opened, read again when it may have changed, and what is asked before an entry leaves it.

use super::super::effect::Effect;
use super::super::model::overlay::{Ask, Overlay};
use super::super::model::trash::{TrashPage, TrashView};
use super::super::model::{Model, Tone};
use super::complain;
use crate::domain::SegmentId;
use crate::domain::words::{Say, say, word};
use crate::service::TrashShown;

/// Opens it.
pub(super) fn begin(model: &mut Model) {
    if !matches!(model.overlays.last(), Some(Overlay::Trash(_))) {
        model.overlays.push(Overlay::Trash(Box::default()));
    }
}

/// The open one.
fn open(model: &mut Model) -> Option<&mut TrashView> {
    model.overlays.iter_mut().rev().find_map(|overlay| match overlay {
        Overlay::Trash(view) => Some(&mut **view),
        _ => None,
    })
}

/// Asks for it, also when it has changed.
pub(super) fn ask(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(view) = open(model).filter(|view| !view.asked) {
        view.asked = true;
        effects.push(Effect::LoadTrash);
    }
}

/// It is here.
pub(super) fn loaded(model: &mut Model, page: Result<TrashPage, Say>) {
    if let Some(view) = open(model) {
        view.take(page);
    }
}

/// Something was put into it or left it.
pub(super) fn changed(model: &mut Model) {
    if let Some(view) = open(model) {
        view.asked = false;
    }
}

/// Asks before the entry under the cursor is restored or emptied.
pub(super) fn question(model: &mut Model, ask: fn(Box<TrashShown>) -> Ask) {
    if let Some(Overlay::Trash(view)) = model.overlays.last()
        && let Some(shown) = view.current()
    {
        let ask = ask(Box::new(shown.clone()));
        super::question(model, ask);
    }
}

/// An entry has become a segment again, or not.
pub(super) fn restored(model: &mut Model, segment: &SegmentId, result: Result<(), Say>) {
    changed(model);
    match result {
        Ok(()) => model.tell(Tone::Good, say!("toast-restored", id = segment)),
        Err(why) => complain(model, word!("title-not-restored"), why, waits(model)),
    }
}

/// An entry is being emptied, or not.
pub(super) fn emptied(model: &mut Model, segment: &SegmentId, result: Result<(), Say>) {
    changed(model);
    match result {
        Ok(()) => model.tell(Tone::Good, say!("toast-emptying", id = segment)),
        Err(why) => complain(model, word!("title-not-emptied"), why, waits(model)),
    }
}

/// Whoever still looks at the trash waits for what became of it.
fn waits(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::Trash(_)))
}
