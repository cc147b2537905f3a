//! One guarded transaction with its audit entry; an unclear answer is read back.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Code, Service, ServiceError};
use crate::domain::RecordId;
use crate::domain::audit::AuditEntry;
use crate::store::{self, Entry, Key, StoreError, Txn, TxnOutcome, keys};

/// What the audit trail says of a change.
pub(super) struct Audited<'a> {
    /// E.g. `segment.upload`.
    pub action: &'static str,
    /// The record it is about.
    pub object: &'a str,
    /// In short, before.
    pub before: Value,
    /// In short, after.
    pub after: Value,
}

impl Service {
    /// Commits a change and its audit entry. `None`: some compare did not hold, nothing was changed.
    /// Where the answer was lost, the audit entry's presence tells whether it was done.
    pub(super) async fn commit(&self, txn: Txn, audited: Audited<'_>) -> Result<Option<i64>, ServiceError> {
        let id = RecordId::new(self.clock.now());
        let entry = AuditEntry {
            id,
            at: self.clock.now(),
            who: self.actor.clone(),
            action: audited.action.to_owned(),
            object: audited.object.to_owned(),
            before: audited.before,
            after: audited.after,
            result: "done".to_owned(),
            unknown: Default::default(),
        };
        match self.store.txn(txn.put(keys::audit(id), &entry)?).await {
            Ok(TxnOutcome::Done(revision)) => Ok(Some(revision)),
            Ok(TxnOutcome::Refused { .. }) => Ok(None),
            Err(StoreError::Unknown { store, reason }) => match self.store.get(&keys::audit(id)).await {
                Ok((_, Some(entry))) => Ok(Some(entry.mod_revision)),
                // Still on its way it may be; only the operator can look again.
                Ok((_, None)) | Err(_) => Err(StoreError::Unknown { store, reason }.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Reads one record and its entry.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        key: &Key,
    ) -> Result<Option<(Entry, T)>, ServiceError> {
        match self.store.get(key).await? {
            (_, Some(entry)) => {
                let record = store::decode(&entry)?;
                Ok(Some((entry, record)))
            }
            (_, None) => Ok(None),
        }
    }
}

/// The part of a record that an audit entry shows.
pub(super) fn brief<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// Somebody else was faster.
pub(super) fn changed_meanwhile(what: impl std::fmt::Display) -> ServiceError {
    ServiceError::new(
        Code::Conflict,
        format!("{what} was changed by somebody else meanwhile; look again and repeat"),
    )
}
