//! What a cell of a frame looks like, in two numbers: frames are compared and rows recognised by these, which takes a
//! third of the time that comparing the cells themselves takes.

use std::hash::{BuildHasher, RandomState};

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Color;
use unicode_width::UnicodeWidthStr;

/// Letters of so many bytes are told apart by these bytes, longer ones (several signs in one cell) by a hash that
/// nobody outside can foresee.
const PACKED: usize = 8;

/// What a cell looks like. Equal faces are equal cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Face {
    letter: u64,
    /// Foreground, background, modifiers, and how many cells the letter takes: 25, 25, 12 and 2 bits.
    style: u64,
}

impl Face {
    /// An empty cell.
    pub(super) const EMPTY: Self = Self { letter: b' ' as u64, style: 1 << 62 };

    /// How many cells the letter takes.
    pub(super) fn width(self) -> usize {
        // Two bits.
        (self.style >> 62) as usize
    }

    /// A number that tells it from others of another letter or other modifiers.
    pub(super) fn mark(self) -> u64 {
        self.letter ^ (self.style >> 50 & 0xfff) << 48
    }

    fn of(cell: &Cell, hash: &RandomState) -> Self {
        let symbol = cell.symbol();
        let bytes = symbol.as_bytes();
        let (letter, width) = match *bytes {
            [one] => (u64::from(one), 1),
            // U+2500 to U+25BF: lines and blocks, of which a screen has a thousand.
            [0xe2, two @ 0x94..=0x96, three] => (0xe2_0000 | u64::from(two) << 8 | u64::from(three), 1),
            _ => seldom(symbol, hash),
        };
        let style = colour(cell.fg) | colour(cell.bg) << 25 | u64::from(cell.modifier.bits()) << 50;
        Self { letter, style: style | (width as u64) << 62 }
    }
}

/// The number and the width of any other letter. Apart, so that the rest of a frame takes a third less.
#[inline(never)]
fn seldom(symbol: &str, hash: &RandomState) -> (u64, usize) {
    let letter = match symbol.as_bytes() {
        bytes if bytes.len() <= PACKED => bytes.iter().fold(0, |letter, byte| letter << 8 | u64::from(*byte)),
        _ => hash.hash_one(symbol),
    };
    (letter, symbol.width().min(3))
}

/// 25 bits, another number for every colour.
#[inline(always)]
fn colour(colour: Color) -> u64 {
    match colour {
        Color::Reset => 0,
        colour => own_colour(colour),
    }
}

#[inline(never)]
fn own_colour(colour: Color) -> u64 {
    match colour {
        Color::Reset => 0,
        Color::Black => 1,
        Color::Red => 2,
        Color::Green => 3,
        Color::Yellow => 4,
        Color::Blue => 5,
        Color::Magenta => 6,
        Color::Cyan => 7,
        Color::Gray => 8,
        Color::DarkGray => 9,
        Color::LightRed => 10,
        Color::LightGreen => 11,
        Color::LightYellow => 12,
        Color::LightBlue => 13,
        Color::LightMagenta => 14,
        Color::LightCyan => 15,
        Color::White => 16,
        Color::Indexed(index) => 0x100 | u64::from(index),
        Color::Rgb(r, g, b) => 1 << 24 | u64::from(r) << 16 | u64::from(g) << 8 | u64::from(b),
    }
}

/// The faces of a frame, row by row.
#[derive(Debug, Default, Clone)]
pub(super) struct Faces {
    cells: Vec<Face>,
    width: usize,
    /// Frames that are compared have the same: a clone of the first.
    hash: RandomState,
}

impl Faces {
    /// Takes those of a frame.
    pub(super) fn take(&mut self, frame: &Buffer) {
        self.width = usize::from(frame.area.width).max(1);
        self.cells.clear();
        self.cells.extend(frame.content.iter().map(|cell| Face::of(cell, &self.hash)));
    }

    /// Those of an empty screen of so many cells.
    pub(super) fn clear(&mut self, of: &Self) {
        self.width = of.width;
        self.cells.clear();
        self.cells.resize(of.cells.len(), Face::EMPTY);
    }

    /// The rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[Face]> {
        self.cells.chunks(self.width.max(1))
    }

    /// Cells of a row.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The rows from one to before another, to move them.
    pub(super) fn rows_mut(&mut self, from: usize, to: usize) -> Option<&mut [Face]> {
        self.cells.get_mut(from * self.width..to * self.width)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ratatui::style::{Modifier, Style};

    use super::*;

    fn face(symbol: &'static str, style: Style) -> Face {
        let mut cell = Cell::new(symbol);
        cell.set_style(style);
        Face::of(&cell, &RandomState::new())
    }

    #[test]
    fn other_cells_have_other_faces() {
        let colours = (0..=255).map(Color::Indexed).chain([
            Color::Reset,
            Color::Black,
            Color::Red,
            Color::White,
            Color::Rgb(0, 0, 0),
            Color::Rgb(0, 0, 1),
            Color::Rgb(255, 255, 255),
        ]);
        let mut seen = BTreeSet::new();
        let mut count = 0;
        for colour in colours {
            for style in [
                Style::new().fg(colour).bg(Color::Green),
                Style::new().fg(Color::Green).bg(colour),
                Style::new().fg(colour).add_modifier(Modifier::BOLD),
            ] {
                for symbol in ["x", "y", "é", "导", "\u{2502}", "\u{1f469}\u{200d}\u{1f680}"] {
                    let face = face(symbol, style);
                    seen.insert((face.letter, face.style));
                    count += 1;
                }
            }
        }
        assert_eq!(seen.len(), count);
        assert_eq!(face(" ", Style::new()), Face::EMPTY);
        assert_eq!(face("导", Style::new()).width(), 2);
    }

    #[test]
    fn lines_and_blocks_take_one_cell() {
        for letter in '\u{2500}'..='\u{25bf}' {
            assert_eq!(letter.to_string().width(), 1, "{letter}");
        }
    }
}
