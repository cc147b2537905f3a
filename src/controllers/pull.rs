//! Data sync: what is new on a remote comes here, what is gone there goes here, behind a guard.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::drive::Drive;
use super::remove;
use super::resuming::resuming;
use super::segment::Current;
use super::step::{After, Stepped, Trouble};
use crate::archive::Overrides;
use crate::domain::segment::RemoteExtra;
use crate::domain::sync::{self, SyncItem, SyncOutcome, SyncRecord, SyncResult};
use crate::domain::{CreateState, FreeText, RemoteKind, SegmentId, Timestamp, clock};
use crate::remote::{Operation, RemoteSegment, SegmentRepository};
use crate::service::{
    Audited, CONFLICT, Checked, Code, Here, Incoming, ServiceError, Tombstone, list_remote,
};
use crate::storage::{Hashed, StorageError};
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
    tracing::info!(%remote, added = outcome.added.len(), removed = outcome.removed.len(), held = outcome.held.len(),
        failed = outcome.failed.len(), error = error.as_ref().map(|error| error.shown().into_string()), "data sync");
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
    for (uid, id) in &difference.new {
        let Some(segment) = list.segments.get(uid) else { continue };
        if let Some(item) = known.get(uid) {
            outcome.failed.push(item.clone());
            continue;
        }
        let failed = |reason: FreeText| SyncItem { reason: Some(reason), ..SyncItem::new(uid, id) };
        match import(drive, remote, repository, segment).await {
            Ok(true) => outcome.added.push(SyncItem::new(uid, id)),
            Ok(false) => {}
            Err(Trouble::Service(error)) if error.code != Code::Unavailable => {
                let permanent = error.code == Code::Invalid;
                outcome.failed.push(SyncItem { permanent, ..failed(error.message.into()) });
            }
            Err(Trouble::Remote(error)) => outcome.failed.push(failed(error.to_string().into())),
            Err(trouble) => return Err(trouble),
        }
    }
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

/// Downloads, checks and records a segment of the remote. `false`: it came here by another way meanwhile.
async fn import(
    drive: &Drive,
    remote: RemoteKind,
    repository: &dyn SegmentRepository,
    there: &RemoteSegment,
) -> Result<bool, Trouble> {
    let service = &drive.service;
    let never = CancellationToken::new();
    let bytes = resuming(repository, &there.uid).map(|chunk| chunk.map_err(std::io::Error::other));
    let max = service.settings.upload.max_file_size;
    let staging = match service.storage.stage(bytes, max, |_| {}, &never).await {
        Ok(staging) => staging,
        // What the download said is what happened; everything else is our own storage's fault.
        Err(StorageError::Source(error)) => {
            return Err(ServiceError::new(
                Code::Failed,
                format!("download of {} broke off: {error}", there.id),
            )
            .into());
        }
        Err(error @ StorageError::TooLarge { .. }) => {
            return Err(ServiceError::from(error).into());
        }
        // A smaller one may still fit, and whoever waits for this sync shall hear of it.
        Err(error @ StorageError::Full { .. }) => {
            return Err(ServiceError::new(Code::Failed, error.to_string()).into());
        }
        Err(error) => return Err(error.into()),
    };
    let same = |hashed: &Hashed| match hashed.sha256 == there.sha256 {
        true => Ok(()),
        false => Err(format!(
            "the download of {} has sha256 {}, but {remote} says {}",
            there.id, hashed.sha256, there.sha256
        )),
    };
    // The remote's word counts for who it is: whoever uploaded it may have overridden what its manifest says.
    let overrides = Overrides {
        prefix: Some(there.id.prefix.to_string()),
        version: Some(there.id.version.to_string()),
        ..Overrides::default()
    };
    let incoming =
        Incoming { file_name: there.file_name.raw(), format: remote.format(), overrides: &overrides };
    let checked = service.check(staging, same, incoming, |_| {}, &never).await?;
    record(drive, remote, there, checked).await
}

async fn record(
    drive: &Drive,
    remote: RemoteKind,
    there: &RemoteSegment,
    checked: Checked,
) -> Result<bool, Trouble> {
    let service = &drive.service;
    let mut segment = service.new_segment(&checked, there.file_name.raw().to_owned(), remote.format());
    segment.is_local = false;
    segment.created_by = "data sync".into();
    segment.create_status.state = CreateState::Succeeded;
    segment.remote_extra = Some(RemoteExtra { uid: there.uid.clone(), unknown: Default::default() });
    service.storage.promote(&checked.staged, &segment.storage_key).await?;
    let id = &segment.id;
    let txn = Txn::new()
        .absent(keys::segment(id))
        .absent(keys::tombstone(remote, &there.uid))
        .put(keys::segment(id), &segment)?
        .put(keys::manifest(id), &checked.contents.manifest_whole)?;
    let audited = Audited {
        action: "sync.import",
        object: &id.to_string(),
        before: serde_json::Value::Null,
        after: json!({ "uid": there.uid, "sha256": segment.sha256 }),
    };
    match drive.commit_audited(txn, audited).await {
        Ok(_) => Ok(true),
        Err(Trouble::Conflict) => {
            service.storage.delete(&segment.storage_key).await?;
            Ok(false)
        }
        // The record may have been made: its file stays, and the sweep looks after it if not.
        Err(trouble) => Err(trouble),
    }
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
    let key = segment.storage_key.clone();
    match remove::purge(drive, &Current { entry, segment }, "sync.remove", json!({ "uid": uid })).await {
        Ok(()) => {}
        Err(Trouble::Conflict) => return Ok(false),
        Err(trouble) => return Err(trouble),
    }
    // The record is gone: a file left by a crash here is the sweep's.
    drive.service.storage.delete(&key).await?;
    Ok(true)
}

fn cut(mut outcome: SyncOutcome) -> SyncOutcome {
    for items in [&mut outcome.added, &mut outcome.removed, &mut outcome.held, &mut outcome.failed] {
        items.truncate(KEPT);
    }
    outcome
}
