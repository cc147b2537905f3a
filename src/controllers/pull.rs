//! Data sync: what is new on a remote comes here, what is gone there goes here, behind a guard.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

use super::drive::Drive;
use super::import::{Import, Imported};
use super::refetch::{self, Refetch};
use super::segment::Current;
use super::step::{After, Stepped, Trouble};
use super::{remove, trash};
use crate::domain::sync::{self, SyncItem, SyncOutcome, SyncRecord, SyncResult};
use crate::domain::trash::Cause;
use crate::domain::{FreeText, RemoteKind, SegmentId, Timestamp, clock};
use crate::remote::{Operation, SegmentRepository};
use crate::service::{CONFLICT, Here, Tombstone, list_remote};
use crate::store::{self, Revision, Txn, keys};

/// Most items of each kind that a result keeps; the counts of longer ones are in the log.
const KEPT: usize = 1_000;

/// When this leader last compared each remote. Nothing is lost with it: the next leader compares at once.
#[derive(Default)]
pub(super) struct LastRuns(Mutex<BTreeMap<RemoteKind, Timestamp>>);

impl LastRuns {
    fn of(&self, remote: RemoteKind) -> Option<Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&remote).copied()
    }

    fn note(&self, remote: RemoteKind, at: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(remote, at);
    }
}

/// A creation that was in doubt and has not arrived after this time never will.
const NEVER_CAME: Duration = Duration::from_secs(3600);

/// Runs a data sync if one is asked for or due.
pub(super) async fn look(drive: &Drive, remote: RemoteKind) -> Stepped {
    let Some(repository) = drive.service.remotes.repository(remote) else { return Ok(After::Change) };
    let key = keys::sync(remote);
    let (_, entry) = drive.leader.reads().get(&key).await?;
    let mut record: SyncRecord = entry.as_ref().map(store::decode).transpose()?.unwrap_or_default();
    if record.wants_repair() {
        return refetch::answer(drive, remote, repository.as_ref(), entry, record).await;
    }
    let interval = drive.service.settings.controllers.sync_interval;
    let now = drive.service.clock.now();
    if let Some(wait) = wait(&record, drive.synced.of(remote), interval, now) {
        return Ok(wait);
    }
    let request = record.request.clone().filter(|_| record.is_waiting());
    let confirm = request.as_ref().is_some_and(|request| request.confirm);
    // What could not be imported last time is downloaded again when somebody asks, not at every interval.
    let known = match &request {
        Some(_) => BTreeMap::new(),
        None => refused_before(record.result.as_ref()),
    };
    let (outcome, error) = match run(drive, remote, repository.as_ref(), confirm, &known).await {
        Ok(outcome) => (outcome, None),
        Err(Trouble::Remote(error)) => (SyncOutcome::default(), Some(FreeText::from(error.to_string()))),
        Err(trouble) => return Err(trouble),
    };
    let (mut outcome, mut error) = (outcome, error);
    if error.is_none() {
        let refetch = Refetch { drive, remote, repository: repository.as_ref() };
        error = refetch::beside(refetch, request.is_some(), &known, &mut outcome).await?;
    }
    tracing::info!(%remote, added = outcome.added.len(), removed = outcome.removed.len(), held = outcome.held.len(),
        refetched = outcome.refetched.len(), failed = outcome.failed.len(), error = error.as_ref().map(|error| error.shown().into_string()), "data sync");
    // A run by the interval keeps the name of the last request that was answered.
    let answered = record.result.as_ref().and_then(|result| result.request);
    let answers = request.map(|request| request.id).or(answered);
    let at = drive.service.clock.now();
    drive.synced.note(remote, at);
    let result = SyncResult { request: answers, at, error, outcome: cut(outcome) };
    // An idle site would else write at every interval that nothing has changed.
    let is_the_same = |before: &SyncResult| SyncResult { at, ..before.clone() } == result;
    if record.result.as_ref().is_some_and(is_the_same) {
        return Ok(After::Now);
    }
    record.result = Some(result);
    let txn = Txn::new().still(key.clone(), entry.as_ref()).put(key, &record)?;
    match drive.commit(txn).await {
        Ok(_) => Ok(After::Now),
        // A new request came meanwhile: it wants a run of its own.
        Err(Trouble::Conflict) => Ok(After::Now),
        Err(trouble) => Err(trouble),
    }
}

/// What the last run could not import, by uid: a uid names one content for ever.
fn refused_before(result: Option<&SyncResult>) -> BTreeMap<String, SyncItem> {
    let failed = result.into_iter().flat_map(|result| &result.outcome.failed);
    failed.filter(|item| item.permanent).map(|item| (item.uid.clone(), item.clone())).collect()
}

/// Nothing to do yet? Then when to look again.
fn wait(record: &SyncRecord, last: Option<Timestamp>, interval: Duration, now: Timestamp) -> Option<After> {
    if record.is_waiting() {
        return None;
    }
    if interval.is_zero() {
        return Some(After::Change);
    }
    let written = record.result.as_ref()?.at;
    let due = clock::after(last.map_or(written, |last| last.max(written)), interval);
    (due > now).then(|| After::at(due, now))
}

