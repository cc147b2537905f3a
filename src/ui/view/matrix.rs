//! Seats against segments: a row a seat, a column a segment, the version in the cell.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{self, large, take_first, take_last};
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::matrix::MatrixView;
use super::super::model::overlay::{Load, Overlay};
use super::super::theme::Role;
use super::paint;
use crate::domain::matrix::{Cell, Drift, Matrix};
use crate::domain::words::{say, word};

/// The matrix.
pub(super) fn draw(model: &Model, look: &Look, view: &MatrixView, area: Rect, buffer: &mut Buffer) {
    let place = large(area);
    paint::clear(buffer, place);
    let on_top = matches!(model.overlays.last(), Some(Overlay::Matrix(_)));
    let title = if view.drift_only { word!("title-matrix-drift") } else { word!("title-matrix") };
    let mut rest = paint::frame(buffer, place, &look.text(title), on_top, look);
    let head = take_first(&mut rest);
    let matrix = match &view.matrix {
        Load::Ready(matrix) => matrix,
        Load::Loading => {
            let text = look.text(word!("seats-loading"));
            paint::text(buffer, head, &format!(" {text}"), look.style(Role::Busy), &look.glyphs);
            return;
        }
        Load::Failed(error) => {
            paint::text(buffer, head, &format!(" {}", look.say(error)), look.style(Role::Bad), &look.glyphs);
            return;
        }
    };
    let counts =
        say!("matrix-counts", seats = view.seats.len(), segments = view.columns.len(), drifts = view.drifts);
    let role = if view.drifts > 0 { Role::Warn } else { Role::Good };
    paint::text(buffer, head, &format!(" {}", look.say(&counts)), look.style(role), &look.glyphs);
    if view.seats.is_empty() || view.columns.is_empty() {
        let text = look.text(if view.drift_only { word!("matrix-no-drift") } else { word!("matrix-empty") });
        paint::text(buffer, rest, &format!(" {text}"), look.style(Role::Dim), &look.glyphs);
        return;
    }
    let foot = take_last(&mut rest);
    paint::text(
        buffer,
        foot,
        &format!(" {}", told(look, matrix, view)),
        look.style(Role::Text),
        &look.glyphs,
    );
    let titles = take_first(&mut rest);
    let shown = layout::matrix_columns(rest.width);
    let columns: Vec<(usize, usize)> =
        view.columns.iter().copied().enumerate().skip(view.offset.1).take(shown).collect();
    for (nth, (place, column)) in columns.iter().enumerate() {
        let role = if *place == view.cursor.1 { Role::Title } else { Role::Header };
        let name = matrix.prefix(*column).map(|prefix| prefix.as_str()).unwrap_or_default();
        cell(buffer, titles, nth, name, role, look);
    }
    for ((row, seat), y) in view.seats.iter().enumerate().skip(view.offset.0).zip(rest.top()..rest.bottom()) {
        let line = Rect { y, height: 1, ..rest };
        let chosen = row == view.cursor.0;
        let role = if chosen { Role::Title } else { Role::Text };
        let name = paint::fit(seat.as_str(), usize::from(layout::MATRIX_SEAT - 1), look.glyphs.ellipsis);
        paint::text(buffer, line, &format!(" {name}"), look.style(role), &look.glyphs);
        for (nth, (place, column)) in columns.iter().enumerate() {
            let (text, role) = shown_cell(look, matrix.cell(seat, *column));
            let under = chosen && *place == view.cursor.1;
            let role = if under && on_top { Role::Cursor } else { role };
            let text = if under && text.is_empty() { look.glyphs.no.to_owned() } else { text };
            cell(buffer, line, nth, &text, role, look);
        }
    }
}

fn cell(buffer: &mut Buffer, line: Rect, nth: usize, text: &str, role: Role, look: &Look) {
    let nth = u16::try_from(nth).unwrap_or(u16::MAX);
    let x =
        line.x.saturating_add(layout::MATRIX_SEAT).saturating_add(nth.saturating_mul(layout::MATRIX_CELL));
    let width = (layout::MATRIX_CELL - 1).min(line.right().saturating_sub(x));
    let text = paint::fit(text, usize::from(width), look.glyphs.ellipsis);
    paint::text(buffer, Rect { x, width, ..line }, &text, look.style(role), &look.glyphs);
}

/// What differs is told by a sign as well as by its colour.
fn shown_cell(look: &Look, cell: Option<Cell<'_>>) -> (String, Role) {
    let Some(Cell { version, bound, drift, removed }) = cell else { return (String::new(), Role::Dim) };
    let version = version.map(|version| version.as_str()).unwrap_or_default();
    match drift {
        // It can only be taken off.
        _ if removed => (format!("{}{version}", look.glyphs.plus), Role::Bad),
        Some(Drift::Missing) => {
            (format!("{}{}", look.glyphs.minus, look.text(word!("matrix-missing"))), Role::Bad)
        }
        Some(Drift::Extra) => (format!("{}{version}", look.glyphs.plus), Role::Warn),
        None => (version.to_owned(), if bound { Role::Good } else { Role::Text }),
    }
}

/// The cell under the cursor in words.
fn told(look: &Look, matrix: &Matrix, view: &MatrixView) -> String {
    let (Some(seat), Some(column)) = (view.seat(), view.column()) else { return String::new() };
    let prefix = matrix.prefix(column).map(|prefix| prefix.as_str()).unwrap_or_default();
    let Some(cell) = matrix.cell(seat, column) else {
        return look.say(&say!("matrix-cell-none", seat = seat, prefix = prefix));
    };
    let version = cell.version.map(|version| version.as_str()).unwrap_or_default();
    look.say(&match (cell.drift, cell.bound) {
        _ if cell.removed => say!("matrix-cell-removed", seat = seat, prefix = prefix, version = version),
        (Some(Drift::Missing), _) => say!("matrix-cell-missing", seat = seat, prefix = prefix),
        (Some(Drift::Extra), _) => say!("matrix-cell-extra", seat = seat, prefix = prefix, version = version),
        (None, true) => say!("matrix-cell-good", seat = seat, prefix = prefix, version = version),
        (None, false) => say!("matrix-cell-free", seat = seat, prefix = prefix, version = version),
    })
}
