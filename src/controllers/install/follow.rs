//! Begins an install, follows the operator's commands, and ends seats whose time is over.

use std::collections::BTreeMap;

use super::current::Install;
use super::poll;
use super::save::save;
use crate::controllers::drive::Drive;
use crate::controllers::step::{After, Stepped};
use crate::domain::install::{Command, MAX_SEAT_MESSAGE};
use crate::domain::{FreeText, InstallState, SeatId, SeatProgress, SeatState, Timestamp};

/// Begins, or does what the latest command asks; writes which one was followed.
pub(super) async fn follow(drive: &Drive, install: &mut Install, now: Timestamp) -> Stepped {
    let control = install.record.control.clone();
    let mut changes = BTreeMap::new();
    let log = &mut install.log;
    if log.started_at.is_none() {
        log.started_at = Some(now);
    }
    if log.followed != control.generation {
        let retried = control.command == Command::Retry || control.retried > log.followed;
        log.followed = control.generation;
        if control.command == Command::Cancel {
            changes = cancelled(install, now);
        } else if retried {
            log.attempt += 1;
            log.started_at = Some(now);
            log.retry_count = 0;
            log.next_retry_at = None;
            changes = again(install, now);
        }
    }
    let log = &mut install.log;
    log.finished_at = None;
    log.reason = (!control.reason.is_empty()).then_some(control.reason);
    log.state = if control.command == Command::Pause { InstallState::Paused } else { InstallState::Running };
    save(drive, install, changes).await?;
    Ok(After::Now)
}

/// The seats a retry takes up.
fn again(install: &Install, now: Timestamp) -> BTreeMap<SeatId, SeatProgress> {
    let retried = install.seats.iter().filter(|(_, seat)| seat.state.is_retryable());
    retried.map(|(id, seat)| (id.clone(), SeatProgress::queued(seat.op, now))).collect()
}

/// The seats that were not sent yet. Those of an open intent may have been: they are looked up first.
fn cancelled(install: &Install, now: Timestamp) -> BTreeMap<SeatId, SeatProgress> {
    let waiting = install.seats.iter().filter(|(id, seat)| {
        seat.state == SeatState::Queued && seat.task.is_none() && !install.in_intent(id)
    });
    waiting
        .map(|(id, seat)| {
            (id.clone(), SeatProgress { state: SeatState::Cancelled, updated_at: now, ..seat.clone() })
        })
        .collect()
}

/// Ends seats whose time is over, unless the platform says by now what became of them: perhaps nobody looked for
/// a day. What it says later changes nothing.
pub(super) async fn expire(
    drive: &Drive,
    install: &mut Install,
    seats: BTreeMap<SeatId, String>,
    now: Timestamp,
) -> Stepped {
    // Who cannot be asked does not keep them open.
    let mut changes = poll::look(drive, install, now).await.map(|news| news.changes).unwrap_or_default();
    for (id, reason) in seats {
        let got_on = |seat: &SeatProgress| changes.get(&id).is_some_and(|news| news.state != seat.state);
        if let Some(seat) = install.seats.get(&id).filter(|seat| !got_on(seat)) {
            let message = FreeText::from(reason).cut(MAX_SEAT_MESSAGE);
            let ended = SeatProgress { state: SeatState::TimedOut, message, updated_at: now, ..seat.clone() };
            changes.insert(id, ended);
        }
    }
    save(drive, install, changes).await?;
    Ok(After::Now)
}
