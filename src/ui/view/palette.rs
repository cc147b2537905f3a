//! All actions by a few letters, each with its key and, where it is not possible now, the reason.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::actions::Scope;
use super::super::layout::{centred, take_first};
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::overlay::Palette;
use super::super::theme::Role;
use super::super::words::word;
use super::table::{Cell, Column, Rows};
use super::{Seen, paint, status, table};

/// The box.
pub(super) fn draw(
    model: &Model,
    look: &Look,
    palette: &Palette,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let high = u16::try_from(palette.found.len()).unwrap_or(u16::MAX).saturating_add(4).min(20);
    let place = centred(area, area.width.min(78), high.max(6));
    paint::clear(buffer, place);
    let mut rest = paint::frame(buffer, place, &look.text(word!("title-palette")), true, look);
    let line = take_first(&mut rest);
    status::field(buffer, line, " : ", &palette.input, look, seen);
    if palette.found.is_empty() {
        let text = look.text(word!("palette-empty"));
        paint::text(buffer, rest, &format!(" {text}"), look.style(Role::Dim), &look.glyphs);
        return;
    }
    let columns = [
        Column::fixed(look.text(word!("column-action")), 10, 0),
        Column::fixed(look.text(word!("column-key")), 4, 1),
        Column::wide(look.text(word!("column-does")), 16, 1, 2),
    ];
    let shown = usize::from(rest.height.saturating_sub(super::super::layout::header(rest))).max(1);
    let rows = Rows {
        count: palette.found.len(),
        offset: (palette.cursor + 1).saturating_sub(shown),
        cursor: Some(palette.cursor),
        focused: true,
    };
    table::draw(buffer, rest, look, &columns, &rows, |index| {
        let id = palette.found[index];
        let key = look.keymap.key(&[Scope::Panes, Scope::List, Scope::Global], id).unwrap_or_default();
        let (says, role) = match id.enabled(model) {
            Ok(()) => (look.text(id.row().doc), Role::Text),
            Err(reason) => (look.say(&reason), Role::Dim),
        };
        (vec![Cell::new(id.row().name, role), Cell::new(key, Role::Key), Cell::new(says, role)], false)
    });
}
