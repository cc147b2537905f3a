//! The audit trail: looked up, and written out whole.

use super::list::{Part, Read};
use super::{ListRequest, Listed, Service, ServiceError};
use crate::domain::audit::AuditEntry;
use crate::domain::{RecordId, Timestamp};
use crate::store::{self, ListQuery, keys};

/// Which entries of the trail; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// By this user, `alice` or `alice@host`.
    pub user: Option<String>,
    /// About this object: a segment, seat or install, or a prefix for all of its versions.
    pub object: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

impl AuditQuery {
    fn wants(&self, entry: &AuditEntry) -> bool {
        self.user.as_ref().is_none_or(|user| entry.is_by(user))
            && self.object.as_ref().is_none_or(|object| entry.is_about(object))
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at < until)
    }

    /// Ids rise with time: what was written earlier need not be read.
    fn part(&self) -> Part<'static> {
        Part { prefix: keys::AUDIT, after: self.since.map(|since| keys::audit(RecordId::first_at(since))) }
    }
}

impl Service {
    /// The audit trail, newest first where no sort is given.
    ///
    /// # Errors
    /// As [`Service::list_segments`].
    pub async fn list_audit(
        &self,
        query: &AuditQuery,
        request: &ListRequest,
    ) -> Result<Listed<AuditEntry>, ServiceError> {
        self.listed(request, query.part(), Read::Whole, |entry| query.wants(entry)).await
    }

    /// Hands every wanted entry over, oldest first, as of one revision; some at a time, so that a trail of any
    /// length needs the memory of one page. Keys of entries that cannot be read come back.
    ///
    /// # Errors
    /// `unavailable` for the store, and for a trail whose revision was compacted away meanwhile; whatever
    /// `some` returns.
    pub async fn export_audit<E: From<ServiceError>>(
        &self,
        query: &AuditQuery,
        mut some: impl FnMut(&[AuditEntry]) -> Result<(), E>,
    ) -> Result<Vec<String>, E> {
        let mut unreadable = Vec::new();
        let Part { prefix, after } = query.part();
        let mut pages = ListQuery { after, ..ListQuery::prefix(prefix) };
        loop {
            let page = self.store.list(&pages).await.map_err(ServiceError::from)?;
            let mut wanted = Vec::new();
            for entry in &page.entries {
                match store::decode::<AuditEntry>(entry) {
                    Ok(entry) if query.wants(&entry) => wanted.push(entry),
                    Ok(_) => {}
                    Err(_) => unreadable.push(entry.key.to_string()),
                }
            }
            some(&wanted)?;
            if !pages.turn(&page) {
                return Ok(unreadable);
            }
        }
    }
}
