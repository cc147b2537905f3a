//! The one way out for what changes anything: shut where this console only looks.

use super::super::effect::Effect;
use super::super::model::{Model, Tone};
use super::{derive, done};

/// Lets no change out of a console that only looks. Whatever waits for one is answered as if the service had refused
/// it, so that no box waits for ever, and the operator is told why.
pub(super) fn shut(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(why) = model.read_only.clone() else { return };
    // An answer may ask for the next change: each file of an upload follows on the one before.
    while let Some(at) = effects.iter().position(|effect| matches!(effect, Effect::Change(_))) {
        let Effect::Change(change) = effects.remove(at) else { continue };
        for outcome in change.refused(&why) {
            done::apply(model, outcome, effects);
        }
        derive::follow(model, effects);
        model.tell(Tone::Bad, why.clone());
    }
}
