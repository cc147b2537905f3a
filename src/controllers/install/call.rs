//! Calls with an effect on the deployment platform: intent, call, commit.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use super::current::Install;
use super::plan::is_ended;
use super::save::{keep, save, write};
use super::unsaved::Due;
use super::waves::{Waves, is_retried};
use crate::controllers::drive::Drive;
use crate::controllers::step::{After, Stepped, Trouble};
use crate::crash;
use crate::domain::install::{Command, MAX_SEAT_MESSAGE, Task, TaskIntent};
use crate::domain::segment::MAX_REASON;
use crate::domain::{
    FreeText, InstallState, OperationId, SeatId, SeatOp, SeatProgress, SeatState, Timestamp, clock,
};
use crate::remote::{Deployment, Meaning, Operation, RemoteError};
use crate::store::{Txn, keys};

/// How long a call may take before its intent counts as stale.
const CALL_DEADLINE: Duration = Duration::from_secs(60);

/// Writes the intent for a chunk of seats, then sends it. The intent keeps the addresses, so that every
/// repetition asks for exactly the same, whatever becomes of the seats' records meanwhile.
pub(super) async fn start(
    drive: &Drive,
    install: &mut Install,
    op: SeatOp,
    seats: BTreeSet<SeatId>,
    now: Timestamp,
) -> Stepped {
    let known = drive.service.seats_by_id(&seats).await?;
    let forgotten: BTreeSet<SeatId> = seats.into_iter().filter(|id| !known.contains_key(id)).collect();
    if !forgotten.is_empty() {
        let why = FreeText::from("the seat was forgotten");
        let changes = ended(install, &forgotten, SeatState::Skipped, &why, now);
        save(drive, install, changes).await?;
        return Ok(After::Now);
    }
    let seats: BTreeMap<SeatId, IpAddr> = known.into_iter().map(|(id, seat)| (id, seat.ip)).collect();
    let log = &mut install.log;
    log.chunks += 1;
    let operation_id = OperationId::derive(&[
        op.as_str(),
        &log.id.to_string(),
        &format!("attempt{}", log.attempt),
        &format!("chunk{}", log.chunks),
    ]);
    log.intent = Some(TaskIntent {
        operation_id,
        op,
        seats,
        epoch: drive.leader.epoch(),
        since: now,
        deadline: clock::after(now, CALL_DEADLINE),
    });
    crash::point("install.intent.before");
    // A freeze that came since the install was read comes first.
    write(drive, install, Txn::new().absent(keys::freeze())).await?;
    crash::point("install.intent.after");
    send(drive, install, now).await
}

/// An intent of an earlier leader, or of a call whose answer was unclear: what became of it?
pub(super) async fn resolve(drive: &Drive, install: &mut Install, now: Timestamp) -> Stepped {
    let Some(intent) = install.log.intent.clone() else { return Ok(After::Now) };
    let deployment = match deployment(drive, install) {
        Ok(deployment) => deployment,
        Err(reason) => return unclear(drive, install, reason, None, now).await,
    };
    match deployment.find_operation(&intent.operation_id).await {
        Ok(Operation::Task(task)) => Ok(taken(&**deployment, install, task, now)),
        // The call may still arrive: what it starts could not be cancelled any more.
        Ok(_) if is_unwanted(install, &intent) && now < intent.deadline => {
            install.log.next_retry_at = Some(intent.deadline);
            save(drive, install, BTreeMap::new()).await?;
            Ok(After::at(intent.deadline, now))
        }
        Ok(_) if is_unwanted(install, &intent) => {
            end_chunk(drive, install, SeatState::Cancelled, FreeText::default(), now).await
        }
        // It did not arrive, and is not repeated now. What lifts the hold wakes this install.
        Ok(_) if is_held(install, &intent) && now < intent.deadline => {
            Ok(After::Pause(drive.service.settings.controllers.retry_interval))
        }
        // It cannot arrive any more: its seats wait with all the others.
        Ok(_) if is_held(install, &intent) => {
            install.log.intent = None;
            install.log.retry_count = 0;
            install.log.next_retry_at = None;
            save(drive, install, BTreeMap::new()).await?;
            Ok(After::Now)
        }
        Ok(_) => {
            let again = TaskIntent { deadline: clock::after(now, CALL_DEADLINE), ..intent };
            install.log.intent = Some(again);
            save(drive, install, BTreeMap::new()).await?;
            send(drive, install, now).await
        }
        Err(error) => failed(drive, install, error, now).await,
    }
}

