//! Begins an install, follows the operator's commands, and ends seats whose time is over.

use std::collections::{BTreeMap, BTreeSet};

use super::current::Install;
use super::poll;
use super::save::{keep, save};
use super::unsaved::Due;
use super::waves::{Need, Waves, is_retried};
use crate::controllers::drive::Drive;
use crate::controllers::step::{After, Stepped};
use crate::domain::install::{Command, MAX_SEAT_MESSAGE};
use crate::domain::reasons::masked;
use crate::domain::{FreeText, InstallState, SeatId, SeatProgress, SeatState, Timestamp};
use crate::settings::NoticeEvent;

/// Begins, or does what the latest command asks; writes which one was followed.
pub(super) fn follow(install: &mut Install, now: Timestamp) -> After {
    let control = install.record.control.clone();
    let mut changes = BTreeMap::new();
    let waves = Waves::of(install).len();
    let log = &mut install.log;
    if log.started_at.is_none() {
        log.started_at = Some(now);
        (log.wave, log.waves) = if waves > 1 { (1, waves) } else { (0, 0) };
    }
    if log.followed != control.generation {
        let retried = control.command == Command::Retry || control.retried > log.followed;
        log.followed = control.generation;
        if control.command == Command::Cancel {
            changes = cancelled(install, now);
        } else if retried {
            // What the retry before took up, and nobody has sent yet, belongs to this one.
            let waiting = install.seats.iter().filter(|(_, seat)| is_retried(install, seat));
            changes = waiting.map(|(id, seat)| (id.clone(), SeatProgress::queued(seat.op, now))).collect();
            let log = &mut install.log;
            log.accepted = 0;
            log.wave_ended_at = None;
            log.gate_opens_at = None;
            log.attempt += 1;
            log.started_at = Some(now);
            log.retry_count = 0;
            log.next_retry_at = None;
            changes.extend(again(install, &control.retry_only, now));
        } else if control.command == Command::Run {
            let waves = Waves::of(install);
            let accepted = waves.exceeded(install).map(|_| waves.failed(install));
            install.log.accepted = accepted.unwrap_or(install.log.accepted);
        }
    }
    let log = &mut install.log;
    log.finished_at = None;
    let stays_held = log.state == InstallState::Paused && control.command == Command::Pause;
    if !(stays_held && control.reason.is_empty()) {
        log.reason = (!control.reason.is_empty()).then_some(control.reason);
    }
    log.state = match control.command {
        Command::Pause => InstallState::Paused,
        _ if log.wave_ended_at.is_some() => InstallState::WaitingGate,
        _ => InstallState::Running,
    };
    keep(install, changes, Due::Now);
    After::Now
}

/// Writes down that it waits for its time, or that this has come.
pub(super) fn schedule(install: &mut Install, state: InstallState) -> After {
    install.log.state = state;
    keep(install, BTreeMap::new(), Due::Now);
    After::Now
}

/// Writes down that it waits for a maintenance window.
pub(super) fn window(install: &mut Install, opens_at: Timestamp) -> After {
    install.log.opens_at = Some(opens_at);
    schedule(install, InstallState::Scheduled)
}

/// Writes down where the waves stand.
pub(super) async fn wave(drive: &Drive, install: &mut Install, need: Need, now: Timestamp) -> Stepped {
    let (waves, opens) = (Waves::of(install).len(), Waves::of(install).opens(now));
    let is_stopped = matches!(need, Need::Stop(_));
    let log = &mut install.log;
    match need {
        Need::Stop(reason) => {
            log.state = InstallState::Paused;
            log.reason = Some(FreeText::from(reason));
        }
        Need::End => {
            log.state = InstallState::WaitingGate;
            log.wave_ended_at = Some(now);
            log.gate_opens_at = opens;
            log.reason = None;
        }
        Need::Next => {
            log.wave = (log.wave + 1).min(waves);
            log.wave_ended_at = None;
            log.gate_opens_at = None;
            log.accepted = 0;
            log.state = InstallState::Running;
            log.reason = None;
            tracing::info!(install = %log.id, wave = log.wave, of = waves, "the next wave begins");
        }
        Need::Seats | Need::Retried | Need::Wait(_) => return Ok(After::Now),
    }
    keep(install, BTreeMap::new(), Due::Now);
    if is_stopped {
        // Others are told of nothing that is not so.
        save(drive, install, BTreeMap::new()).await?;
        drive.notices.tell(NoticeEvent::Stopped, || install.told());
    }
    Ok(After::Now)
}

/// The seats a retry takes up.
fn again(install: &Install, only: &BTreeSet<String>, now: Timestamp) -> BTreeMap<SeatId, SeatProgress> {
    let wanted = |seat: &SeatProgress| only.is_empty() || only.contains(&masked(seat.message.raw()));
    let retried = install.seats.iter().filter(|(_, seat)| seat.state.is_retryable() && wanted(seat));
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
    let mut changes = poll::look(drive, install, now).await?.map(|news| news.changes).unwrap_or_default();
    for (id, reason) in seats {
        let got_on = |seat: &SeatProgress| changes.get(&id).is_some_and(|news| news.state != seat.state);
        if let Some(seat) = install.seats.get(&id).filter(|seat| !got_on(seat)) {
            let message = FreeText::from(reason).cut(MAX_SEAT_MESSAGE);
            let ended = SeatProgress { state: SeatState::TimedOut, message, updated_at: now, ..seat.clone() };
            changes.insert(id, ended);
        }
    }
    keep(install, changes, Due::Now);
    Ok(After::Now)
}
