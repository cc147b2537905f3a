//! The layout of the records: a newer one makes this program read-only.

use serde::{Deserialize, Serialize};

use super::{Code, Service, ServiceError};
use crate::domain::words::say;
use crate::store::{Entry, Revision, Txn, keys};

/// The layout that this program writes.
pub const FORMAT: u32 = 1;

/// The record `meta/format`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FormatMark {
    /// Rises when an older program would misread the records.
    format: u32,
}

impl Service {
    /// May this program change the records?
    ///
    /// # Errors
    /// `conflict` when a newer program has changed their layout.
    pub async fn check_format(&self) -> Result<(), ServiceError> {
        self.known_format().await.map(drop)
    }

    /// Makes a change hold only as long as the layout is ours; the first change of all writes which one it is.
    pub(super) async fn in_our_format(&self, txn: Txn) -> Result<Txn, ServiceError> {
        Ok(self.in_known_format(txn).await?.0)
    }

    /// The same, with the revision at which the layout was written; `None`: this change writes it.
    ///
    /// # Errors
    /// As [`Service::check_format`].
    pub(crate) async fn in_known_format(&self, txn: Txn) -> Result<(Txn, Option<Revision>), ServiceError> {
        let known = self.known_format().await?;
        let txn = txn.still(keys::format(), known.as_ref());
        Ok(match known {
            Some(entry) => (txn, Some(entry.mod_revision)),
            None => (txn.put(keys::format(), &FormatMark { format: FORMAT })?, None),
        })
    }

    async fn known_format(&self) -> Result<Option<Entry>, ServiceError> {
        match self.read::<FormatMark>(&keys::format()).await? {
            Some((_, mark)) if mark.format > FORMAT => Err(ServiceError::new(
                Code::Conflict,
                say!("format-newer", store = self.store.name(), theirs = mark.format, ours = FORMAT),
            )),
            found => Ok(found.map(|(entry, _)| entry)),
        }
    }
}
