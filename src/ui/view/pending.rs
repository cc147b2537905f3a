//! Keys were pressed that others must follow: which, and what each does.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::look::Look;
use super::super::model::Model;
use super::super::theme::Role;
use super::paint::{self, Piece};
use crate::domain::words::word;

/// The box, at the bottom right above the hints.
pub(super) fn draw(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) {
    let following = look.keymap.following(model.scopes(), &model.pending);
    let lines: Vec<[Piece; 2]> = following
        .into_iter()
        .map(|(keys, id)| {
            let role = if id.enabled(model).is_ok() { Role::Text } else { Role::Dim };
            [
                (format!(" {keys:<5} "), look.style(if role == Role::Text { Role::Key } else { Role::Dim })),
                (look.text(id.row().doc), look.style(role)),
            ]
        })
        .collect();
    let cells = |line: &[Piece; 2]| line.iter().map(|(text, _)| paint::width(text)).sum::<usize>();
    let wide = lines.iter().map(cells).max().unwrap_or(0).max(16) + 3;
    let wide = u16::try_from(wide).unwrap_or(u16::MAX).min(area.width);
    let high = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height.saturating_sub(2));
    if high < 3 {
        return;
    }
    let place =
        Rect { x: area.right() - wide, y: area.bottom().saturating_sub(high + 2), width: wide, height: high };
    paint::clear(buffer, place);
    let inside = paint::frame(buffer, place, &look.text(word!("title-pending")), true, look);
    for (line, y) in lines.iter().zip(inside.top()..inside.bottom()) {
        paint::line(buffer, Rect { y, height: 1, ..inside }, line, &look.glyphs);
    }
}
