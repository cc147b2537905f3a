//! Records: none is lost, none is left over, each has its file and its audit entry.

use std::collections::BTreeSet;

use segdeck::domain::seat::SeatList;
use segdeck::domain::{DeleteState, InstallRecord};
use segdeck::store;
use segdeck::store::Revision;
use segdeck::store::keys::{self, Named};

use super::Found;
use crate::history::{Changed, History, orphans, trash};
use crate::operator::{Ack, Acked};

pub fn everything_becomes_terminal(history: &History<'_>) -> Found {
    history.open.to_vec()
}

/// What an operator was told is done stands in the store's history, and went only the ways that it may.
pub fn nothing_acknowledged_is_lost(history: &History<'_>) -> Found {
    let acks = history.site.acks.lock().unwrap().clone();
    let mut found: Found = acks
        .iter()
        .filter(|ack| !was_done(history, ack))
        .map(|ack| format!("{ack:?} was never done"))
        .collect();
    for step in &history.steps {
        let action = step.audit().map(|entry| entry.action.as_str());
        for (id, turn) in step.segments().filter(|(_, turn)| turn.after.is_none()) {
            let before = turn.before.as_ref().unwrap();
            let asked = before.is_being_deleted() && action == Some("segment.purge");
            if !asked && action != Some("sync.remove") {
                found.push(format!("{id} went at {} by {action:?}", step.revision));
            }
        }
        for changed in &step.changed {
            if let Changed::Record(id, record, turn) = changed
                && turn.after.is_none()
                && !step.segments().any(|(gone, turn)| gone == id && turn.after.is_none())
            {
                found.push(format!("install {record} of {id} went at {} without it", step.revision));
            }
        }
    }
    // A command that was taken is followed, if its install still exists.
    for ack in &acks {
        if let Acked::Controlled(id, record, generation) = &ack.what
            && let Some(entry) = history.site.model.record(&keys::install_log(id, *record))
            && history.open.is_empty()
        {
            let log: segdeck::domain::InstallLog = segdeck::store::decode(&entry).unwrap();
            if log.followed < *generation {
                found.push(format!("command {generation} of install {record} was not followed: {log:?}"));
            }
        }
    }
    found
}

fn was_done(history: &History<'_>, ack: &Ack) -> bool {
    let until = history.steps.iter().take_while(|step| step.revision <= ack.revision);
    let mut changed = until.flat_map(|step| &step.changed);
    match &ack.what {
        Acked::Uploaded(id, key) => changed.any(|changed| {
            matches!(changed, Changed::Segment(of, turn)
                if of == id && turn.after.as_ref().is_some_and(|segment| segment.storage_key == *key))
        }),
        Acked::DeleteAsked(id) => changed.any(|changed| {
            matches!(changed, Changed::Segment(of, turn)
                if of == id && turn.after.as_ref().is_some_and(|segment| segment.is_being_deleted()))
        }),
        Acked::Asked(_, record) => changed.any(
            |changed| matches!(changed, Changed::Record(_, of, turn) if of == record && turn.after.is_some()),
        ),
        Acked::Controlled(_, record, generation) => changed.any(|changed| {
            matches!(changed, Changed::Record(_, of, turn) if of == record
                && turn.after.as_ref().is_some_and(|record| record.control.generation >= *generation))
        }),
        Acked::Bound(id, seats) => {
            let mut shards = std::collections::BTreeMap::new();
            seats.is_empty()
                || changed.any(|changed| {
                    if let Changed::Binding(prefix, shard, turn) = changed
                        && *prefix == id.prefix
                    {
                        shards.insert(*shard, turn.after.clone().unwrap_or_default().seats);
                    }
                    let bound: BTreeSet<_> = shards.values().flatten().cloned().collect();
                    bound == *seats
                })
        }
        Acked::SyncAsked(remote, _) => {
            let key = keys::sync(*remote).to_string();
            changed.any(|changed| matches!(changed, Changed::Other(other) if *other == key))
        }
    }
}

