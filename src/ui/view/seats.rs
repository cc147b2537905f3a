//! The table of the seats, with what the selected segment has on them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::look::Look;
use super::super::model::chooser::SeatSets;
use super::super::model::overlay::Load;
use super::super::model::table::Table;
use super::super::model::{Model, Pane};
use super::super::rows::SeatRow;
use super::super::theme::Role;
use super::super::words::word;
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
        let mut cells = about(row);
        cells.extend(match sets {
            Some(sets) => [
                has(look, sets.bound.contains(&row.id)),
                has(look, sets.installed.contains(&row.id)),
                wanted(look, sets, &row.id),
            ],
            None if failed => [0, 1, 2].map(|_| Cell::new("?", Role::Bad)),
            None => [0, 1, 2].map(|_| Cell::new("", Role::Dim)),
        });
        (cells, false)
    });
}

/// The columns of seats; the last three are about the selected segment.
pub(super) fn columns(look: &Look, shown: &Table<SeatRow>) -> [Column; 7] {
    let mut columns = [
        Column::wide(look.text(word!("column-seat")), 10, 3, 0).key("id"),
        Column::wide(look.text(word!("column-group")), 6, 2, 2).key("group"),
        Column::fixed(look.text(word!("column-ip")), 15, 4).key("ip"),
        Column::wide(look.text(word!("column-tags")), 8, 2, 5).key("tags"),
        Column::fixed(look.text(word!("column-bound-short")), 5, 3).right(),
        Column::fixed(look.text(word!("column-installed-short")), 4, 1).right(),
        Column::fixed(look.text(word!("column-wanted-short")), 4, 0).right(),
    ];
    if let Some(column) = columns.get_mut(shown.sort) {
        column.sorted = Some(shown.descending);
    }
    columns
}

/// What is known of a seat.
pub(super) fn about(row: &SeatRow) -> Vec<Cell> {
    let tags: Vec<&str> = row.tags.iter().map(|tag| tag.raw()).collect();
    vec![
        Cell::plain(row.id.as_str()),
        Cell::plain(row.group.raw()),
        Cell::new(row.ip.to_string(), Role::Dim),
        Cell::new(tags.join(" "), Role::Dim),
    ]
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
