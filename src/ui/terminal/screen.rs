//! A frame to the terminal: only the cells that changed, in one write, with synchronised output.

use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};

use super::face::{Face, Faces};
use super::scroll;

/// Begins and ends a frame that the terminal shows at once.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Cells that are written once more rather than skipped: `ESC [ column G` takes four bytes or more.
const LONGEST_STEP: usize = 4;

/// The terminal as it was last drawn.
pub struct Screen<W: Write> {
    out: W,
    /// The last frame; its memory is taken for the next one.
    last: Option<Buffer>,
    /// How large the terminal was when it showed what is known of it; `None`: nothing is.
    known: Option<Rect>,
    /// What its cells look like.
    faces: Faces,
    /// What its rows look like.
    rows: Vec<u64>,
    spare_faces: Faces,
    cursor: Option<Position>,
    bytes: Vec<u8>,
}

impl<W: Write> Screen<W> {
    /// A terminal whose cursor is hidden; nothing is known of its cells.
    pub fn new(out: W) -> Self {
        let faces = Faces::default();
        Self {
            out,
            last: None,
            known: None,
            spare_faces: faces.clone(),
            faces,
            rows: Vec::new(),
            cursor: None,
            bytes: Vec::with_capacity(64 * 1024),
        }
    }

    /// An empty frame, in the memory of the last one where there is one.
    pub fn frame(&mut self, area: Rect) -> Buffer {
        match self.last.take() {
            Some(mut last) if last.area == area => {
                last.reset();
                last
            }
            _ => Buffer::empty(area),
        }
    }

    /// Shows a frame. Nothing is written when it equals the last one.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn show(&mut self, frame: Buffer, cursor: Option<Position>) -> io::Result<usize> {
        self.bytes.clear();
        self.bytes.extend_from_slice(BEGIN);
        let before = self.bytes.len();
        let (old, new) = (&mut self.faces, &mut self.spare_faces);
        new.take(&frame);
        let rows = scroll::look(new);
        if self.known == Some(frame.area) {
            if let Some(scroll) = scroll::find(&self.rows, &rows) {
                scroll.make(&mut self.bytes, old)?;
            }
        } else {
            self.bytes.extend_from_slice(b"\x1b[0m\x1b[2J");
            old.clear(new);
        }
        let mut pen = Pen::default();
        if self.cursor.is_some() && cursor != self.cursor {
            self.bytes.extend_from_slice(b"\x1b[?25l");
        }
        for (y, (old, new)) in (0..frame.area.height).zip(old.rows().zip(new.rows())) {
            if old != new {
                pen.row(&mut self.bytes, y, old, new, &frame)?;
            }
        }
        pen.rest(&mut self.bytes);
        let drawn = self.bytes.len() > before;
        if let Some(at) = cursor.filter(|_| drawn || cursor != self.cursor) {
            write!(self.bytes, "\x1b[{};{}H\x1b[?25h", at.y + 1, at.x + 1)?;
        }
        self.cursor = cursor;
        self.known = Some(frame.area);
        self.last = Some(frame);
        self.rows = rows;
        std::mem::swap(&mut self.faces, &mut self.spare_faces);
        if self.bytes.len() == BEGIN.len() {
            return Ok(0);
        }
        self.bytes.extend_from_slice(END);
        self.out.write_all(&self.bytes)?;
        self.out.flush()?;
        Ok(self.bytes.len())
    }

    /// What the terminal shows.
    pub fn shown(&self) -> Option<&Buffer> {
        self.last.as_ref()
    }

    /// Forgets what the terminal shows: the next frame is drawn whole.
    pub fn forget(&mut self) {
        self.known = None;
    }

    /// Writes something that is no frame, e.g. a text for the clipboard.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }
}

/// Where the terminal would write next, and in which style.
#[derive(Default)]
struct Pen {
    at: Option<Position>,
    style: Option<(Color, Color, Modifier)>,
}

impl Pen {
    /// Writes the cells of a row that look otherwise than before.
    fn row(
        &mut self,
        out: &mut Vec<u8>,
        y: u16,
        old: &[Face],
        new: &[Face],
        frame: &Buffer,
    ) -> io::Result<()> {
        let Some(cells) = frame.content.chunks(new.len().max(1)).nth(usize::from(y)) else { return Ok(()) };
        // Up to here there may be half of a wide letter that is not there any more.
        let mut half = 0;
        let mut next = 0;
        for (x, (new, cell)) in new.iter().zip(cells).enumerate() {
            // The other half of a wide letter came with it.
            if x < next {
                continue;
            }
            next = x + new.width().max(1);
            if old.get(x) == Some(new) && x >= half {
                continue;
            }
            let covered = old.iter().enumerate().take(next).skip(x);
            half = covered.map(|(x, old)| x + old.width()).fold(half, usize::max);
            let x = u16::try_from(x).unwrap_or(u16::MAX);
            // Terminals do not agree on the width of several signs in one cell: none leaves what stood there before.
            if new.width() > 1 && cell.symbol().chars().nth(1).is_some() && x + 1 < frame.area.width {
                self.put(out, x + 1, y, &Cell::EMPTY, frame)?;
            }
            self.put(out, x, y, cell, frame)?;
        }
        Ok(())
    }

