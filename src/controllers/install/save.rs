//! Writes what a step changed: only the shards it touched, each together with the installed lists of the
//! same seats, in as few transactions as fit; the summary goes with the last.

use std::collections::BTreeMap;

use serde_json::json;

use super::current::{Install, LogShard};
use super::unsaved::{Due, Unsaved};
use crate::controllers::drive::Drive;
use crate::controllers::step::Trouble;
use crate::crash;
use crate::domain::install::SeatLog;
use crate::domain::seat::SeatList;
use crate::domain::{SeatId, SeatOp, SeatProgress, SegmentId, Shard};
use crate::service::{Audited, settle};
use crate::settings::NoticeEvent;
use crate::store::keys::{self, Named};
use crate::store::{self, Entry, Key, ListQuery, Txn};

/// A transaction is sent when it holds so much; a pair of shards still fits on top.
const FULL_BYTES: usize = 800 * 1024;
/// As [`FULL_BYTES`], in operations: a shard changes its log and the lists of every version it moves between.
const FULL_OPS: usize = 60;

/// Shards of the installed lists of a prefix, of all its versions.
type Lists = BTreeMap<(SegmentId, Shard), (Option<Entry>, SeatList)>;

/// Applies the changes and writes them. After an error the install in memory is worth nothing.
pub(super) async fn save(
    drive: &Drive,
    install: &mut Install,
    changes: BTreeMap<SeatId, SeatProgress>,
) -> Result<(), Trouble> {
    keep(install, changes, Due::Now);
    write(drive, install, Txn::new()).await
}

/// Applies the changes; they are written when that is due, or with whatever is written before.
pub(super) fn keep(install: &mut Install, changes: BTreeMap<SeatId, SeatProgress>, due: Due) {
    for (seat, progress) in changes {
        let shard = Shard::of(&seat);
        install.unsaved.touched.insert(shard);
        if moves(&progress) {
            install.unsaved.moved.entry(shard).or_default().push((seat.clone(), progress.op));
        }
        install.seats.insert(seat, progress);
    }
    install.recount();
    install.unsaved.due = install.unsaved.due.max(due);
}

/// Writes what is not in the store yet, only if what `also` compares holds.
pub(super) async fn write(drive: &Drive, install: &mut Install, also: Txn) -> Result<(), Trouble> {
    let Unsaved { touched, moved, .. } = std::mem::take(&mut install.unsaved);
    install.log.updated_at = drive.service.clock.now();
    let id = install.log.segment_id.clone();
    let mut lists = if moved.is_empty() { Lists::new() } else { read_lists(drive, &id).await? };

    let log_key = keys::install_log(&id, install.log.id);
    let log_revision = install.log_revision;
    let fresh = || Txn::new().unchanged(log_key.clone(), log_revision);
    let mut txn = fresh();
    let mut sent: Vec<Shard> = Vec::new();
    for (shard, seats) in install.seats_of(&touched) {
        if txn.bytes() > FULL_BYTES || txn.ops.len() > FULL_OPS {
            let full = settle(drive.leader.reads(), std::mem::replace(&mut txn, fresh())).await?;
            let revision = drive.commit(full).await?;
            install.saved(sent.drain(..), revision);
        }
        txn = put_log_shard(txn, install, shard, seats)?;
        if let Some(moved) = moved.get(&shard) {
            txn = put_installed(txn, &mut lists, &id, shard, moved)?;
        }
        sent.push(shard);
    }
    txn.compares.extend(also.compares);
    let txn = settle(drive.leader.reads(), txn.put(log_key, &install.log)?).await?;
    let revision = drive.commit(txn).await?;
    install.saved(sent.into_iter(), revision);
    install.log_revision = revision;
    install.unsaved = Unsaved::written();
    Ok(())
}

/// Does this state change who has the segment?
fn moves(progress: &SeatProgress) -> bool {
    match progress.op {
        SeatOp::Install => progress.state.moves_installed(),
        SeatOp::Uninstall => progress.state.is_good(),
    }
}

