//! The tables of the segments and of the versions of one prefix.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::look::{Look, bytes};
use super::super::model::columns::{Column as _, SegmentColumn};
use super::super::model::table::Table;
use super::super::model::{Model, Pane};
use super::super::rows::SegmentRow;
use super::super::theme::Role;
use super::table::{Cell, Column, Rows};
use super::{frame, paint, table};
use crate::domain::RemoteKind;
use crate::domain::words::word;
use crate::ui::standing;

/// All segments.
pub(super) fn draw(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) {
    let shown = &model.segments;
    if shown.shown.is_empty() {
        return frame::empty(model, look, Pane::Segments, area, buffer);
    }
    let columns = columns(look, shown, Pane::Segments);
    // Another version may be selected than the filter shows here.
    let selected = shown.current().is_some_and(|row| Some(&row.id) == model.at.as_ref());
    let rows = Rows {
        cursor: selected.then_some(shown.cursor),
        ..Rows::of(shown, frame::focused(model, Pane::Segments))
    };
    let marked = marked(model, shown, Pane::Segments);
    table::draw(buffer, area, look, &columns, &rows, |index| {
        let row = &shown.shown[index];
        let marked = marked(index, row);
        let cells = shown.columns.iter().map(|column| cell(model, look, row, *column, false, marked));
        (cells.collect(), marked)
    });
}

/// The versions of the selected prefix, newest first.
pub(super) fn versions(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) {
    let shown = &model.versions;
    if shown.shown.is_empty() {
        return frame::empty(model, look, Pane::Versions, area, buffer);
    }
    let columns = columns(look, shown, Pane::Versions);
    let rows = Rows::of(shown, frame::focused(model, Pane::Versions));
    let marked = marked(model, shown, Pane::Versions);
    table::draw(buffer, area, look, &columns, &rows, |index| {
        let row = &shown.shown[index];
        let marked = marked(index, row);
        let cells = shown.columns.iter().map(|column| cell(model, look, row, *column, true, marked));
        (cells.collect(), marked)
    });
}

/// Which rows are marked, or in the range that is being drawn up in this pane.
fn marked<'a>(
    model: &'a Model,
    shown: &Table<SegmentRow>,
    pane: Pane,
) -> impl Fn(usize, &SegmentRow) -> bool + use<'a> {
    let marks = &model.marks;
    let range = if model.pane == pane { marks.range_rows(shown) } else { None };
    move |index, row| {
        marks.ids.contains(&row.id) || range.as_ref().is_some_and(|range| range.contains(&index))
    }
}

/// The columns that are shown, each with its room.
fn columns(look: &Look, shown: &Table<SegmentRow>, pane: Pane) -> Vec<Column> {
    let of = |column: &SegmentColumn| {
        let title = look.text(column.title());
        let placed = match column {
            SegmentColumn::Id if pane == Pane::Versions => {
                Column::wide(look.text(word!("column-version")), 8, 1, 0).key("version")
            }
            SegmentColumn::Id => Column::wide(title, 20, 3, 0).key("id"),
            SegmentColumn::Name => Column::wide(title, 12, 2, 5).key("name"),
            SegmentColumn::Kind => Column::wide(title, 8, 1, 4).key("type"),
            SegmentColumn::Vendor => Column::wide(title, 8, 1, 4).key("vendor"),
            SegmentColumn::Remote => Column::fixed(title, remote_width(look), 6),
            SegmentColumn::State => Column::fixed(title, 11, 1),
            SegmentColumn::Installed => Column::fixed(title, 6, 2).right(),
            SegmentColumn::Bound => Column::fixed(title, 6, 3).right(),
            SegmentColumn::Size => Column::fixed(title, 8, 7).right(),
            SegmentColumn::By => Column::wide(title, 9, 1, 4).key("createdBy"),
            SegmentColumn::Updated if pane == Pane::Versions => Column::fixed(title, 8, 3).right(),
            SegmentColumn::Updated => Column::fixed(title, 8, 8).right(),
        };
        placed.sorted((shown.sort == *column).then_some(shown.descending))
    };
    shown.columns.iter().map(of).collect()
}

fn cell(
    model: &Model,
    look: &Look,
    row: &SegmentRow,
    column: SegmentColumn,
    version: bool,
    marked: bool,
) -> Cell {
    match column {
        SegmentColumn::Id => {
            let name = if version { row.id.version.to_string() } else { row.id.to_string() };
            Cell::plain(sign(model, look, marked) + &name)
        }
        SegmentColumn::Name => Cell::plain(row.name.raw()),
        SegmentColumn::Kind => Cell::plain(row.kind.raw()),
        SegmentColumn::Vendor => Cell::plain(row.vendor.raw()),
        SegmentColumn::Remote => Cell::new(look.text(standing::remote(row.remote)), Role::Dim),
        SegmentColumn::State => {
            let (state, role) = standing::segment(row);
            Cell::new(look.text(state), role)
        }
        SegmentColumn::Installed => count(model.data.installed(&row.id)),
        SegmentColumn::Bound => count(model.data.bound(&row.id.prefix)),
        SegmentColumn::Size => Cell::plain(bytes(row.file_size)),
        SegmentColumn::By => Cell::new(row.created_by.raw(), Role::Dim),
        SegmentColumn::Updated => Cell::new(look.moment(row.updated_at, model.now), Role::Dim),
    }
}

/// A sign before marked rows, also where colours cannot tell, as under the cursor; room for it before the others.
fn sign(model: &Model, look: &Look, marked: bool) -> String {
    let marks = &model.marks;
    match marked {
        _ if marks.ids.is_empty() && marks.anchor.is_none() => String::new(),
        true => format!("{} ", look.glyphs.yes),
        false => "  ".to_owned(),
    }
}

/// As wide as the longest name of a platform.
fn remote_width(look: &Look) -> u16 {
    let widths = RemoteKind::ALL.map(|remote| paint::width(&look.text(standing::remote(remote))));
    widths.into_iter().max().and_then(|width| u16::try_from(width).ok()).unwrap_or(0).max(9)
}

fn count(seats: usize) -> Cell {
    Cell::new(seats.to_string(), if seats == 0 { Role::Dim } else { Role::Text })
}
