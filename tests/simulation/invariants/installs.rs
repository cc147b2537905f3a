//! Installs: seats, tasks and the installed lists say the same.

use std::collections::{BTreeMap, BTreeSet};

use segdeck::domain::install::ActiveInstalls;
use segdeck::domain::{
    InstallLog, Prefix, RecordId, SeatId, SeatOp, SeatProgress, SeatState, Segment, SegmentId, Shard,
};
use segdeck::store;
use segdeck::store::keys::{self, Named};

use super::Found;
use crate::history::{Changed, History};
use crate::platform::{State, What};

/// Seats that came to an end in a step: the install, the seat, and how.
fn ended(changed: &Changed) -> Vec<(&SegmentId, RecordId, &SeatId, &SeatProgress)> {
    let Changed::Seats(id, record, turn) = changed else { return Vec::new() };
    let Some(after) = &turn.after else { return Vec::new() };
    let before = |seat: &SeatId| turn.before.as_ref().and_then(|log| log.seats.get(seat));
    let news = after.seats.iter().filter(|(seat, progress)| {
        progress.state.is_terminal() && before(seat).is_none_or(|before| before.state != progress.state)
    });
    news.map(|(seat, progress)| (id, *record, seat, progress)).collect()
}

/// The installed lists are, at every revision, what the ends of seats make of them.
pub fn installed_equals_tasks(history: &History<'_>) -> Found {
    let mut expected: BTreeMap<SegmentId, BTreeSet<SeatId>> = BTreeMap::new();
    let mut actual: BTreeMap<(SegmentId, Shard), BTreeSet<SeatId>> = BTreeMap::new();
    let mut found = Found::new();
    for step in &history.steps {
        let mut touched = false;
        if let Some(entry) = step.audit().filter(|entry| entry.action == "seat.forget") {
            expected.values_mut().for_each(|seats| seats.retain(|seat| seat.as_str() != entry.object));
        }
        for changed in &step.changed {
            for (id, _, seat, progress) in ended(changed) {
                match progress.op {
                    SeatOp::Install if progress.state.moves_installed() => {
                        for (_, seats) in expected.iter_mut().filter(|(of, _)| of.prefix == id.prefix) {
                            seats.remove(seat);
                        }
                        expected.entry(id.clone()).or_default().insert(seat.clone());
                        touched = true;
                    }
                    SeatOp::Uninstall if progress.state.is_good() => {
                        expected.entry(id.clone()).or_default().remove(seat);
                        touched = true;
                    }
                    _ => {}
                }
            }
            if let Changed::Installed(id, shard, turn) = changed {
                touched = true;
                actual.insert((id.clone(), *shard), turn.after.clone().unwrap_or_default().seats);
            }
        }
        if touched {
            let mut joined: BTreeMap<SegmentId, BTreeSet<SeatId>> = BTreeMap::new();
            for ((id, _), seats) in actual.iter().filter(|(_, seats)| !seats.is_empty()) {
                joined.entry(id.clone()).or_default().extend(seats.iter().cloned());
            }
            expected.retain(|_, seats| !seats.is_empty());
            if joined != expected {
                found.push(format!("at {}: {joined:?}, but the seats say {expected:?}", step.revision));
                return found;
            }
        }
    }
    found
}

/// A seat that is said to be done is done by its task; in the end no seat says otherwise than its task.
pub fn seats_equal_tasks(history: &History<'_>) -> Found {
    let state = history.site.platform.lock();
    let mut logs: BTreeMap<RecordId, &InstallLog> = BTreeMap::new();
    let mut found = Found::new();
    for step in &history.steps {
        for changed in &step.changed {
            if let Changed::Log(_, record, turn) = changed
                && let Some(log) = &turn.after
            {
                logs.insert(*record, log);
            }
        }
        for (_, record, seat, progress) in step.changed.iter().flat_map(ended) {
            if progress.state.is_good()
                && told(&state, logs.get(&record).copied(), progress) != Some(progress.state)
            {
                found.push(format!("{seat} at {} is {:?}: {progress:?}", step.revision, progress.state));
            }
        }
    }
    for entry in history.site.model.below(keys::INSTALL_LOGS) {
        let Named::InstallLog(_, record, Some(_)) = keys::parse(&entry.key) else { continue };
        let shard: segdeck::domain::install::SeatLog = store::decode(&entry).unwrap();
        for (seat, progress) in shard.seats {
            // One that is held is still being looked at.
            let log = logs.get(&record).copied().filter(|log| log.state.is_terminal());
            let Some(told) = told(&state, log, &progress) else { continue };
            if told != progress.state && progress.state != SeatState::Unknown && history.open.is_empty() {
                found.push(format!("{seat} of {record} is {:?}, its task says {told:?}", progress.state));
            }
        }
    }
    found
}

/// What the task of a seat says of it.
fn told(state: &State, log: Option<&InstallLog>, progress: &SeatProgress) -> Option<SeatState> {
    let task = log?.tasks.get(progress.task?)?;
    Some(state.tasks.get(&task.task_id)?.runs.get(&progress.ip?)?.state)
}

