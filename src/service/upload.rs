//! A segment file becomes a segment: staged and hashed, read and checked, its record made; a failure leaves
//! neither file nor record.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use super::{Service, ServiceError};
use crate::domain::Segment;

/// What to upload; the texts fill in or override what the manifest says.
#[derive(Debug, Clone, Default)]
pub struct UploadRequest {
    /// The file.
    pub file: PathBuf,
    /// Instead of the manifest's.
    pub prefix: Option<String>,
    /// Instead of the manifest's.
    pub version: Option<String>,
    /// Instead of the manifest's.
    pub name: Option<String>,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadProgress {
    /// Bytes copied and bytes in all.
    Copying {
        /// Bytes so far.
        copied: u64,
        /// Bytes of the file.
        total: u64,
    },
    /// The copy is read and checked.
    Checking,
    /// The record is made.
    Recording,
}

impl Service {
    /// Uploads a file. It is published by the controllers afterwards.
    ///
    /// # Errors
    /// `invalid` for a file that is not acceptable, `exists` for an id that is taken (also meanwhile),
    /// `notFound` for a file that is not there, `unavailable` for store or storage.
    pub async fn upload(
        &self,
        _request: &UploadRequest,
        _progress: impl Fn(UploadProgress) + Send + Sync,
        _cancel: &CancellationToken,
    ) -> Result<Segment, ServiceError> {
        super::unbuilt()
    }
}