/// Does nobody want its seats any more: cancelled, or out of time?
pub(super) fn is_unwanted(install: &Install, intent: &TaskIntent) -> bool {
    install.record.control.command == Command::Cancel
        || intent.seats.keys().all(|seat| is_ended(install, seat))
}

/// May its seats not be sent now? A pause, or a wave with too many failures, holds all but what a retry took up.
pub(super) fn is_held(install: &Install, intent: &TaskIntent) -> bool {
    let retried = |id| install.seats.get(id).is_some_and(|seat| is_retried(install, seat));
    let is_paused = || {
        install.record.control.command == Command::Pause
            || install.log.state == InstallState::Paused
            || Waves::of(install).exceeded(install).is_some()
    };
    install.frozen
        || intent.seats.keys().any(|seat| install.closed.contains_key(seat))
        || (is_paused() && !intent.seats.keys().all(retried))
}

/// Sends the open intent. Repeating it is safe: its request id makes the platform repeat the answer.
async fn send(drive: &Drive, install: &mut Install, now: Timestamp) -> Stepped {
    let Some(intent) = install.log.intent.clone() else { return Ok(After::Now) };
    let deployment = match deployment(drive, install) {
        Ok(deployment) => deployment,
        Err(reason) => return unclear(drive, install, reason, None, now).await,
    };
    let Some(uid) = install.uid().map(str::to_owned) else {
        let why = FreeText::from("the segment has no uid on the platform");
        return end_chunk(drive, install, SeatState::Failed, why, now).await;
    };
    if !drive.leader.is_live() {
        // Whoever leads now looks this call up: it must not arrive afterwards.
        return Err(Trouble::NotLeader);
    }
    let devices: Vec<IpAddr> = intent.seats.values().copied().collect();
    let answer = match intent.op {
        SeatOp::Install => deployment.batch_install(&intent.operation_id, &uid, &devices).await,
        SeatOp::Uninstall => deployment.batch_uninstall(&intent.operation_id, &uid, &devices).await,
    };
    crash::point("install.call.after");
    match answer {
        Ok(task) => Ok(taken(&**deployment, install, task, now)),
        Err(error) if matches!(error.meaning, Meaning::Unclear | Meaning::Exists) => {
            match deployment.find_operation(&intent.operation_id).await {
                Ok(Operation::Task(task)) => Ok(taken(&**deployment, install, task, now)),
                _ => failed(drive, install, error, now).await,
            }
        }
        Err(error) => failed(drive, install, error, now).await,
    }
}

/// The platform took the task: its id is stored with the seats it works on.
fn taken(deployment: &dyn Deployment, install: &mut Install, task_id: String, now: Timestamp) -> After {
    let Some(intent) = install.log.intent.take() else { return After::Now };
    let index = install.log.tasks.len();
    let mut changes = BTreeMap::new();
    for (id, ip) in &intent.seats {
        let Some(seat) = install.seats.get(id).filter(|seat| !seat.state.is_terminal()) else { continue };
        let begun = SeatProgress { task: Some(index), ip: Some(*ip), updated_at: now, ..seat.clone() };
        changes.insert(id.clone(), begun);
    }
    let log = &mut install.log;
    log.tasks.push(Task {
        task_id,
        operation_id: intent.operation_id,
        op: intent.op,
        attempt: log.attempt,
        seats: intent.seats.len(),
        done: false,
        cancelled: false,
        started_at: now,
    });
    let failed_before = std::mem::take(&mut log.retry_count) > 0;
    log.next_retry_at = None;
    // Why it is held stays to be read, also where a failed try wrote over it.
    if log.state != InstallState::Paused {
        log.reason = None;
    } else if failed_before {
        install.log.reason = why_held(install);
    }
    // Until it is written the open intent finds it again, where the platform remembers it.
    keep(install, changes, if deployment.finds_operations() { Due::WithNext } else { Due::Now });
    After::Now
}

