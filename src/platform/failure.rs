//! Why the platform does not start, and why it does not answer a call.

use std::path::PathBuf;

use tonic::{Code, Status};

use crate::domain::plainly;

/// Why the platform does not run.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// Options that cannot work.
    #[error("{0}")]
    Options(String),
    /// A file or folder that cannot be used.
    #[error("the platform cannot {what} {}: {}", path.display(), plainly(source))]
    File {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What came back.
        source: std::io::Error,
    },
    /// Another process has the folder.
    #[error("the platform's folder {} is in use by another process; stop that one or give another --data", .0.display())]
    Busy(PathBuf),
    /// The database cannot be used.
    #[error("the platform's database {} cannot be used: {source}", path.display())]
    Database {
        /// Its file.
        path: PathBuf,
        /// What came back.
        source: rusqlite::Error,
    },
    /// A newer program made the folder.
    #[error("the platform's database {} has format {found}, this program knows {known}; use the newer program", path.display())]
    Format {
        /// Its file.
        path: PathBuf,
        /// What it says.
        found: i64,
        /// What is known here.
        known: i64,
    },
    /// The server ended.
    #[error("the platform's server ended: {0}")]
    Server(String),
}

/// Why a call is not answered with success: a refusal, or a fault of the machine.
#[derive(Debug)]
pub(super) enum Failure {
    Refused(Status),
    Database(rusqlite::Error),
    Disk(&'static str, std::io::Error),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Refused(status)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(status) => status,
            Failure::Database(error) => {
                tracing::error!(%error, "the platform's database failed");
                let full = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull);
                let code = if full { Code::ResourceExhausted } else { Code::Internal };
                Status::new(code, format!("the platform's database failed: {error}"))
            }
            Failure::Disk(what, error) => {
                tracing::error!(%error, what, "the platform's disk failed");
                let full = matches!(
                    error.kind(),
                    std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
                );
                let code = if full { Code::ResourceExhausted } else { Code::Internal };
                Status::new(code, format!("the platform cannot {what}: {error}"))
            }
        }
    }
}
