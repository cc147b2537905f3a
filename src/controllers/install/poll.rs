//! Looks at the running tasks and takes over what their devices came to.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use super::call::deployment;
use super::current::Install;
use super::plan::Limits;
use super::save::{keep, save};
use super::unsaved::Due;
use crate::controllers::drive::Drive;
use crate::controllers::step::{After, Stepped, Trouble};
use crate::crash;
use crate::domain::install::MAX_SEAT_MESSAGE;
use crate::domain::segment::MAX_REASON;
use crate::domain::{FreeText, InstallState, SeatId, SeatProgress, SeatState, Timestamp, clock};
use crate::remote::{DeviceResult, Meaning, TaskView};

/// Up to this many seats every move of a bar is written; above, each seat costs at most one write between
/// its start and its end.
const LIVELY: usize = 500;

/// What the running tasks say that is not recorded yet, and why one of them could not be asked.
pub(super) struct News {
    pub(super) changes: BTreeMap<SeatId, SeatProgress>,
    reason: Option<FreeText>,
}

/// One look at every task that is not done.
pub(super) async fn poll(drive: &Drive, install: &mut Install, now: Timestamp) -> Stepped {
    let interval = drive.service.settings.controllers.poll_interval;
    let News { changes, reason } = match look(drive, install, now).await? {
        Ok(news) => news,
        Err(reason) => return say(drive, install, reason).await,
    };
    // Why it is held stays to be read while the last seats come to their end.
    let holds = matches!(install.log.state, InstallState::Paused | InstallState::WaitingGate);
    let reason = reason.or_else(|| install.log.reason.clone().filter(|_| holds));
    crash::point("install.poll");
    if changes.is_empty() && install.log.reason == reason && install.unsaved.due == Due::Nothing {
        return Ok(After::Pause(interval));
    }
    install.log.reason = reason;
    // What is sent next for the room that this made goes into the same write.
    keep(install, changes, Due::Now);
    Ok(After::Now)
}

/// Asks the platform; the inner error is why there is nobody to ask.
pub(super) async fn look(
    drive: &Drive,
    install: &Install,
    now: Timestamp,
) -> Result<Result<News, FreeText>, Trouble> {
    let deployment = match deployment(drive, install) {
        Ok(deployment) => deployment,
        Err(reason) => return Ok(Err(reason)),
    };
    let progress_deadline = Limits::of(&drive.service.settings, &install.record.strategy.schedule).progress;
    let mut changes = BTreeMap::new();
    let mut reason = None;
    for (index, task) in install.log.tasks.iter().enumerate().filter(|(_, task)| !task.done) {
        match deployment.get_task(&task.task_id).await {
            Ok(view) => read(install, index, &view, progress_deadline, now, &mut changes),
            Err(error) if error.meaning == Meaning::NotFound => {
                let message = FreeText::from("the platform no longer knows the task");
                let open = install.open_seats(index);
                changes.extend(
                    open.map(|(id, seat)| (id.clone(), ended(seat, SeatState::Unknown, &message, now))),
                );
            }
            Err(error) if error.meaning == Meaning::OtherPlatform => return Err(error.into()),
            // Nothing is lost by not looking: the deadlines end it.
            Err(error) => reason = Some(FreeText::from(error.to_string()).cut(MAX_REASON)),
        }
    }
    Ok(Ok(News { changes, reason }))
}

/// Keeps the reason why nothing moves where people see it.
pub(super) async fn say(drive: &Drive, install: &mut Install, reason: FreeText) -> Stepped {
    let pause = drive.service.settings.controllers.retry_interval;
    if install.log.reason.as_ref() != Some(&reason) {
        install.log.reason = Some(reason);
        save(drive, install, BTreeMap::new()).await?;
    }
    Ok(After::Pause(pause))
}

/// What a task's answer changes.
fn read(
    install: &Install,
    index: usize,
    view: &TaskView,
    progress_deadline: Duration,
    now: Timestamp,
    changes: &mut BTreeMap<SeatId, SeatProgress>,
) {
    let devices: BTreeMap<IpAddr, &DeviceResult> =
        view.devices.iter().map(|device| (device.ip, device)).collect();
    let lively = install.seats.len() <= LIVELY;
    for (id, seat) in install.open_seats(index) {
        let device = seat.ip.and_then(|ip| devices.get(&ip));
        let Some(device) = device else {
            if view.done {
                let message = FreeText::from("the platform's answer does not name this seat");
                changes.insert(id.clone(), ended(seat, SeatState::Unknown, &message, now));
            }
            continue;
        };
        let message = FreeText::from(device.message.shown().into_string()).cut(MAX_SEAT_MESSAGE);
        let moved = device.percent != seat.percent || message != seat.message;
        let halfway = seat.percent < 50 && device.percent >= 50;
        // A sign of life is kept in time for the deadline that looks for it.
        let overdue = clock::between(seat.updated_at, now) > progress_deadline / 3;
        if device.state != seat.state || (moved && (lively || halfway || overdue)) {
            let percent = device.percent.min(100);
            changes.insert(
                id.clone(),
                SeatProgress { state: device.state, percent, message, updated_at: now, ..seat.clone() },
            );
        }
    }
}

fn ended(seat: &SeatProgress, state: SeatState, message: &FreeText, now: Timestamp) -> SeatProgress {
    SeatProgress { state, message: message.clone(), updated_at: now, ..seat.clone() }
}
