//! Deletes a segment: on its remote, then everything the store has of it in one transaction that leaves it to the trash.

use std::time::Duration;

use serde_json::{Value, json};

use super::drive::Drive;
use super::platforms::{self, Passage};
use super::segment::Current;
use super::step::{After, Stepped, Trouble};
use super::trash::{self, Aside};
use super::{leftover, publish};
use crate::crash;
use crate::domain::segment::{Effect, MAX_REASON};
use crate::domain::trash::Cause;
use crate::domain::{CreateState, DeleteState, FreeText, OperationId, Segment, Timestamp, clock};
use crate::remote::{Meaning, Operation, RemoteError};
use crate::service::{Audited, Tombstone, brief};
use crate::settings::NoticeEvent;
use crate::store::{ListQuery, Txn, keys};

/// How long the call may take before its intent counts as stale.
const DELETE_DEADLINE: Duration = Duration::from_secs(60);

/// How long a remote may still list what was deleted there.
const BURIED: Duration = Duration::from_secs(24 * 3600);

/// How long after its caller gave up a creation may still take effect: the remote makes a file last that it has
/// received whole.
const LATE: Duration = Duration::from_secs(30);

/// How a try at the remote ended.
enum Tried {
    /// It is not there any more, or never was.
    Gone,
    Failed(FreeText, Option<Duration>),
    Refused(FreeText),
    /// A creation that was under way may yet arrive; not before this moment is it known that it will not.
    NotYet(Timestamp),
}

pub(super) async fn remove(drive: &Drive, mut current: Current) -> Stepped {
    let status = current.segment.delete_status.as_ref();
    if !status.is_some_and(|status| status.local_only || status.remote_gone) {
        match on_remote(drive, &mut current).await? {
            Tried::Gone => remember(drive, &mut current).await?,
            tried => return record(drive, current, tried).await,
        }
    }
    let storage = drive.owned_storage().await?;
    let aside = if current.segment.delete_status.as_ref().is_some_and(|status| status.purge) {
        storage.delete(&current.segment.storage_key).await?;
        None
    } else {
        Some(trash::put_aside(drive, &current, Cause::Delete).await?)
    };
    crash::point("delete.file.after");
    purge(drive, &current, "segment.purge", Value::Null, aside.as_ref()).await?;
    crash::point("delete.purge.after");
    Ok(After::Change)
}

/// Once the remote has it no more this deletion has to come to its end: what the remote says, or does not say, to the
/// next leader must not fail it.
async fn remember(drive: &Drive, current: &mut Current) -> Result<(), Trouble> {
    if current.segment.uid().is_none() && !was_sent(&current.segment) {
        return Ok(());
    }
    if let Some(status) = current.segment.delete_status.as_mut() {
        status.remote_gone = true;
    }
    let key = keys::segment(&current.segment.id);
    let txn = Txn::new().unchanged(key.clone(), current.entry.mod_revision).put(key, &current.segment)?;
    current.entry.mod_revision = drive.commit(txn).await?;
    Ok(())
}

/// May the remote have heard of it?
fn was_sent(segment: &Segment) -> bool {
    let status = &segment.create_status;
    segment.intent.is_some()
        || status.retry_count > 0
        // Tries of an earlier generation left nothing but this number.
        || status.generation > 0
        || status.state != CreateState::Pending
}

/// A creation whose answer nobody had: until when it may still arrive.
pub(super) fn may_arrive_until(segment: &Segment) -> Option<Timestamp> {
    let intent = segment.intent.as_ref().filter(|intent| intent.effect == Effect::Create)?;
    // Whoever sent it had stopped when the deletion was asked for, or was no longer leading soon after.
    let asked = segment.delete_status.as_ref().map_or(intent.deadline, |status| status.time);
    Some(clock::after(intent.deadline.min(asked), LATE))
}

