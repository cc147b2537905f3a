//! An operator says that the shared storage belongs to these records: for who moved it, or lost one of the two sides.

use serde::Serialize;
use serde_json::json;

use super::{Marks, SiteMark, StorageMark};
use crate::domain::FreeText;
use crate::domain::segment::MAX_REASON;
use crate::domain::words::{say, word};
use crate::service::commit::{Audited, brief, try_again};
use crate::service::{Code, Service, ServiceError};
use crate::storage::Identity;
use crate::store::{Txn, keys};

/// What an adoption changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Adopted {
    /// The site of the records now.
    pub site: String,
    /// The storage they name now.
    pub storage: String,
    /// Whose it was before, where it said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_owner: Option<String>,
    /// Which storage the records named before, where that was another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_storage: Option<String>,
}

impl Service {
    /// Makes the storage that the settings name the one of these records. Both get a new site id, so that every
    /// other store that names this storage, a copy of the records also, drives it no longer.
    ///
    /// Killed anywhere, it leaves a storage that nobody drives until it is asked for again.
    ///
    /// # Errors
    /// `usage` without a reason; `unavailable` for store or storage.
    pub async fn adopt_storage(&self, reason: &str) -> Result<Adopted, ServiceError> {
        if reason.trim().is_empty() {
            return Err(ServiceError::new(Code::Usage, word!("adopt-needs-reason")));
        }
        try_again(say!("what-storage"), || self.try_adopt_storage(reason)).await
    }

    async fn try_adopt_storage(&self, reason: &str) -> Result<Option<Adopted>, ServiceError> {
        let before = self.marks().await?;
        let now = self.clock.now();
        let site = SiteMark { adopted_at: Some(now), ..self.new_site() };
        let id = before.file.as_ref().map_or_else(|| self.new_id(), |file| file.id.clone());
        let storage = StorageMark { id: id.clone(), pending: true };
        let adopted = Adopted {
            site: site.id.clone(),
            storage: id.clone(),
            previous_owner: before.file.as_ref().and_then(|file| file.site.clone()),
            previous_storage: before
                .storage
                .as_ref()
                .map(|(_, mark)| mark.id.clone())
                .filter(|old| *old != id),
        };
        let txn = before.guard(Txn::new()).put(keys::site(), &site)?.put(keys::storage(), &storage)?;
        let audited = Audited {
            action: "storage.adopt",
            object: "storage",
            before: json!({
                "site": before.site.as_ref().map(|(_, mark)| &mark.id),
                "storage": before.storage.as_ref().map(|(_, mark)| &mark.id),
                "owner": adopted.previous_owner,
            }),
            after: json!({
                "site": site.id, "storage": id, "url": self.storage.url(),
                "reason": brief(&FreeText::from(reason.trim()).cut(MAX_REASON)),
            }),
        };
        if self.commit(txn, audited).await?.is_none() {
            return Ok(None);
        }
        crate::crash::point("storage.adopt.records.after");
        let wanted = Identity { id, site: Some(site.id), ..before.file.clone().unwrap_or_default() };
        let storage = self.writes()?.storage;
        let written = match &before.file {
            Some(old) => storage.replace_identity(old, &wanted).await?,
            None => storage.create_identity(&wanted).await?,
        };
        if !written {
            // Somebody else wrote there at the same moment: who means it asks again.
            return Ok(None);
        }
        crate::crash::point("storage.adopt.file.after");
        let after: Marks = self.marks().await?;
        self.confirm_claim(&after).await?;
        Ok(Some(adopted))
    }
}
