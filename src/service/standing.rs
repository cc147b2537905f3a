//! Who leads, and may this process?

use super::{Code, Service, ServiceError};
use crate::domain::words::{Say, word};
use crate::store::{LeaderRecord, Leadership, keys};

/// May this process drive the controllers?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Yes.
    May,
    /// No, and why, with how to mend it.
    MayNot(Say),
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

    /// May it change anything, do the shared storage and the platforms that it sees belong to its records, and has it a remote
    /// configured? The first one to ask claims a storage that nobody has claimed.
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
        match self.owns_storage().await {
            Ok(()) => self.by_platforms().await,
            Err(error) if error.code == Code::Conflict => Ok(Standing::MayNot(error.message)),
            Err(error) => Err(error),
        }
    }
}
