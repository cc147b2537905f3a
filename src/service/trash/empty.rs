//! Emptying is asked for; the leader does it: an entry is marked first, so that nobody brings back what is half gone.

use std::time::Duration;

use serde_json::{Value, json};

use super::InTrash;
use crate::domain::{RecordId, TrashEntry, clock};
use crate::service::commit::{Audited, try_again};
use crate::service::{Service, ServiceError};
use crate::store::{self, ListQuery, MAX_OPS, Txn, keys};

/// Entries that are marked in one transaction: each takes a compare and a write, beside layout and audit entry.
const BATCH: usize = MAX_OPS / 2;

impl Service {
    /// Marks one entry, or all that are older than `older`; the marked ones come back. Those of an earlier request
    /// that are not gone yet are among them.
    ///
    /// # Errors
    /// `notFound` for an entry that is not there; `conflict` for a storage that is not ours.
    pub async fn empty_trash(
        &self,
        which: Option<&InTrash>,
        older: Option<Duration>,
    ) -> Result<Vec<RecordId>, ServiceError> {
        self.sees_storage().await?;
        if let Some(which) = which {
            return try_again(which.to_string(), || self.mark_one(which)).await;
        }
        let before = older.map(|older| clock::before(self.clock.now(), older));
        let mut marked = Vec::new();
        let mut query = ListQuery { limit: BATCH, ..ListQuery::prefix(keys::TRASH) };
        loop {
            // Marking is no part of one picture: each page is as it is then.
            let page = self.store.list(&query).await?;
            let entries = page.entries.iter().filter_map(|entry| {
                let decoded = store::decode_or_warn::<TrashEntry>(entry)?;
                before.is_none_or(|before| decoded.at <= before).then_some((entry, decoded))
            });
            let entries: Vec<_> = entries.collect();
            for (entry, decoded) in &entries {
                marked.push(decoded.id);
                if !decoded.emptying {
                    self.mark(entry.mod_revision, decoded).await?;
                }
            }
            if !query.turn_now(&page) {
                return Ok(marked);
            }
        }
    }

    async fn mark_one(&self, which: &InTrash) -> Result<Option<Vec<RecordId>>, ServiceError> {
        let (entry, decoded) = self.in_trash(which).await?;
        if decoded.emptying || self.mark(entry.mod_revision, &decoded).await? {
            return Ok(Some(vec![decoded.id]));
        }
        Ok(None)
    }

    /// `false`: somebody else was faster, e.g. to bring it back.
    async fn mark(&self, revision: i64, entry: &TrashEntry) -> Result<bool, ServiceError> {
        let marked = TrashEntry { emptying: true, ..entry.clone() };
        let key = keys::trash(entry.id);
        let txn = Txn::new().unchanged(key.clone(), revision).put(key, &marked)?;
        let after = json!({ "trash": entry.id, "fileSize": entry.file_size, "sha256": entry.sha256 });
        let object = entry.segment_id.to_string();
        let audited = Audited { action: "trash.empty", object: &object, before: Value::Null, after };
        Ok(self.commit(txn, audited).await?.is_some())
    }
}
