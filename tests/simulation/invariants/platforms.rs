//! Platforms: nothing is made twice, nothing is left behind, nothing comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use segdeck::domain::{CreateState, SegmentId};
use segdeck::store::Revision;

use super::Found;
use crate::history::History;
use crate::platform::What;

/// The record that a creation was made for: its id, and the revision its life began at.
fn made_for(operation: &str) -> Option<(SegmentId, Revision)> {
    let parts: Vec<&str> = operation.split(':').collect();
    match parts[..] {
        ["create", id, born, ..] => Some((id.parse().ok()?, born.parse().ok()?)),
        _ => None,
    }
}

pub fn one_object_per_record(history: &History<'_>) -> Found {
    let mut found = Found::new();
    let mut made: BTreeMap<(SegmentId, Revision), &str> = BTreeMap::new();
    let state = history.site.platform.lock();
    for deed in &state.deeds {
        let What::Created { uid, .. } = &deed.what else { continue };
        match made_for(&deed.operation) {
            None => found.push(format!("{uid} was made by {}", deed.operation)),
            Some(record) => {
                if let Some(other) = made.insert(record, uid) {
                    found.push(format!("{uid} and {other} were made for one record: {}", deed.operation));
                }
            }
        }
    }
    found
}

/// Within one attempt of an install a seat is in one task at most.
pub fn one_task_per_chunk(history: &History<'_>) -> Found {
    let mut found = Found::new();
    let mut taken = BTreeMap::new();
    let state = history.site.platform.lock();
    for deed in &state.deeds {
        let What::Took { task, op, devices, .. } = &deed.what else { continue };
        let parts: Vec<&str> = deed.operation.split(':').collect();
        let [_, record, attempt, ..] = parts[..] else {
            found.push(format!("{task} was taken for {}", deed.operation));
            continue;
        };
        for device in devices {
            let key = (record.to_owned(), attempt.to_owned(), *op, *device);
            if let Some(other) = taken.insert(key, task) {
                found.push(format!("{device} is in {task} and {other}: {}", deed.operation));
            }
        }
    }
    found
}

/// Data sync imports no object that was made for a record, and none whose record was deleted.
pub fn nothing_comes_back(history: &History<'_>) -> Found {
    let mut found = Found::new();
    let mut deleted: BTreeSet<String> = BTreeSet::new();
    let state = history.site.platform.lock();
    for (step, _, id, turn) in history.lives() {
        let uid = |segment: &Option<segdeck::domain::Segment>| {
            segment.as_ref().and_then(|segment| segment.uid().map(str::to_owned))
        };
        if let (Some(segment), None) = (&turn.after, &turn.before)
            && !segment.is_local
            && let Some(uid) = uid(&turn.after)
        {
            let object = &state.objects[&(segment.remote, uid.clone())];
            if object.operation.is_some() || deleted.contains(&uid) {
                found.push(format!("{id} was imported at {} from {uid}: {object:?}", step.revision));
            }
        }
        let asked = step.audit().is_some_and(|entry| entry.action == "segment.purge");
        if turn.after.is_none() && asked {
            deleted.extend(uid(&turn.before));
        }
    }
    found
}

/// Records that were deleted here alone.
fn left_on_purpose(history: &History<'_>) -> BTreeSet<(SegmentId, Revision)> {
    let left = history.lives().filter(|(_, _, _, turn)| {
        let before = turn.before.as_ref().and_then(|segment| segment.delete_status.as_ref());
        turn.after.is_none() && before.is_some_and(|status| status.local_only)
    });
    left.map(|(_, born, id, _)| (id.clone(), born)).collect()
}

/// Whatever was made for a record is named by it, or is gone, or was left on purpose.
pub fn no_object_left_behind(history: &History<'_>) -> Found {
    if !history.open.is_empty() {
        return Found::new();
    }
    let left = left_on_purpose(history);
    let state = history.site.platform.lock();
    let mut found = Found::new();
    for ((_, uid), object) in state.objects.iter().filter(|(_, object)| object.gone.is_none()) {
        let Some(record) = object.operation.as_deref().and_then(made_for) else { continue };
        let named = history.segments.get(&record.0).is_some_and(|(born, segment)| {
            // One that was given up does not know whether it is there.
            *born == record.1
                && (segment.uid() == Some(uid) || segment.create_status.state == CreateState::Failed)
        });
        if !named && !left.contains(&record) {
            found.push(format!("{uid}, made for {} of {}", record.0, record.1));
        }
    }
    found
}

/// A record goes by data sync only when its object is gone.
pub fn nothing_there_is_removed(history: &History<'_>) -> Found {
    let mut found = Found::new();
    let state = history.site.platform.lock();
    for (step, _, id, turn) in history.lives() {
        let removed = step.audit().is_some_and(|entry| entry.action == "sync.remove");
        let (true, Some(before), None) = (removed, &turn.before, &turn.after) else { continue };
        let Some(uid) = before.uid() else {
            found.push(format!("{id} went at {} without a uid", step.revision));
            continue;
        };
        let object = &state.objects[&(before.remote, uid.to_owned())];
        let recent =
            |lie: &&tokio::time::Instant| **lie <= step.at && **lie + Duration::from_secs(60) > step.at;
        // Two lists that lie alike, and an operator who confirms it, may remove anything.
        let lied_to = state.lies.iter().filter(recent).count() > 1;
        if object.gone.is_none_or(|gone| gone > step.at) && !lied_to {
            found.push(format!("{id} at {}, although {uid} is there", step.revision));
        }
    }
    found
}

/// Its own, or one with the same content that was left there on purpose.
pub fn published_is_there(history: &History<'_>) -> Found {
    let left = left_on_purpose(history);
    let mut found = Found::new();
    let state = history.site.platform.lock();
    for (step, born, id, turn) in history.lives() {
        let uid = |segment: &Option<segdeck::domain::Segment>| {
            segment.as_ref().and_then(|segment| segment.uid().map(str::to_owned))
        };
        let (was, is) = (uid(&turn.before), uid(&turn.after));
        if was == is || turn.after.is_none() {
            continue;
        }
        let segment = turn.after.as_ref().unwrap();
        let Some(object) = is.as_ref().and_then(|uid| state.objects.get(&(segment.remote, uid.clone())))
        else {
            found.push(format!("{id} at {}: uid {was:?} became {is:?}", step.revision));
            continue;
        };
        let made = object.operation.as_deref().map(|operation| made_for(operation).unwrap());
        let ours = made.is_none_or(|made| made == (id.clone(), born) || left.contains(&made));
        let same = object.id == *id && object.sha256 == segment.sha256;
        // A uid changes only when what it named is gone, and what was sent first has arrived after all.
        let living = was.is_some_and(|was| {
            state.objects.get(&(segment.remote, was)).is_none_or(|object| object.gone.is_none())
        });
        if living || !same || !ours {
            found.push(format!("{id} at {} is not {is:?}: {object:?}", step.revision));
        }
    }
    found
}
