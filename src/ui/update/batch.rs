//! Marked segments, and the same done to all of them.

use super::super::actions::ActionId;
use super::super::allowed;
use super::super::change::Change;
use super::super::effect::Effect;
use super::super::model::batch::{Batch, BatchPlan, Errand};
use super::super::model::marks::Marks;
use super::super::model::overlay::{Ask, Overlay};
use super::super::model::table::{Row, Table};
use super::super::model::{Model, Pane, Tone};
use super::question;
use crate::domain::SegmentId;
use crate::domain::words::{Say, say, word};

/// Changes marks by the rows of their table.
pub(super) fn change<R: Row>(marks: &mut Marks<R::Id>, table: &mut Table<R>, id: ActionId) {
    match id {
        ActionId::Mark => marks.toggle(table),
        ActionId::Range => marks.range(table),
        ActionId::MarkShown => marks.mark_shown(table),
        _ => marks.invert(table),
    }
}

/// Marks segments, in either pane of them.
pub(super) fn mark(model: &mut Model, id: ActionId) {
    match model.pane {
        Pane::Versions => change(&mut model.marks, &mut model.versions, id),
        _ => change(&mut model.marks, &mut model.segments, id),
    }
    model.marks.recount(&model.segments);
}

/// Asks whether the same shall be done to all that are marked.
pub(super) fn ask(model: &mut Model, errand: Errand) {
    let (mut segments, mut left_out) = (Vec::new(), Vec::new());
    for id in &model.marks.ids {
        let Some(row) = model.data.segment(id) else { continue };
        let allowed = match errand {
            Errand::Delete => allowed::delete_one(model, row),
            Errand::Retry => allowed::publish_again(row),
        };
        match allowed {
            Ok(()) => segments.push(id.clone()),
            Err(reason) => left_out.push((id.clone(), reason)),
        }
    }
    if segments.is_empty() {
        let marked = left_out.len();
        if let Some((_, reason)) = left_out.into_iter().next() {
            model.tell(Tone::Bad, say!("toast-none-of-marked", n = marked, reason = reason));
        }
        return;
    }
    question(model, Ask::Batch(BatchPlan { errand, segments, left_out }));
}

/// It is wanted: begins, and shows how far it comes.
pub(super) fn begin(model: &mut Model, plan: BatchPlan, effects: &mut Vec<Effect>) {
    let BatchPlan { errand, segments, .. } = plan;
    model.overlays.push(Overlay::Batch(Batch::new(errand, segments.len())));
    effects.push(Change::Batch { errand, segments, seen: model.data.seen }.into());
}

/// One of the segments has its answer.
pub(super) fn one(model: &mut Model, id: SegmentId, result: Result<(), Say>) {
    let Some(batch) = open(model) else { return };
    match result {
        Ok(()) => {
            batch.done += 1;
            model.marks.ids.remove(&id);
            model.marks.recount(&model.segments);
        }
        Err(why) => batch.refused.push((id, why)),
    }
}

/// All have, or no more were begun. Where there is nothing to read, the box closes by itself.
pub(super) fn ended(model: &mut Model) {
    let Some(batch) = open(model) else { return };
    batch.ended = true;
    let (errand, done, all) = (batch.errand, batch.done, batch.all);
    if !batch.refused.is_empty() {
        return;
    }
    model.overlays.retain(|open| !matches!(open, Overlay::Batch(_)));
    let left = all - done;
    let say = match errand {
        Errand::Delete => say!("toast-batch-deleting", n = done, left = left),
        Errand::Retry => say!("toast-batch-retrying", n = done, left = left),
    };
    model.tell(if left == 0 { Tone::Good } else { Tone::Plain }, say);
}

/// Esc or Enter on the box.
pub(super) fn leave(model: &mut Model, stop: bool, effects: &mut Vec<Effect>) {
    match model.overlays.last_mut() {
        Some(Overlay::Batch(batch)) if batch.ended => _ = model.overlays.pop(),
        Some(Overlay::Batch(batch)) if stop && !batch.stopping => {
            batch.stopping = true;
            effects.push(Effect::StopBatch);
        }
        Some(Overlay::Batch(_)) => model.tell(Tone::Plain, word!("toast-batch-running")),
        _ => {}
    }
}

fn open(model: &mut Model) -> Option<&mut Batch> {
    model.overlays.iter_mut().find_map(|open| match open {
        Overlay::Batch(batch) => Some(batch),
        _ => None,
    })
}
