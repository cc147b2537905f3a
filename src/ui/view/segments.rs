//! The tables of the segments and of the versions of one prefix.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::look::{Look, bytes};
use super::super::model::sort::SegmentColumn;
use super::super::model::{Model, Pane};
use super::super::rows::SegmentRow;
use super::super::theme::Role;
use super::super::words::word;
use super::table::{Cell, Column, Rows};
use super::{frame, paint, standing, table};
use crate::domain::RemoteKind;

/// All segments.
pub(super) fn draw(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) {
    let shown = &model.segments;
    if shown.shown.is_empty() {
        return frame::empty(model, look, Pane::Segments, area, buffer);
    }
    let mut columns = [
        Column::wide(look.text(word!("column-id")), 20, 3, 0).key("id"),
        Column::wide(look.text(word!("column-name")), 12, 2, 5).key("name"),
        Column::fixed(look.text(word!("column-remote")), remote_width(look), 6),
        Column::fixed(look.text(word!("column-state")), 11, 1),
        Column::fixed(look.text(word!("column-installed")), 6, 2).right(),
        Column::fixed(look.text(word!("column-bound")), 6, 3).right(),
        Column::fixed(look.text(word!("column-size")), 8, 7).right(),
        Column::fixed(look.text(word!("column-updated")), 8, 8).right(),
    ];
    if let Some(column) = SegmentColumn::ALL.iter().position(|c| *c == SegmentColumn::at(shown.sort)) {
        columns[column].sorted = Some(shown.descending);
    }
    // Another version may be selected than the filter shows here.
    let selected = shown.current().is_some_and(|row| Some(&row.id) == model.at.as_ref());
    let rows = Rows {
        cursor: selected.then_some(shown.cursor),
        ..Rows::of(shown, frame::focused(model, Pane::Segments))
    };
    table::draw(buffer, area, look, &columns, &rows, |index| {
        let row = &shown.shown[index];
        let (state, role) = standing::segment(row);
        let cells = vec![
            Cell::plain(row.id.to_string()),
            Cell::plain(row.name.raw()),
            Cell::new(remote(look, row), Role::Dim),
            Cell::new(look.text(state), role),
            count(model.data.installed(&row.id)),
            count(model.data.bound(&row.id.prefix)),
            Cell::plain(bytes(row.file_size)),
            Cell::new(look.moment(row.updated_at, model.now), Role::Dim),
        ];
        (cells, false)
    });
}

/// The versions of the selected prefix, newest first.
pub(super) fn versions(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) {
    let shown = &model.versions;
    if shown.shown.is_empty() {
        return frame::empty(model, look, Pane::Versions, area, buffer);
    }
    let columns = [
        Column::wide(look.text(word!("column-version")), 8, 1, 0).key("version"),
        Column::fixed(look.text(word!("column-state")), 11, 1),
        Column::fixed(look.text(word!("column-installed")), 6, 2).right(),
        Column::fixed(look.text(word!("column-size")), 8, 4).right(),
        Column::fixed(look.text(word!("column-updated")), 8, 3).right(),
    ];
    let rows = Rows::of(shown, frame::focused(model, Pane::Versions));
    table::draw(buffer, area, look, &columns, &rows, |index| {
        let row = &shown.shown[index];
        let (state, role) = standing::segment(row);
        let cells = vec![
            Cell::plain(row.id.version.as_str()),
            Cell::new(look.text(state), role),
            count(model.data.installed(&row.id)),
            Cell::plain(bytes(row.file_size)),
            Cell::new(look.moment(row.updated_at, model.now), Role::Dim),
        ];
        (cells, false)
    });
}

/// As wide as the longest name of a platform.
fn remote_width(look: &Look) -> u16 {
    let widths = RemoteKind::ALL.map(|remote| paint::width(&look.text(standing::remote(remote))));
    widths.into_iter().max().and_then(|width| u16::try_from(width).ok()).unwrap_or(0).max(9)
}

fn remote(look: &Look, row: &SegmentRow) -> String {
    look.text(super::standing::remote(row.remote))
}

fn count(seats: usize) -> Cell {
    Cell::new(seats.to_string(), if seats == 0 { Role::Dim } else { Role::Text })
}
