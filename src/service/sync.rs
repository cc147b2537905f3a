//! Data sync on demand: a request for the controllers, or the difference alone.

use super::{Service, ServiceError};
use crate::domain::sync::{SyncOutcome, SyncRequest, SyncResult};
use crate::domain::{RecordId, RemoteKind};

impl Service {
    /// Asks the leader for a data sync now.
    ///
    /// # Errors
    /// `unavailable` when the remote is not configured or the store is away.
    pub async fn request_sync(
        &self,
        _remote: RemoteKind,
        _confirm: bool,
    ) -> Result<SyncRequest, ServiceError> {
        super::unbuilt()
    }

    /// The answer to a request, if it is there.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn sync_result(
        &self,
        _remote: RemoteKind,
        _request: RecordId,
    ) -> Result<Option<SyncResult>, ServiceError> {
        super::unbuilt()
    }

    /// What a data sync would do, without doing it: `added`, and `removed` or `held`.
    ///
    /// # Errors
    /// `unavailable` when the remote or the store is away.
    pub async fn sync_difference(&self, _remote: RemoteKind) -> Result<SyncOutcome, ServiceError> {
        super::unbuilt()
    }
}
