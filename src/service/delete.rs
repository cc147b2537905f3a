//! A deletion is asked for; the remove controller does it.

use serde_json::json;

use super::commit::{Audited, brief, try_again};
use super::seen::Seen;
use super::{Code, Service, ServiceError};
use crate::domain::install::ActiveInstalls;
use crate::domain::segment::{DeleteStatus, MAX_REASON};
use crate::domain::words::say;
use crate::domain::{DeleteState, FreeText, SeatId, Segment, SegmentId};
use crate::store::{Txn, keys};

/// How to delete.
#[derive(Debug, Clone, Default)]
pub struct DeleteOptions {
    /// Leave the remote alone, for this reason.
    pub local_only: Option<String>,
    /// Skip the trash: nothing of it can be brought back.
    pub purge: bool,
    /// Only if nobody changed it since this revision.
    pub seen: Seen,
}

impl Service {
    /// Sets `deleteStatus.state = processing`; fine when it is that already.
    ///
    /// # Errors
    /// `notFound`; `inUse`, naming the seats, while installed or being installed; `conflict` when somebody
    /// changed it since it was seen.
    pub async fn delete(&self, id: &SegmentId, options: &DeleteOptions) -> Result<Segment, ServiceError> {
        // What is asked for here is done to whatever storage the leader sees.
        self.sees_storage().await?;
        try_again(id, || self.try_delete(id, options)).await
    }

    async fn try_delete(
        &self,
        id: &SegmentId,
        options: &DeleteOptions,
    ) -> Result<Option<Segment>, ServiceError> {
        let life = self.same_life(options.seen).await?;
        let (entry, mut segment) = self.segment_entry(id).await?;
        if segment.is_being_deleted() {
            return Ok(Some(segment));
        }
        self.refuse_if_newer(options.seen, entry.mod_revision, id, &id.to_string()).await?;
        let installed = self.seat_lists(&keys::installed_of(id)).await?;
        let seats = installed.joined();
        if !seats.is_empty() {
            let why = say!("delete-installed", id = id, n = seats.len(), seats = named(seats.iter()));
            return Err(ServiceError::new(Code::InUse, why));
        }
        let active_key = keys::active_installs(&id.prefix);
        let active = self.read::<ActiveInstalls>(&active_key).await?;
        if let Some((_, installs)) = &active {
            let own: Vec<String> = installs
                .installs
                .iter()
                .filter(|(_, of)| *of == id)
                .map(|(record, _)| record.to_string())
                .collect();
            if !own.is_empty() {
                return Err(self.busy_error(id, &own).await);
            }
        }

        let now = self.clock.now();
        let before = brief(&segment.delete_status);
        segment.delete_status = Some(DeleteStatus {
            state: DeleteState::Processing,
            time: now,
            reason: options.local_only.clone().map(|reason| FreeText::from(reason).cut(MAX_REASON)),
            retry_count: 0,
            next_retry_at: None,
            by: Some(self.actor.label()),
            local_only: options.local_only.is_some(),
            purge: options.purge,
            remote_gone: false,
            unknown: Default::default(),
        });
        segment.updated_at = now;
        let key = keys::segment(id);
        let txn = Txn::new()
            .unchanged(key.clone(), entry.mod_revision)
            .still(active_key, active.as_ref().map(|(entry, _)| entry))
            .put(key, &segment)?;
        let txn = installed.unchanged(txn, |shard| keys::installed(id, shard));
        let after = json!({ "deleteStatus": segment.delete_status });
        let audited = Audited { action: "segment.delete", object: &id.to_string(), before, after };
        Ok(self.commit(life.guard(txn), audited).await?.map(|_| segment))
    }

    /// Names the seats of the unfinished installs that stand in the way.
    async fn busy_error(&self, id: &SegmentId, installs: &[String]) -> ServiceError {
        let mut seats = Vec::new();
        for record in installs.iter().filter_map(|record| record.parse().ok()) {
            if let Ok((install, uninstall)) = self.install_seats(id, record).await {
                seats.extend(install.into_iter().chain(uninstall));
            }
        }
        let (n, installs) = (seats.len(), installs.join(", "));
        let why = say!("delete-busy", id = id, n = n, seats = named(seats.iter()), installs = installs);
        ServiceError::new(Code::InUse, why)
    }
}

/// The first of these seats, and whether there are more.
fn named<'a>(mut seats: impl Iterator<Item = &'a SeatId>) -> String {
    let named: Vec<&str> = seats.by_ref().take(10).map(SeatId::as_str).collect();
    let more = if seats.next().is_some() { ", ..." } else { "" };
    named.join(", ") + more
}
