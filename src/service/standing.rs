//! Who leads, and may this process?

use super::{Service, ServiceError};
use crate::store::{LeaderRecord, keys};

/// May this process drive the controllers?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Yes.
    May,
    /// No, and why, with how to mend it.
    MayNot(String),
}

impl Service {
    /// The leader now, if anybody leads.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn leader(&self) -> Result<Option<LeaderRecord>, ServiceError> {
        Ok(self.read(&keys::leader()).await?.map(|(_, leader)| leader))
    }

    /// Does this process see the shared storage of the records, and has it a remote configured? The first one
    /// to ask on an empty store writes `meta/storage`.
    ///
    /// # Errors
    /// When the store or the storage is away.
    pub async fn standing(&self) -> Result<Standing, ServiceError> {
        super::unbuilt()
    }
}
