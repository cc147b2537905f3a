//! Segments whose record went while seats have them: who they are, and that they go with their last seat.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Code, Service, ServiceError};
use crate::domain::leftover::Leftover;
use crate::domain::seat::SeatList;
use crate::domain::words::say;
use crate::domain::{SegmentId, Timestamp};
use crate::store::keys::{self, Key, Named};
use crate::store::{self, Entry, Op, ReadStore, StoreError, Txn};

/// A segment that the platform does not list any more, as answers name it beside the seats that have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    /// The segment.
    pub id: SegmentId,
    /// What the platform called it, and still calls it on its devices.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// When its record went.
    pub removed_at: Timestamp,
}

impl From<Leftover> for Removed {
    fn from(left: Leftover) -> Self {
        let uid = left.segment.uid().unwrap_or_default().to_owned();
        Self { id: left.segment.id, uid, removed_at: left.removed_at }
    }
}

impl Service {
    /// What is left of a segment; `None` where it has a record, or no seat has it.
    pub(super) async fn leftover(&self, id: &SegmentId) -> Result<Option<(Entry, Leftover)>, ServiceError> {
        let mut found =
            self.store.get_many(&[keys::segment(id), keys::leftover(id)]).await?.entries.into_iter();
        match (found.next().flatten(), found.next().flatten()) {
            (None, Some(entry)) => {
                let left = store::decode(&entry)?;
                Ok(Some((entry, left)))
            }
            _ => Ok(None),
        }
    }

    /// All that is left of segments without a record.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn removed(&self) -> Result<BTreeMap<SegmentId, Removed>, ServiceError> {
        let left = self.store.list_all(keys::LEFTOVERS).await?.entries;
        let left: Vec<Leftover> = left.iter().filter_map(store::decode_or_warn).collect();
        let records: Vec<Key> = left.iter().map(|left| keys::segment(&left.segment.id)).collect();
        let mut removed = BTreeMap::new();
        for (some, keys) in left.chunks(store::MAX_OPS).zip(records.chunks(store::MAX_OPS)) {
            for (left, record) in some.iter().zip(self.store.get_many(keys).await?.entries) {
                if record.is_none() {
                    removed.insert(left.segment.id.clone(), Removed::from(left.clone()));
                }
            }
        }
        Ok(removed)
    }

    /// Of these, the ones without a record.
    pub(super) async fn removed_of<'a>(
        &self,
        ids: impl Iterator<Item = &'a SegmentId>,
    ) -> Result<BTreeSet<Removed>, ServiceError> {
        let removed = self.removed().await?;
        Ok(ids.filter_map(|id| removed.get(id).cloned()).collect())
    }

    /// Why there is no record, with what can be done where seats have it all the same.
    pub(super) async fn no_segment(&self, id: &SegmentId) -> ServiceError {
        let why = match self.leftover(id).await {
            Ok(Some(_)) => say!("segment-is-removed", id = id),
            _ => say!("no-segment", id = id),
        };
        ServiceError::new(Code::NotFound, why)
    }
}

/// Where this transaction takes the last seat of a segment that has no record any more, the rest of it goes too.
/// Whoever adds a seat to such a list writes its leftover anew, so that the two cannot pass each other.
pub(crate) async fn settle(reads: &dyn ReadStore, mut txn: Txn) -> Result<Txn, StoreError> {
    let mut written: BTreeMap<Key, bool> = BTreeMap::new();
    let mut emptied: BTreeSet<SegmentId> = BTreeSet::new();
    for op in &txn.ops {
        if let Op::Put(key, value, _) = op
            && let Named::Installed(id, _) = keys::parse(key)
        {
            let is_empty = serde_json::from_slice::<SeatList>(value).is_ok_and(|list| list.seats.is_empty());
            written.insert(key.clone(), is_empty);
            if is_empty {
                emptied.insert(id);
            }
        }
    }
    for id in emptied {
        let found = reads.get_many(&[keys::segment(&id), keys::leftover(&id)]).await?.entries;
        let [None, Some(left)] = found.as_slice() else { continue };
        let lists = reads.list_all(&keys::installed_of(&id)).await?.entries;
        let empty = |entry: &Entry| match written.get(&entry.key) {
            Some(is_empty) => *is_empty,
            None => store::decode::<SeatList>(entry).is_ok_and(|list| list.seats.is_empty()),
        };
        let all = keys::installed_of(&id);
        let fills = |(key, is_empty): (&Key, &bool)| !*is_empty && key.as_str().starts_with(&all);
        if !lists.iter().all(empty) || written.iter().any(fills) {
            continue;
        }
        txn.ops.retain(|op| !matches!(op, Op::Put(key, ..) if key.as_str().starts_with(&all)));
        txn = txn
            .absent(keys::segment(&id))
            .unchanged(keys::leftover(&id), left.mod_revision)
            .delete_prefix(all)
            .delete(keys::leftover(&id));
    }
    Ok(txn)
}
