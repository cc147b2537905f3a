//! Creates a segment on its remote: intent, call, commit.
//!
//! The operation id is the same for every try of a record, by whichever leader, so that the remote makes at
//! most one segment of it. An open intent is looked up there before anything is sent again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::drive::Drive;
use super::platforms::{self, Passage};
use super::segment::Current;
use super::step::{After, Stepped, Trouble};
use crate::crash;
use crate::domain::segment::{Effect, FileState, Intent, MAX_REASON};
use crate::domain::{CreateState, FreeText, OperationId, Segment, clock};
use crate::remote::{
    FileStream, Meaning, NewSegment, Operation, RemoteError, RemoteSegment, SegmentRepository,
};
use crate::service::{Audited, brief};
use crate::settings::NoticeEvent;
use crate::storage::StorageError;
use crate::store::{Txn, keys};

/// How long a call with a file may take before an intent counts as stale; the client gives up by itself
/// when nothing moves.
const CREATE_DEADLINE: Duration = Duration::from_secs(6 * 3600);

/// The request id of a segment's creation.
pub(super) fn operation(current: &Current) -> OperationId {
    let segment = &current.segment;
    OperationId::derive(&[
        "create",
        &segment.id.to_string(),
        &current.entry.create_revision.to_string(),
        &segment.sha256,
    ])
}

/// How a try ended.
enum Tried {
    /// What was sent is there, under this uid.
    There(String),
    /// The same file is there under this uid, and somebody else put it there.
    Adopted(String),
    /// It failed; another try may help.
    Failed {
        reason: FreeText,
        /// When the remote wants to be asked again, at the earliest.
        hint: Option<Duration>,
        /// Or it did not fail, or it will yet be there.
        is_unclear: bool,
    },
    /// It failed, and will again.
    Refused(FreeText),
    /// The file in shared storage is not the one that the record describes.
    Altered,
}

impl Tried {
    /// For sure, and without a word of when to come back.
    fn failed(reason: impl Into<FreeText>) -> Self {
        Self::Failed { reason: reason.into(), hint: None, is_unclear: false }
    }
}

pub(super) async fn publish(drive: &Drive, mut current: Current) -> Stepped {
    let operation = operation(&current);
    let Some(repository) = drive.service.remotes.repository(current.segment.remote).cloned() else {
        let reason = format!("{0} is not configured; set {0}.endpoint", current.segment.remote);
        let in_doubt = current.segment.intent.is_some();
        return record(drive, current, in_doubt, Tried::failed(reason)).await;
    };
    // A call that was in doubt may yet arrive, whatever the next one is told.
    let in_doubt = current.segment.intent.is_some();
    if let Passage::Away(error) = platforms::pass(drive, current.segment.remote, &*repository).await? {
        return record(drive, current, in_doubt, failed(error)?).await;
    }
    if in_doubt {
        match repository.find_operation(&operation).await {
            Ok(Operation::Created(uid)) => return record(drive, current, in_doubt, Tried::There(uid)).await,
            Ok(_) => {}
            Err(error) => return record(drive, current, in_doubt, failed(error)?).await,
        }
    }
    if current.segment.file_state == Some(FileState::Altered) {
        return record(drive, current, in_doubt, Tried::Altered).await;
    }
    // One that was brought back from the trash may be there still: then it need not be sent again.
    if current.segment.restored_at.is_some()
        && let Some(tried) = look_there(&repository, &current.segment).await?
    {
        return record(drive, current, in_doubt, tried).await;
    }
    begin(drive, &mut current);
    crash::point("create.intent.before");
    current.intend(drive, operation.clone(), Effect::Create, CREATE_DEADLINE).await?;
    crash::point("create.intent.after");
    let tried = send(drive, &repository, &operation, &current.segment).await?;
    record(drive, current, in_doubt, tried).await
}

/// A try begins.
fn begin(drive: &Drive, current: &mut Current) {
    let status = &mut current.segment.create_status;
    if status.state != CreateState::Processing {
        status.state = CreateState::Processing;
        status.time = drive.service.clock.now();
    }
    status.next_retry_at = None;
}

