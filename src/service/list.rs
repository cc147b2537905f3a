//! Pages of lists, sorted and filtered; filter, total and page come from one revision.

use serde::Serialize;

use super::{Service, ServiceError};
use crate::domain::audit::AuditEntry;
use crate::domain::{InstallLog, Seat, Segment};

/// Which page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRequest {
    /// From 1.
    pub page: usize,
    /// Items a page.
    pub per_page: usize,
    /// By a column; by id where absent.
    pub sort: Option<Sort>,
    /// In the filter language; empty: everything.
    pub filter: String,
}

impl Default for ListRequest {
    fn default() -> Self {
        Self { page: 1, per_page: 50, sort: None, filter: String::new() }
    }
}

/// A sort order, `COL` or `COL:desc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// A field of the record.
    pub column: String,
    /// Greatest first.
    pub descending: bool,
}

/// A page of a list; the JSON of every list command.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    /// The revision all of it comes from.
    pub revision: i64,
    /// Items that pass the filter.
    pub total: usize,
    /// From 1.
    pub page: usize,
    /// Items a page.
    pub per_page: usize,
    /// This page's; empty past the end.
    pub items: Vec<T>,
}

impl Service {
    /// Segments.
    ///
    /// # Errors
    /// `usage` for an unknown column or a filter that cannot be read, `unavailable` for the store.
    pub async fn list_segments(&self, _request: &ListRequest) -> Result<Listed<Segment>, ServiceError> {
        super::unbuilt()
    }

    /// Seats.
    ///
    /// # Errors
    /// As [`Service::list_segments`].
    pub async fn list_seats(&self, _request: &ListRequest) -> Result<Listed<Seat>, ServiceError> {
        super::unbuilt()
    }

    /// Install logs, newest first where no sort is given.
    ///
    /// # Errors
    /// As [`Service::list_segments`].
    pub async fn list_installs(&self, _request: &ListRequest) -> Result<Listed<InstallLog>, ServiceError> {
        super::unbuilt()
    }

    /// The audit trail, newest first where no sort is given.
    ///
    /// # Errors
    /// As [`Service::list_segments`].
    pub async fn list_audit(&self, _request: &ListRequest) -> Result<Listed<AuditEntry>, ServiceError> {
        super::unbuilt()
    }
}
