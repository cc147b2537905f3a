//! What is gone on a remote goes here too, as far as that may be done without being asked.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::drive::Drive;
use super::segment::Current;
use super::step::Trouble;
use super::{publish, remove, trash};
use crate::crash;
use crate::domain::pin::Pin;
use crate::domain::sync::{SyncItem, SyncRecord};
use crate::domain::trash::Cause;
use crate::domain::{RemoteKind, SegmentId, removals};
use crate::remote::{Operation, SegmentRepository};
use crate::service::{Audited, Here, list_remote, on_seats};
use crate::store::{self, Key, Revision, Txn, keys};

/// The record of data sync, as this run has read and written it.
pub(super) struct Told {
    /// Its key.
    pub key: Key,
    /// When it was written; 0: it is not there.
    pub written: Revision,
    /// What it says, and shall say next.
    pub record: SyncRecord,
}

/// A run that found something gone.
pub(super) struct Gone<'a> {
    pub drive: &'a Drive,
    pub remote: RemoteKind,
    /// The store's revision before anything was listed.
    pub before: Revision,
    /// An operator has confirmed what would be held.
    pub confirmed: bool,
    pub pin: &'a Pin,
}

impl Gone<'_> {
    /// Removes what may go; what went, and what is held.
    ///
    /// # Errors
    /// When a list or our own store fails; what went by then is gone.
    pub(super) async fn go(
        &self,
        told: &mut Told,
        repository: &dyn SegmentRepository,
        here: &Here,
        mut gone: BTreeMap<String, SegmentId>,
    ) -> Result<(Vec<SyncItem>, Vec<SyncItem>), Trouble> {
        let service = &self.drive.service;
        // One list may be wrong; only what a second complete one misses too is gone.
        let again = list_remote(self.remote, repository).await?;
        let unread: BTreeSet<&String> = again.unreadable.iter().map(|(uid, _)| uid).collect();
        gone.retain(|uid, _| !again.segments.contains_key(uid) && !unread.contains(uid));
        let gone = on_seats(self.drive.leader.reads(), gone.iter()).await?;
        let adopted = self.pin.hold_removals;
        let limits = service.limits(&told.record, here, &again, adopted, self.confirmed);
        let (go, held) = removals::weigh(gone, &limits);
        if !self.confirmed && !go.is_empty() {
            self.begin(told, &go).await?;
        }
        let mut removed = Vec::new();
        for item in go {
            if take_away(self.drive, &item, self.before).await? {
                let on = item.seats_in_short(item.seats.len()).map(|seats| seats.to_string());
                tracing::warn!(remote = %self.remote, id = %item.id, uid = %item.uid, seats = item.seat_count, on,
                    "it is gone on its platform, and removed here");
                removed.push(item);
                crash::point("sync.removed");
            }
        }
        let went: BTreeSet<&str> = removed.iter().map(|item| item.uid.as_str()).collect();
        told.record.removals.settle(|uid| !went.contains(uid));
        Ok((removed, held))
    }

    /// Counts what is about to go, before it goes: a crash between two of them must not let more go than the limit.
    async fn begin(&self, told: &mut Told, go: &[SyncItem]) -> Result<(), Trouble> {
        let now = self.drive.service.clock.now();
        told.record.removals.begin(go.iter().map(|item| item.uid.as_str()), now);
        let txn = Txn::new().unchanged(told.key.clone(), told.written).put(told.key.clone(), &told.record)?;
        told.written = self.drive.commit(txn).await?;
        crash::point("sync.begun");
        Ok(())
    }
}

/// The record of a segment that is gone on its remote goes too, installed or not. `false`: it changed after `before`,
/// when nothing was listed yet. It may have been published since, and the list be older than that.
async fn take_away(drive: &Drive, item: &SyncItem, before: Revision) -> Result<bool, Trouble> {
    let SyncItem { uid, id, .. } = item;
    let (_, found) = drive.leader.reads().get(&keys::segment(id)).await?;
    let Some(entry) = found else { return Ok(false) };
    let segment: crate::domain::Segment = store::decode(&entry)?;
    if segment.uid() != Some(uid.as_str()) || entry.mod_revision > before {
        return Ok(false);
    }
    // Its place on the remote is free now for what was sent before it was adopted.
    if remove::may_arrive_until(&segment).is_some_and(|until| until > drive.service.clock.now()) {
        return Ok(false);
    }
    drive.service.owns_storage().await?;
    let mut current = Current { entry, segment };
    if has_arrived(drive, &mut current).await? {
        return Ok(false);
    }
    let aside = trash::put_aside(drive, &current, Cause::Sync).await?;
    let seats = (item.seat_count > 0).then(|| json!({ "count": item.seat_count, "first": item.seats }));
    let why = json!({ "uid": uid, "seats": seats });
    match remove::purge(drive, &current, "sync.remove", why, Some(&aside)).await {
        Ok(()) => Ok(true),
        Err(Trouble::Conflict) => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

/// What was sent for this record before it adopted what is gone now may have arrived since: then the record is of that,
/// and stays.
async fn has_arrived(drive: &Drive, current: &mut Current) -> Result<bool, Trouble> {
    let segment = &current.segment;
    let (Some(_), Some(repository)) =
        (remove::may_arrive_until(segment), drive.service.remotes.repository(segment.remote))
    else {
        return Ok(false);
    };
    let Operation::Created(uid) = repository.find_operation(&publish::operation(current)).await? else {
        return Ok(false);
    };
    let there = repository.find(&segment.prefix, &segment.version).await?;
    if segment.uid() == Some(uid.as_str()) || there.is_none_or(|there| there.uid != uid) {
        return Ok(false);
    }
    let before = json!({ "uid": segment.uid() });
    current.segment.set_uid(uid);
    current.segment.intent = None;
    current.segment.updated_at = drive.service.clock.now();
    let key = keys::segment(&current.segment.id);
    let txn = Txn::new().unchanged(key.clone(), current.entry.mod_revision).put(key, &current.segment)?;
    let object = current.segment.id.to_string();
    let after = json!({ "uid": current.segment.uid() });
    drive.commit_audited(txn, Audited { action: "segment.publish", object: &object, before, after }).await?;
    Ok(true)
}