/// Of an id without a record, and of a prefix without a version, nothing is left but the audit trail, the history of
/// the seats, and a tombstone where the platform had given a uid; and while seats have it, what names it there, their
/// lists, and what is told of taking it off.
pub fn nothing_remains(history: &History<'_>) -> Found {
    let mut found = Found::new();
    let prefixes: BTreeSet<_> = history.segments.keys().map(|id| &id.prefix).collect();
    let below = |prefix: &str| history.site.model.below(prefix);
    let leftovers: BTreeSet<_> = below(keys::LEFTOVERS)
        .iter()
        .filter_map(|entry| match keys::parse(&entry.key) {
            Named::Leftover(id) => Some(id),
            _ => None,
        })
        .collect();
    let has_seats = |id: &segdeck::domain::SegmentId| {
        let lists = below(&keys::installed_of(id));
        lists.iter().any(|list| !store::decode::<SeatList>(list).unwrap().seats.is_empty())
    };
    let takes_off = |id: &segdeck::domain::SegmentId, record| {
        let record = history.site.model.record(&keys::install_record(id, record));
        record.is_some_and(|entry| store::decode::<InstallRecord>(&entry).unwrap().uid.is_some())
    };
    let left = |key: &keys::Key, id: &segdeck::domain::SegmentId| {
        (!history.segments.contains_key(id)).then(|| format!("{key}, but there is no {id}"))
    };
    for entry in history.site.model.below("") {
        match keys::parse(&entry.key) {
            Named::Installed(id, _) if !leftovers.contains(&id) => found.extend(left(&entry.key, &id)),
            Named::InstallRecord(id, record, _) | Named::InstallLog(id, record, _)
                if !takes_off(&id, record) =>
            {
                found.extend(left(&entry.key, &id));
            }
            Named::Leftover(id) if history.segments.contains_key(&id) => {
                found.push(format!("{}, but {id} has a record", entry.key));
            }
            Named::Leftover(id) if !has_seats(&id) => {
                found.push(format!("{}, but no seat has {id}", entry.key))
            }
            _ => {}
        }
        let parts: Vec<&str> = entry.key.parts().collect();
        if let ["manifests", prefix, version] = parts[..] {
            found.extend(left(&entry.key, &format!("{prefix}@{version}").parse().unwrap()));
        }
        let alone = match keys::parse(&entry.key) {
            Named::Binding(prefix, _) => Some(prefix),
            // What is left of a segment may be on its way off its seats, or held.
            Named::ActiveInstalls(prefix) => {
                let active: segdeck::domain::install::ActiveInstalls =
                    segdeck::store::decode(&entry).unwrap();
                active.installs.is_empty().then_some(prefix)
            }
            _ => None,
        };
        if let Some(prefix) = alone.filter(|prefix| !prefixes.contains(prefix)) {
            found.push(format!("{}, but there is no version of {prefix}", entry.key));
        }
    }
    for step in &history.steps {
        for (id, turn) in step.segments().filter(|(_, turn)| turn.after.is_none()) {
            let uid = turn.before.as_ref().and_then(|segment| segment.uid());
            let buried = step.changed.iter().any(|changed| {
                matches!(changed, Changed::Tombstone(key) if uid.is_some_and(|uid| key.ends_with(uid)))
            });
            if uid.is_some() && !buried {
                found.push(format!("{id} went at {} without a tombstone", step.revision));
            }
        }
    }
    if history.open.is_empty() {
        found.extend(orphans(history.site).into_iter().map(|key| format!("the file {key} has no record")));
    }
    found
}

/// A record is made of a file that is there, and its file goes only when it is being deleted.
pub fn every_record_has_its_file(history: &History<'_>) -> Found {
    let files = history.site.files.journal.lock().unwrap().clone();
    let there = |key: &str, at: Revision| {
        let mut until = files.iter().filter(|file| file.key == key && file.revision < at);
        until.next_back().is_some_and(|file| file.came)
    };
    let mut found = Found::new();
    for (step, _, id, turn) in history.lives() {
        if let (None, Some(segment)) = (&turn.before, &turn.after)
            && !there(&segment.storage_key, step.revision)
        {
            found.push(format!("{id} was made at {} of a file that is not there", step.revision));
        }
    }
    for gone in files.iter().filter(|file| !file.came && file.key.starts_with("segments/")) {
        let until = history.lives().take_while(|(step, ..)| step.revision <= gone.revision);
        let named = until.filter(|(_, _, _, turn)| {
            let either = turn.after.as_ref().or(turn.before.as_ref());
            either.is_some_and(|segment| segment.storage_key == gone.key)
        });
        let Some(segment) = named.last().and_then(|(_, _, _, turn)| turn.after.as_ref()) else { continue };
        if segment.delete_status.as_ref().is_none_or(|status| status.state != DeleteState::Processing) {
            found.push(format!("the file of {} went at {}", segment.id, gone.revision));
        }
    }
    for (id, (_, segment)) in &history.segments {
        if !there(&segment.storage_key, Revision::MAX) && !segment.is_being_deleted() {
            // A deletion that the platform refused in the end may have taken nothing yet.
            found.push(format!("{id} is without its file"));
        }
    }
    found
}

