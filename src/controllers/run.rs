//! The loop while leading: changes and timers feed the queue, workers take from it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::task::JoinSet;

use super::drive::Drive;
use super::panicked::{self, AFTER_PANIC};
use super::queue::{Lane, Work};
use super::step::{After, Stepped, Trouble};
use super::{complete, install, platforms, prune, pull, segment, sweep, trash};
use crate::store::{Cache, Change, Rows, SegmentRow};

/// Workers for installs alone, beside those of the pace.
const INSTALL_WORKERS: usize = 4;

/// Drives until `drive.lost`; nothing of it runs any more when this returns. Steps are dropped where they
/// stand: their intents tell the next leader what to look up.
pub(super) async fn run(drive: Arc<Drive>, cache: Arc<Cache>) {
    let mut tasks = JoinSet::new();
    drive.queue.add(Work::Sweep);
    drive.queue.add(Work::Prune);
    drive.queue.add(Work::Platforms);
    let trash = Arc::clone(&drive);
    tasks.spawn(async move { trash::feed(&trash).await });
    tasks.spawn(feed(Arc::clone(&drive), cache));
    let any = std::iter::repeat_n(Lane::Any, drive.pace.workers);
    let lanes = any.chain(std::iter::repeat_n(Lane::Installs, INSTALL_WORKERS));
    for lane in lanes.chain([Lane::Idle]) {
        tasks.spawn(work(Arc::clone(&drive), lane));
    }
    drive.lost.cancelled().await;
    tasks.shutdown().await;
}

/// Changes say "look at this", nothing more.
async fn feed(drive: Arc<Drive>, cache: Arc<Cache>) {
    let mut subscription = cache.subscribe();
    loop {
        for change in subscription.next().await {
            let queue = &drive.queue;
            cache.read(|rows| match change {
                // What a freeze held up goes on with its end.
                Change::Reset | Change::Freeze => everything(&drive, rows).for_each(|work| queue.add(work)),
                change => touched(&drive, rows, change).into_iter().for_each(|work| queue.add(work)),
            });
        }
    }
}

/// What one change asks somebody to look at.
fn touched(drive: &Drive, rows: &Rows, change: Change) -> Option<Work> {
    match change {
        Change::Segment(id) => {
            rows.segments.get(&id).is_some_and(|row| unfinished(drive, row)).then_some(Work::Segment(id))
        }
        Change::Install(record, id) => {
            let open = rows.installs.get(&record).is_some_and(|row| !row.state.is_terminal());
            open.then_some(Work::Install(record, id))
        }
        // An operator may have put another platform in the place of one.
        Change::Meta => Some(Work::Platforms),
        Change::Sync(remote) => {
            let waiting = rows.sync.get(&remote).is_some_and(|sync| sync.is_waiting() || sync.wants_repair());
            (waiting && drive.service.remotes.repository(remote).is_some()).then_some(Work::Sync(remote))
        }
        _ => None,
    }
}

/// What a whole list asks for: also what was asked while nobody listened.
fn everything<'a>(drive: &'a Drive, rows: &'a Rows) -> impl Iterator<Item = Work> + 'a {
    let syncs = drive.service.remotes.configured().map(Work::Sync);
    let segments = rows.segments.iter().filter(|(_, row)| unfinished(drive, row));
    let segments = segments.map(|(id, _)| Work::Segment(id.clone()));
    let installs = rows.installs.iter().filter(|(_, row)| !row.state.is_terminal());
    let installs = installs.map(|(record, row)| Work::Install(*record, row.segment_id.clone()));
    [Work::Platforms].into_iter().chain(syncs).chain(segments).chain(installs)
}

fn unfinished(drive: &Drive, row: &SegmentRow) -> bool {
    let incomplete = !row.has_md5 && row.file_state.is_none() && drive.service.storage.is_folder();
    row.is_in_motion() || incomplete
}

async fn work(drive: Arc<Drive>, lane: Lane) {
    loop {
        let work = drive.queue.next(lane).await;
        match AssertUnwindSafe(look(&drive, &work)).catch_unwind().await {
            Ok(Ok(After::Change)) => drive.queue.done(&work, None),
            Ok(Ok(After::Now)) => drive.queue.done(&work, Some(Duration::ZERO)),
            Ok(Ok(After::Pause(pause))) => drive.queue.done(&work, Some(pause)),
            Ok(Err(Trouble::NotLeader)) => {
                drive.lost.cancel();
                return;
            }
            Ok(Err(Trouble::OtherPlatform(why))) => {
                tracing::error!(%work, %why, "another platform answers: this process drives no more");
                drive.platforms.meet_other(why);
                drive.lost.cancel();
                return;
            }
            Ok(Err(Trouble::Conflict)) => drive.queue.failed(&work),
            Ok(Err(trouble)) => {
                tracing::warn!(%work, %trouble, "a step has to wait");
                drive.queue.failed(&work);
            }
            Err(panic) => match panicked::record(&drive, &work, panicked::words(&*panic)).await {
                Err(Trouble::NotLeader) => {
                    drive.lost.cancel();
                    return;
                }
                // Somebody changed the record: it is looked at again all the same.
                Err(Trouble::Conflict) => drive.queue.failed(&work),
                told => {
                    if let Err(trouble) = told {
                        tracing::warn!(%work, %trouble, "that its step panicked could not be written down");
                    }
                    drive.queue.done(&work, Some(AFTER_PANIC));
                }
            },
        }
    }
}

async fn look(drive: &Drive, work: &Work) -> Stepped {
    match work {
        Work::Segment(id) => segment::look(drive, id).await,
        Work::Install(record, id) => install::look(drive, id, *record).await,
        Work::Sync(remote) => pull::look(drive, *remote).await,
        Work::Sweep => sweep::look(drive).await,
        Work::Trash => trash::look(drive).await,
        Work::Prune => prune::look(drive).await,
        Work::Platforms => platforms::look(drive).await,
        Work::Complete(id) => complete::look(drive, id).await,
    }
}
