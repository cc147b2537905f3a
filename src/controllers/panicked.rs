//! A step that panicked: what it worked on says so, and waits, so that nobody has to find it in a log.
//!
//! Nothing is counted: it is a fault of this program, not a try at a remote. The moment of the next look is in the
//! record, so that what the step wrote before it broke does not bring it back at once.

use std::any::Any;
use std::time::Duration;

use super::drive::Drive;
use super::queue::Work;
use super::segment::Current;
use super::step::Trouble;
use crate::domain::segment::MAX_REASON;
use crate::domain::sync::{SyncOutcome, SyncRecord, SyncResult};
use crate::domain::{DeleteState, FreeText, InstallLog, RecordId, RemoteKind, SegmentId, Timestamp, clock};
use crate::store::{self, Txn, keys};

/// A record whose step panicked is left alone for this long.
pub(super) const AFTER_PANIC: Duration = Duration::from_secs(60);

/// What a panic said.
pub(super) fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words").to_owned()
}

/// Writes down that the step of this record panicked, and with what words.
pub(super) async fn record(drive: &Drive, work: &Work, words: String) -> Result<(), Trouble> {
    tracing::error!(%work, panic = words, "a step panicked; this record is left alone for a minute");
    let reason = FreeText::from(format!(
        "segdeck itself failed at it: {words}. It looks again in a minute; please report this with the log"
    ))
    .cut(MAX_REASON);
    match work {
        Work::Segment(id) => segment(drive, id, reason).await,
        Work::Install(record, id) => install(drive, id, *record, reason).await,
        Work::Sync(remote) => sync(drive, *remote, reason).await,
        // These have no record of their own.
        Work::Sweep | Work::Trash | Work::Prune | Work::Platforms | Work::Complete(_) => Ok(()),
    }
}

async fn segment(drive: &Drive, id: &SegmentId, why: FreeText) -> Result<(), Trouble> {
    let Some(Current { entry, mut segment }) = Current::read(drive, id).await? else { return Ok(()) };
    let now = drive.service.clock.now();
    let (reason, next) = match &mut segment.delete_status {
        Some(status) if status.state == DeleteState::Processing => {
            (&mut status.reason, &mut status.next_retry_at)
        }
        _ if segment.create_status.state.is_terminal() => return Ok(()),
        _ => (&mut segment.create_status.reason, &mut segment.create_status.next_retry_at),
    };
    if !put_off(reason, next, why, now) {
        return Ok(());
    }
    segment.updated_at = now;
    let key = keys::segment(id);
    let txn = Txn::new().unchanged(key.clone(), entry.mod_revision).put(key, &segment)?;
    drive.commit(txn).await.map(drop)
}

async fn install(drive: &Drive, id: &SegmentId, record: RecordId, why: FreeText) -> Result<(), Trouble> {
    let key = keys::install_log(id, record);
    let Some(entry) = drive.leader.reads().get(&key).await?.1 else { return Ok(()) };
    let mut log: InstallLog = store::decode(&entry)?;
    let now = drive.service.clock.now();
    if log.state.is_terminal() || !put_off(&mut log.reason, &mut log.next_retry_at, why, now) {
        return Ok(());
    }
    // When it last moved on stays as it was: this is no progress.
    let txn = Txn::new().unchanged(key.clone(), entry.mod_revision).put(key, &log)?;
    drive.commit(txn).await.map(drop)
}

/// A data sync that panicked is a run that failed, and answers whoever asked for it.
async fn sync(drive: &Drive, remote: RemoteKind, why: FreeText) -> Result<(), Trouble> {
    let key = keys::sync(remote);
    let (_, entry) = drive.leader.reads().get(&key).await?;
    let mut record: SyncRecord = entry.as_ref().map(store::decode).transpose()?.unwrap_or_default();
    let told = record.result.as_ref().is_some_and(|result| result.error.as_ref() == Some(&why));
    if told && !record.is_waiting() && !record.wants_repair() {
        return Ok(());
    }
    if record.wants_repair() {
        let request = record.repair.request.as_ref().map(|request| request.id);
        let (at, error) = (drive.service.clock.now(), Some(why.clone()));
        record.repair.result = Some(SyncResult { request, at, error, outcome: SyncOutcome::default() });
    }
    let answered = record.result.take().and_then(|result| result.request);
    record.result = Some(SyncResult {
        request: record.request.as_ref().map(|request| request.id).or(answered),
        at: drive.service.clock.now(),
        error: Some(why),
        outcome: SyncOutcome::default(),
    });
    let txn = Txn::new().still(key.clone(), entry.as_ref()).put(key, &record)?;
    drive.commit(txn).await.map(drop)
}

/// `false`: the record says so already. Writing it again would bring the step back at once.
fn put_off(
    reason: &mut Option<FreeText>,
    next: &mut Option<Timestamp>,
    why: FreeText,
    now: Timestamp,
) -> bool {
    if reason.as_ref() == Some(&why) && next.is_some_and(|at| at > now) {
        return false;
    }
    *reason = Some(why);
    *next = Some(clock::after(now, AFTER_PANIC));
    true
}
