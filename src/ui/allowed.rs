//! Is an action possible now, and if not, why? Each answer is for the table of actions.

use super::actions::Reason;
use super::model::overlay::{Ask, Confirm, Overlay, Subject};
use super::model::upload::Stage;
use super::model::{Model, Pane};
use super::rows::SegmentRow;
use crate::domain::install::Command;
use crate::domain::words::{say, word};
use crate::domain::{CreateState, DeleteState, TrashEntry};

type Allowed = Result<(), Reason>;

/// Always.
pub(super) fn always(_: &Model) -> Allowed {
    Ok(())
}

/// Records, files and seats can be changed from here.
pub(super) fn changing(model: &Model) -> Allowed {
    model.read_only.clone().map_or(Ok(()), Err)
}

/// There is something to open; the seats open what leads to nothing but an install.
pub(super) fn open(model: &Model) -> Allowed {
    match model.pane {
        Pane::Seats if model.overlays.is_empty() => changing(model),
        _ => Ok(()),
    }
}

/// Something is selected.
pub(super) fn something(model: &Model) -> Allowed {
    match model.subject() {
        Some(_) => Ok(()),
        None => Err(word!("reason-nothing-selected").into()),
    }
}

/// The list shows rows.
pub(super) fn rows(model: &Model) -> Allowed {
    if model.table(model.list()).count() == 0 { Err(word!("reason-no-rows").into()) } else { Ok(()) }
}

/// Rows can be marked.
pub(super) fn mark(model: &Model) -> Allowed {
    if model.chooser().is_some()
        || matches!(model.overlays.last(), Some(Overlay::Files(_) | Overlay::Columns(_)))
    {
        Ok(())
    } else {
        match model.pane {
            Pane::Segments | Pane::Versions => rows(model),
            // It opens the chooser, which leads to nothing but an install.
            Pane::Seats => changing(model).and_then(|()| install(model)),
            Pane::Installs => Err(word!("reason-mark-where").into()),
        }
    }
}

/// The seat under the cursor failed.
pub(super) fn retry_alike(model: &Model) -> Allowed {
    retry(model)?;
    let seat = match model.overlays.last() {
        Some(Overlay::Install(open)) => open.current(),
        _ => None,
    };
    match seat {
        Some(seat) if seat.state.is_retryable() => Ok(()),
        _ => Err(word!("reason-no-failed-seat").into()),
    }
}

/// The cell under the cursor is not as it is meant to be.
pub(super) fn mend(model: &Model) -> Allowed {
    match model.overlays.last() {
        Some(Overlay::Matrix(view)) if view.cell().is_some_and(|cell| cell.drift.is_some()) => Ok(()),
        Some(Overlay::Matrix(_)) => Err(word!("reason-no-drift").into()),
        _ => Err(word!("reason-no-matrix").into()),
    }
}

/// The entry of the trash under the cursor can become a segment again.
pub(super) fn restore(model: &Model) -> Allowed {
    let entry = trashed(model)?;
    match model.data.segment(&entry.segment_id) {
        // What only seats have still is no segment.
        Some(row) if row.removed_at.is_none() => Err(say!("restore-exists", id = &row.id)),
        _ => Ok(()),
    }
}

/// The entry of the trash under the cursor can be deleted for good.
pub(super) fn empty(model: &Model) -> Allowed {
    trashed(model).map(|_| ())
}

/// The entry under the cursor, as long as it is not on its way out.
fn trashed(model: &Model) -> Result<&TrashEntry, Reason> {
    let Some(Overlay::Trash(view)) = model.overlays.last() else {
        return Err(word!("reason-no-trash").into());
    };
    let shown = view.current().ok_or(word!("reason-nothing-selected"))?;
    let entry = &shown.entry;
    if entry.emptying {
        return Err(say!("trash-being-emptied", id = &entry.segment_id, entry = entry.id.to_string()));
    }
    Ok(entry)
}