    fn put(&mut self, out: &mut Vec<u8>, x: u16, y: u16, cell: &Cell, frame: &Buffer) -> io::Result<()> {
        let area = frame.area;
        if self.at != Some(Position::new(x, y)) {
            match self.at {
                Some(at) if at.y == y && self.step(out, at.x, x, y, frame) => {}
                Some(at) if at.y == y => write!(out, "\x1b[{}G", x + 1)?,
                _ => write!(out, "\x1b[{};{}H", y + 1, x + 1)?,
            }
        }
        let style = (cell.fg, cell.bg, cell.modifier);
        if self.style != Some(style) {
            put_style(out, style)?;
            self.style = Some(style);
        }
        out.extend_from_slice(cell.symbol().as_bytes());
        // A letter the terminal may take for wider or narrower than we do must not shift what follows.
        let plain = cell.symbol().len() == 1;
        let width = u16::try_from(unicode_width::UnicodeWidthStr::width(cell.symbol())).unwrap_or(1).max(1);
        self.at = (plain || cell.symbol().chars().count() == 1).then(|| Position::new(x + width, y));
        if x + width >= area.width {
            // At the last column terminals differ in where the cursor is.
            self.at = None;
        }
        Ok(())
    }

    /// Steps over a few cells by writing once more what stands there: shorter than telling where to go on.
    fn step(&self, out: &mut Vec<u8>, from: u16, to: u16, y: u16, frame: &Buffer) -> bool {
        let row = usize::from(y) * usize::from(frame.area.width);
        let gap = frame.content.get(row + usize::from(from)..row + usize::from(to)).unwrap_or_default();
        let plain =
            |cell: &Cell| cell.symbol().len() == 1 && self.style == Some((cell.fg, cell.bg, cell.modifier));
        let short = !gap.is_empty() && gap.len() <= LONGEST_STEP && gap.iter().all(plain);
        if short {
            out.extend(gap.iter().flat_map(|cell| cell.symbol().bytes()));
        }
        short
    }

    fn rest(&self, out: &mut Vec<u8>) {
        if self.style.is_some_and(|style| style != (Color::Reset, Color::Reset, Modifier::empty())) {
            out.extend_from_slice(b"\x1b[m");
        }
    }
}

pub(super) fn put_style(out: &mut Vec<u8>, (fg, bg, modifier): (Color, Color, Modifier)) -> io::Result<()> {
    out.extend_from_slice(b"\x1b[0");
    for (on, code) in [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::ITALIC, 3),
        (Modifier::UNDERLINED, 4),
        (Modifier::REVERSED, 7),
    ] {
        if modifier.contains(on) {
            write!(out, ";{code}")?;
        }
    }
    put_colour(out, fg, 30)?;
    put_colour(out, bg, 40)?;
    out.push(b'm');
    Ok(())
}

