//! What must hold in the end, one named function each: records, files, the platform and its ledger say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use segdeck::domain::{CreateState, InstallState, SeatId, SegmentId};
use segdeck::platform::{LedgerEntry, LedgerKind};
use segdeck::store::keys::{self, Named};

use crate::operators::Told;
use crate::seen::Seen;

/// What became of a site.
pub(crate) struct Site {
    pub(crate) seen: Seen,
    pub(crate) told: Vec<Told>,
    /// What was not at its end long after the last kill.
    pub(crate) unfinished: Vec<String>,
    pub(crate) ledger: Vec<LedgerEntry>,
    /// Segments on the platform, by uid.
    pub(crate) objects: BTreeMap<String, SegmentId>,
    /// What is on which device.
    pub(crate) on_devices: BTreeSet<(IpAddr, SegmentId)>,
    pub(crate) addresses: BTreeMap<SeatId, IpAddr>,
    /// Files in shared storage.
    pub(crate) files: Vec<String>,
    pub(crate) retry_limit: u32,
}

type Invariant = fn(&Site) -> Vec<String>;

/// By the count it belongs to: lost, double or unfinished.
pub(crate) const ALL: &[(&str, &str, Invariant)] = &[
    ("double", "at most one remote object per operation id", one_object_per_operation),
    ("double", "at most one deletion per remote object", one_deletion_per_object),
    ("double", "at most one task per install chunk", one_task_per_chunk),
    ("double", "at most one start per device and request", one_start_per_device),
    ("double", "no object is left behind on the platform", no_object_left_behind),
    ("lost", "no acknowledged record is lost", nothing_told_is_lost),
    ("lost", "what was asked for succeeded, since nothing refused it", all_succeeded),
    ("lost", "every task has a log that follows it", every_task_is_followed),
    ("lost", "installed equals what successful tasks say", installed_equals_devices),
    ("lost", "attempts never reset and never pass the limit", attempts_hold),
    ("lost", "after a delete nothing of it remains", nothing_remains),
    ("lost", "no write of an older epoch after a newer one", epochs_hold),
    ("lost", "every record has its file, and every file its record", files_equal_records),
    ("unfinished", "everything becomes terminal", everything_ends),
];

fn done(site: &Site, kinds: &[LedgerKind]) -> impl Iterator<Item = LedgerEntry> {
    let entries = site.ledger.iter().filter(|entry| !entry.repeated && kinds.contains(&entry.kind));
    entries.cloned().collect::<Vec<_>>().into_iter()
}

/// Those that are there more than once.
fn repeated<T: Ord + std::fmt::Debug>(all: impl Iterator<Item = T>) -> Vec<String> {
    let mut times = BTreeMap::<T, usize>::new();
    for one in all {
        *times.entry(one).or_default() += 1;
    }
    let twice = times.into_iter().filter(|(_, times)| *times > 1);
    twice.map(|(one, times)| format!("{one:?}: {times} times")).collect()
}

/// Every id is uploaded once, so this also finds two operation ids for one record.
fn one_object_per_operation(site: &Site) -> Vec<String> {
    repeated(done(site, &[LedgerKind::Create]).map(|entry| entry.what))
}

fn one_deletion_per_object(site: &Site) -> Vec<String> {
    repeated(done(site, &[LedgerKind::Delete]).map(|entry| entry.what))
}

fn one_task_per_chunk(site: &Site) -> Vec<String> {
    let tasks = [LedgerKind::BatchInstall, LedgerKind::BatchUninstall];
    repeated(done(site, &tasks).map(|entry| entry.request_id))
}

/// Each version is installed on a seat once, and taken off once; when it was cancelled half-way, once by each
/// task.
fn one_start_per_device(site: &Site) -> Vec<String> {
    let segments = site.seen.segments.iter().filter_map(|turn| turn.after.as_ref());
    let cancelled = segments.filter(|segment| was_cancelled(site, &segment.id));
    let cancelled: BTreeSet<&str> = cancelled.filter_map(|segment| segment.uid()).collect();
    let starts = [LedgerKind::InstallStarted, LedgerKind::UninstallStarted];
    repeated(done(site, &starts).map(|entry| {
        let task = cancelled.contains(entry.uid.as_str()).then_some(entry.request_id);
        (entry.kind, entry.what, entry.uid, task)
    }))
}

fn was_cancelled(site: &Site, id: &SegmentId) -> bool {
    site.told.contains(&Told::Cancelled(id.clone()))
}

fn no_object_left_behind(site: &Site) -> Vec<String> {
    let named: BTreeMap<&str, &SegmentId> =
        site.seen.there.values().filter_map(|segment| Some((segment.uid()?, &segment.id))).collect();
    let objects = site.objects.iter();
    let foreign = objects.filter(|(uid, id)| named.get(uid.as_str()) != Some(id));
    foreign.map(|(uid, id)| format!("{id} is there as {uid}, of which no record knows")).collect()
}

fn nothing_told_is_lost(site: &Site) -> Vec<String> {
    let deleted = |id: &SegmentId| site.told.contains(&Told::DeleteAsked(id.clone()));
    let lost = site.told.iter().filter(|told| match told {
        Told::Uploaded(id) => !deleted(id) && !site.seen.there.contains_key(id),
        Told::Asked(id, record) => !deleted(id) && !site.seen.installs.contains_key(record),
        Told::DeleteAsked(id) => site.seen.there.contains_key(id),
        Told::Cancelled(_) => false,
    });
    lost.map(|told| format!("{told:?}")).collect()
}

