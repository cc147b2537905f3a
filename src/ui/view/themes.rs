//! The list of themes, at the side: what it lies over shows the one under the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::take_last;
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::theming::ThemeChooser;
use super::super::theme::Role;
use super::paint;
use crate::domain::words::word;

/// Cells of the box.
const WIDE: u16 = 30;

/// The box.
pub(super) fn draw(model: &Model, look: &Look, chooser: &ThemeChooser, area: Rect, buffer: &mut Buffer) {
    let width = WIDE.min(area.width);
    let above = if area.height >= 6 { area.height - 2 } else { area.height };
    let failed = model.theme.failed.as_ref();
    let why: Vec<String> = failed
        .map(|why| paint::wrap(&look.say(why), usize::from(width.saturating_sub(3))))
        .unwrap_or_default();
    let lines = chooser.names.len().max(1) + why.len();
    let high = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2).min(above);
    let place = Rect { x: area.right() - width, y: area.y + (above - high) / 3, width, height: high };
    paint::clear(buffer, place);
    let mut rest = paint::frame(buffer, place, &look.text(word!("title-themes")), true, look);
    for line in why.iter().rev() {
        if rest.height > 1 {
            let bottom = take_last(&mut rest);
            paint::text(buffer, bottom, &format!(" {line}"), look.style(Role::Bad), &look.glyphs);
        }
    }
    let offset = (chooser.cursor + 1).saturating_sub(usize::from(rest.height));
    for ((index, name), y) in chooser.names.iter().enumerate().skip(offset).zip(rest.top()..rest.bottom()) {
        let line = Rect { y, height: 1, ..rest };
        let kept = if name == model.kept_theme() { look.glyphs.yes } else { " " };
        let role = if index == chooser.cursor { Role::Cursor } else { Role::Text };
        buffer.set_style(line.intersection(buffer.area), look.style(role));
        paint::text(buffer, line, &format!(" {kept} {name}"), look.style(role), &look.glyphs);
    }
}
