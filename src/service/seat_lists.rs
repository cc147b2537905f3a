//! Sharded lists of seats, read whole and compared whole.

use std::collections::{BTreeMap, BTreeSet};

use super::{Service, ServiceError};
use crate::domain::seat::SeatList;
use crate::domain::{SeatId, Shard, shard};
use crate::store::{self, Entry, Key, StoreError, Txn};

/// All shards of one list at one revision.
#[derive(Debug, Clone, Default)]
pub(crate) struct SeatLists {
    /// The revision they were read at.
    pub revision: i64,
    /// The shards that exist.
    pub shards: BTreeMap<Shard, (Entry, SeatList)>,
}

impl SeatLists {
    /// The joined list.
    pub(crate) fn joined(&self) -> BTreeSet<SeatId> {
        self.shards.values().flat_map(|(_, list)| list.seats.iter().cloned()).collect()
    }

    /// Requires that no shard has changed since they were read. `key` names the key of a shard.
    pub(crate) fn unchanged(&self, mut txn: Txn, key: impl Fn(Shard) -> Key) -> Txn {
        for shard in Shard::all() {
            txn = txn.unchanged(key(shard), self.revision_of(shard));
        }
        txn
    }

    /// Writes the shards in which `list` differs from what was read. A shard that became empty stays as an
    /// empty record, so that its revision shows that it changed.
    pub(crate) fn replace(
        &self,
        mut txn: Txn,
        key: impl Fn(Shard) -> Key,
        list: &BTreeSet<SeatId>,
    ) -> Result<Txn, StoreError> {
        let mut wanted = shard::split(list);
        for shard in Shard::all() {
            let seats = wanted.remove(&shard).unwrap_or_default();
            let before = self.shards.get(&shard).map(|(_, list)| list);
            if before.map_or(seats.is_empty(), |list| list.seats == seats) {
                continue;
            }
            let unknown = before.map(|list| list.unknown.clone()).unwrap_or_default();
            txn = txn.put(key(shard), &SeatList { seats, unknown })?;
        }
        Ok(txn)
    }

    /// The latest change of any shard; 0 where there is none.
    pub(crate) fn changed_at(&self) -> i64 {
        self.shards.values().map(|(entry, _)| entry.mod_revision).max().unwrap_or(0)
    }

    /// The mod revision of a shard; 0 where it does not exist.
    pub(crate) fn revision_of(&self, shard: Shard) -> i64 {
        self.shards.get(&shard).map_or(0, |(entry, _)| entry.mod_revision)
    }
}

impl Service {
    /// Reads all shards below a prefix like `bindings/nav/`.
    pub(crate) async fn seat_lists(&self, prefix: &str) -> Result<SeatLists, ServiceError> {
        let page = self.store.list_all(prefix).await?;
        let mut lists = SeatLists { revision: page.revision, shards: BTreeMap::new() };
        for entry in page.entries {
            let shard = entry.key.parts().last().and_then(Shard::parse);
            if let Some(shard) = shard {
                let list = store::decode(&entry)?;
                lists.shards.insert(shard, (entry, list));
            }
        }
        Ok(lists)
    }
}