async fn send(
    drive: &Drive,
    repository: &Arc<dyn SegmentRepository>,
    operation: &OperationId,
    segment: &Segment,
) -> Result<Tried, Trouble> {
    let header = NewSegment {
        id: segment.id.clone(),
        name: segment.name.clone(),
        kind: segment.kind.clone(),
        file_name: segment.file_name.clone(),
        file_size: segment.file_size,
        sha256: segment.sha256.clone(),
    };
    let storage = &drive.service.storage;
    match storage.stat(&segment.storage_key).await? {
        Some(there) if there.size == segment.file_size => {}
        Some(_) => return Ok(Tried::Altered),
        None => return Ok(missing()),
    }
    let bytes = match storage.read(&segment.storage_key, 0).await {
        Ok(bytes) => bytes,
        Err(StorageError::NotFound { .. }) => return Ok(missing()),
        Err(error) => return Err(error.into()),
    };
    // A fault of our own storage half-way is not the remote's, and does not count as a try.
    let own_fault: Arc<Mutex<Option<StorageError>>> = Arc::default();
    let fault = Arc::clone(&own_fault);
    // The remote checks what comes against the record's sha256, so nothing is hashed here on its way out.
    let all_sent = Arc::new(AtomicBool::new(false));
    let sent = Arc::clone(&all_sent);
    let remote = segment.remote;
    let file: FileStream = bytes
        .map(move |chunk| {
            chunk.map_err(|error| {
                let message = FreeText::from(error.to_string());
                if let Ok(mut fault) = fault.lock() {
                    *fault = Some(error);
                }
                RemoteError {
                    meaning: Meaning::Unclear,
                    remote,
                    endpoint: "shared storage".into(),
                    call: "read the file".into(),
                    code: "storage".into(),
                    message,
                }
            })
        })
        .chain(stream::poll_fn(move |_| {
            sent.store(true, Ordering::Relaxed);
            Poll::Ready(None)
        }))
        .boxed();
    if !drive.leader.is_live() {
        // Whoever leads now looks this call up: it must not arrive afterwards.
        return Err(Trouble::NotLeader);
    }
    let answer = repository.create(operation, &header, file).await;
    crash::point("create.call.after");
    if let Some(error) = own_fault.lock().ok().and_then(|mut fault| fault.take()) {
        return Err(error.into());
    }
    let error = match answer {
        Ok(created) => return Ok(Tried::There(created.uid)),
        Err(error) => error,
    };
    match error.meaning {
        Meaning::Exists => adopt(repository, segment, error).await,
        Meaning::Unclear => match repository.find_operation(operation).await {
            Ok(Operation::Created(uid)) => Ok(Tried::There(uid)),
            // All of it went out and was not taken: either it was damaged on its way, and another try mends
            // that, or it lies damaged here, and none ever will.
            _ if all_sent.load(Ordering::Relaxed) && !is_whole(drive, segment).await? => Ok(Tried::Altered),
            _ => failed(error),
        },
        _ => failed(error),
    }
}

fn missing() -> Tried {
    Tried::Refused(
        "its file is missing from shared storage; put it back there, or delete the segment and upload it again"
            .into(),
    )
}

/// Is the file in shared storage the one that the record describes?
async fn is_whole(drive: &Drive, segment: &Segment) -> Result<bool, Trouble> {
    let never = CancellationToken::new();
    let (size, sha256) = drive.service.storage.sha256(&segment.storage_key, |_| {}, &never).await?;
    Ok(size == segment.file_size && sha256 == segment.sha256)
}

/// The remote has the id already: ours if it is the same file.
async fn adopt(
    repository: &Arc<dyn SegmentRepository>,
    segment: &Segment,
    exists: RemoteError,
) -> Result<Tried, Trouble> {
    match look_there(repository, segment).await? {
        Some(tried) => Ok(tried),
        None => failed(exists),
    }
}