async fn run(
    drive: &Drive,
    remote: RemoteKind,
    repository: &dyn SegmentRepository,
    confirm: bool,
    known: &BTreeMap<String, SyncItem>,
) -> Result<SyncOutcome, Trouble> {
    let (before, _) = drive.leader.reads().get(&keys::sync(remote)).await?;
    let list = list_remote(remote, repository).await?;
    let here = Here::read(drive.leader.reads(), remote).await?;
    let now = drive.service.clock.now();
    let mut difference = here.compare(&list, now);
    let late = late_arrivals(drive, remote, repository, &here, now).await?;
    difference.new.retain(|uid, id| !late.uids.contains(uid) && !late.in_doubt.contains(id));
    let mut outcome = SyncOutcome::default();
    for (uid, id) in &difference.conflicts {
        outcome.failed.push(SyncItem { reason: Some(CONFLICT.into()), ..SyncItem::new(uid, id) });
    }
    let (refused, new): (Vec<&String>, Vec<&String>) =
        difference.new.keys().partition(|uid| known.contains_key(*uid));
    let new = new.into_iter().filter_map(|uid| list.segments.get(uid)).collect();
    let Imported { mut added, mut failed } = Import { drive, remote, repository }.run(new).await?;
    failed.extend(refused.into_iter().filter_map(|uid| known.get(uid).cloned()));
    // In the same order each time, so that a run that finds the same is seen to.
    for items in [&mut added, &mut failed] {
        items.sort_by(|one, other| one.uid.cmp(&other.uid));
    }
    outcome.added = added;
    outcome.failed.extend(failed);
    if !difference.gone.is_empty() {
        // One list may be wrong; only what a second complete one misses too is gone.
        let again = list_remote(remote, repository).await?;
        let unread: Vec<&String> = again.unreadable.iter().map(|(uid, _)| uid).collect();
        let gone: BTreeMap<&String, &SegmentId> = difference
            .gone
            .iter()
            .filter(|(uid, _)| !again.segments.contains_key(*uid) && !unread.contains(uid))
            .collect();
        let percent = drive.service.settings.sync.max_delete_percent;
        let hold = !confirm && sync::must_hold(gone.len(), here.published(), again.segments.len(), percent);
        for (uid, id) in gone {
            let item = SyncItem::new(uid, id);
            if hold {
                outcome.held.push(item);
            } else if take_away(drive, id, uid, before).await? {
                outcome.removed.push(item);
            }
        }
    }
    for tombstone in
        here.tombstones.iter().filter(|tombstone| tombstone.expires_at.is_some_and(|at| at <= now))
    {
        drive.commit(Txn::new().delete(keys::tombstone(remote, &tombstone.uid))).await?;
    }
    Ok(outcome)
}

/// What was removed here before anybody knew its uid.
#[derive(Default)]
struct Late {
    /// It has these now.
    uids: BTreeSet<String>,
    /// Nobody can say whether one of these is it.
    in_doubt: BTreeSet<SegmentId>,
}

/// Asks what became of creations that were in doubt when their records were removed. Called after the list: what
/// that shows of them is known here.
async fn late_arrivals(
    drive: &Drive,
    remote: RemoteKind,
    repository: &dyn SegmentRepository,
    here: &Here,
    now: Timestamp,
) -> Result<Late, Trouble> {
    let mut late = Late::default();
    for tombstone in &here.tombstones {
        let Some(operation) = &tombstone.operation else { continue };
        let key = keys::tombstone(remote, operation.as_str());
        match repository.find_operation(operation).await {
            Ok(Operation::Created(uid)) => {
                let known = Tombstone { uid: uid.clone(), operation: None, ..tombstone.clone() };
                drive.commit(Txn::new().delete(key).put(keys::tombstone(remote, &uid), &known)?).await?;
                late.uids.insert(uid);
            }
            Ok(_) if clock::after(tombstone.at, NEVER_CAME) <= now => {
                drive.commit(Txn::new().delete(key)).await?;
            }
            Ok(_) => {}
            Err(_) => _ = late.in_doubt.insert(tombstone.id.clone()),
        }
    }
    Ok(late)
}

/// The record of a segment that is gone on its remote goes too, installed or not. `false`: it changed after `before`,
/// when nothing was listed yet. It may have been published since, and the list be older than that.
async fn take_away(drive: &Drive, id: &SegmentId, uid: &str, before: Revision) -> Result<bool, Trouble> {
    let (_, found) = drive.leader.reads().get(&keys::segment(id)).await?;
    let Some(entry) = found else { return Ok(false) };
    let segment: crate::domain::Segment = store::decode(&entry)?;
    if segment.uid() != Some(uid) || entry.mod_revision > before {
        return Ok(false);
    }
    // Its place on the remote is free now for what was sent before it was adopted.
    if remove::may_arrive_until(&segment).is_some_and(|until| until > drive.service.clock.now()) {
        return Ok(false);
    }
    drive.service.owns_storage().await?;
    let current = Current { entry, segment };
    let aside = trash::put_aside(drive, &current, Cause::Sync).await?;
    match remove::purge(drive, &current, "sync.remove", json!({ "uid": uid }), Some(&aside)).await {
        Ok(()) => Ok(true),
        Err(Trouble::Conflict) => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

pub(super) fn cut(mut outcome: SyncOutcome) -> SyncOutcome {
    let SyncOutcome { added, removed, held, refetched, failed } = &mut outcome;
    for items in [added, removed, held, refetched, failed] {
        items.truncate(KEPT);
    }
    outcome
}
