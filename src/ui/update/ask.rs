//! Questions: which button, and what a yes does.

use super::super::allowed;
use super::super::change::Change;
use super::super::effect::{Effect, PlanRequest};
use super::super::model::overlay::{
    Ask, BindPlan, Button, Confirm, Load, Needs, Overlay, PlanConfirm, SyncWatch,
};
use super::super::model::{Model, Tone};
use super::{batch, seats, uploading};
use crate::domain::install::Command;
use crate::domain::plan::Plan;
use crate::domain::words::{Say, say, word};
use crate::domain::{RecordId, RemoteKind, SegmentId};
use crate::service::UNINSTALL_NEEDS_WORD;

/// What must be typed before many seats lose a segment, and before very many are touched at all.
const UNINSTALL_WORD: &str = "uninstall";
const INSTALL_WORD: &str = "install";

/// The word that a plan needs, where a button would be too easy.
fn word_for(plan: &Plan, word_above: usize) -> Option<&'static str> {
    let (install, uninstall) = (plan.install_seat_list.len(), plan.uninstall_seat_list.len());
    if !plan.blocked.is_empty() {
        None
    } else if uninstall > UNINSTALL_NEEDS_WORD {
        Some(UNINSTALL_WORD)
    } else {
        (install + uninstall > word_above).then_some(INSTALL_WORD)
    }
}

/// The word that is not typed yet.
fn missing(plan: &PlanConfirm) -> Option<&'static str> {
    plan.word.as_ref().filter(|(word, typed)| typed.value().trim() != *word).map(|(word, _)| *word)
}

/// Enter: presses the chosen button, or takes the typed word.
pub(super) fn enter(model: &mut Model, effects: &mut Vec<Effect>) {
    let button = match model.overlays.last() {
        Some(Overlay::Plan(plan)) if plan.takes_text() => {
            if let Some(word) = missing(plan) {
                model.tell(Tone::Bad, say!("toast-type-word", word = word));
                return;
            }
            Button::Yes
        }
        Some(Overlay::Plan(plan)) => plan.button,
        Some(Overlay::Confirm(Confirm { ask, typed: Some(typed), .. })) => {
            match ask.needs() {
                Some(Needs::Reason) if typed.value().trim().is_empty() => {
                    model.tell(Tone::Bad, word!("toast-type-reason"));
                    return;
                }
                Some(Needs::Word(word)) if typed.value().trim() != word => {
                    model.tell(Tone::Bad, say!("toast-type-word", word = word));
                    return;
                }
                _ => {}
            }
            Button::Yes
        }
        Some(Overlay::Confirm(confirm)) => confirm.button,
        _ => return,
    };
    press(model, button, effects);
}

/// Presses a button.
pub(super) fn press(model: &mut Model, button: Button, effects: &mut Vec<Effect>) {
    if button == Button::Yes
        && let Err(reason) = allowed::yes(model)
    {
        return model.tell(Tone::Bad, reason);
    }
    match (model.overlays.last_mut(), button) {
        (Some(Overlay::Plan(plan)), Button::Yes) => {
            let Load::Ready(ready) = &plan.plan else { return };
            if missing(plan).is_some() {
                return;
            }
            let confirmed = plan.word.is_some();
            plan.sent = true;
            let (request, seen) = (plan.request.clone(), ready.seen());
            effects.push(Change::Install { request, seen, confirmed }.into());
        }
        (Some(Overlay::Confirm(_)), Button::Yes) => {
            if let Some(Overlay::Confirm(confirm)) = model.overlays.pop() {
                yes(model, confirm, effects);
            }
        }
        (Some(Overlay::Plan(_) | Overlay::Confirm(_)), Button::No) => _ = model.overlays.pop(),
        _ => {}
    }
}

fn yes(model: &mut Model, Confirm { ask, seen, typed, .. }: Confirm, effects: &mut Vec<Effect>) {
    match ask {
        Ask::Delete(segment) => {
            effects.push(Change::Delete(segment, seen).into());
            super::sent(model);
        }
        Ask::Restore(shown) => {
            let (entry, segment) = (shown.entry.id, shown.entry.segment_id);
            effects.push(Change::Restore { entry, segment }.into());
            super::sent(model);
        }
        Ask::Empty(shown) => {
            let (entry, segment) = (shown.entry.id, shown.entry.segment_id);
            effects.push(Change::Empty { entry, segment }.into());
            super::sent(model);
        }
        Ask::Batch(plan) => batch::begin(model, plan, effects),
        Ask::Bind(BindPlan { segment, seats, seen, .. }) => {
            if let Some(chooser) = model.chooser_mut() {
                chooser.is_sent = true;
            }
            effects.push(Change::Bind { segment, seats, seen }.into());
            super::sent(model);
        }
        Ask::Retry { record, alike, .. } => {
            let change = match alike {
                Some(reason) => Change::RetryAlike(record, reason, seen),
                None => Change::Control(record, Command::Retry, seen),
            };
            effects.push(change.into());
            super::sent(model);
        }
        Ask::Cancel(record) => {
            effects.push(Change::Control(record, Command::Cancel, seen).into());
            super::sent(model);
        }
        Ask::NextWave(record) => {
            effects.push(Change::Control(record, Command::Next, seen).into());
            super::sent(model);
        }
        Ask::ForceFinish(record) => {
            let reason = typed.map(|reason| reason.value().trim().to_owned()).unwrap_or_default();
            effects.push(Change::ForceFinish { record, reason, seen }.into());
            super::sent(model);
        }
        Ask::Freeze => {
            let reason = typed.map(|reason| reason.value().trim().to_owned()).unwrap_or_default();
            effects.push(Change::Freeze(reason).into());
            super::sent(model);
        }
        Ask::Unfreeze => {
            effects.push(Change::Unfreeze.into());
            super::sent(model);
        }
        Ask::Held { remotes, .. } => {
            for remote in &remotes {
                effects.push(Change::Sync { remote: *remote, confirm: true }.into());
            }
            let again = |(remote, load): (RemoteKind, Load<RecordId>)| {
                (remote, if remotes.contains(&remote) { Load::Loading } else { load })
            };
            if let Some(Overlay::Sync(watch)) = model.overlays.last_mut() {
                watch.requests = std::mem::take(&mut watch.requests).into_iter().map(again).collect();
            }
        }
        Ask::CancelUpload => uploading::cancel(model, effects),
        Ask::Quit => {
            effects.push(Effect::CancelUpload);
            model.quit = true;
        }
    }
}

