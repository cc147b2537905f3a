//! The list of a pane's columns: which are shown, and by which one the rows are sorted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::centred;
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::list::List;
use super::super::model::overlay::ColumnChooser;
use super::super::theme::Role;
use super::paint;
use crate::domain::words::word;

/// Cells of the box.
const WIDE: u16 = 30;

/// The box.
pub(super) fn draw(model: &Model, look: &Look, chooser: &ColumnChooser, area: Rect, buffer: &mut Buffer) {
    let listed = model.table(List::Pane(chooser.pane)).listed();
    let above = Rect { height: if area.height >= 6 { area.height - 2 } else { area.height }, ..area };
    let high = u16::try_from(listed.len()).unwrap_or(u16::MAX).saturating_add(2);
    let place = centred(above, WIDE, high);
    paint::clear(buffer, place);
    let rest = paint::frame(buffer, place, &look.text(word!("title-columns")), true, look);
    let offset = (chooser.cursor + 1).saturating_sub(usize::from(rest.height));
    for ((index, column), y) in listed.iter().enumerate().skip(offset).zip(rest.top()..rest.bottom()) {
        let line = Rect { y, height: 1, ..rest };
        let shown = if column.shown { look.glyphs.yes } else { look.glyphs.no };
        let arrow = match column.sorted {
            None => "",
            Some(false) => look.glyphs.up,
            Some(true) => look.glyphs.down,
        };
        let role = match (index == chooser.cursor, column.shown) {
            (true, _) => Role::Cursor,
            (false, true) => Role::Text,
            (false, false) => Role::Dim,
        };
        buffer.set_style(line.intersection(buffer.area), look.style(role));
        let text = format!(" {shown} {} {arrow}", look.text(column.title));
        paint::text(buffer, line, &text, look.style(role), &look.glyphs);
    }
}
