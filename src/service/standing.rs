//! Who leads, and may this process?

use serde::{Deserialize, Serialize};

use super::{Code, Service, ServiceError};
use crate::domain::words::{Say, say, word};
use crate::store::{LeaderRecord, Leadership, Txn, keys};

/// May this process drive the controllers?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Yes.
    May,
    /// No, and why, with how to mend it.
    MayNot(Say),
}

/// The record `meta/storage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StorageMark {
    /// The storage's id.
    id: String,
}

impl Service {
    /// The leader now, if anybody leads.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn leader(&self) -> Result<Option<LeaderRecord>, ServiceError> {
        Ok(self.leadership().await?.leader())
    }

    /// Who leads, or what is left of somebody who did.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn leadership(&self) -> Result<Leadership, ServiceError> {
        let (_, entry) = self.store.get(&keys::leader()).await?;
        Ok(entry.as_ref().map_or(Ok(Leadership::Vacant), Leadership::of)?)
    }

    /// May it change anything, does it see the shared storage of the records, and has it a remote configured? The first one
    /// to ask on an empty store writes `meta/storage`.
    ///
    /// # Errors
    /// When the store or the storage is away.
    pub async fn standing(&self) -> Result<Standing, ServiceError> {
        if self.writes().is_err() {
            return Ok(Standing::MayNot(word!("may-not-lead-read-only").into()));
        }
        if self.remotes.configured().next().is_none() {
            return Ok(Standing::MayNot(word!("no-remote-configured").into()));
        }
        if let Err(error) = self.check_format().await {
            return if error.code == Code::Conflict {
                Ok(Standing::MayNot(error.message))
            } else {
                Err(error)
            };
        }
        match self.same_storage().await {
            Ok(()) => Ok(Standing::May),
            Err(error) if error.code == Code::Conflict => Ok(Standing::MayNot(error.message)),
            Err(error) => Err(error),
        }
    }

    /// Is our shared storage the one that the records speak of? The first one to ask on an empty store makes
    /// the storage and writes `meta/storage`.
    ///
    /// # Errors
    /// `conflict` when it is another one.
    pub(crate) async fn same_storage(&self) -> Result<(), ServiceError> {
        if self.sees_storage().await? {
            return Ok(());
        }
        let writes = self.writes()?;
        let mark = StorageMark { id: writes.storage.identity().await? };
        let txn = Txn::new().absent(keys::storage()).put(keys::storage(), &mark)?;
        writes.store.txn(self.in_our_format(txn).await?).await?;
        self.sees_storage().await.map(drop)
    }

    /// The same for whoever only reads: makes nothing. `false`: the records speak of none yet.
    ///
    /// # Errors
    /// `conflict` when it is another one.
    pub(crate) async fn sees_storage(&self) -> Result<bool, ServiceError> {
        let Some((_, StorageMark { id: theirs })) = self.read(&keys::storage()).await? else {
            return Ok(false);
        };
        let (store, url) = (self.store.name(), self.storage.url());
        let why = match self.storage.known_identity().await?.map(|known| known.id) {
            Some(ours) if ours == theirs => return Ok(true),
            Some(ours) => say!("other-storage", store = store, theirs = theirs, url = url, ours = ours),
            None => say!("no-storage-there", store = store, theirs = theirs, url = url),
        };
        Err(ServiceError::new(Code::Conflict, why))
    }
}
