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
mod waves;

use current::{Head, Install};
pub(super) use memory::Memory;
use plan::{Limits, Step};

use super::drive::Drive;
use super::step::{After, Stepped};
use crate::domain::{RecordId, SegmentId};

/// Does step after step until the install has to wait. What is in memory from the last look is used as long
/// as the store's summary is the one it was saved with; the summary, the operator's command and the segment
/// are read before every step.
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
        match step(drive, &mut install).await? {
            After::Now => known = Some(install),
            After::Change => return Ok(After::Change),
            After::Pause(pause) => {
                drive.installs.keep(record, install);
                return Ok(After::Pause(pause));
            }
        }
    }
}

async fn step(drive: &Drive, install: &mut Install) -> Stepped {
    let settings = &drive.service.settings;
    let limits = Limits::of(settings, &install.record.strategy.schedule);
    let now = drive.service.clock.now();
    install.look_at_windows(drive, now).await?;
    match plan::plan(install, &limits, now) {
        Step::Nothing => Ok(After::Change),
        Step::Wait(at) => Ok(After::at(at, now)),
        Step::Follow => follow::follow(drive, install, now).await,
        Step::Window(at) => follow::window(drive, install, at).await,
        Step::Schedule(state) => follow::schedule(drive, install, state).await,
        Step::Wave(need) => follow::wave(drive, install, need, now).await,
        Step::Resolve => call::resolve(drive, install, now).await,
        Step::Expire(seats) => follow::expire(drive, install, seats, now).await,
        Step::Start(op, seats) => call::start(drive, install, op, seats, now).await,
        Step::CancelTask(task) => call::cancel(drive, install, task, now).await,
        Step::Poll => match drive.installs.poll_due(install.log.id, settings.controllers.poll_interval) {
            Some(pause) => Ok(After::Pause(pause)),
            None => poll::poll(drive, install, now).await,
        },
        Step::Finish(state, reason) => finish::finish(drive, install, state, reason, now).await,
    }
}