async fn on_remote(drive: &Drive, current: &mut Current) -> Result<Tried, Trouble> {
    let remote = current.segment.remote;
    if current.segment.uid().is_none() && !was_sent(&current.segment) {
        return Ok(Tried::Gone);
    }
    let Some(repository) = drive.service.remotes.repository(remote) else {
        let reason =
            format!("{remote} is not configured; set {remote}.endpoint, or delete with --local-only");
        return Ok(Tried::Failed(reason.into(), None));
    };
    if let Passage::Away(error) = platforms::pass(drive, remote, &**repository).await? {
        return failed(error);
    }
    let may_arrive = may_arrive_until(&current.segment);
    // A creation was tried and nothing came back of it: it may be there all the same.
    if current.segment.uid().is_none() || may_arrive.is_some() {
        match repository.find_operation(&publish::operation(current)).await {
            Ok(Operation::Created(uid)) => current.segment.set_uid(uid),
            Ok(_) => {
                let now = drive.service.clock.now();
                if let Some(until) = may_arrive.filter(|until| *until > now) {
                    return Ok(Tried::NotYet(until));
                }
            }
            Err(error) => return failed(error),
        }
    }
    if current.segment.uid().is_none() && current.segment.restored_at.is_some() {
        // Its platform may have kept it all the time, under an id that the record has not learnt yet.
        match repository.find(&current.segment.prefix, &current.segment.version).await {
            Ok(Some(there)) if there.sha256 == current.segment.sha256 => current.segment.set_uid(there.uid),
            Ok(_) => {}
            Err(error) => return failed(error),
        }
    }
    let Some(uid) = current.segment.uid().map(str::to_owned) else { return Ok(Tried::Gone) };
    let operation = OperationId::derive(&[
        "delete",
        &current.segment.id.to_string(),
        &current.entry.create_revision.to_string(),
        &uid,
    ]);
    current.intend(drive, operation.clone(), Effect::Delete, DELETE_DEADLINE).await?;
    crash::point("delete.call.before");
    let answer = repository.delete(&operation, &uid).await;
    crash::point("delete.call.after");
    let error = match answer {
        Ok(()) => return Ok(Tried::Gone),
        Err(error) => error,
    };
    if error.meaning == Meaning::Unclear
        && matches!(repository.find_operation(&operation).await, Ok(Operation::Deleted))
    {
        return Ok(Tried::Gone);
    }
    failed(error)
}

fn failed(error: RemoteError) -> Result<Tried, Trouble> {
    let reason = FreeText::from(error.to_string());
    Ok(match error.meaning {
        Meaning::NotFound => Tried::Gone,
        Meaning::Refused | Meaning::NotAuthenticated => Tried::Refused(reason),
        Meaning::Later(hint) => Tried::Failed(reason, hint),
        Meaning::Exists | Meaning::Unclear => Tried::Failed(reason, None),
        Meaning::OtherPlatform => return Err(error.into()),
    })
}

/// Writes a failed try.
async fn record(drive: &Drive, current: Current, tried: Tried) -> Stepped {
    let settings = &drive.service.settings.controllers;
    let Current { entry, mut segment } = current;
    let now = drive.service.clock.now();
    let Some(status) = segment.delete_status.as_mut() else { return Ok(After::Now) };
    let mut after = After::Change;
    match tried {
        Tried::Gone => return Ok(After::Now),
        Tried::NotYet(until) => {
            let why = "a creation was under way and its answer was lost; it is looked for once more before the record goes";
            status.reason = Some(why.into());
            status.next_retry_at = Some(until);
            after = After::at(until, now);
        }
        Tried::Failed(reason, hint) if status.retry_count < settings.retry_limit => {
            let pause = hint.unwrap_or_default().max(settings.retry_interval);
            status.retry_count += 1;
            status.reason = Some(reason.cut(MAX_REASON));
            status.next_retry_at = Some(clock::after(now, pause));
            after = After::Pause(pause);
        }
        Tried::Failed(reason, _) | Tried::Refused(reason) => {
            status.state = DeleteState::Failed;
            status.time = now;
            status.reason = Some(reason.cut(MAX_REASON));
            status.next_retry_at = None;
        }
    }
    let failed = status.state == DeleteState::Failed;
    let shown = json!({ "deleteStatus": status });
    // That a creation is in doubt is not told by a deletion that failed.
    segment.intent = segment.intent.filter(|intent| intent.effect == Effect::Create);
    segment.updated_at = now;
    let key = keys::segment(&segment.id);
    let txn = Txn::new().unchanged(key.clone(), entry.mod_revision).put(key, &segment)?;
    if failed {
        let object = segment.id.to_string();
        drive
            .commit_audited(
                txn,
                Audited { action: "segment.delete", object: &object, before: Value::Null, after: shown },
            )
            .await?;
        drive.notices.tell(NoticeEvent::Failed, || brief(&segment));
    } else {
        drive.commit(txn).await?;
    }
    Ok(after)
}

