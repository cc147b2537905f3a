//! Pause, resume, cancel and retry an install.

use super::{InstallView, Service, ServiceError};
use crate::domain::RecordId;
use crate::domain::install::Command;

impl Service {
    /// Puts a command in force: `Run` resumes.
    ///
    /// # Errors
    /// `notFound`; `conflict` where the install's state does not allow it (with what it does allow);
    /// `inUse` when a retry meets another unfinished install on the same seats.
    pub async fn control(
        &self,
        _record: RecordId,
        _command: Command,
        _reason: &str,
    ) -> Result<InstallView, ServiceError> {
        super::unbuilt()
    }
}
