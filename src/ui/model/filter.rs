//! What the filter language sees of the rows: their columns, named as in the JSON of the records.

use std::borrow::Cow;
use std::cell::RefCell;

use super::columns::Column as _;
use super::table::Row;
use crate::domain::filter::{Columns, Filter, FilterError};
use crate::domain::words::{Say, Word, in_every_language, say, word};
use crate::domain::{CreateState, DeleteState, RemoteKind, SeatOp};
use crate::service::SeatView;
use crate::ui::look::bytes;
use crate::ui::rows::{InstallRow, SeatRow, SegmentRow};
use crate::ui::standing;

/// A row that the filter language understands.
pub trait Filtered {
    /// Names that may stand before a colon.
    const COLUMNS: &'static [&'static str];
    /// The text of a column.
    fn column(&self, name: &str) -> Option<Cow<'_, str>>;
    /// Hands the texts that plain words look into to `found`, until it says yes.
    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool;
}

/// Understands a filter for these rows. A column goes by its name and by its heading, in any language.
///
/// # Errors
/// What is wrong with it, for the operator.
pub fn read<R: Row + Filtered>(text: &str) -> Result<Filter, Say> {
    let headings = if text.contains([':', '：']) { headings::<R>() } else { Vec::new() };
    Filter::parse_named(text, R::COLUMNS, &headings).map_err(complaint::<R>)
}

/// The headings of the columns that can be filtered, each with the column's name.
fn headings<R: Row + Filtered>() -> Vec<(String, &'static str)> {
    let columns = R::Column::ALL.iter().filter(|column| R::COLUMNS.contains(&column.name()));
    columns.flat_map(|it| in_every_language(it.title()).into_iter().map(|title| (title, it.name()))).collect()
}

/// What is wrong with a filter, for the operator.
fn complaint<R: Row>(error: FilterError) -> Say {
    match error {
        FilterError::UnknownColumn { column, .. } if is_beside::<R>(&column) => {
            say!("filter-column-beside", column = column)
        }
        FilterError::UnknownColumn { column, nearest: Some(nearest) } => {
            say!("filter-column-nearest", column = column, nearest = nearest)
        }
        FilterError::UnknownColumn { column, nearest: None } => say!("filter-column", column = column),
        FilterError::TooLong => word!("filter-too-long").into(),
    }
}

/// Is it a column that stands beside the rows, counted from other records?
fn is_beside<R: Row>(typed: &str) -> bool {
    let is_typed = |text: &str| text.to_lowercase() == typed.to_lowercase();
    R::Column::ALL.iter().any(|column| {
        is_typed(column.name()) || in_every_language(column.title()).iter().any(|title| is_typed(title))
    })
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
        "fileSize",
        "createdAt",
        "createdBy",
        "updatedAt",
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
            "remote" => remote(self.remote).into(),
            "state" => segment_state(self).into(),
            "fileSize" => bytes(self.file_size).into(),
            "createdAt" => self.created_at.to_string().into(),
            "updatedAt" => self.updated_at.to_string().into(),
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
            || found(remote(self.remote))
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
        &["id", "segmentId", "state", "percent", "seats", "attempt", "requestedAt", "requestedBy", "reason"];

    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.to_string().into(),
            "segmentId" => self.segment_id.to_string().into(),
            "state" => install_state(self).into(),
            "percent" => self.percent.to_string().into(),
            "seats" => self.seats().to_string().into(),
            "attempt" => self.attempt.to_string().into(),
            "requestedAt" => self.requested_at.to_string().into(),
            "requestedBy" => self.requested_by.raw().into(),
            "reason" => self.reason.as_ref()?.raw().into(),
            _ => return None,
        })
    }

    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool {
        found(&self.segment_id.to_string())
            || found(install_state(self))
            || found(self.requested_by.raw())
            || found(&self.id.to_string())
    }
}

impl Filtered for SeatView {
    const COLUMNS: &'static [&'static str] =
        &["seat", "ip", "op", "wave", "state", "percent", "message", "updatedAt"];

    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "seat" => self.seat.as_str().into(),
            "ip" => self.ip?.to_string().into(),
            "op" => op(self.op).into(),
            "wave" => self.wave?.to_string().into(),
            "state" => seat_state(self).into(),
            "percent" => self.shown_percent().to_string().into(),
            "message" => self.message.raw().into(),
            "updatedAt" => self.updated_at.to_string().into(),
            _ => return None,
        })
    }

    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool {
        found(self.seat.as_str())
            || found(seat_state(self))
            || found(self.message.raw())
            || self.ip.is_some_and(|ip| found(&ip.to_string()))
    }
}

/// Where a segment stands: the word of its record, and what the screen says in any language.
fn segment_state(row: &SegmentRow) -> &'static str {
    let code = match (row.delete_state, row.create_state) {
        _ if row.removed_at.is_some() => "removed",
        (Some(DeleteState::Processing), _) => "deleting",
        (Some(DeleteState::Failed), _) => "deleteFailed",
        (None, CreateState::Pending) => "pending",
        (None, CreateState::Processing) => "processing",
        (None, CreateState::Succeeded) => "succeeded",
        (None, CreateState::Failed) => "failed",
    };
    shown_as(code, standing::segment(row).0)
}

/// The same of an install.
fn install_state(row: &InstallRow) -> &'static str {
    shown_as(row.state.as_str(), standing::install(row).0)
}

/// The same of a seat of an install.
fn seat_state(row: &SeatView) -> &'static str {
    shown_as(row.state.as_str(), standing::seat(row.state).0)
}

/// What is done on a seat.
fn op(op: SeatOp) -> &'static str {
    shown_as(op.as_str(), standing::op(op))
}

/// A platform, as records and screens call it.
fn remote(remote: RemoteKind) -> &'static str {
    shown_as(remote.as_str(), standing::remote(remote))
}

/// A word of the records with those of all languages behind it. There are a few dozen of these pairs, and they are
/// asked for at every row: each is put together once.
fn shown_as(code: &'static str, word: Word) -> &'static str {
    type Known = Vec<((&'static str, Word), &'static str)>;
    thread_local! {
        static KNOWN: RefCell<Known> = const { RefCell::new(Vec::new()) };
    }
    KNOWN.with_borrow_mut(|known| {
        let pair = (code, word);
        // The same literals have the same addresses: no text is compared.
        let same = |it: &&((&'static str, Word), &'static str)| {
            std::ptr::eq(it.0.0, pair.0) && std::ptr::eq(it.0.1.0, pair.1.0)
        };
        if let Some((_, text)) = known.iter().find(same) {
            return *text;
        }
        let text: &'static str = format!("{code} {}", in_every_language(word).join(" ")).leak();
        known.push((pair, text));
        text
    })
}