/// Takes everything the store has of a segment away and leaves a tombstone, and the entry of the trash if it goes
/// there; what seats have of it is kept. Unfinished installs of it are
/// taken off the list of the active ones; their worker finds them gone.
pub(super) async fn purge(
    drive: &Drive,
    current: &Current,
    action: &'static str,
    why: Value,
    aside: Option<&Aside>,
) -> Result<(), Trouble> {
    let segment = &current.segment;
    let id = &segment.id;
    let mut txn = Txn::new()
        .unchanged(keys::segment(id), current.entry.mod_revision)
        .delete(keys::segment(id))
        .delete(keys::manifest(id))
        .delete_prefix(keys::install_records_of(id))
        .delete_prefix(keys::install_logs_of(id));
    txn = leftover::keep(drive, current, txn).await?;
    let (_, active) = drive.leader.reads().get(&keys::active_installs(&id.prefix)).await?;
    let is_last = is_last(drive, segment).await?;
    txn = leftover::without_installs(txn, id, active.as_ref(), is_last)?;
    if is_last {
        // A version uploaded at this moment would want the binding.
        txn = txn
            .only_below(keys::segments_of(&id.prefix), keys::segment(id))
            .delete_prefix(keys::bindings_of(&id.prefix));
        if let Some(Aside { bound, .. }) = aside {
            // What was put aside is the binding that goes.
            txn = bound.unchanged(txn, |shard| keys::binding(&id.prefix, shard));
        }
    }
    let now = drive.service.clock.now();
    let local_only = segment.delete_status.as_ref().is_some_and(|status| status.local_only);
    let tombstone = Tombstone {
        uid: segment.uid().unwrap_or_default().to_owned(),
        operation: None,
        id: id.clone(),
        at: now,
        expires_at: (!local_only).then(|| clock::after(now, BURIED)),
    };
    if local_only && (may_arrive_until(segment).is_some() || segment.uid().is_none() && was_sent(segment)) {
        // The uid of what was sent is not known, if it has one: data sync asks for it before it takes it for new.
        let operation = publish::operation(current);
        let key = keys::tombstone(segment.remote, operation.as_str());
        txn =
            txn.put(key, &Tombstone { operation: Some(operation), uid: String::new(), ..tombstone.clone() })?;
    }
    if let Some(uid) = segment.uid() {
        txn = txn.put(keys::tombstone(segment.remote, uid), &tombstone)?;
    }
    if let Some(Aside { entry, .. }) = aside {
        txn = txn.put(keys::trash(entry.id), entry)?;
    }
    let before = json!({ "uid": segment.uid(), "sha256": segment.sha256, "fileName": segment.file_name });
    crash::point("purge.before");
    drive.commit_audited(txn, Audited { action, object: &id.to_string(), before, after: why }).await?;
    crash::point("purge.after");
    Ok(())
}

/// Is this the only version of its prefix?
async fn is_last(drive: &Drive, segment: &Segment) -> Result<bool, Trouble> {
    let query =
        ListQuery { limit: 2, keys_only: true, ..ListQuery::prefix(keys::segments_of(&segment.prefix)) };
    Ok(drive.leader.reads().list(&query).await?.entries.len() == 1)
}
