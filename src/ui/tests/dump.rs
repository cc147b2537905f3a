//! A screen as text, with its styles: each line is followed by the runs of cells that are not plain.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// The screen as text; below each line its runs of style, as `from-to:style`.
pub(super) fn dump(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        let mut runs: Vec<(u16, u16, String)> = Vec::new();
        let mut covered = 0;
        for x in buffer.area.left()..buffer.area.right() {
            let cell = &buffer[(x, y)];
            if covered > 0 {
                covered -= 1;
            } else {
                line.push_str(cell.symbol());
                covered = cell.symbol().width().saturating_sub(1);
            }
            let style = style(cell.fg, cell.bg, cell.modifier);
            match runs.last_mut() {
                Some((_, to, last)) if *last == style && *to + 1 == x => *to = x,
                _ => runs.push((x, x, style)),
            }
        }
        text += line.trim_end();
        text.push('\n');
        let runs: Vec<_> = runs
            .into_iter()
            .filter(|(_, _, style)| !style.is_empty())
            .map(|(from, to, style)| format!("{from}-{to}:{style}"))
            .collect();
        if !runs.is_empty() {
            text += &format!("    ~ {}\n", runs.join(" "));
        }
    }
    text
}

fn style(fg: Color, bg: Color, modifier: Modifier) -> String {
    let mut parts = Vec::new();
    if fg != Color::Reset {
        parts.push(fg.to_string().to_lowercase());
    }
    if bg != Color::Reset {
        parts.push(format!("on-{}", bg.to_string().to_lowercase()));
    }
    for (part, name) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::UNDERLINED, "under"),
        (Modifier::REVERSED, "rev"),
    ] {
        if modifier.contains(part) {
            parts.push(name.to_owned());
        }
    }
    parts.join("+")
}
