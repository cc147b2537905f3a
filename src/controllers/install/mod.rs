//! Drives an install to its end: reads it whole, decides one step, does it.

mod call;
mod current;
mod finish;
mod follow;
mod memory;
mod plan;
mod poll;
mod save;
#[cfg(test)]
mod tests;
mod unsaved;
mod waves;

use std::collections::BTreeSet;

use current::{Head, Install};
pub(super) use memory::Memory;
use plan::{Limits, Step};
use unsaved::Due;

use super::drive::Drive;
use super::platforms::{self, Passage};
use super::step::{After, Stepped, Trouble};
use crate::domain::segment::MAX_REASON;
use crate::domain::{FreeText, RecordId, SeatId, SeatOp, SegmentId, Timestamp};
use crate::store::Txn;

/// Does step after step until the install has to wait, and writes what they changed no later than that. What is in
/// memory from the last look is used as long as the store's summary is the one it was saved with; the summary, the
/// operator's command and the segment are read before every step.
pub(super) async fn look(drive: &Drive, id: &SegmentId, record: RecordId) -> Stepped {
    let reads = drive.leader.reads();
    let mut known = drive.installs.take(record);
    loop {
        let Some(head) = Head::read(reads, id, record).await? else { return Ok(After::Change) };
        let mut install = match known.take() {
            Some(mut install) if install.is_fresh(&head) => {
                install.renew(head);
                install
            }
            _ => Install::read(reads, head).await?,
        };
        let pause = match step(drive, &mut install).await? {
            After::Now => {
                known = Some(install);
                continue;
            }
            After::Change => None,
            After::Pause(pause) => Some(pause),
        };
        if install.unsaved.must_be_written(pause, drive.service.settings.controllers.poll_interval) {
            save::write(drive, &mut install, Txn::new()).await?;
        }
        let Some(pause) = pause else { return Ok(After::Change) };
        drive.installs.keep(record, install);
        return Ok(After::Pause(pause));
    }
}

async fn step(drive: &Drive, install: &mut Install) -> Stepped {
    let settings = &drive.service.settings;
    let limits = Limits::of(settings, &install.record.strategy.schedule);
    let (record, interval) = (install.log.id, settings.controllers.poll_interval);
    let now = drive.service.clock.now();
    install.look_at_windows(drive, now).await?;
    let planned = plan::plan(install, &limits, now);
    if let Some(away) = unasked(drive, install, &planned).await? {
        return poll::say(drive, install, away).await;
    }
    match planned {
        Step::Nothing => Ok(After::Change),
        Step::Wait(at) => Ok(After::at(at, now)),
        Step::Follow => {
            // Each command leaves its own trace, also where two come at once.
            if install.unsaved.due == Due::Now {
                save::write(drive, install, Txn::new()).await?;
            }
            Ok(follow::follow(install, now))
        }
        Step::Window(at) => Ok(follow::window(install, at)),
        Step::Schedule(state) => Ok(follow::schedule(install, state)),
        Step::Wave(need) => follow::wave(drive, install, need, now).await,
        Step::Resolve => call::resolve(drive, install, now).await,
        Step::Expire(seats) => match install.unsaved.rest(interval) {
            Some(rest) => Ok(After::Pause(rest)),
            None => {
                drive.installs.polled(record);
                follow::expire(drive, install, seats, now).await
            }
        },
        Step::Start(op, seats) => start(drive, install, op, seats, now).await,
        Step::CancelTask(task) => call::cancel(drive, install, task, now).await,
        // What there is to write is written first: one poll a look.
        Step::Poll if install.unsaved.due == Due::Now => {
            Ok(After::Pause(drive.installs.until_poll(record, interval)))
        }
        Step::Poll => match drive.installs.poll_due(record, interval) {
            Some(pause) => Ok(After::Pause(pause)),
            None => poll::poll(drive, install, now).await,
        },
        Step::Finish(state, reason) => finish::finish(drive, install, state, reason, now).await,
    }
}

/// Why a step that calls the platform has to wait: nobody knows yet which platform it is. What runs out of time
/// meanwhile ends all the same.
async fn unasked(drive: &Drive, install: &Install, planned: &Step) -> Result<Option<FreeText>, Trouble> {
    let waits = matches!(planned, Step::Resolve | Step::Start(..) | Step::CancelTask(_) | Step::Poll);
    let Some(remote) = install.segment.as_ref().map(|segment| segment.remote) else { return Ok(None) };
    let Some(repository) = drive.service.remotes.repository(remote) else { return Ok(None) };
    if !waits && !matches!(planned, Step::Expire(_)) {
        return Ok(None);
    }
    match platforms::pass(drive, remote, repository.as_ref()).await? {
        Passage::Away(error) if waits => Ok(Some(FreeText::from(error.to_string()).cut(MAX_REASON))),
        _ => Ok(None),
    }
}

/// Sends seats, with what a poll that is due brings: one write for both, and no more of them than there are polls.
async fn start(
    drive: &Drive,
    install: &mut Install,
    op: SeatOp,
    seats: BTreeSet<SeatId>,
    now: Timestamp,
) -> Stepped {
    let (record, interval) = (install.log.id, drive.service.settings.controllers.poll_interval);
    if let Some(rest) = install.unsaved.rest(interval) {
        return Ok(After::Pause(rest));
    }
    let works = install.log.tasks.iter().any(|task| !task.done);
    if works
        && install.unsaved.due != Due::Now
        && drive.installs.poll_due(record, interval).is_none()
        && poll::poll(drive, install, now).await? == After::Now
    {
        // What it said may change what comes next.
        return Ok(After::Now);
    }
    drive.installs.polled(record);
    call::start(drive, install, op, seats, now).await
}
