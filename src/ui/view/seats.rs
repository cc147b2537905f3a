//! The table of the seats, with what the selected segment has on them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::look::Look;
use super::super::model::chooser::SeatSets;
use super::super::model::columns::{Column as _, SeatColumn};
use super::super::model::overlay::Load;
use super::super::model::table::Table;
use super::super::model::{Model, Pane};
use super::super::rows::SeatRow;
use super::super::theme::Role;
use super::table::{Cell, Column, Rows};
use super::{frame, table};
use crate::domain::SeatId;

/// The pane.
pub(super) fn draw(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) {
    let shown = &model.seats;
    if shown.shown.is_empty() {
        return frame::empty(model, look, Pane::Seats, area, buffer);
    }
    let of = model.seats_of.as_ref().filter(|of| Some(&of.segment) == model.at.as_ref());
    let failed = of.is_some_and(|of| matches!(of.sets, Load::Failed(_)));
    let sets = of.and_then(|of| of.sets.ready());
    let rows = Rows::of(shown, frame::focused(model, Pane::Seats));
    table::draw(buffer, area, look, &columns(look, shown), &rows, |index| {
        let row = &shown.shown[index];
        let about = |column: &SeatColumn| match (column, sets) {
            (SeatColumn::Bound, Some(sets)) => has(look, sets.bound.contains(&row.id)),
            (SeatColumn::Installed, Some(sets)) => has(look, sets.installed.contains(&row.id)),
            (SeatColumn::Wanted, Some(sets)) => wanted(look, sets, &row.id),
            (SeatColumn::Bound | SeatColumn::Installed | SeatColumn::Wanted, None) => {
                if failed {
                    Cell::new("?", Role::Bad)
                } else {
                    Cell::new("", Role::Dim)
                }
            }
            (column, _) => about(row, *column),
        };
        let cells = shown.columns.iter().map(about).collect();
        (cells, false)
    });
}

/// The columns that are shown, each with its room.
pub(super) fn columns(look: &Look, shown: &Table<SeatRow>) -> Vec<Column> {
    let of = |column: &SeatColumn| {
        let title = look.text(column.title());
        let placed = match column {
            SeatColumn::Id => Column::wide(title, 11, 3, 0).key("id"),
            SeatColumn::Group => Column::wide(title, 6, 2, 2).key("group"),
            SeatColumn::Ip => Column::fixed(title, 15, 4).key("ip"),
            SeatColumn::Tags => Column::wide(title, 6, 2, 5).key("tags"),
            SeatColumn::Note => Column::wide(title, 8, 2, 2).key("note"),
            SeatColumn::Bound => Column::fixed(title, 5, 3).right(),
            SeatColumn::Installed => Column::fixed(title, 4, 1).right(),
            SeatColumn::Wanted => Column::fixed(title, 4, 0).right(),
        };
        placed.sorted((shown.sort == *column).then_some(shown.descending))
    };
    shown.columns.iter().map(of).collect()
}

/// What is known of a seat itself.
pub(super) fn about(row: &SeatRow, column: SeatColumn) -> Cell {
    match column {
        SeatColumn::Id => Cell::plain(row.id.as_str()),
        SeatColumn::Group => Cell::plain(row.group.raw()),
        SeatColumn::Ip => Cell::new(row.ip.to_string(), Role::Dim),
        SeatColumn::Tags => {
            let tags: Vec<&str> = row.tags.iter().map(|tag| tag.raw()).collect();
            Cell::new(tags.join(" "), Role::Dim)
        }
        SeatColumn::Note => Cell::new(row.note.raw(), Role::Dim),
        SeatColumn::Bound | SeatColumn::Installed | SeatColumn::Wanted => Cell::plain(""),
    }
}

/// Yes or no.
pub(super) fn has(look: &Look, has: bool) -> Cell {
    if has { Cell::new(look.glyphs.yes, Role::Good) } else { Cell::new(look.glyphs.no, Role::Dim) }
}

/// What an unfinished install wants of a seat.
fn wanted(look: &Look, sets: &SeatSets, seat: &SeatId) -> Cell {
    if sets.coming.contains(seat) {
        Cell::new(look.glyphs.plus, Role::Busy)
    } else if sets.going.contains(seat) {
        Cell::new(look.glyphs.minus, Role::Warn)
    } else {
        has(look, sets.installed.contains(seat))
    }
}
