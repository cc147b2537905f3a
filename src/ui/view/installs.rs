//! The table of the installs, newest first, with their progress.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::look::Look;
use super::super::model::columns::{Column as _, InstallColumn};
use super::super::model::table::Table;
use super::super::model::{Model, Pane};
use super::super::rows::InstallRow;
use super::super::theme::Role;
use super::table::{Cell, Column, Rows};
use super::{frame, paint, table};
use crate::domain::words::say;
use crate::ui::standing;

/// Cells of a progress bar in the table.
const BAR: usize = 8;

/// The pane.
pub(super) fn draw(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) {
    let shown = &model.installs;
    if shown.shown.is_empty() {
        return frame::empty(model, look, Pane::Installs, area, buffer);
    }
    let columns = columns(look, shown);
    let rows = Rows::of(shown, frame::focused(model, Pane::Installs));
    table::draw(buffer, area, look, &columns, &rows, |index| {
        let row = &shown.shown[index];
        let cells = shown.columns.iter().map(|column| cell(model, look, row, *column)).collect();
        (cells, false)
    });
}

/// The columns that are shown, each with its room.
fn columns(look: &Look, shown: &Table<InstallRow>) -> Vec<Column> {
    let of = |column: &InstallColumn| {
        let title = look.text(column.title());
        let placed = match column {
            InstallColumn::Segment => Column::wide(title, 15, 2, 0).key("segmentId"),
            InstallColumn::Requested => Column::fixed(title, 8, 4),
            InstallColumn::State => Column::fixed(title, 10, 1).key("state"),
            InstallColumn::Bar => Column::fixed(title, BAR as u16, 2),
            InstallColumn::Percent => Column::fixed(title, 4, 0).right(),
            InstallColumn::Seats => Column::wide(title, 13, 1, 1),
            InstallColumn::Attempt => Column::fixed(title, 8, 2).right(),
            InstallColumn::By => Column::wide(title, 9, 1, 5).key("requestedBy"),
            InstallColumn::Reason => Column::wide(title, 12, 2, 2).key("reason"),
        };
        placed.sorted((shown.sort == *column).then_some(shown.descending))
    };
    shown.columns.iter().map(of).collect()
}

fn cell(model: &Model, look: &Look, row: &InstallRow, column: InstallColumn) -> Cell {
    let (state, role) = standing::install(row);
    match column {
        InstallColumn::Segment => Cell::plain(row.segment_id.to_string()),
        InstallColumn::Requested => Cell::new(look.moment(row.requested_at, model.now), Role::Dim),
        InstallColumn::State => Cell::new(look.text(state), role),
        InstallColumn::Bar => Cell::new(paint::bar(row.percent, BAR, &look.glyphs), role),
        InstallColumn::Percent => Cell::new(format!("{}%", row.percent), role),
        InstallColumn::Seats => {
            Cell::new(counts(look, row), if row.bad() > row.cancelled() { Role::Bad } else { Role::Text })
        }
        InstallColumn::Attempt => Cell::plain(row.attempt.to_string()),
        InstallColumn::By => Cell::new(row.requested_by.raw(), Role::Dim),
        InstallColumn::Reason => {
            Cell::new(row.reason.as_ref().map(|reason| reason.raw()).unwrap_or_default(), Role::Dim)
        }
    }
}

/// How many seats are where, in short.
pub(super) fn counts(look: &Look, row: &InstallRow) -> String {
    let (good, n, cancelled) = (row.good(), row.seats(), row.cancelled());
    let bad = row.bad() - cancelled;
    if bad > 0 {
        look.say(&say!("counts-bad", good = good, n = n, bad = bad))
    } else if cancelled > 0 {
        look.say(&say!("counts-cancelled", good = good, n = n, cancelled = cancelled))
    } else {
        look.say(&say!("counts", good = good, n = n))
    }
}
