//! Data sync: what is new on a remote comes here, what is gone there goes here, behind a guard.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

use super::drive::Drive;
use super::gone::{Gone, Told};
use super::import::{Import, Imported};
use super::platforms;
use super::refetch::{self, Refetch};
use super::step::{After, Stepped, Trouble};
use crate::domain::sync::{SyncItem, SyncOutcome, SyncRecord, SyncResult, kept};
use crate::domain::{FreeText, RemoteKind, SegmentId, Timestamp, clock};
use crate::remote::{Operation, SegmentRepository};
use crate::service::{CONFLICT, Here, Tombstone, list_remote};
use crate::settings::NoticeEvent;
use crate::store::{self, Txn, keys};

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
    let record: SyncRecord = entry.as_ref().map(store::decode).transpose()?.unwrap_or_default();
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
    let mut told = Told { written: entry.map_or(0, |entry| entry.mod_revision), key, record };
    let removals = told.record.removals.clone();
    let (outcome, error) = match run(drive, remote, repository.as_ref(), &mut told, confirm, &known).await {
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
    let Told { key, written, mut record } = told;
    // A run by the interval keeps the name of the last request that was answered.
    let answered = record.result.as_ref().and_then(|result| result.request);
    let answers = request.map(|request| request.id).or(answered);
    let at = drive.service.clock.now();
    drive.synced.note(remote, at);
    let result = SyncResult { request: answers, at, error, outcome: kept(outcome) };
    // An idle site would else write at every interval that nothing has changed.
    let is_the_same = |before: &SyncResult| SyncResult { at, ..before.clone() } == result;
    let before = record.result.as_ref();
    if before.is_some_and(is_the_same) && record.removals == removals {
        return Ok(After::Now);
    }
    tell(drive, remote, before.map_or(&[], |before| &before.outcome.held), &result.outcome);
    record.result = Some(result);
    let txn = Txn::new().unchanged(key.clone(), written).put(key, &record)?;
    match drive.commit(txn).await {
        Ok(_) => Ok(After::Now),
        // A new request came meanwhile: it wants a run of its own.
        Err(Trouble::Conflict) => Ok(After::Now),
        Err(trouble) => Err(trouble),
    }
}

/// Tells others of what was removed, and of what is held if that is news.
fn tell(drive: &Drive, remote: RemoteKind, held_before: &[SyncItem], outcome: &SyncOutcome) {
    let record = |items: &[SyncItem]| json!({ "remote": remote, "items": items });
    if !outcome.removed.is_empty() {
        drive.notices.tell(NoticeEvent::Removed, || record(&outcome.removed));
    }
    if !outcome.held.is_empty() && outcome.held != held_before {
        drive.notices.tell(NoticeEvent::Held, || record(&outcome.held));
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
    told: &mut Told,
    confirm: bool,
    known: &BTreeMap<String, SyncItem>,
) -> Result<SyncOutcome, Trouble> {
    let pin = platforms::check(drive, remote, repository).await?;
    let (before, _) = drive.leader.reads().get(&keys::sync(remote)).await?;
    let list = list_remote(remote, repository).await?;
    let here = Here::read(drive.leader.reads(), remote).await?;
    // What an earlier leader had begun to remove.
    told.record.removals.settle(|uid| here.has(uid));
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
    // Nothing that the platform lacks, or what it lacks was confirmed: from now on it is like any other.
    let is_settled = confirm || difference.gone.is_empty();
    if !difference.gone.is_empty() {
        let gone = Gone { drive, remote, before, confirmed: confirm, pin: &pin };
        (outcome.removed, outcome.held) = gone.go(told, repository, &here, difference.gone).await?;
    }
    let proven = pin.unproven && here.is_proven(&list);
    let settled = pin.hold_removals && is_settled;
    if proven || settled {
        platforms::write_again(drive, remote, |pin| {
            pin.unproven &= !proven;
            pin.hold_removals &= !settled;
        })
        .await?;
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
