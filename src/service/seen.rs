//! What an operator decided on may have changed since: then the change is refused, and it is told who was faster.
//!
//! Progress is not audited and every other change is, in its own transaction. So the audit trail tells whether
//! *somebody* changed a record, or only its controller went on with it.

use std::time::Duration;

use super::{Code, Service, ServiceError};
use crate::domain::audit::AuditEntry;
use crate::domain::words::{Value, say};
use crate::domain::{RecordId, SeenAt, clock};
use crate::store::{self, ListQuery, Revision, keys};

/// What an operator looked at before deciding; `None`: whatever is there.
pub type Seen = Option<SeenAt>;

/// How far back the trail is searched for who changed something: what somebody looks at is not older.
const LOOKED_AT: Duration = Duration::from_secs(24 * 3600);

impl Service {
    /// Refuses a decision about a record that somebody changed after it was seen. `changed` is the record's mod
    /// revision as it was read for the change, `object` what the audit trail calls it.
    pub(super) async fn refuse_if_newer(
        &self,
        seen: Seen,
        changed: Revision,
        what: impl Into<Value>,
        object: &str,
    ) -> Result<(), ServiceError> {
        let Some(seen) = seen.map(|seen| seen.revision).filter(|seen| changed > *seen) else { return Ok(()) };
        match self.last_change(seen, object).await? {
            Some(entry) => Err(changed_by(what, &entry)),
            None => Ok(()),
        }
    }

    /// The answer to whose change was overtaken: after `since`, by whom is told as far as the trail knows.
    pub(super) async fn overtaken(
        &self,
        since: Revision,
        what: impl Into<Value>,
        object: &str,
    ) -> ServiceError {
        match self.last_change(since, object).await {
            Ok(Some(entry)) => changed_by(what, &entry),
            // Without the store's word it is still true that somebody was faster.
            Ok(None) | Err(_) => changed_meanwhile(what),
        }
    }

    /// The newest entry after a revision about an object: a segment id, a record id, a seat, or a prefix for all of
    /// its versions.
    async fn last_change(&self, since: Revision, object: &str) -> Result<Option<AuditEntry>, ServiceError> {
        let begin = clock::before(self.clock.now(), LOOKED_AT);
        let mut query = ListQuery::prefix(keys::AUDIT);
        query.after = Some(keys::audit(RecordId::first_at(begin)));
        let mut last = None;
        loop {
            let page = self.store.list(&query).await?;
            for entry in page.entries.iter().filter(|entry| entry.create_revision > since) {
                let Some(change) = store::decode_or_warn::<AuditEntry>(entry) else { continue };
                if change.is_about(object) {
                    last = Some(change);
                }
            }
            if !query.turn(&page) {
                return Ok(last);
            }
        }
    }
}

fn changed_by(what: impl Into<Value>, entry: &AuditEntry) -> ServiceError {
    let AuditEntry { who, action, at, .. } = entry;
    let what: Value = what.into();
    ServiceError::new(
        Code::Conflict,
        say!("changed-by", what = what, who = &who.label(), at = *at, action = action),
    )
}

/// Somebody else was faster.
pub(super) fn changed_meanwhile(what: impl Into<Value>) -> ServiceError {
    let what: Value = what.into();
    ServiceError::new(Code::Conflict, say!("changed-meanwhile", what = what))
}
