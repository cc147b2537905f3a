//! The table of the installs, newest first, with their progress.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::look::Look;
use super::super::model::{Model, Pane};
use super::super::rows::InstallRow;
use super::super::theme::Role;
use super::super::words::{say, word};
use super::table::{Cell, Column, Rows};
use super::{frame, paint, standing, table};

/// Cells of a progress bar in the table.
const BAR: usize = 8;

/// The pane.
pub(super) fn draw(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) {
    let shown = &model.installs;
    if shown.shown.is_empty() {
        return frame::empty(model, look, Pane::Installs, area, buffer);
    }
    let mut columns = [
        Column::fixed(look.text(word!("column-requested")), 8, 4),
        Column::wide(look.text(word!("column-segment")), 15, 2, 0).key("segmentId"),
        Column::fixed(look.text(word!("column-state")), 10, 1).key("state"),
        Column::fixed(String::new(), BAR as u16, 3),
        Column::fixed(look.text(word!("column-percent")), 4, 0).right(),
        Column::wide(look.text(word!("column-counts")), 9, 1, 2),
        Column::wide(look.text(word!("column-by")), 9, 1, 5).key("requestedBy"),
    ];
    if let Some(column) = [0, 1, 2, 4].get(shown.sort) {
        columns[*column].sorted = Some(shown.descending != (*column == 0));
    }
    let rows = Rows::of(shown, frame::focused(model, Pane::Installs));
    table::draw(buffer, area, look, &columns, &rows, |index| {
        let row = &shown.shown[index];
        let (state, role) = standing::install(row);
        let cells = vec![
            Cell::new(look.moment(row.requested_at, model.now), Role::Dim),
            Cell::plain(row.segment_id.to_string()),
            Cell::new(look.text(state), role),
            Cell::new(paint::bar(row.percent, BAR, &look.glyphs), role),
            Cell::new(format!("{}%", row.percent), role),
            Cell::new(counts(look, row), if row.bad() > 0 { Role::Bad } else { Role::Text }),
            Cell::new(row.requested_by.raw(), Role::Dim),
        ];
        (cells, false)
    });
}

/// How many seats are where, in short.
pub(super) fn counts(look: &Look, row: &InstallRow) -> String {
    if row.bad() > 0 {
        look.say(&say!("counts-bad", good = row.good(), n = row.seats(), bad = row.bad()))
    } else {
        look.say(&say!("counts", good = row.good(), n = row.seats()))
    }
}