fn put_log_shard(
    txn: Txn,
    install: &Install,
    shard: Shard,
    seats: BTreeMap<SeatId, SeatProgress>,
) -> Result<Txn, Trouble> {
    let LogShard { revision, unknown } = install.shards.get(&shard).cloned().unwrap_or_default();
    let key = keys::install_log_shard(&install.log.segment_id, install.log.id, shard);
    Ok(txn.unchanged(key.clone(), revision).put(key, &SeatLog { seats, unknown })?)
}

async fn read_lists(drive: &Drive, id: &SegmentId) -> Result<Lists, Trouble> {
    let mut lists = Lists::new();
    for entry in drive.leader.reads().list_all(&keys::installed_of_prefix(&id.prefix)).await?.entries {
        if let Named::Installed(of, shard) = keys::parse(&entry.key) {
            let list = store::decode(&entry)?;
            lists.insert((of, shard), (Some(entry), list));
        }
    }
    Ok(lists)
}

/// Moves seats in the installed lists: a seat has one version of a prefix, so an install takes it off the
/// others. A list that becomes empty stays as an empty record: its revision shows that it changed.
fn put_installed(
    mut txn: Txn,
    lists: &mut Lists,
    id: &SegmentId,
    shard: Shard,
    moved: &[(SeatId, SeatOp)],
) -> Result<Txn, Trouble> {
    lists.entry((id.clone(), shard)).or_default();
    for ((of, at), (entry, list)) in lists.iter_mut().filter(|((_, at), _)| *at == shard) {
        let mut changed = false;
        for (seat, op) in moved {
            changed |= match op {
                SeatOp::Install if of == id => list.seats.insert(seat.clone()),
                SeatOp::Uninstall if of != id => false,
                SeatOp::Install | SeatOp::Uninstall => list.seats.remove(seat),
            };
        }
        if changed {
            let key: Key = keys::installed(of, *at);
            txn = txn.still(key.clone(), entry.as_ref()).put(key, list)?;
        }
    }
    Ok(txn)
}

async fn has_no_version(drive: &Drive, id: &SegmentId) -> Result<bool, Trouble> {
    let query = ListQuery { limit: 1, keys_only: true, ..ListQuery::prefix(keys::segments_of(&id.prefix)) };
    Ok(drive.leader.reads().list(&query).await?.entries.is_empty())
}

/// Writes the end of an install: the summary, the list of active ones, and the audit trail.
pub(super) async fn save_end(drive: &Drive, install: &Install) -> Result<(), Trouble> {
    let log = &install.log;
    let id = &log.segment_id;
    let log_key = keys::install_log(id, log.id);
    let active_key = keys::active_installs(&id.prefix);
    let (_, active) = drive.leader.reads().get(&active_key).await?;
    let mut txn = Txn::new().unchanged(log_key.clone(), install.log_revision).put(log_key, log)?;
    // A command that came meanwhile is followed first: a retry would be lost with the end.
    txn = txn.unchanged(keys::install_record(id, log.id), install.record_revision);
    txn = txn.still(active_key.clone(), active.as_ref());
    if let Some(entry) = &active {
        let mut installs: crate::domain::install::ActiveInstalls = store::decode(entry)?;
        installs.installs.remove(&log.id);
        // Of a prefix without a version nobody else takes it away.
        let is_left = install.record.uid.is_some() && installs.installs.is_empty();
        txn = match is_left && has_no_version(drive, id).await? {
            true => txn.delete(active_key),
            false => txn.put(active_key, &installs)?,
        };
    }
    let after = json!({ "segmentId": id, "state": log.state, "counts": log.counts, "attempt": log.attempt, "reason": log.reason });
    let object = log.id.to_string();
    let audited =
        Audited { action: "install.finish", object: &object, before: serde_json::Value::Null, after };
    crash::point("install.finish.before");
    drive.commit_audited(txn, audited).await?;
    crash::point("install.finish.after");
    drive.notices.tell(NoticeEvent::Ended, || install.told());
    Ok(())
}
