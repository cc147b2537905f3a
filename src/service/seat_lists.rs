//! Sharded lists of seats, read whole and compared whole.

use std::collections::{BTreeMap, BTreeSet};

use super::{Service, ServiceError};
use crate::domain::seat::SeatList;
use crate::domain::{SeatId, Shard};
use crate::store::{self, Entry};

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
