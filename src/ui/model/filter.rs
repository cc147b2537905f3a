//! What the filter language sees of the rows: their columns, named as in the JSON of the records.

use std::borrow::Cow;

use crate::domain::filter::{Columns, Filter, FilterError};
use crate::domain::{CreateState, DeleteState};
use crate::ui::rows::{InstallRow, SeatRow, SegmentRow};
use crate::ui::words::{Say, say, word};

/// A row that the filter language understands.
pub trait Filtered {
    /// Names that may stand before a colon.
    const COLUMNS: &'static [&'static str];
    /// The text of a column.
    fn column(&self, name: &str) -> Option<Cow<'_, str>>;
    /// Hands the texts that plain words look into to `found`, until it says yes.
    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool;
}

/// Understands a filter for these rows.
///
/// # Errors
/// What is wrong with it, for the operator.
pub fn read<R: Filtered>(text: &str) -> Result<Filter, FilterError> {
    Filter::parse(text, R::COLUMNS)
}

/// What is wrong with a filter, for the operator.
pub fn complaint(error: FilterError) -> Say {
    match error {
        FilterError::UnknownColumn { column, nearest: Some(nearest) } => {
            say!("filter-column-nearest", column = column, nearest = nearest)
        }
        FilterError::UnknownColumn { column, nearest: None } => say!("filter-column", column = column),
        FilterError::TooLong => word!("filter-too-long").into(),
    }
}

/// Is this row shown?
pub fn passes<R: Filtered>(filter: &Filter, row: &R) -> bool {
    filter.is_empty() || filter.matches(&Seen(row))
}

struct Seen<'a, R>(&'a R);

impl<R: Filtered> Columns for Seen<'_, R> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.column(name)
    }

    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool {
        self.0.any_searched(found)
    }
}

impl Filtered for SegmentRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "prefix",
        "version",
        "name",
        "type",
        "vendor",
        "format",
        "remote",
        "state",
        "isLocal",
        "fileState",
        "createdBy",
        "reason",
    ];

    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.to_string().into(),
            "prefix" => self.id.prefix.as_str().into(),
            "version" => self.id.version.as_str().into(),
            "name" => self.name.raw().into(),
            "type" => self.kind.raw().into(),
            "vendor" => self.vendor.raw().into(),
            "format" => self.format.as_str().into(),
            "remote" => self.remote.as_str().into(),
            "state" => segment_state(self).into(),
            "isLocal" => if self.is_local { "true" } else { "false" }.into(),
            "fileState" => self.file_state?.as_str().into(),
            "createdBy" => self.created_by.raw().into(),
            "reason" => self.delete_reason.as_ref().or(self.create_reason.as_ref())?.raw().into(),
            _ => return None,
        })
    }

    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool {
        // The id as it is shown, put together without a heap: this runs for every row at every key.
        let (prefix, version) = (self.id.prefix.as_str(), self.id.version.as_str());
        let mut id = [0_u8; 257];
        let end = prefix.len() + 1 + version.len();
        let id = id.get_mut(..end).and_then(|id| {
            id.get_mut(..prefix.len())?.copy_from_slice(prefix.as_bytes());
            *id.get_mut(prefix.len())? = b'@';
            id.get_mut(prefix.len() + 1..)?.copy_from_slice(version.as_bytes());
            std::str::from_utf8(id).ok()
        });
        id.is_some_and(&mut *found)
            || found(self.name.raw())
            || found(segment_state(self))
            || self.file_state.is_some_and(|state| found(state.as_str()))
            || found(self.remote.as_str())
            || found(self.vendor.raw())
    }
}

impl Filtered for SeatRow {
    const COLUMNS: &'static [&'static str] = &["id", "ip", "group", "tags", "note"];

    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "ip" => self.ip.to_string().into(),
            "group" => self.group.raw().into(),
            "tags" => self.tags.iter().map(|tag| tag.raw()).collect::<Vec<_>>().join(" ").into(),
            "note" => self.note.raw().into(),
            _ => return None,
        })
    }

    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool {
        found(self.id.as_str())
            || found(self.group.raw())
            || self.tags.iter().any(|tag| found(tag.raw()))
            || found(&self.ip.to_string())
            || found(self.note.raw())
    }
}

impl Filtered for InstallRow {
    const COLUMNS: &'static [&'static str] =
        &["id", "segmentId", "state", "percent", "requestedBy", "reason"];

    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.to_string().into(),
            "segmentId" => self.segment_id.to_string().into(),
            "state" => self.state.as_str().into(),
            "percent" => self.percent.to_string().into(),
            "requestedBy" => self.requested_by.raw().into(),
            "reason" => self.reason.as_ref()?.raw().into(),
            _ => return None,
        })
    }

    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool {
        found(&self.segment_id.to_string())
            || found(self.state.as_str())
            || found(self.requested_by.raw())
            || found(&self.id.to_string())
    }
}

/// Where a segment stands, in one word of the filter language.
fn segment_state(row: &SegmentRow) -> &'static str {
    match (row.delete_state, row.create_state) {
        (Some(DeleteState::Processing), _) => "deleting",
        (Some(DeleteState::Failed), _) => "deleteFailed",
        (None, CreateState::Pending) => "pending",
        (None, CreateState::Processing) => "processing",
        (None, CreateState::Succeeded) => "succeeded",
        (None, CreateState::Failed) => "failed",
    }
}