/// A plan is on the screen.
pub(super) fn plan(model: &Model) -> Allowed {
    match model.overlays.last() {
        Some(Overlay::Plan(_)) => Ok(()),
        _ => Err(word!("reason-no-plan").into()),
    }
}

/// What is asked can be done.
pub(super) fn yes(model: &Model) -> Allowed {
    let open = match model.overlays.last() {
        Some(Overlay::Plan(open)) => open,
        Some(Overlay::Confirm(Confirm { ask: Ask::Bind(plan), .. })) if model.has_changed_since(plan) => {
            return Err(word!("bind-changed").into());
        }
        Some(Overlay::Confirm(Confirm {
            ask: Ask::Cancel(record) | Ask::NextWave(record) | Ask::ForceFinish(record),
            ..
        })) if model.data.install(*record).is_some_and(|row| row.state.is_terminal()) => {
            return Err(word!("reason-finished").into());
        }
        _ => return Ok(()),
    };
    match open.plan.ready() {
        _ if open.sent => Err(word!("plan-sent").into()),
        Some(_) if open.is_outdated => Err(word!("plan-outdated").into()),
        None if matches!(open.plan, super::model::overlay::Load::Failed(_)) => {
            Err(word!("reason-plan-failed").into())
        }
        None => Err(word!("plan-loading").into()),
        Some(plan) if !plan.blocked.is_empty() => Err(word!("reason-blocked").into()),
        Some(plan) if plan.is_empty() => Err(word!("reason-empty-plan").into()),
        Some(_) => Ok(()),
    }
}

/// The plan on the screen has blocked seats.
pub(super) fn skip_blocked(model: &Model) -> Allowed {
    let Some(Overlay::Plan(plan)) = model.overlays.last() else {
        return Err(word!("reason-no-plan").into());
    };
    let blocked =
        plan.request.leave_out.blocked || plan.plan.ready().is_some_and(|plan| !plan.blocked.is_empty());
    if blocked { Ok(()) } else { Err(word!("reason-none-blocked").into()) }
}

/// The plan on the screen has seats that are offline.
pub(super) fn skip_offline(model: &Model) -> Allowed {
    let Some(Overlay::Plan(plan)) = model.overlays.last() else {
        return Err(word!("reason-no-plan").into());
    };
    let offline = plan.request.leave_out.offline
        || plan.plan.ready().is_some_and(|plan| !plan.offline_seat_list.is_empty());
    if offline { Ok(()) } else { Err(word!("reason-none-offline").into()) }
}

/// The files of an upload can still be edited.
pub(super) fn edit(model: &Model) -> Allowed {
    match model.upload.as_ref().map(|upload| &upload.stage) {
        Some(Stage::Running(_)) => Err(word!("reason-uploading").into()),
        _ => Ok(()),
    }
}

/// The selected segment can be installed; what only seats have can be uninstalled.
pub(super) fn install(model: &Model) -> Allowed {
    let row = model.subject_segment().ok_or(word!("reason-no-segment"))?;
    if row.removed_at.is_some() {
        return any_seat(model);
    }
    if row.delete_state == Some(DeleteState::Processing) {
        return Err(say!("reason-being-deleted", id = &row.id));
    }
    if !row.remote.deploys() {
        return Err(say!("reason-cannot-deploy", id = &row.id));
    }
    if row.create_state != CreateState::Succeeded {
        return Err(say!("reason-not-published", id = &row.id));
    }
    any_seat(model)
}

/// The selected segment can be bound.
pub(super) fn bind(model: &Model) -> Allowed {
    let row = model.subject_segment().ok_or(word!("reason-no-segment"))?;
    if row.removed_at.is_some() {
        return Err(say!("reason-removed", id = &row.id));
    }
    any_seat(model)
}