/// Leaves the blocked or the offline seats out of the plan, or takes them in again.
pub(super) fn skip(model: &mut Model, which: Skip, effects: &mut Vec<Effect>) {
    let Some(Overlay::Plan(open)) = model.overlays.last_mut() else { return };
    if open.sent || open.plan.ready().is_none() {
        return;
    }
    let skipped = match which {
        Skip::Blocked => &mut open.request.leave_out.blocked,
        Skip::Offline => &mut open.request.leave_out.offline,
    };
    *skipped = !*skipped;
    again(open, effects);
}

/// Which seats of a plan.
#[derive(Debug, Clone, Copy)]
pub(super) enum Skip {
    Blocked,
    Offline,
}

/// What is asked for has changed: so has the plan.
pub(super) fn again(open: &mut PlanConfirm, effects: &mut Vec<Effect>) {
    (open.plan, open.word, open.is_outdated) = (Load::Loading, None, false);
    effects.push(Effect::Plan(open.request.clone()));
}

/// The lists of a segment were read again and are not what they were: a plan on the screen is an old one.
pub(super) fn outdated(model: &mut Model, segment: &SegmentId) {
    for overlay in &mut model.overlays {
        if let Overlay::Plan(open) = overlay
            && open.request.segment == *segment
            && open.plan.ready().is_some()
            && !open.sent
        {
            open.is_outdated = true;
        }
    }
}

/// The plan came, and the word that it needs follows from it; an answer to what was asked before is none to this.
pub(super) fn planned(model: &mut Model, request: &PlanRequest, result: Result<Plan, Say>) {
    let word_above = model.identity.word_above;
    let is_asked = |open: &&mut Box<PlanConfirm>| open.request == *request && open.plan == Load::Loading;
    let open = model.overlays.iter_mut().rev().find_map(|overlay| match overlay {
        Overlay::Plan(open) => Some(open),
        _ => None,
    });
    let Some(open) = open.filter(is_asked) else { return };
    // A yes that came too early was answered with what was going on then.
    model.toast = None;
    open.plan = result.map_or_else(Load::Failed, Load::Ready);
    let word = open.plan.ready().and_then(|plan| word_for(plan, word_above));
    open.word = word.map(|word| (word, Default::default()));
}

/// Tab.
pub(super) fn other_button(model: &mut Model) {
    let button = match model.overlays.last_mut() {
        Some(Overlay::Plan(plan)) => &mut plan.button,
        Some(Overlay::Confirm(confirm)) => &mut confirm.button,
        _ => return,
    };
    *button = match button {
        Button::No => Button::Yes,
        Button::Yes => Button::No,
    };
}

/// The command line that does the same goes to the clipboard.
pub(super) fn copy_command(model: &mut Model, effects: &mut Vec<Effect>) {
    let command = match model.overlays.last() {
        Some(Overlay::Plan(plan)) => plan.command_line(),
        Some(Overlay::Confirm(confirm)) => confirm.commands().join("\n"),
        Some(Overlay::Seats(chooser)) => seats::command_line(chooser),
        _ => return,
    };
    if !command.is_empty() {
        let command = model.identity.as_typed(&command);
        super::copy(model, command, word!("toast-command-copied").into(), effects);
    }
}

/// Enter on data sync: asks whether to remove what is held; closes it when nothing is.
pub(super) fn held(model: &mut Model) {
    let Some(Overlay::Sync(watch)) = model.overlays.last() else { return };
    let held = held_remotes(model, watch);
    if held.is_empty() {
        model.overlays.pop();
    } else if let Some(why) = model.read_only.clone() {
        model.tell(Tone::Bad, why);
    } else {
        let removals = held.iter().map(|(_, removals)| removals).sum();
        let remotes = held.into_iter().map(|(remote, _)| remote).collect();
        super::question(model, Ask::Held { remotes, removals });
    }
}

/// Remotes whose answer to our request holds removals back, and how many.
pub(crate) fn held_remotes(model: &Model, watch: &SyncWatch) -> Vec<(RemoteKind, usize)> {
    let holds = |(remote, load): &(RemoteKind, Load<RecordId>)| {
        let request = load.ready()?;
        let result = model.data.sync.get(remote)?.result.as_ref()?;
        let held = result.outcome.held.len();
        (result.request == Some(*request) && held > 0).then_some((*remote, held))
    };
    watch.requests.iter().filter_map(holds).collect()
}
