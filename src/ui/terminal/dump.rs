//! A screen for a ticket or a mail: as plain text, and with its colours for `cat` and `less -R`.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::screen::put_style;

/// A screen, line by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dump {
    /// Without colours.
    pub text: String,
    /// With them.
    pub ansi: String,
}

impl Dump {
    /// What is shown.
    pub fn of(screen: &Buffer) -> Self {
        let mut dump = Self::default();
        for row in screen.content.chunks(usize::from(screen.area.width).max(1)) {
            let mut line = String::new();
            let mut coloured = Vec::new();
            let mut style = (Color::Reset, Color::Reset, Modifier::empty());
            // Behind a wide letter stands a cell that is no letter of its own.
            let mut behind = 0;
            for cell in row {
                if behind > 0 {
                    behind -= 1;
                    continue;
                }
                behind = wide(cell).saturating_sub(1);
                let own = (cell.fg, cell.bg, cell.modifier);
                if style != own {
                    // Writing to memory does not fail.
                    let _ = put_style(&mut coloured, own);
                    style = own;
                }
                coloured.extend_from_slice(cell.symbol().as_bytes());
                line.push_str(cell.symbol());
            }
            dump.text += line.trim_end();
            dump.text.push('\n');
            dump.ansi += &String::from_utf8_lossy(&coloured);
            dump.ansi += "\x1b[m\n";
        }
        dump
    }
}

fn wide(cell: &Cell) -> usize {
    unicode_width::UnicodeWidthStr::width(cell.symbol())
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn text_and_colours_are_those_of_the_screen() {
        let mut screen = Buffer::with_lines(["导航 a  ", "b      "]);
        screen.set_style(ratatui::layout::Rect::new(0, 1, 1, 1), Style::new().fg(Color::Red));
        let dump = Dump::of(&screen);
        assert_eq!(dump.text, "导航 a\nb\n");
        assert_eq!(dump.ansi, "导航 a  \x1b[m\n\x1b[0;31mb\x1b[0m       \x1b[m\n");
    }
}
