//! Puts into the trash what was deleted, and empties it in time.
//!
//! What the trash knows of a segment is in shared storage before its record goes, and its entry comes in the same
//! transaction that purges the record: there is no moment in which a file belongs to nobody. It is emptied in the
//! other direction: marked, so that nobody brings it back; then the file, then what was known of it, then the entry.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::drive::Drive;
use super::queue::Work;
use super::segment::Current;
use super::step::{After, Stepped, Trouble};
use crate::crash;
use crate::domain::sweep::SweepRecord;
use crate::domain::trash::{Cause, MAX_TEXT};
use crate::domain::{Format, FreeText, RecordId, Segment, SegmentId, TrashContent, TrashEntry, Unknown};
use crate::service::{Audited, SeatLists, SweepFound};
use crate::storage::{SharedStorage, StoredFile};
use crate::store::{self, Entry, ListQuery, StoreError, Txn, TxnOutcome, WatchEvent, keys};

/// How long after a watch broke off it is begun again.
const WATCH_AGAIN: Duration = Duration::from_secs(1);

/// A segment whose record may go.
pub(super) struct Aside {
    /// Its entry.
    pub entry: TrashEntry,
    /// The bound seats that were put aside with it.
    pub bound: SeatLists,
}

/// Writes what there is of a segment beside its file; the entry for the transaction that purges its record. Done
/// again after a crash it is the same entry.
pub(super) async fn put_aside(drive: &Drive, current: &Current, cause: Cause) -> Result<Aside, Trouble> {
    let segment = &current.segment;
    let reads = drive.leader.reads();
    let (_, manifest) = reads.get(&keys::manifest(&segment.id)).await?;
    let bound = drive.service.seat_lists(&keys::bindings_of(&segment.id.prefix)).await?;
    let entry = entry_of(drive, current, cause);
    let content = TrashContent {
        entry: entry.clone(),
        segment: Some(segment.clone()),
        manifest: manifest.as_ref().map(store::decode).transpose()?,
        bindings: bound.joined(),
    };
    write(drive, &content).await?;
    crash::point("trash.content.after");
    Ok(Aside { entry, bound })
}

fn entry_of(drive: &Drive, current: &Current, cause: Cause) -> TrashEntry {
    let segment = &current.segment;
    let asked = segment.delete_status.as_ref();
    let created = current.entry.create_revision.to_string();
    let since = asked.map_or(segment.created_at, |status| status.time);
    TrashEntry {
        id: RecordId::derived(since, &[cause.as_str(), &segment.id.to_string(), &created]),
        segment_id: segment.id.clone(),
        name: segment.name.clone().cut(MAX_TEXT),
        cause,
        at: drive.service.clock.now(),
        by: asked.and_then(|status| status.by.clone()).unwrap_or_else(|| cause.actor().into()).cut(MAX_TEXT),
        reason: asked.and_then(|status| status.reason.clone()).map(|reason| reason.cut(MAX_TEXT)),
        remote: segment.remote,
        uid: segment.uid().map(str::to_owned),
        storage_key: segment.storage_key.clone(),
        file_size: segment.file_size,
        sha256: Some(segment.sha256.clone()),
        emptying: false,
        unknown: Unknown::default(),
    }
}

async fn write(drive: &Drive, content: &TrashContent) -> Result<(), Trouble> {
    let key = TrashContent::key(content.entry.id);
    let bytes =
        serde_json::to_vec(content).map_err(|error| StoreError::Invalid(format!("{key}: {error}")))?;
    Ok(drive.storage.put_object(&key, bytes.into()).await?)
}

/// A file without a record goes into the trash by its place alone; `false`: it is there already.
pub(super) async fn put_orphan(
    drive: &Drive,
    file: &StoredFile,
    by: Option<FreeText>,
) -> Result<bool, Trouble> {
    let Some((segment_id, format)) = place(&file.key) else { return Ok(false) };
    let entry = TrashEntry {
        id: RecordId::derived(file.modified, &[Cause::Sweep.as_str(), &file.key]),
        segment_id,
        name: FreeText::default(),
        cause: Cause::Sweep,
        at: drive.service.clock.now(),
        by: by.unwrap_or_else(|| Cause::Sweep.actor().into()).cut(MAX_TEXT),
        reason: None,
        remote: format.remote(),
        uid: None,
        storage_key: file.key.clone(),
        file_size: file.size,
        sha256: None,
        emptying: false,
        unknown: Unknown::default(),
    };
    write(
        drive,
        &TrashContent { entry: entry.clone(), segment: None, manifest: None, bindings: BTreeSet::new() },
    )
    .await?;
    crash::point("sweep.content.after");
    own(drive, &entry).await
}

/// The segment that a final key belongs to.
fn place(key: &str) -> Option<(SegmentId, Format)> {
    let mut parts = key.strip_prefix("segments/")?.split('/');
    let (prefix, version, name) = (parts.next()?, parts.next()?, parts.next()?);
    let id = SegmentId::new(prefix.parse().ok()?, version.parse().ok()?);
    Some((id, Format::of_file_name(name)?))
}

/// Makes the entry if it is not there; `false`: it is.
async fn own(drive: &Drive, entry: &TrashEntry) -> Result<bool, Trouble> {
    let key = keys::trash(entry.id);
    let txn = Txn::new().absent(key.clone()).put(key, entry)?;
    match drive.leader.commit(txn).await? {
        TxnOutcome::Done(_) => Ok(true),
        TxnOutcome::Refused { .. } => Ok(false),
    }
}