fn put_colour(out: &mut Vec<u8>, colour: Color, base: u8) -> io::Result<()> {
    let index = match colour {
        Color::Reset => return Ok(()),
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
        Color::Indexed(index) => return write!(out, ";{};5;{index}", base + 8),
        Color::Rgb(r, g, b) => return write!(out, ";{};2;{r};{g};{b}", base + 8),
    };
    write!(out, ";{}", base + index)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Style;

    use super::*;

    fn frame(lines: &[&str]) -> Buffer {
        Buffer::with_lines(lines.iter().copied())
    }

    /// What a terminal shows after these frames.
    fn shown(frames: &[Buffer]) -> vt100::Parser {
        let area = frames[0].area;
        let mut terminal = vt100::Parser::new(area.height, area.width, 0);
        let mut screen = Screen::new(Vec::new());
        for frame in frames {
            screen.show(frame.clone(), None).unwrap();
        }
        terminal.process(&screen.out);
        terminal
    }

    fn lines(terminal: &vt100::Parser) -> Vec<String> {
        let (_, columns) = terminal.screen().size();
        terminal.screen().rows(0, columns).map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn an_equal_frame_writes_nothing() {
        let mut screen = Screen::new(Vec::new());
        assert!(screen.show(frame(&["ab", "cd"]), None).unwrap() > 0);
        assert_eq!(screen.show(frame(&["ab", "cd"]), None).unwrap(), 0);
    }

    #[test]
    fn wide_letters_and_styles_arrive() {
        let mut styled = frame(&["导航 core", "xx       "]);
        styled.set_style(Rect::new(0, 1, 2, 1), Style::new().fg(Color::Red).add_modifier(Modifier::BOLD));
        let terminal = shown(&[frame(&["abcdefghi", "123456789"]), styled]);
        assert_eq!(lines(&terminal), ["导航 core", "xx"]);
        let cell = terminal.screen().cell(1, 0).unwrap();
        assert!(cell.bold() && cell.fgcolor() == vt100::Color::Idx(1));
    }

    #[test]
    fn letters_of_many_signs_are_written_once() {
        let letter = "e\u{301}\u{302}\u{303}\u{304}\u{305}";
        let mut screen = Screen::new(Vec::new());
        for cursor in ["x", "y", "z"] {
            assert!(screen.show(frame(&[letter, cursor]), None).unwrap() > 0);
        }
        let written = String::from_utf8(screen.out).unwrap();
        assert_eq!(written.matches(letter).count(), 1, "{written:?}");
    }

    #[test]
    fn a_moved_row_of_80_cells_costs_little() {
        let mut one = frame(&["x".repeat(80).as_str(), "y".repeat(80).as_str()]);
        let mut two = one.clone();
        one.set_style(Rect::new(0, 0, 80, 1), Style::new().add_modifier(Modifier::REVERSED));
        two.set_style(Rect::new(0, 1, 80, 1), Style::new().add_modifier(Modifier::REVERSED));
        let mut screen = Screen::new(Vec::new());
        screen.show(one, None).unwrap();
        let bytes = screen.show(two, None).unwrap();
        assert!(bytes < 320, "{bytes}");
    }

    #[test]
    fn a_list_that_moves_by_one_row_costs_little() {
        let list = |from: usize| {
            let rows: Vec<String> = (from..from + 22).map(|n| format!("{n} ").repeat(80 / 8)).collect();
            let mut lines = vec!["title"];
            lines.extend(rows.iter().map(String::as_str));
            frame(&lines)
        };
        let mut screen = Screen::new(Vec::new());
        screen.show(list(1_000_000), None).unwrap();
        let bytes = screen.show(list(1_000_001), None).unwrap();
        assert!(bytes < 160, "{bytes}");
        let back = screen.show(list(1_000_000), None).unwrap();
        assert!(back < 160, "{back}");
    }

    proptest! {
        #[test]
        fn a_list_that_moves_arrives(
            lines in proptest::collection::vec("[a-c导 ]{0,8}", 20),
            moves in proptest::collection::vec((0..10_usize, 0..9_usize, any::<bool>()), 1..8),
        ) {
            let frame = |(from, cursor, ground): &(usize, usize, bool)| {
                let mut frame = Buffer::empty(Rect::new(0, 0, 12, 12));
                for (y, line) in (1..11).zip(&lines[*from..]) {
                    frame.set_stringn(0, y, line, 12, Style::new());
                }
                frame.set_style(Rect::new(0, *cursor as u16 + 1, 12, 1), Style::new().bg(Color::Red));
                if *ground {
                    frame.set_style(frame.area, Style::new().bg(Color::Blue));
                }
                frame
            };
            let frames: Vec<Buffer> = moves.iter().map(frame).collect();
            let (moved, anew) = (shown(&frames), shown(&frames[frames.len() - 1..]));
            for (y, x) in (0..12).flat_map(|y| (0..12).map(move |x| (y, x))) {
                let (moved, anew) = (moved.screen().cell(y, x), anew.screen().cell(y, x));
                prop_assert_eq!(moved.map(|cell| cell.contents().trim()), anew.map(|cell| cell.contents().trim()));
                prop_assert_eq!(moved.map(vt100::Cell::bgcolor), anew.map(vt100::Cell::bgcolor));
            }
        }

        #[test]
        fn the_terminal_shows_the_last_frame(
            frames in proptest::collection::vec(
                proptest::collection::vec(("[a-c导航é ]{0,8}", 0..10_u16, 0..6_u16, 0..4_u8), 3), 1..5),
        ) {
            let frames: Vec<Buffer> = frames
                .iter()
                .map(|lines| {
                    let mut frame = Buffer::empty(Rect::new(0, 0, 12, 3));
                    for (y, (line, x, width, colour)) in lines.iter().enumerate() {
                        frame.set_stringn(0, y as u16, line, 12, Style::new());
                        let part = Rect::new(*x, y as u16, *width, 1).intersection(frame.area);
                        frame.set_style(part, Style::new().bg(Color::Indexed(*colour)));
                    }
                    frame
                })
                .collect();
            let (all, last) = (shown(&frames), shown(&frames[frames.len() - 1..]));
            prop_assert_eq!(lines(&all), lines(&last));
            for (y, x) in (0..3).flat_map(|y| (0..12).map(move |x| (y, x))) {
                let ground = |terminal: &vt100::Parser| {
                    let cell = terminal.screen().cell(y, x).unwrap();
                    // The other half of a letter has the colour of the first.
                    (!cell.is_wide_continuation()).then(|| cell.bgcolor())
                };
                prop_assert_eq!(ground(&all), ground(&last), "{} {}", y, x);
            }
        }
    }
}