/// Why an install is held that has no other news: its wave's failures, or what the operator said.
fn why_held(install: &Install) -> Option<FreeText> {
    let said = &install.record.control.reason;
    let stopped = Waves::of(install).exceeded(install).map(FreeText::from);
    stopped.or_else(|| (!said.is_empty()).then(|| said.clone()))
}

/// The call failed; what its status means decides.
async fn failed(drive: &Drive, install: &mut Install, error: RemoteError, now: Timestamp) -> Stepped {
    let reason = FreeText::from(error.to_string());
    match error.meaning {
        Meaning::Refused | Meaning::NotAuthenticated | Meaning::NotFound => {
            end_chunk(drive, install, SeatState::Failed, reason, now).await
        }
        Meaning::Later(hint) => unclear(drive, install, reason, hint, now).await,
        Meaning::OtherPlatform => Err(error.into()),
        Meaning::Exists | Meaning::Unclear => unclear(drive, install, reason, None, now).await,
    }
}

/// Counts a failed try; the intent stays open. Past the limit nobody can say what became of the chunk.
async fn unclear(
    drive: &Drive,
    install: &mut Install,
    reason: FreeText,
    hint: Option<Duration>,
    now: Timestamp,
) -> Stepped {
    let settings = &drive.service.settings.controllers;
    if install.log.retry_count >= settings.retry_limit {
        if install.log.intent.as_ref().is_some_and(|intent| is_unwanted(install, intent)) {
            tracing::warn!(install = %install.log.id, "the platform may still work on a call that was given up");
        }
        return end_chunk(drive, install, SeatState::Unknown, reason, now).await;
    }
    let pause = hint.unwrap_or_default().max(settings.retry_interval);
    install.log.retry_count += 1;
    install.log.next_retry_at = Some(clock::after(now, pause));
    install.log.reason = Some(reason.cut(MAX_REASON));
    save(drive, install, BTreeMap::new()).await?;
    Ok(After::Pause(pause))
}

/// Ends every open seat of the intent, and the intent.
async fn end_chunk(
    drive: &Drive,
    install: &mut Install,
    state: SeatState,
    why: FreeText,
    now: Timestamp,
) -> Stepped {
    let Some(intent) = install.log.intent.take() else { return Ok(After::Now) };
    let seats = intent.seats.into_keys().collect();
    let changes = ended(install, &seats, state, &why, now);
    let failed_before = std::mem::take(&mut install.log.retry_count) > 0;
    install.log.next_retry_at = None;
    // What became of the seats stands with them; why it is held stays to be read.
    if install.log.state != InstallState::Paused {
        install.log.reason = (!why.is_empty()).then(|| why.cut(MAX_REASON));
    } else if failed_before {
        install.log.reason = why_held(install);
    }
    save(drive, install, changes).await?;
    Ok(After::Now)
}

/// Those of the seats that were not at an end, at this one.
fn ended(
    install: &Install,
    seats: &BTreeSet<SeatId>,
    state: SeatState,
    why: &FreeText,
    now: Timestamp,
) -> BTreeMap<SeatId, SeatProgress> {
    let message = FreeText::from(why.shown().into_string()).cut(MAX_SEAT_MESSAGE);
    let open = seats.iter().filter_map(|id| Some((id, install.seats.get(id)?)));
    open.filter(|(_, seat)| !seat.state.is_terminal())
        .map(|(id, seat)| {
            (id.clone(), SeatProgress { state, message: message.clone(), updated_at: now, ..seat.clone() })
        })
        .collect()
}