/// A task that the platform took is known to its install, as long as that is there. What was given up as not known
/// was shown so.
pub fn no_task_without_a_log(history: &History<'_>) -> Found {
    if !history.open.is_empty() {
        return Found::new();
    }
    let state = history.site.platform.lock();
    let mut logs: BTreeMap<String, InstallLog> = BTreeMap::new();
    for entry in history.site.model.below(keys::INSTALL_LOGS) {
        if let Named::InstallLog(_, record, None) = keys::parse(&entry.key) {
            logs.insert(record.to_string(), store::decode(&entry).unwrap());
        }
    }
    let unknown = |(_, record, _, seat): (_, RecordId, _, &SeatProgress)| {
        (seat.state == SeatState::Unknown).then(|| record.to_string())
    };
    let ends = history.steps.iter().flat_map(|step| step.changed.iter().flat_map(ended));
    let in_doubt: BTreeSet<String> = ends.filter_map(unknown).collect();
    let mut found = Found::new();
    for deed in &state.deeds {
        let What::Took { task, .. } = &deed.what else { continue };
        let record = deed.operation.split(':').nth(1).unwrap_or_default();
        let Some(log) = logs.get(record) else { continue };
        if !log.tasks.iter().any(|known| known.task_id == *task) && !in_doubt.contains(record) {
            found.push(format!("{task} of {}: {log:?}", deed.operation));
        }
    }
    found
}

/// What is about to be sent is written down first: under a freeze nothing new is.
pub fn nothing_is_begun_under_a_freeze(history: &History<'_>) -> Found {
    let mut frozen = false;
    let mut found = Found::new();
    for step in &history.steps {
        for changed in &step.changed {
            match changed {
                Changed::Freeze(turn) => frozen = turn.after.is_some(),
                Changed::Log(id, record, turn) if frozen => {
                    let call =
                        |log: &Option<InstallLog>| Some(log.as_ref()?.intent.as_ref()?.operation_id.clone());
                    if let Some(begun) = call(&turn.after).filter(|_| call(&turn.after) != call(&turn.before))
                    {
                        found.push(format!("{id}, {record} at {}: {begun}", step.revision));
                    }
                }
                _ => {}
            }
        }
    }
    found
}

pub fn active_is_right(history: &History<'_>) -> Found {
    let (mut listed, mut open) = (BTreeSet::new(), BTreeSet::new());
    for entry in history.site.model.below(keys::ACTIVE_INSTALLS) {
        listed.extend(store::decode::<ActiveInstalls>(&entry).unwrap().installs.into_keys());
    }
    for entry in history.site.model.below(keys::INSTALL_LOGS) {
        if let Named::InstallLog(_, record, None) = keys::parse(&entry.key)
            && !store::decode::<InstallLog>(&entry).unwrap().state.is_terminal()
        {
            open.insert(record);
        }
    }
    if listed == open { Found::new() } else { vec![format!("listed {listed:?}, open {open:?}")] }
}

/// A deletion is ordered only of what is on no seat and on its way to none, and nothing of it is on its way then.
pub fn nothing_in_use_is_deleted(history: &History<'_>) -> Found {
    let mut installed: BTreeMap<(SegmentId, Shard), BTreeSet<SeatId>> = BTreeMap::new();
    let mut active: BTreeMap<Prefix, ActiveInstalls> = BTreeMap::new();
    let mut usable: BTreeSet<&SegmentId> = BTreeSet::new();
    let mut left: BTreeSet<&SegmentId> = BTreeSet::new();
    let mut found = Found::new();
    for step in &history.steps {
        for (id, turn) in step.segments() {
            let is_deleted =
                |segment: &Option<Segment>| segment.as_ref().is_some_and(Segment::is_being_deleted);
            if turn.after.is_some() && !is_deleted(&turn.after) {
                usable.insert(id)
            } else {
                usable.remove(id)
            };
            if is_deleted(&turn.before) || !is_deleted(&turn.after) {
                continue;
            }
            let mut lists = installed.iter().filter(|((of, _), seats)| of == id && !seats.is_empty());
            if let Some((_, seats)) = lists.next() {
                found.push(format!("{id} at {}: {seats:?} have it", step.revision));
            }
            if active.get(&id.prefix).is_some_and(|active| active.installs.values().any(|of| of == id)) {
                found.push(format!("{id} at {}: it is being installed", step.revision));
            }
        }
        for changed in &step.changed {
            match changed {
                Changed::Installed(id, shard, turn) => {
                    installed.insert((id.clone(), *shard), turn.after.clone().unwrap_or_default().seats);
                }
                Changed::Leftover(id, turn) => {
                    if turn.after.is_some() {
                        left.insert(id)
                    } else {
                        left.remove(id)
                    };
                }
                Changed::Active(prefix, turn) => {
                    let before = turn.before.clone().unwrap_or_default().installs;
                    let after = turn.after.clone().unwrap_or_default().installs;
                    for (record, id) in after.iter().filter(|(record, _)| !before.contains_key(record)) {
                        // What only seats have can be taken off them.
                        if !usable.contains(id) && !left.contains(id) {
                            found.push(format!("install {record} of {id} begins at {}", step.revision));
                        }
                    }
                    active.insert(prefix.clone(), turn.after.clone().unwrap_or_default());
                }
                _ => {}
            }
        }
    }
    found
}