/// What the remote has under this prefix and version; `None`: nothing.
async fn look_there(
    repository: &Arc<dyn SegmentRepository>,
    segment: &Segment,
) -> Result<Option<Tried>, Trouble> {
    Ok(Some(match repository.find(&segment.prefix, &segment.version).await {
        Ok(Some(RemoteSegment { uid, sha256, .. })) if sha256 == segment.sha256 => Tried::Adopted(uid),
        Ok(Some(_)) => Tried::Refused(
            format!(
                "{} has a segment {} with other content; delete one of the two",
                segment.remote, segment.id
            )
            .into(),
        ),
        Ok(None) => return Ok(None),
        Err(error) => failed(error)?,
    }))
}

fn failed(error: RemoteError) -> Result<Tried, Trouble> {
    let reason = FreeText::from(error.to_string());
    Ok(match error.meaning {
        Meaning::Refused | Meaning::NotAuthenticated => Tried::Refused(reason),
        Meaning::Later(hint) => Tried::Failed { reason, hint, is_unclear: false },
        Meaning::Exists | Meaning::NotFound => Tried::failed(reason),
        Meaning::Unclear => Tried::Failed { reason, hint: None, is_unclear: true },
        Meaning::OtherPlatform => return Err(error.into()),
    })
}

/// Writes how a try ended; `in_doubt`: so was one before it.
async fn record(drive: &Drive, current: Current, in_doubt: bool, tried: Tried) -> Stepped {
    let settings = &drive.service.settings.controllers;
    let Current { entry, mut segment } = current;
    let now = drive.service.clock.now();
    let before = brief(&segment.create_status);
    segment.intent = match &tried {
        Tried::There(_) => None,
        // It stays open, and says since when nobody waits for the answer any more. That goes for a segment that was
        // adopted as well: once that is deleted, what was sent before may yet arrive.
        tried if in_doubt || matches!(tried, Tried::Failed { is_unclear: true, .. }) => {
            segment.intent.map(|intent| Intent { deadline: intent.deadline.min(now), ..intent })
        }
        _ => None,
    };
    let status = &mut segment.create_status;
    status.next_retry_at = None;
    let mut after = After::Change;
    match tried {
        Tried::There(uid) | Tried::Adopted(uid) => {
            status.state = CreateState::Succeeded;
            status.time = now;
            status.reason = None;
            segment.set_uid(uid);
        }
        Tried::Failed { reason, hint, .. } if status.retry_count < settings.retry_limit => {
            let pause = hint.unwrap_or_default().max(settings.retry_interval);
            status.state = CreateState::Processing;
            status.retry_count += 1;
            status.reason = Some(reason.cut(MAX_REASON));
            status.next_retry_at = Some(clock::after(now, pause));
            after = After::Pause(pause);
        }
        Tried::Failed { reason, .. } | Tried::Refused(reason) => {
            status.state = CreateState::Failed;
            status.time = now;
            status.reason = Some(reason.cut(MAX_REASON));
        }
        Tried::Altered => {
            let why = FreeText::from(format!(
                "its file in shared storage was altered; put the right one back and run `segdeck segment verify {0}`, or delete {0} and upload it again",
                segment.id
            ));
            status.state = CreateState::Failed;
            status.time = now;
            status.reason = Some(why.cut(MAX_REASON));
            segment.file_state = Some(FileState::Altered);
        }
    }
    segment.updated_at = now;
    let key = keys::segment(&segment.id);
    let txn = Txn::new().unchanged(key.clone(), entry.mod_revision).put(key, &segment)?;
    if segment.create_status.state.is_terminal() {
        let audited = Audited {
            action: "segment.publish",
            object: &segment.id.to_string(),
            before,
            after: json!({ "createStatus": segment.create_status, "uid": segment.uid() }),
        };
        drive.commit_audited(txn, audited).await?;
        if segment.create_status.state == CreateState::Failed {
            drive.notices.tell(NoticeEvent::Failed, || brief(&segment));
        }
    } else {
        drive.commit(txn).await?;
    }
    crash::point("create.commit.after");
    Ok(after)
}