/// Tells the platform to cancel a task; what its devices come to is polled as before, as long as one of its seats is
/// open here. What it says of the others changes nothing any more, and is logged.
pub(super) async fn cancel(drive: &Drive, install: &mut Install, index: usize, now: Timestamp) -> Stepped {
    let Some(task) = install.log.tasks.get(index).cloned() else { return Ok(After::Now) };
    let answer = match deployment(drive, install) {
        Ok(deployment) => {
            let operation = OperationId::derive(&["cancel", &install.log.id.to_string(), &task.task_id]);
            deployment.cancel_task(&operation, &task.task_id).await
        }
        Err(reason) => return later(drive, install, index, reason, now).await,
    };
    match answer {
        Err(error) if matches!(error.meaning, Meaning::Unclear | Meaning::Later(_) | Meaning::Exists) => {
            return later(drive, install, index, error.to_string().into(), now).await;
        }
        Err(error) if error.meaning == Meaning::OtherPlatform => return Err(error.into()),
        Err(error) => install.log.reason = Some(FreeText::from(error.to_string()).cut(MAX_REASON)),
        Ok(()) => {
            install.log.next_retry_at = None;
            install.log.retry_count = 0;
            if task.done {
                log_late_answers(drive, install, index).await;
            }
        }
    }
    if let Some(task) = install.log.tasks.get_mut(index) {
        task.cancelled = true;
    }
    // Telling it once more would change nothing.
    keep(install, BTreeMap::new(), Due::WithNext);
    Ok(After::Now)
}

/// A cancel that did not reach the platform is repeated: until the seats end by themselves or by deadline, or, where
/// all have ended, as often as any call is tried.
async fn later(
    drive: &Drive,
    install: &mut Install,
    index: usize,
    reason: FreeText,
    now: Timestamp,
) -> Stepped {
    let settings = &drive.service.settings.controllers;
    install.log.reason = Some(reason.cut(MAX_REASON));
    if let Some(task) = install.log.tasks.get_mut(index).filter(|task| task.done) {
        install.log.retry_count += 1;
        if install.log.retry_count > settings.retry_limit {
            tracing::warn!(install = %install.log.id, task = task.task_id, "the platform may still work on a task that was given up");
            task.cancelled = true;
            install.log.retry_count = 0;
            install.log.next_retry_at = None;
            save(drive, install, BTreeMap::new()).await?;
            return Ok(After::Now);
        }
    }
    install.log.next_retry_at = Some(clock::after(now, settings.retry_interval));
    save(drive, install, BTreeMap::new()).await?;
    Ok(After::Pause(settings.retry_interval))
}

/// Seats that ended here, and otherwise there.
async fn log_late_answers(drive: &Drive, install: &Install, index: usize) {
    let Some(task) = install.log.tasks.get(index) else { return };
    let Ok(deployment) = deployment(drive, install) else { return };
    let Ok(view) = deployment.get_task(&task.task_id).await else { return };
    let said: BTreeMap<IpAddr, SeatState> =
        view.devices.iter().map(|device| (device.ip, device.state)).collect();
    for (id, seat) in install.seats.iter().filter(|(_, seat)| seat.task == Some(index)) {
        let differs =
            seat.ip.and_then(|ip| said.get(&ip)).filter(|said| said.is_good() != seat.state.is_good());
        if let Some(said) = differs {
            tracing::warn!(install = %install.log.id, seat = %id, here = seat.state.as_str(),
                platform = said.as_str(), "a late answer changes nothing");
        }
    }
}

/// The platform that installs this segment.
pub(super) fn deployment<'a>(
    drive: &'a Drive,
    install: &Install,
) -> Result<&'a std::sync::Arc<dyn Deployment>, FreeText> {
    let remote = install.remote();
    remote
        .and_then(|remote| drive.service.remotes.deployment(remote))
        .ok_or_else(|| "no platform that installs is configured; set sdp.endpoint".into())
}