/// There are seats.
pub(super) fn any_seat(model: &Model) -> Allowed {
    if model.data.seats.is_empty() { Err(word!("reason-no-seats").into()) } else { Ok(()) }
}

/// The selected segment can be deleted, or there are marked ones: which of those can is told when it is asked.
pub(super) fn delete(model: &Model) -> Allowed {
    if model.marked().is_some() {
        return Ok(());
    }
    let row = match model.subject() {
        Some(Subject::Segment(_)) => model.subject_segment().ok_or(word!("reason-no-segment"))?,
        None if matches!(model.pane, Pane::Segments | Pane::Versions) => {
            return Err(word!("reason-no-segment").into());
        }
        _ => return Err(word!("reason-delete-where").into()),
    };
    delete_one(model, row)
}

/// This segment can be deleted.
pub(super) fn delete_one(model: &Model, row: &SegmentRow) -> Allowed {
    if row.removed_at.is_some() {
        return Err(say!("reason-removed", id = &row.id));
    }
    if row.delete_state == Some(DeleteState::Processing) {
        return Err(say!("reason-being-deleted", id = &row.id));
    }
    let installed = model.data.installed(&row.id);
    if installed > 0 {
        return Err(say!("reason-installed", id = &row.id, n = installed));
    }
    if let Some(install) = model.data.active(&row.id.prefix).find(|install| install.segment_id == row.id) {
        return Err(say!("reason-being-installed", id = &row.id, record = install.id));
    }
    Ok(())
}

/// The publication of this segment failed and can be tried again.
pub(super) fn publish_again(row: &SegmentRow) -> Allowed {
    if row.delete_state.is_none() && row.create_state == CreateState::Failed && row.removed_at.is_none() {
        Ok(())
    } else {
        Err(say!("reason-not-failed", id = &row.id))
    }
}

/// The selected thing failed and can be tried again; or there are marked ones.
pub(super) fn retry(model: &Model) -> Allowed {
    if model.marked().is_some() {
        return Ok(());
    }
    match model.subject() {
        Some(Subject::Install(_)) => {
            let install = model.install().ok_or(word!("reason-nothing-selected"))?;
            if install.steer().commands().any(|may| may == Command::Retry) {
                Ok(())
            } else if install.bad() == 0 {
                Err(word!("reason-nothing-failed").into())
            } else {
                Err(word!("reason-not-finished").into())
            }
        }
        Some(Subject::Segment(_)) => {
            let row = model.subject_segment().ok_or(word!("reason-no-segment"))?;
            let failed =
                row.create_state == CreateState::Failed || row.delete_state == Some(DeleteState::Failed);
            if failed && row.removed_at.is_none() {
                Ok(())
            } else {
                Err(say!("reason-not-failed", id = &row.id))
            }
        }
        _ => Err(word!("reason-nothing-selected").into()),
    }
}

/// The selected install can be paused or resumed.
pub(super) fn pause(model: &Model) -> Allowed {
    unfinished(model)
}

/// The selected install has a wave left to begin.
pub(super) fn next_wave(model: &Model) -> Allowed {
    unfinished(model)?;
    let may =
        model.install().is_some_and(|install| install.steer().commands().any(|may| may == Command::Next));
    if may { Ok(()) } else { Err(word!("reason-no-wave").into()) }
}

/// The selected install can be cancelled.
pub(super) fn cancel(model: &Model) -> Allowed {
    unfinished(model)?;
    match model.install() {
        Some(install) if install.command == Command::Cancel => Err(word!("reason-cancelling").into()),
        _ => Ok(()),
    }
}

/// The selected install can be finished by force.
pub(super) fn force_finish(model: &Model) -> Allowed {
    unfinished(model)
}

fn unfinished(model: &Model) -> Allowed {
    match model.install() {
        None => Err(word!("reason-no-install").into()),
        Some(install) if install.state.is_terminal() => Err(word!("reason-finished").into()),
        Some(_) => Ok(()),
    }
}
