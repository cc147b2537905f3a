//! The record `leader`, and the only store a controller can write to.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{Compare, Entry, ReadStore, Revision, SharedStore, StoreError, Txn, TxnOutcome, keys};
use crate::domain::{FreeText, RecordId, Timestamp};

/// The record `leader`: who drives the controllers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaderRecord {
    /// `user@host`.
    pub who: FreeText,
    /// The process.
    pub pid: u32,
    /// Tells this leadership from every other one.
    pub session: RecordId,
    /// Since when.
    pub since: Timestamp,
    /// Rises with each new leader.
    pub epoch: u64,
}

/// What the record `leader` says.
#[derive(Debug, Clone, PartialEq)]
pub enum Leadership {
    /// Somebody leads: the record lies under a lease, which ends with its process.
    Held(LeaderRecord),
    /// The record lies under no lease. A copy of the records, a restore or a hand put it there: nobody leads, and
    /// nothing would ever take it away but the next election.
    LeftOver(LeaderRecord),
    /// There is no record.
    Vacant,
}

impl Leadership {
    /// Reads the record.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn of(entry: &Entry) -> Result<Self, StoreError> {
        let record = super::decode(entry)?;
        Ok(if entry.leased { Self::Held(record) } else { Self::LeftOver(record) })
    }

    /// Who leads.
    pub fn leader(self) -> Option<LeaderRecord> {
        match self {
            Self::Held(record) => Some(record),
            Self::LeftOver(_) | Self::Vacant => None,
        }
    }
}

/// Until when this process may believe that it leads; moved on by each renewal.
pub type Belief = Arc<std::sync::Mutex<Instant>>;

/// A store whose every write also compares the leadership it was made under, and the layout of the records: a newer
/// program that changes it makes this one look only, also where it leads. Handed out by an election that was won;
/// there is no other way to one.
#[derive(Clone)]
pub struct LeaderStore {
    store: SharedStore,
    created: Revision,
    format: Revision,
    epoch: u64,
    belief: Belief,
}

impl LeaderStore {
    /// Made by the election: `created` is the create revision of the leader key that was won, `format` the
    /// revision at which the layout was written that this program knows.
    pub(crate) fn won(
        store: SharedStore,
        created: Revision,
        format: Revision,
        epoch: u64,
        belief: Belief,
    ) -> Self {
        Self { store, created, format, epoch, belief }
    }

    /// The same leadership, once it has written the layout of the records anew at this revision.
    pub(crate) fn in_format(self, format: Revision) -> Self {
        Self { format, ..self }
    }

    /// The epoch of this leadership.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// For reads; they need no fence. What comes back cannot write.
    pub fn reads(&self) -> &dyn ReadStore {
        &*self.store
    }

    /// May this process still believe that it leads?
    pub fn is_live(&self) -> bool {
        self.belief.lock().is_ok_and(|until| Instant::now() < *until)
    }

    /// Proves that this leader can read and write, by changing nothing.
    ///
    /// # Errors
    /// [`StoreError::NotLeader`] when somebody else leads, or the record lost its lease. Otherwise what keeps it from
    /// reading or writing.
    pub async fn prove(&self) -> Result<(), StoreError> {
        let (_, record) = self.store.get(&keys::leader()).await?;
        if !record.is_some_and(|record| record.leased && record.create_revision == self.created) {
            return Err(StoreError::NotLeader);
        }
        match self.commit(super::proof::never()?).await? {
            TxnOutcome::Refused { .. } | TxnOutcome::Done(_) => Ok(()),
        }
    }

    /// Commits under this leadership.
    ///
    /// # Errors
    /// [`StoreError::NotLeader`] when the leadership is over, by our own clock or by the store's word, or somebody
    /// wrote the layout anew; nothing was changed then. Otherwise what the store says.
    pub async fn commit(&self, mut txn: Txn) -> Result<TxnOutcome, StoreError> {
        if !self.is_live() {
            return Err(StoreError::NotLeader);
        }
        let fence = [
            Compare::CreateRevision(keys::leader(), self.created),
            Compare::ModRevision(keys::format(), self.format),
        ];
        txn.compares.splice(0..0, fence);
        match self.store.txn(txn).await? {
            TxnOutcome::Refused { mut found, revision } => {
                let fence: Vec<_> = found.drain(..found.len().min(2)).flatten().collect();
                match fence.as_slice() {
                    [leader, format]
                        if leader.create_revision == self.created && format.mod_revision == self.format =>
                    {
                        Ok(TxnOutcome::Refused { revision, found })
                    }
                    _ => Err(StoreError::NotLeader),
                }
            }
            done => Ok(done),
        }
    }
}