fn all_succeeded(site: &Site) -> Vec<String> {
    let segments = site.seen.there.values().filter(|segment| {
        let there = segment.uid().is_some_and(|uid| site.objects.contains_key(uid));
        segment.create_status.state != CreateState::Succeeded || segment.delete_status.is_some() || !there
    });
    let logs = site.seen.logs.iter().filter_map(|turn| turn.after.as_ref());
    // The last word on one that was cancelled and retried is all that counts.
    let logs = logs.filter(|log| !was_cancelled(site, &log.segment_id)).chain(site.seen.installs.values());
    let ended = logs.filter(|log| log.state.is_terminal() && log.state != InstallState::Succeeded);
    let segments = segments.map(|segment| format!("{}: {:?}", segment.id, segment.create_status));
    segments.chain(ended.map(|log| format!("install {}: {log:?}", log.id))).collect()
}

fn every_task_is_followed(site: &Site) -> Vec<String> {
    let known: BTreeSet<&str> = site.seen.tasks.iter().map(|id| id.as_str()).collect();
    let tasks = done(site, &[LedgerKind::BatchInstall, LedgerKind::BatchUninstall]);
    tasks.filter(|task| !known.contains(task.request_id.as_str())).map(|task| format!("{task:?}")).collect()
}

fn installed_equals_devices(site: &Site) -> Vec<String> {
    let mut listed = BTreeSet::new();
    for (id, seats) in &site.seen.installed {
        listed.extend(seats.iter().map(|seat| (site.addresses[seat], id.clone())));
    }
    let differs = listed.symmetric_difference(&site.on_devices);
    differs.map(|(ip, id)| format!("{id} on {ip} is on one side alone")).collect()
}

/// A new leader counts nothing; a platform that is away does, and a retry begins anew.
fn attempts_hold(site: &Site) -> Vec<String> {
    let mut found = Vec::new();
    for turn in &site.seen.segments {
        let (Some(before), Some(after)) = (&turn.before, &turn.after) else { continue };
        let (was, is) = (&before.create_status, &after.create_status);
        if is.retry_count > site.retry_limit || is.retry_count < was.retry_count {
            found.push(format!("{} at {}: {was:?} became {is:?}", after.id, turn.revision));
        }
    }
    for turn in &site.seen.logs {
        let (Some(was), Some(is)) = (&turn.before, &turn.after) else { continue };
        let retried = is.attempt == was.attempt + 1 && was_cancelled(site, &is.segment_id);
        let same = is.attempt == was.attempt && is.chunks >= was.chunks;
        if is.retry_count > site.retry_limit || !(same || retried) {
            found.push(format!("install {} at {}: {was:?} became {is:?}", is.id, turn.revision));
        }
    }
    found
}

fn nothing_remains(site: &Site) -> Vec<String> {
    let prefixes: BTreeSet<_> = site.seen.there.keys().map(|id| &id.prefix).collect();
    let left = site.seen.keys.iter().filter(|key| {
        let parts: Vec<&str> = key.parts().collect();
        match keys::parse(key) {
            Named::Installed(id, _) | Named::InstallRecord(id, ..) | Named::InstallLog(id, ..) => {
                !site.seen.there.contains_key(&id)
            }
            Named::Binding(prefix, _) | Named::ActiveInstalls(prefix) => !prefixes.contains(&prefix),
            _ => match parts[..] {
                ["manifests", prefix, version] => {
                    !site.seen.there.contains_key(&format!("{prefix}@{version}").parse().unwrap())
                }
                _ => false,
            },
        }
    });
    left.map(ToString::to_string).collect()
}

fn epochs_hold(site: &Site) -> Vec<String> {
    let mut found = Vec::new();
    for pair in site.seen.epochs.windows(2) {
        if pair[1].1 != pair[0].1 + 1 {
            found.push(format!("epoch {} came after {}", pair[1].1, pair[0].1));
        }
    }
    // An intent says under which leadership it was written; one that stays keeps the moment it was written at.
    for turn in &site.seen.segments {
        let intent = |segment: &Option<segdeck::domain::Segment>| segment.as_ref()?.intent.clone();
        let (was, is) = (intent(&turn.before), intent(&turn.after));
        if let Some(is) = is
            && was.is_none_or(|was| was.since != is.since)
            && is.epoch != site.seen.epoch_at(turn.revision)
        {
            found.push(format!(
                "at {}: {is:?} in epoch {}",
                turn.revision,
                site.seen.epoch_at(turn.revision)
            ));
        }
    }
    for turn in &site.seen.logs {
        let intent = |log: &Option<segdeck::domain::InstallLog>| log.as_ref()?.intent.clone();
        let (was, is) = (intent(&turn.before), intent(&turn.after));
        if let Some(is) = is
            && was.is_none_or(|was| was.since != is.since)
            && is.epoch != site.seen.epoch_at(turn.revision)
        {
            found.push(format!(
                "at {}: {is:?} in epoch {}",
                turn.revision,
                site.seen.epoch_at(turn.revision)
            ));
        }
    }
    found
}

fn files_equal_records(site: &Site) -> Vec<String> {
    let there = site.seen.there.values().map(|segment| segment.storage_key.as_str());
    let named: BTreeSet<&str> = there.chain(site.seen.trash.iter().map(String::as_str)).collect();
    // What was being written when its writer was killed never came further than staging, where the sweep takes it.
    let files: BTreeSet<&str> =
        site.files.iter().map(String::as_str).filter(|key| !key.starts_with("staging/")).collect();
    named.symmetric_difference(&files).map(|key| format!("{key} is on one side alone")).collect()
}

fn everything_ends(site: &Site) -> Vec<String> {
    site.unfinished.clone()
}
