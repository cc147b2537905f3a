//! How an install takes its seats: a form over its plan.

use super::super::actions::ActionId;
use super::super::effect::Effect;
use super::super::model::Model;
use super::super::model::overlay::{Load, Overlay};
use super::super::model::rollout::RolloutForm;
use super::ask;

/// Opens the form over the plan that is here.
pub(super) fn begin(model: &mut Model) {
    let Some(Overlay::Plan(open)) = model.overlays.last() else { return };
    if !open.sent && open.plan != Load::Loading {
        let form = RolloutForm::new(&open.rules);
        model.overlays.push(Overlay::Rollout(Box::new(form)));
    }
}

/// Moves between the fields; `true` when the action is dealt with.
pub(super) fn takes(model: &mut Model, id: ActionId) -> bool {
    let Some(Overlay::Rollout(form)) = model.overlays.last_mut() else { return false };
    let last = form.fields.len() - 1;
    form.at = match id {
        ActionId::NextField => form.at.checked_add(1).filter(|at| *at <= last).unwrap_or(0),
        ActionId::PreviousField => form.at.checked_sub(1).unwrap_or(last),
        _ => return false,
    };
    true
}

/// Enter: the plan is made again, with these rules.
pub(super) fn done(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    let Some(Overlay::Rollout(form)) = model.overlays.last_mut() else { return };
    let texts = form.texts();
    match form.read(now, &model.identity) {
        Ok(rollout) => {
            model.overlays.pop();
            let Some(Overlay::Plan(open)) = model.overlays.last_mut() else { return };
            if open.rules != texts {
                open.rules = texts;
                open.request.rollout = rollout;
                ask::again(open, effects);
            }
        }
        // The form says why below its fields.
        Err((at, _)) => form.at = at,
    }
}
