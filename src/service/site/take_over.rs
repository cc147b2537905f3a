//! What a new leader settles before it drives: records of an older program get a site and the layout of this one, and
//! the storage's id file names the site.

use std::time::Duration;

use serde_json::json;

use super::{Marks, StorageMark, Verdict};
use crate::crash;
use crate::service::commit::Audited;
use crate::service::format::FormatMark;
use crate::service::{Code, FORMAT, Service, ServiceError};
use crate::storage::Identity;
use crate::store::{LeaderStore, Txn, TxnOutcome, keys};

impl Service {
    /// Finishes what is unfinished, step by step; each can be ended by a crash and is done by the next leader then.
    /// Returns the leadership to drive with.
    ///
    /// # Errors
    /// `conflict` when the storage is not ours after all, or the leadership is over.
    pub(crate) async fn take_over(
        &self,
        leader: LeaderStore,
        old_lease: Duration,
    ) -> Result<LeaderStore, ServiceError> {
        let leader = self.raise_format(leader, old_lease).await?;
        let marks = self.marks().await?;
        match marks.verdict() {
            Verdict::Unfinished => self.name_site(&leader, marks).await?,
            _ => self.owns_storage().await?,
        }
        Ok(leader)
    }

    /// An older program that led until now may be in the middle of an effect that no transaction fences: its lease is
    /// waited out once more before anything counts on its being gone.
    async fn raise_format(
        &self,
        leader: LeaderStore,
        old_lease: Duration,
    ) -> Result<LeaderStore, ServiceError> {
        match self.written_format().await? {
            (0 | FORMAT, _) => return Ok(leader),
            (format, _) => {
                tracing::info!(format, to = FORMAT, "the records are taken over from an older program");
                tokio::time::sleep(old_lease).await;
            }
        }
        crash::point("site.format.before");
        let entry = self.audit_entry(Audited {
            action: "site.takeOver",
            object: "site",
            before: json!({ "format": self.written_format().await?.0 }),
            after: json!({ "format": FORMAT }),
        });
        let txn = Txn::new()
            .put(keys::format(), &FormatMark { format: FORMAT })?
            .put(keys::audit(entry.id), &entry)?;
        match leader.commit(txn).await? {
            TxnOutcome::Done(revision) => {
                crash::point("site.format.after");
                Ok(leader.in_format(revision))
            }
            TxnOutcome::Refused { .. } => Err(super::super::seen::changed_meanwhile("meta/format")),
        }
    }

    /// The records get a site if they have none, then the storage's file names it.
    async fn name_site(&self, leader: &LeaderStore, mut marks: Marks) -> Result<(), ServiceError> {
        if marks.site.is_none() {
            let site = self.new_site();
            let txn = marks.guard(Txn::new()).put(keys::site(), &site)?;
            leader.commit(txn).await?;
            crash::point("site.record.after");
            marks = self.marks().await?;
        }
        if let (Some((_, site)), Some((_, StorageMark { id, .. })), Some(file)) =
            (&marks.site, &marks.storage, &marks.file)
            && marks.verdict() == Verdict::Unfinished
        {
            let named = Identity { id: id.clone(), site: Some(site.id.clone()), ..file.clone() };
            // Another store with the same records may have been faster: then it is judged to be its.
            self.writes()?.storage.replace_identity(file, &named).await?;
            crash::point("site.file.after");
        }
        let marks = self.marks().await?;
        match marks.verdict() {
            Verdict::Ours => Ok(()),
            Verdict::NotOurs(why) => Err(self.not_ours(&marks, why)),
            _ => Err(ServiceError::new(Code::Conflict, crate::domain::words::word!("storage-not-settled"))),
        }
    }
}