/// What the trash knew of entries that the records have lost, after a restore of an older copy of them: an entry
/// again where its file belongs to nobody, else of no use any more. Returns the files that have an owner now.
pub(super) async fn own_again(
    drive: &Drive,
    storage: &SharedStorage,
    found: &SweepFound,
    may_delete: bool,
) -> Result<BTreeSet<String>, Trouble> {
    let orphans: BTreeSet<&str> = found.orphans.iter().map(|file| file.key.as_str()).collect();
    let mut owned = BTreeSet::new();
    for id in &found.unowned {
        let known = drive.service.trash_content(*id).await.ok().filter(|content| content.entry.id == *id);
        match known {
            Some(content) if orphans.contains(content.entry.storage_key.as_str()) => {
                let entry = TrashEntry { at: drive.service.clock.now(), emptying: false, ..content.entry };
                if own(drive, &entry).await? {
                    tracing::info!(segment = %entry.segment_id, "an entry of the trash was found again");
                }
                owned.insert(entry.storage_key);
            }
            _ if may_delete => storage.delete(&TrashContent::key(*id)).await?,
            _ => {}
        }
    }
    Ok(owned)
}

/// Empties what was asked for or is too old; the next look follows when something is asked for, or with the sweep.
pub(super) async fn look(drive: &Drive) -> Stepped {
    let service = &drive.service;
    let mut query = ListQuery::prefix(keys::TRASH);
    loop {
        let page = drive.leader.reads().list(&query).await?;
        for entry in &page.entries {
            let Some(trashed) = store::decode_or_warn::<TrashEntry>(entry) else { continue };
            if trashed.is_due(service.trash_keep(), service.clock.now()) {
                empty(drive, entry, trashed).await?;
            }
        }
        if !query.turn_now(&page) {
            return Ok(After::Pause(service.settings.controllers.sweep_interval));
        }
    }
}

async fn empty(drive: &Drive, entry: &Entry, trashed: TrashEntry) -> Result<(), Trouble> {
    let storage = drive.owned_storage().await?;
    let key = keys::trash(trashed.id);
    let mut revision = entry.mod_revision;
    if !trashed.emptying {
        let marked = TrashEntry { emptying: true, ..trashed.clone() };
        let txn = Txn::new().unchanged(key.clone(), revision).put(key.clone(), &marked)?;
        let object = trashed.segment_id.to_string();
        let after = json!({ "trash": trashed.id, "expired": true, "sha256": trashed.sha256 });
        let audited = Audited { action: "trash.empty", object: &object, before: Value::Null, after };
        match drive.commit_audited(txn, audited).await {
            Ok(marked) => revision = marked,
            // It was brought back at this moment.
            Err(Trouble::Conflict) => return Ok(()),
            Err(trouble) => return Err(trouble),
        }
    }
    crash::point("trash.empty.begin");
    if !is_in_use(drive, &trashed).await? {
        storage.delete(&trashed.storage_key).await?;
    }
    crash::point("trash.empty.file.after");
    storage.delete(&TrashContent::key(trashed.id)).await?;
    crash::point("trash.empty.content.after");
    match drive.commit(Txn::new().unchanged(key.clone(), revision).delete(key)).await {
        Ok(_) | Err(Trouble::Conflict) => Ok(()),
        Err(trouble) => Err(trouble),
    }
}

/// Does a record name the same file? None should; whoever deletes asks.
async fn is_in_use(drive: &Drive, trashed: &TrashEntry) -> Result<bool, Trouble> {
    let (_, found) = drive.leader.reads().get(&keys::segment(&trashed.segment_id)).await?;
    // One that cannot be read may name it.
    Ok(found.is_some_and(|entry| {
        store::decode_or_warn::<Segment>(&entry)
            .is_none_or(|segment| segment.storage_key == trashed.storage_key)
    }))
}

/// Changes of the trash and requests for a sweep say "look at this", nothing more.
pub(super) async fn feed(drive: &Drive) {
    loop {
        if let Err(error) = watch(drive).await {
            tracing::debug!(%error, "the trash is watched again");
        }
        tokio::time::sleep(WATCH_AGAIN).await;
    }
}

async fn watch(drive: &Drive) -> Result<(), StoreError> {
    let reads = drive.leader.reads();
    let mut trash = reads.watch(keys::TRASH, 0).await?;
    let mut sweep = reads.watch(keys::sweep().as_str(), 0).await?;
    // What was asked for while nobody listened.
    drive.queue.add(Work::Trash);
    ask_sweep(drive, reads.get(&keys::sweep()).await?.1.as_ref());
    loop {
        tokio::select! {
            batch = trash.recv() => match batch {
                Some(Ok(_)) => drive.queue.add(Work::Trash),
                Some(Err(StoreError::Silent { .. })) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
            batch = sweep.recv() => match batch {
                Some(Ok(batch)) => batch.events.iter().for_each(|event| match event {
                    WatchEvent::Put(entry) => ask_sweep(drive, Some(entry)),
                    WatchEvent::Delete(..) => {}
                }),
                Some(Err(StoreError::Silent { .. })) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
        }
    }
}

fn ask_sweep(drive: &Drive, entry: Option<&Entry>) {
    if entry.and_then(store::decode_or_warn::<SweepRecord>).is_some_and(|record| record.is_waiting()) {
        drive.queue.add(Work::Sweep);
    }
}
