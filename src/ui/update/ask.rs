//! Questions: which button, and what a yes does.

use super::super::effect::Effect;
use super::super::model::overlay::{Ask, Button, Confirm, Load, Overlay, SyncWatch};
use super::super::model::{Model, Tone};
use super::super::words::{say, word};
use super::uploading;
use crate::domain::install::Command;
use crate::domain::{RecordId, RemoteKind};

/// What must be typed before many seats lose a segment.
pub(crate) const UNINSTALL_WORD: &str = "uninstall";

/// Enter: presses the chosen button, or takes the typed word.
pub(super) fn enter(model: &mut Model, effects: &mut Vec<Effect>) {
    let button = match model.overlays.last() {
        Some(Overlay::Plan(plan)) if plan.takes_text() => {
            let typed = plan.word.as_ref().map(|word| word.value().trim() == UNINSTALL_WORD);
            if typed != Some(true) {
                model.tell(Tone::Bad, say!("toast-type-word", word = UNINSTALL_WORD));
                return;
            }
            Button::Yes
        }
        Some(Overlay::Plan(plan)) => plan.button,
        Some(Overlay::Confirm(Confirm { reason: Some(reason), .. })) => {
            if reason.value().trim().is_empty() {
                model.tell(Tone::Bad, word!("toast-type-reason"));
                return;
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
    match (model.overlays.last_mut(), button) {
        (Some(Overlay::Plan(plan)), Button::Yes) => {
            let Load::Ready(ready) = &plan.plan else { return };
            if plan.sent || ready.is_empty() || !ready.blocked.is_empty() {
                return;
            }
            let confirmed = plan.word.is_some();
            if confirmed && plan.word.as_ref().is_none_or(|word| word.value().trim() != UNINSTALL_WORD) {
                return;
            }
            plan.sent = true;
            effects.push(Effect::Install {
                segment: plan.segment.clone(),
                wanted: plan.wanted.clone(),
                revision: ready.revision,
                confirmed,
            });
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

fn yes(model: &mut Model, Confirm { ask, seen, reason, .. }: Confirm, effects: &mut Vec<Effect>) {
    match ask {
        Ask::Delete(segment) => {
            effects.push(Effect::Delete(segment, seen));
            super::sent(model);
        }
        Ask::Cancel(record) => {
            effects.push(Effect::Control(record, Command::Cancel, seen));
            super::sent(model);
        }
        Ask::ForceFinish(record) => {
            let reason = reason.map(|reason| reason.value().trim().to_owned()).unwrap_or_default();
            effects.push(Effect::ForceFinish { record, reason, seen });
            super::sent(model);
        }
        Ask::Held(remotes) => {
            for remote in &remotes {
                effects.push(Effect::Sync { remote: *remote, confirm: true });
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

/// The plan's command line goes to the clipboard.
pub(super) fn copy_command(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(Overlay::Plan(plan)) = model.overlays.last() {
        let command = plan.command.clone();
        super::copy(model, command, word!("toast-command-copied").into(), effects);
    }
}

/// Enter on data sync: asks whether to remove what is held; closes it when nothing is.
pub(super) fn held(model: &mut Model) {
    let Some(Overlay::Sync(watch)) = model.overlays.last() else { return };
    let held = held_remotes(model, watch);
    if held.is_empty() {
        model.overlays.pop();
    } else if model.read_only {
        model.tell(Tone::Bad, word!("reason-read-only"));
    } else {
        model.overlays.push(Overlay::Confirm(Confirm::new(Ask::Held(held), model.data.seen)));
    }
}

/// Remotes whose answer to our request holds removals back.
pub(crate) fn held_remotes(model: &Model, watch: &SyncWatch) -> Vec<RemoteKind> {
    let holds = |(remote, load): &(RemoteKind, Load<RecordId>)| {
        let request = load.ready()?;
        let result = model.data.sync.get(remote)?.result.as_ref()?;
        (result.request == Some(*request) && !result.outcome.held.is_empty()).then_some(*remote)
    };
    watch.requests.iter().filter_map(holds).collect()
}
