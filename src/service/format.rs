//! The layout of the records: a newer one makes this program read-only.

use serde::{Deserialize, Serialize};

use super::{Code, Service, ServiceError};
use crate::domain::incarnation::IncarnationRecord;
use crate::domain::words::say;
use crate::store::{self, Entry, Revision, Txn, keys};

/// The layout that this program writes. 2: what is deleted lies in the trash, and its file counts as owned; an older
/// program would sweep it away.
pub const FORMAT: u32 = 2;

/// The record `meta/format`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FormatMark {
    /// Rises when an older program would misread the records.
    pub(super) format: u32,
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
        if let Some(entry) = known {
            return Ok((txn, Some(entry.mod_revision)));
        }
        let txn = txn.put(keys::format(), &FormatMark { format: FORMAT })?;
        // The first change begins the life of the records.
        Ok(match self.store.get(&keys::incarnation()).await? {
            (_, Some(_)) => (txn, None),
            (_, None) => {
                let life = IncarnationRecord::begin(self.clock.now(), self.store.cluster());
                (txn.absent(keys::incarnation()).put(keys::incarnation(), &life)?, None)
            }
        })
    }

    /// The layout as it is written now, and the entry that says so; zero: nobody has written any.
    pub(super) async fn written_format(&self) -> Result<(u32, Option<Entry>), ServiceError> {
        let known = self.known_format().await?;
        let format = known.as_ref().map(store::decode::<FormatMark>).transpose()?;
        Ok((format.map_or(0, |mark| mark.format), known))
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
