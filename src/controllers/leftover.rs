//! What seats have of a segment whose record goes: kept with it, and cleaned up after it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use super::drive::Drive;
use super::segment::Current;
use super::step::Trouble;
use crate::domain::install::ActiveInstalls;
use crate::domain::leftover::Leftover;
use crate::domain::seat::SeatList;
use crate::domain::{InstallLog, RecordId, SegmentId, clock};
use crate::service::Audited;
use crate::store::keys::{self, Named};
use crate::store::{self, Entry, Key, ListQuery, Txn};

/// How long an install of a segment without a record can still be looked up after its end.
const TOLD: Duration = Duration::from_secs(7 * 24 * 3600);

/// The part of a purge that is about seats: where some have the segment, their lists stay, with what is left of the
/// record; else the lists go.
pub(super) async fn keep(drive: &Drive, current: &Current, txn: Txn) -> Result<Txn, Trouble> {
    let id = &current.segment.id;
    let all = keys::installed_of(id);
    let lists = drive.leader.reads().list_all(&all).await?;
    let mut empty = Vec::new();
    let mut seats = 0;
    for entry in lists.entries {
        match store::decode::<SeatList>(&entry)?.seats.len() {
            0 => empty.push(entry.key),
            some => seats += some,
        }
    }
    // A seat that comes or goes meanwhile is counted when this is tried again.
    let txn = txn.none_since(&all, lists.revision);
    if seats == 0 {
        return Ok(txn.delete_prefix(all).delete(keys::leftover(id)));
    }
    tracing::warn!(segment = %id, seats, uid = current.segment.uid().unwrap_or_default(),
        "a segment goes that seats have: they keep it in their lists, and it can be uninstalled");
    let left = Leftover::of(&current.segment, drive.service.clock.now());
    Ok(empty.into_iter().fold(txn, Txn::delete).put(keys::leftover(id), &left)?)
}

/// The unfinished installs of a prefix without those of the segment that goes; those of what is left of other versions
/// stay, also when no version has a record any more.
pub(super) fn without_installs(
    txn: Txn,
    id: &SegmentId,
    active: Option<&Entry>,
    is_last: bool,
) -> Result<Txn, Trouble> {
    let key = keys::active_installs(&id.prefix);
    let txn = txn.still(key.clone(), active);
    let Some(entry) = active else { return Ok(txn) };
    let mut installs: ActiveInstalls = store::decode(entry)?;
    let before = installs.installs.len();
    installs.installs.retain(|_, of| of != id);
    if is_last && installs.installs.is_empty() {
        return Ok(txn.delete(key));
    }
    // Whose end is written right now has to see that no version is left.
    let is_as_it_was = installs.installs.len() == before && !is_last;
    Ok(if is_as_it_was { txn } else { txn.put(key, &installs)? })
}

/// Takes away what nobody needs: what is left of segments that have a record again, or that no seat has any more, and
/// what is told of installs of segments that are neither.
pub(super) async fn clean(drive: &Drive) -> Result<(), Trouble> {
    let reads = drive.leader.reads();
    let mut left = BTreeSet::new();
    for entry in reads.list_all(keys::LEFTOVERS).await?.entries {
        let Named::Leftover(id) = keys::parse(&entry.key) else { continue };
        let (_, record) = reads.get(&keys::segment(&id)).await?;
        let txn = Txn::new()
            .still(keys::segment(&id), record.as_ref())
            .unchanged(entry.key.clone(), entry.mod_revision)
            .delete(entry.key);
        let all = keys::installed_of(&id);
        let lists = reads.list_all(&all).await?;
        let is_empty =
            |entry: &Entry| store::decode::<SeatList>(entry).is_ok_and(|list| list.seats.is_empty());
        let txn = match record {
            Some(_) => txn,
            None if lists.entries.iter().all(is_empty) => {
                txn.none_since(&all, lists.revision).delete_prefix(all)
            }
            None => {
                left.insert(id);
                continue;
            }
        };
        on_the_way(drive.commit(txn).await)?;
    }
    forget_installs(drive, &left).await
}

/// Installs of segments that have neither a record nor anything left, some time after they ended.
async fn forget_installs(drive: &Drive, left: &BTreeSet<SegmentId>) -> Result<(), Trouble> {
    let reads = drive.leader.reads();
    let mut told: BTreeMap<SegmentId, BTreeSet<RecordId>> = BTreeMap::new();
    let mut query = ListQuery { keys_only: true, ..ListQuery::prefix(keys::INSTALL_LOGS) };
    loop {
        let page = reads.list(&query).await?;
        for entry in &page.entries {
            if let Named::InstallLog(id, record, None) = keys::parse(&entry.key)
                && !left.contains(&id)
            {
                told.entry(id).or_default().insert(record);
            }
        }
        if !query.turn_now(&page) {
            break;
        }
    }
    let (ids, records): (Vec<SegmentId>, Vec<BTreeSet<RecordId>>) = told.into_iter().unzip();
    let segments: Vec<Key> = ids.iter().map(keys::segment).collect();
    let now = drive.service.clock.now();
    for (nth, some) in segments.chunks(store::MAX_OPS).enumerate() {
        let found = reads.get_many(some).await?.entries;
        for (at, _) in found.iter().enumerate().filter(|(_, segment)| segment.is_none()) {
            let at = nth * store::MAX_OPS + at;
            for record in &records[at] {
                let key = keys::install_log(&ids[at], *record);
                let (_, Some(entry)) = reads.get(&key).await? else { continue };
                let log: InstallLog = store::decode(&entry)?;
                let is_over = log.state.is_terminal()
                    && log.finished_at.is_some_and(|at| clock::between(at, now) > TOLD);
                if is_over {
                    let txn = Txn::new()
                        .absent(keys::segment(&ids[at]))
                        .unchanged(key.clone(), entry.mod_revision)
                        .delete(keys::install_record(&ids[at], *record))
                        .delete_prefix(keys::install_record_shards(&ids[at], *record))
                        .delete(key)
                        .delete_prefix(keys::install_log_shards(&ids[at], *record));
                    let object = record.to_string();
                    let before = json!({ "segmentId": ids[at], "state": log.state });
                    let after = Value::Null;
                    let audited = Audited { action: "install.prune", object: &object, before, after };
                    on_the_way(drive.commit_audited(txn, audited).await)?;
                }
            }
        }
    }
    Ok(())
}

/// What somebody works on is looked at again next time.
fn on_the_way<T>(committed: Result<T, Trouble>) -> Result<(), Trouble> {
    match committed {
        Ok(_) | Err(Trouble::Conflict) => Ok(()),
        Err(trouble) => Err(trouble),
    }
}
