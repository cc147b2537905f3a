//! What the store lets its user do.

use super::{Code, Service, ServiceError};
use crate::domain::RecordId;
use crate::store::{self, Revision, StoreError, Txn, keys};

/// What the store lets its user do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Change records, as far as the rights of its user go.
    Change,
    /// Look only: a newer program has changed the layout of the records.
    OlderProgram,
    /// Look only: its user has no right to change any.
    LookOnly,
}

impl Service {
    /// Can records be read and changed, in every place where controllers do? Asked as by [`Service::rights`].
    ///
    /// # Errors
    /// `readOnly` when this process only looks; `unavailable` with what keeps it from it: its rights, a store without
    /// room, one that does not answer.
    pub async fn can_change(&self) -> Result<(), ServiceError> {
        Ok(store::prove(&**self.writes()?.store).await?)
    }

    /// May anything be changed? Asks with a transaction that cannot come true: the store checks the rights to what
    /// it would do, and does nothing. Every change writes an entry of the audit trail, so one of these is asked for.
    ///
    /// # Errors
    /// `readOnly` when this process only looks, whatever it might do; `unavailable` when the store does not answer.
    pub async fn rights(&self) -> Result<Rights, ServiceError> {
        let store = self.writes()?.store;
        match self.check_format().await {
            Err(error) if error.code == Code::Conflict => return Ok(Rights::OlderProgram),
            checked => checked?,
        }
        let never = keys::audit(RecordId::new(self.clock.now()));
        let txn = Txn::new().unchanged(never.clone(), Revision::MAX).put(never, &())?;
        match store.txn(txn).await {
            Ok(_) => Ok(Rights::Change),
            Err(StoreError::Denied { .. }) => Ok(Rights::LookOnly),
            Err(error) => Err(error.into()),
        }
    }
}
