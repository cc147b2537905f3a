//! Ends an install: what happened goes into the history of its seats, then the summary says how it ended.
//!
//! The history is written first and an event is added only once, so that a crash in between repeats it
//! without harm; the install counts as active until then.

use super::current::Install;
use super::save::{save_end, write};
use super::unsaved::Due;
use crate::controllers::drive::Drive;
use crate::controllers::step::{After, Stepped, Trouble};
use crate::domain::install::Command;
use crate::domain::seat::SeatEvent;
use crate::domain::{FreeText, InstallState, SeatId, SeatProgress, Timestamp};
use crate::service::histories;
use crate::store::Txn;

/// Histories written by one transaction: full ones have about 30 KiB each.
const BATCH: usize = 40;

pub(super) async fn finish(
    drive: &Drive,
    install: &mut Install,
    state: InstallState,
    reason: Option<String>,
    now: Timestamp,
) -> Stepped {
    if install.unsaved.due != Due::Nothing {
        write(drive, install, Txn::new()).await?;
    }
    let seats: Vec<(&SeatId, &SeatProgress)> =
        install.seats.iter().filter(|(_, seat)| seat.state.is_terminal()).collect();
    for batch in seats.chunks(BATCH) {
        write_history(drive, install, batch).await?;
    }
    install.recount();
    let log = &mut install.log;
    let was = std::mem::replace(&mut log.state, state);
    log.finished_at = Some(now);
    log.updated_at = now;
    log.next_retry_at = None;
    log.intent = None;
    if let Some(reason) = reason {
        log.reason = Some(FreeText::from(reason));
    } else if was == InstallState::Paused || install.record.control.command == Command::Cancel {
        // What held it is over, and why a poll failed; what the operator said of it stays.
        let said = &install.record.control.reason;
        log.reason = (!said.is_empty()).then(|| said.clone());
    }
    save_end(drive, install).await?;
    drive.installs.forget(install.log.id);
    tracing::info!(install = %install.log.id, segment = %install.log.segment_id, state = state.as_str(), "install ended");
    Ok(After::Change)
}

/// The attempt in which a seat came to its end: one that succeeded is in no later one.
fn attempt_of(install: &Install, seat: &SeatProgress) -> u32 {
    let task = seat.task.and_then(|task| install.log.tasks.get(task));
    task.map_or(install.log.attempt, |task| task.attempt)
}

async fn write_history(
    drive: &Drive,
    install: &Install,
    batch: &[(&SeatId, &SeatProgress)],
) -> Result<(), Trouble> {
    let told = batch.iter().map(|(id, seat)| {
        let event = SeatEvent {
            at: seat.updated_at,
            record: install.log.id,
            attempt: attempt_of(install, seat),
            segment_id: install.log.segment_id.clone(),
            op: seat.op,
            state: seat.state,
            message: seat.message.clone(),
        };
        (*id, event)
    });
    match histories(drive.leader.reads(), told).await? {
        Some(txn) => drive.commit(txn).await.map(drop),
        None => Ok(()),
    }
}
