//! Nothing new is sent to any seat, until that is lifted.

use serde_json::{Value, json};

use super::commit::{Audited, try_again};
use super::{Code, Service, ServiceError};
use crate::domain::freeze::MAX_REASON;
use crate::domain::words::{say, word};
use crate::domain::{FreeText, Freeze};
use crate::store::{Txn, keys};

impl Service {
    /// The freeze in force, if there is one.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn frozen(&self) -> Result<Option<Freeze>, ServiceError> {
        Ok(self.read::<Freeze>(&keys::freeze()).await?.map(|(_, freeze)| freeze))
    }

    /// From now on no new task is sent to any seat; what runs comes to its end.
    ///
    /// # Errors
    /// `exists` when there is a freeze already, saying whose; `usage` without a reason.
    pub async fn freeze(&self, reason: &str) -> Result<Freeze, ServiceError> {
        if reason.trim().is_empty() {
            return Err(ServiceError::new(Code::Usage, word!("freeze-needs-reason")));
        }
        try_again(word!("what-freeze"), || self.try_freeze(reason)).await
    }

    async fn try_freeze(&self, reason: &str) -> Result<Option<Freeze>, ServiceError> {
        if let Some(freeze) = self.frozen().await? {
            let Freeze { reason, by, since, .. } = &freeze;
            let why = say!("frozen-already", by = by, since = *since, reason = reason);
            return Err(ServiceError::new(Code::Exists, why));
        }
        let freeze = Freeze {
            reason: FreeText::from(reason.trim()).cut(MAX_REASON),
            by: self.actor.label(),
            since: self.clock.now(),
            unknown: Default::default(),
        };
        let txn = Txn::new().absent(keys::freeze()).put(keys::freeze(), &freeze)?;
        let audited =
            Audited { action: "freeze", object: "freeze", before: Value::Null, after: json!(freeze) };
        Ok(self.commit(txn, audited).await?.map(|_| freeze))
    }

    /// Tasks are sent again.
    ///
    /// # Errors
    /// `notFound` when there is no freeze.
    pub async fn unfreeze(&self) -> Result<(), ServiceError> {
        try_again(word!("what-freeze"), || self.try_unfreeze()).await
    }

    async fn try_unfreeze(&self) -> Result<Option<()>, ServiceError> {
        let Some((entry, freeze)) = self.read::<Value>(&keys::freeze()).await? else {
            return Err(ServiceError::new(Code::NotFound, word!("no-freeze")));
        };
        let txn = Txn::new().unchanged(keys::freeze(), entry.mod_revision).delete(keys::freeze());
        let audited = Audited { action: "unfreeze", object: "freeze", before: freeze, after: Value::Null };
        Ok(self.commit(txn, audited).await?.map(|_| ()))
    }
}