/// Whoever deletes puts aside first, but for a purge; what is in the trash is there with its file, until it is emptied.
pub fn the_trash_has_what_it_says(history: &History<'_>) -> Found {
    let mut found = Found::new();
    for step in &history.steps {
        for (id, turn) in step.segments().filter(|(_, turn)| turn.after.is_none()) {
            let status = turn.before.as_ref().and_then(|segment| segment.delete_status.as_ref());
            // What data sync finds gone meanwhile goes into the trash, whatever was asked for.
            let by_purge = step.audit().is_some_and(|entry| entry.action == "segment.purge");
            let purged = by_purge && status.is_some_and(|status| status.purge);
            let kept = step
                .changed
                .iter()
                .any(|changed| matches!(changed, Changed::Other(key) if key.starts_with(keys::TRASH)));
            if purged == kept {
                found.push(format!(
                    "{id} went at {}, purged: {purged}, into the trash: {kept}",
                    step.revision
                ));
            }
        }
    }
    let files = history.site.files.keys();
    for entry in trash(history.site).into_iter().filter(|entry| !entry.emptying) {
        for key in [segdeck::domain::TrashContent::key(entry.id), entry.storage_key.clone()] {
            if !files.contains(&key) {
                found.push(format!("{} lies in the trash without {key}", entry.segment_id));
            }
        }
        if history.segments.values().any(|(_, segment)| segment.storage_key == entry.storage_key) {
            found.push(format!("{} is in the trash and is not", entry.segment_id));
        }
    }
    found
}

pub fn every_change_is_audited(history: &History<'_>) -> Found {
    let shown = |changed: &&Changed| match changed {
        Changed::Segment(_, turn) => {
            let ended = |status: &segdeck::domain::Segment| status.create_status.state.is_terminal();
            turn.before.is_none()
                || turn.after.is_none()
                || turn.before.as_ref().map(ended) != turn.after.as_ref().map(ended)
        }
        Changed::Record(..) | Changed::Binding(..) => true,
        _ => false,
    };
    let silent = history.steps.iter().filter(|step| step.author != 0 && step.audit().is_none());
    silent
        .filter_map(|step| Some((step, step.changed.iter().find(shown)?)))
        .map(|(step, changed)| format!("at {}: {changed:?}", step.revision))
        .collect()
}

/// Manifests are written once, and go with their segment; a later tombstone is as good as the one before it; what was
/// left of a segment is not needed where it has a record again.
pub fn nothing_unseen_is_overwritten(history: &History<'_>) -> Found {
    let counts = |key: &&keys::Key| {
        !["manifests/", keys::TOMBSTONES, keys::LEFTOVERS].iter().any(|part| key.as_str().starts_with(part))
    };
    // A lease that ends is nobody's decision.
    let steps = history.steps.iter().filter(|step| step.author != 0);
    let unseen = steps.flat_map(|step| step.unseen.iter().filter(counts).map(move |key| (step, key)));
    unseen.map(|(step, key)| format!("{key} at {} by {}", step.revision, step.author)).collect()
}

pub fn nobody_writes_under_a_newer_layout(history: &History<'_>) -> Found {
    let mut newer = false;
    let mut found = Found::new();
    for step in &history.steps {
        if newer && step.author != 0 {
            found.push(format!("{:?} at {} by {}", step.changed, step.revision, step.author));
        }
        for changed in &step.changed {
            if let Changed::Layout(format) = changed {
                newer = *format > u64::from(segdeck::service::FORMAT);
            }
        }
    }
    found
}

/// They go with the last version alone.
pub fn bindings_stay(history: &History<'_>) -> Found {
    let mut there = BTreeSet::new();
    let mut found = Found::new();
    for step in &history.steps {
        for (id, turn) in step.segments() {
            if turn.after.is_some() {
                there.insert(id.clone())
            } else {
                there.remove(id)
            };
        }
        for changed in &step.changed {
            if let Changed::Binding(prefix, _, turn) = changed
                && turn.after.is_none()
                && let Some(id) = there.iter().find(|id| id.prefix == *prefix)
            {
                found.push(format!("those of {prefix} went at {}, but {id} is there", step.revision));
            }
        }
    }
    found
}

/// Few things happen here: nothing is cut off at its end.
pub fn histories_grow(history: &History<'_>) -> Found {
    let mut found = Found::new();
    for step in &history.steps {
        for changed in &step.changed {
            let Changed::History(seat, turn) = changed else { continue };
            let before = turn.before.clone().unwrap_or_default().entries;
            let after = turn.after.clone().unwrap_or_default().entries;
            if let Some(lost) = before.iter().find(|entry| !after.contains(entry)) {
                found.push(format!("{seat} at {} lost {lost:?}", step.revision));
            }
        }
    }
    found
}
