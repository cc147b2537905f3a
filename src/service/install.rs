//! An operator asks for seats; the install controller does it.

use super::{InstallView, Service, ServiceError, Wanted};
use crate::domain::SegmentId;

/// Uninstalling from more seats than this needs an explicit word.
pub const UNINSTALL_NEEDS_WORD: usize = 10;

/// How to install.
#[derive(Debug, Clone, Default)]
pub struct InstallOptions {
    /// The plan must have been made at this revision: nothing it rests on has changed since.
    pub if_revision: Option<i64>,
    /// The explicit word for uninstalling from more than [`UNINSTALL_NEEDS_WORD`] seats.
    pub confirmed: bool,
}

impl Service {
    /// Plans and writes the install record, in one transaction. `None`: nothing to do, nothing written.
    ///
    /// # Errors
    /// As [`Service::plan`]; blocked seats: `notFound` for unknown, `inUse` for busy ones; `conflict` when
    /// somebody else changed what the plan rests on, or when the word is missing.
    pub async fn install(
        &self,
        _id: &SegmentId,
        _wanted: &Wanted,
        _options: &InstallOptions,
    ) -> Result<Option<InstallView>, ServiceError> {
        super::unbuilt()
    }
}
