//! One guarded transaction: compares, then all of its operations or none.

use rusqlite::Result;

use super::rows;
use super::turn::{MOST_CHANGES, Turn};
use crate::domain::words::say;
use crate::store::{Compare, Entry, Key, Op, StoreError, Txn, TxnOutcome};

/// Applies a checked transaction. The inner error left everything as it was; the outer one ends the turn.
pub(super) fn apply(turn: &mut Turn<'_>, name: &str, txn: &Txn) -> Result<Result<TxnOutcome, StoreError>> {
    for compare in &txn.compares {
        if !holds(turn, compare)? {
            let found = txn.compares.iter().map(|compare| found(turn, compare)).collect::<Result<_>>()?;
            return Ok(Ok(TxnOutcome::Refused { revision: turn.state.revision, found }));
        }
    }
    // All that can stop a transaction is found before its first change.
    let mut deleted: Vec<Vec<Key>> = Vec::new();
    let mut changes = txn.ops.len();
    for op in &txn.ops {
        match op {
            Op::Put(_, _, Some(lease)) if !super::leases::is_alive(turn, *lease)? => {
                let reason = say!("store-lease-lost", lease = *lease);
                return Ok(Err(StoreError::Unavailable { store: name.to_owned(), reason }));
            }
            Op::DeletePrefix(prefix) => {
                let keys = rows::keys_below(turn.connection, prefix)?;
                changes += keys.len();
                deleted.push(keys);
            }
            Op::Put(..) | Op::Delete(_) => {}
        }
    }
    if i64::try_from(changes).is_ok_and(|changes| changes > MOST_CHANGES) {
        return Ok(Err(StoreError::TooLarge(format!("{changes} changes in one transaction"))));
    }
    let mut deleted = deleted.into_iter();
    for op in &txn.ops {
        match op {
            Op::Put(key, value, lease) => turn.put(key.as_str(), value, lease.unwrap_or_default())?,
            Op::Delete(key) => {
                if rows::living(turn.connection, key.as_str())?.is_some() {
                    turn.delete(key.as_str())?;
                }
            }
            Op::DeletePrefix(_) => {
                for key in deleted.next().unwrap_or_default() {
                    turn.delete(key.as_str())?;
                }
            }
        }
    }
    Ok(Ok(TxnOutcome::Done(turn.end_revision())))
}

fn holds(turn: &Turn<'_>, compare: &Compare) -> Result<bool> {
    Ok(match compare {
        Compare::ModRevision(key, revision) => {
            rows::living(turn.connection, key.as_str())?.map_or(0, |living| living.mod_revision())
                == *revision
        }
        Compare::CreateRevision(key, revision) => {
            rows::living(turn.connection, key.as_str())?.map_or(0, |living| living.create_revision)
                == *revision
        }
        Compare::NoneSince(prefix, revision) => rows::newer(turn.connection, prefix, *revision)?.is_none(),
        Compare::OnlyBelow(prefix, key) => {
            rows::first_below(turn.connection, prefix, 2)?.iter().all(|entry| entry.key == *key)
        }
    })
}

fn found(turn: &Turn<'_>, compare: &Compare) -> Result<Option<Entry>> {
    match compare {
        Compare::ModRevision(key, _) | Compare::CreateRevision(key, _) => rows::entry(turn.connection, key),
        Compare::NoneSince(prefix, revision) => rows::newer(turn.connection, prefix, *revision),
        Compare::OnlyBelow(prefix, _) => Ok(rows::first_below(turn.connection, prefix, 1)?.pop()),
    }
}
