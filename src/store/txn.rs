//! Guarded transactions: all compares hold and everything is done, or nothing is.

use bytes::Bytes;
use serde::Serialize;

use super::{Entry, Key, LeaseId, Revision, StoreError};

/// A condition of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compare {
    /// The record was last changed at this revision; 0: it does not exist.
    ModRevision(Key, Revision),
    /// The record was created at this revision; 0: it does not exist.
    CreateRevision(Key, Revision),
    /// No key that begins so was created or changed after this revision; 0: there is none. What was deleted does not
    /// show.
    NoneSince(String, Revision),
    /// No key begins so, but for this one, which may be there or not.
    OnlyBelow(String, Key),
}

/// A change of a transaction. No key may be touched twice, nor lie in a prefix the same transaction deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Creates or replaces a record; with a lease it goes when the lease ends.
    Put(Key, Bytes, Option<LeaseId>),
    /// Deletes a record, if it is there.
    Delete(Key),
    /// Deletes every key that begins so.
    DeletePrefix(String),
}

/// A guarded transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Txn {
    /// All of these must hold.
    pub compares: Vec<Compare>,
    /// All of these are done then.
    pub ops: Vec<Op>,
}

/// How a transaction ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TxnOutcome {
    /// Done, at this revision.
    Done(Revision),
    /// Some compare did not hold; nothing was changed.
    Refused {
        /// The revision it was refused at.
        revision: Revision,
        /// For each compare, in order, the record of its key as it is now (`NoneSince`: the first newer one below;
        /// `OnlyBelow`: the first one below).
        found: Vec<Option<Entry>>,
    },
}

impl Txn {
    /// Nothing compared, nothing done.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires that there is no such record.
    pub fn absent(self, key: Key) -> Self {
        self.unchanged(key, 0)
    }

    /// Requires that the record is the one read: `revision` is its mod revision, 0 if it did not exist.
    pub fn unchanged(mut self, key: Key, revision: Revision) -> Self {
        self.compares.push(Compare::ModRevision(key, revision));
        self
    }

    /// Requires that the record is the one read, or still absent.
    pub fn still(self, key: Key, read: Option<&Entry>) -> Self {
        self.unchanged(key, read.map_or(0, |entry| entry.mod_revision))
    }

    /// Requires that no key that begins so was created or changed after this revision. The backend looks at all of
    /// them: for lists that are small by nature.
    pub fn none_since(mut self, prefix: &str, revision: Revision) -> Self {
        self.compares.push(Compare::NoneSince(prefix.to_owned(), revision));
        self
    }

    /// Requires that no key begins so, but for this one.
    pub fn only_below(mut self, prefix: String, key: Key) -> Self {
        self.compares.push(Compare::OnlyBelow(prefix, key));
        self
    }

    /// Writes a record as JSON.
    ///
    /// # Errors
    /// A value that JSON cannot hold.
    pub fn put<T: Serialize>(mut self, key: Key, value: &T) -> Result<Self, StoreError> {
        let bytes = super::encode(&key, value)?;
        self.ops.push(Op::Put(key, bytes, None));
        Ok(self)
    }

    /// Deletes a record.
    pub fn delete(mut self, key: Key) -> Self {
        self.ops.push(Op::Delete(key));
        self
    }

    /// Deletes everything below.
    pub fn delete_prefix(mut self, prefix: String) -> Self {
        self.ops.push(Op::DeletePrefix(prefix));
        self
    }

    /// Bytes of all keys and values: what [`super::MAX_TXN_BYTES`] limits.
    pub fn bytes(&self) -> usize {
        let compares = self.compares.iter().map(|compare| match compare {
            Compare::ModRevision(key, _) | Compare::CreateRevision(key, _) => key.as_str().len() + 64,
            Compare::NoneSince(prefix, _) => 2 * prefix.len() + 64,
            Compare::OnlyBelow(prefix, key) => 2 * (prefix.len() + key.as_str().len()) + 64,
        });
        let ops = self.ops.iter().map(|op| match op {
            Op::Put(key, value, _) => key.as_str().len() + value.len() + 32,
            Op::Delete(key) => key.as_str().len() + 32,
            Op::DeletePrefix(prefix) => prefix.len() * 2 + 32,
        });
        compares.chain(ops).sum()
    }

    /// Is it within what every backend takes? Checked by both before anything is sent.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] with the number that is too large; [`StoreError::Invalid`] with the key that
    /// is touched twice.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.compares.len() > super::MAX_OPS || self.ops.len() > super::MAX_OPS {
            return Err(StoreError::TooLarge(format!(
                "{} compares and {} operations; {} are allowed",
                self.compares.len(),
                self.ops.len(),
                super::MAX_OPS
            )));
        }
        for op in &self.ops {
            if let Op::Put(key, value, _) = op
                && value.len() > super::MAX_VALUE_BYTES
            {
                return Err(StoreError::TooLarge(format!("the value of {key} has {} bytes", value.len())));
            }
        }
        match self.bytes() {
            bytes if bytes > super::MAX_TXN_BYTES => Err(StoreError::TooLarge(format!("{bytes} bytes"))),
            _ => self.check_touched_once(),
        }
    }

    /// etcd refuses some of these and SQLite none; refused here, both do the same.
    fn check_touched_once(&self) -> Result<(), StoreError> {
        let mut touched: Vec<(&str, bool)> = self
            .ops
            .iter()
            .map(|op| match op {
                Op::Put(key, ..) | Op::Delete(key) => (key.as_str(), false),
                Op::DeletePrefix(prefix) => (prefix.as_str(), true),
            })
            .collect();
        // Sorted so, all that lies in a prefix follows it at once.
        touched.sort_by(|a, b| a.0.cmp(b.0).then(b.1.cmp(&a.1)));
        let twice = touched.windows(2).find(|pair| match pair {
            [(before, true), (after, _)] => after.starts_with(before),
            [(before, false), (after, _)] => before == after,
            _ => false,
        });
        match twice {
            Some([_, (key, _)]) => Err(StoreError::Invalid(format!("one transaction touches {key} twice"))),
            _ => Ok(()),
        }
    }
}
