//! A deletion is asked for; the remove controller does it.

use super::{Service, ServiceError};
use crate::domain::{Segment, SegmentId};

/// How to delete.
#[derive(Debug, Clone, Default)]
pub struct DeleteOptions {
    /// Leave the remote alone, for this reason.
    pub local_only: Option<String>,
}

impl Service {
    /// Sets `deleteStatus.state = processing`; fine when it is that already.
    ///
    /// # Errors
    /// `notFound`; `inUse`, naming the seats, while installed or being installed.
    pub async fn delete(&self, _id: &SegmentId, _options: &DeleteOptions) -> Result<Segment, ServiceError> {
        super::unbuilt()
    }
}
