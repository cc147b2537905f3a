//! One guarded transaction with its audit entry; an unclear answer is read back.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::seen::changed_meanwhile;
use super::{Service, ServiceError};
use crate::domain::audit::AuditEntry;
use crate::domain::words;
use crate::domain::{RecordId, SeatId};
use crate::store::{self, Entry, Key, StoreError, Txn, TxnOutcome, keys};

/// What the audit trail says of a change.
pub(crate) struct Audited<'a> {
    /// E.g. `segment.upload`.
    pub action: &'static str,
    /// The record it is about.
    pub object: &'a str,
    /// In short, before.
    pub before: Value,
    /// In short, after.
    pub after: Value,
}

/// A change that was not confirmed.
pub(super) struct CommitFailure {
    /// What the store said.
    pub error: ServiceError,
    /// Nothing was changed, for sure.
    pub certain: bool,
}

impl CommitFailure {
    fn certain(error: StoreError) -> Self {
        Self { error: error.into(), certain: true }
    }
}

impl From<CommitFailure> for ServiceError {
    fn from(failure: CommitFailure) -> Self {
        failure.error
    }
}

impl Service {
    /// Commits a change and its audit entry. `None`: some compare did not hold, nothing was changed.
    /// Where the answer was lost, the audit entry's presence tells whether it was done.
    pub(super) async fn commit(&self, txn: Txn, audited: Audited<'_>) -> Result<Option<i64>, CommitFailure> {
        let store = self.writes().map_err(|error| CommitFailure { error, certain: true })?.store;
        let entry = self.audit_entry(audited);
        let id = entry.id;
        let txn = txn.put(keys::audit(id), &entry).map_err(CommitFailure::certain)?;
        let txn = self.in_our_format(txn).await.map_err(|error| CommitFailure { error, certain: true })?;
        match store.txn(txn).await {
            Ok(TxnOutcome::Done(revision)) => Ok(Some(revision)),
            Ok(TxnOutcome::Refused { .. }) => Ok(None),
            Err(StoreError::Unknown { store, reason }) => match self.store.get(&keys::audit(id)).await {
                Ok((_, Some(entry))) => Ok(Some(entry.mod_revision)),
                // Still on its way it may be; only the operator can look again.
                Ok((_, None)) | Err(_) => {
                    Err(CommitFailure { error: StoreError::Unknown { store, reason }.into(), certain: false })
                }
            },
            Err(error) => Err(CommitFailure::certain(error)),
        }
    }

    /// The entry of the audit trail that goes into the transaction of a change.
    pub(crate) fn audit_entry(&self, audited: Audited<'_>) -> AuditEntry {
        let at = self.clock.now();
        AuditEntry {
            id: RecordId::new(at),
            at,
            who: self.actor.clone(),
            action: audited.action.to_owned(),
            object: audited.object.to_owned(),
            before: without_nulls(audited.before),
            after: without_nulls(audited.after),
            result: "done".to_owned(),
            unknown: Default::default(),
        }
    }

    /// Reads one record and its entry.
    pub(crate) async fn read<T: DeserializeOwned>(
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

/// How often a change is tried whose record a controller, or somebody else, changed between read and write.
const TRIES: u32 = 8;

/// The pause before the second try; each later one is twice as long, 1.3 s in all: many who begin on one prefix at
/// once come one after the other.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// Does a change that rests on nothing the operator has seen: where the record moved between read and write
/// (`None`), it is read and judged again.
pub(super) async fn try_again<T, F>(
    what: impl Into<words::Value>,
    mut change: impl FnMut() -> F,
) -> Result<T, ServiceError>
where
    F: Future<Output = Result<Option<T>, ServiceError>>,
{
    for again in 0..TRIES {
        if let Some(done) = change().await? {
            return Ok(done);
        }
        if again + 1 < TRIES {
            tokio::time::sleep(FIRST_PAUSE * (1 << again)).await;
        }
    }
    Err(changed_meanwhile(what))
}

/// What is not there is absent from a record, never null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let there = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(there.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        value => value,
    }
}

/// The part of a record that an audit entry shows.
pub(crate) fn brief<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// How a list of seats changed: the counts, the first names of each side, and a hash of the new list.
pub(super) fn seats_changed(before: &BTreeSet<SeatId>, after: &BTreeSet<SeatId>) -> (Value, Value) {
    const NAMED: usize = 20;
    let named = |seats: BTreeSet<SeatId>| json!({ "count": seats.len(), "first": seats.iter().take(NAMED).collect::<Vec<_>>() });
    let mut hash = Sha256::new();
    for seat in after {
        hash.update(seat.as_str());
        hash.update("\n");
    }
    let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    (
        json!({ "seats": before.len() }),
        json!({ "seats": after.len(), "added": named(after - before), "removed": named(before - after), "sha256": hash }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_entry_holds_no_null() {
        let value = json!({ "reason": null, "status": { "reason": null, "uids": [{ "uid": null }] } });
        assert_eq!(without_nulls(value), json!({ "status": { "uids": [{}] } }));
    }
}
