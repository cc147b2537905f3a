//! Text into cells: cut by display width, made safe for a terminal. Everything on the screen goes through here.

use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

use super::super::glyphs::Glyphs;
use super::super::layout::inner;
use super::super::look::Look;
use super::super::theme::Role;
use crate::domain::Shown;

/// A piece of a line.
pub(super) type Piece = (String, Style);

/// How many cells a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Writes a text at the left of an area's first line; what does not fit is cut off with a sign. Returns the
/// cells taken.
pub(super) fn text(buffer: &mut Buffer, area: Rect, text: &str, style: Style, glyphs: &Glyphs) -> u16 {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return 0;
    }
    let room = usize::from(area.width);
    match text.get(..=room) {
        None if is_plain(text) => {
            plain(buffer, area, text, style);
            return u16::try_from(text.len()).unwrap_or(area.width);
        }
        // Of a longer text only what is shown matters, and that it goes on.
        Some(shown) if is_plain(shown) => {
            let kept = room.saturating_sub(width(glyphs.ellipsis));
            plain(buffer, area, shown.get(..kept).unwrap_or_default(), style);
            let from = area.x + u16::try_from(kept).unwrap_or(area.width);
            buffer.set_stringn(from, area.y, glyphs.ellipsis, room - kept, style);
            return area.width;
        }
        _ => {}
    }
    let safe = Shown::from(text);
    let cut = fit(safe.as_str(), room, glyphs.ellipsis);
    let (end, _) = buffer.set_stringn(area.x, area.y, &cut, room, style);
    if cut == safe.as_str() {
        return end - area.x;
    }
    // A cell that is left beside a cut is no room for more.
    buffer.set_stringn(end, area.y, " ", usize::from(area.right() - end), style);
    area.width
}

/// Printable ASCII: as safe as wide, a cell a byte.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Writes plain text that fits, as most does: neither graphemes nor widths need to be looked up.
fn plain(buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    let from = buffer.index_of(area.x, area.y);
    for (cell, letter) in buffer.content.iter_mut().skip(from).zip(text.chars()) {
        cell.set_char(letter).set_style(style);
    }
}

/// Writes pieces one after the other.
pub(super) fn line(buffer: &mut Buffer, area: Rect, pieces: &[Piece], glyphs: &Glyphs) -> u16 {
    let mut rest = Rect { height: area.height.min(1), ..area };
    for (piece, style) in pieces {
        let taken = text(buffer, rest, piece, *style, glyphs).min(rest.width);
        rest.x += taken;
        rest.width -= taken;
    }
    area.width - rest.width
}

/// Writes a text at the right end of an area's first line. Returns where it begins, and the cells taken.
pub(super) fn right(
    buffer: &mut Buffer,
    area: Rect,
    written: &str,
    style: Style,
    glyphs: &Glyphs,
) -> (u16, u16) {
    let wide = if is_plain(written) { written.len() } else { width(Shown::from(written).as_str()) };
    let wide = u16::try_from(wide).unwrap_or(u16::MAX).min(area.width);
    let place = Rect { x: area.right() - wide, width: wide, ..area };
    (place.x, text(buffer, place, written, style, glyphs))
}

/// Puts a style over parts of a text, given as byte ranges, where it was written; what was cut off is left out.
pub(super) fn mark(buffer: &mut Buffer, written: Rect, text: &str, parts: &[Range<usize>], style: Style) {
    let cells = |text: &str| u16::try_from(width(text)).unwrap_or(u16::MAX);
    for part in parts {
        let (Some(before), Some(found)) = (text.get(..part.start), text.get(part.clone())) else { continue };
        let from = cells(before).min(written.width);
        let wide = cells(found).min(written.width - from);
        let place = Rect { x: written.x + from, y: written.y, width: wide, height: written.height.min(1) };
        buffer.set_style(place.intersection(buffer.area), style);
    }
}

/// At most `cells` of a text, with a sign where it was cut.
pub(super) fn fit(text: &str, cells: usize, ellipsis: &str) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let room = cells.saturating_sub(width(ellipsis));
    let mut used = 0;
    let mut cut: String = text
        .graphemes(true)
        .take_while(|letter| {
            used += width(letter);
            used <= room
        })
        .collect();
    if cells > 0 {
        cut.push_str(ellipsis);
    }
    cut
}

/// The first `most` lines of a text in lines of `width` cells, and whether more of it is left. A list of seats may be
/// very long: what is not shown is not looked at either.
pub(super) fn beginning(text: &str, width: usize, most: usize) -> (Vec<String>, bool) {
    let beginning: String = text.chars().take(width * most + 1).collect();
    let mut lines = wrap(&beginning, width);
    let is_cut = beginning.len() < text.len() || lines.len() > most;
    lines.truncate(most);
    (lines, is_cut)
}

/// A text in lines of at most `cells`, broken at spaces where there are any. Takes time in proportion to the
/// text: a word may be a command that names 20,000 seats.
pub(super) fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let safe = Shown::from(paragraph).into_string();
        let (mut line, mut used) = (String::new(), 0);
        for word in safe.split(' ') {
            let wide = width(word);
            if !line.is_empty() && used + 1 + wide > cells {
                lines.push(std::mem::take(&mut line));
                used = 0;
            } else if !line.is_empty() {
                line.push(' ');
                used += 1;
            }
            if used + wide <= cells {
                line.push_str(word);
                used += wide;
                continue;
            }
            for letter in word.graphemes(true) {
                let wide = width(letter);
                if !line.is_empty() && used + wide > cells {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push_str(letter);
                used += wide;
            }
        }
        lines.push(line);
    }
    lines
}

/// An empty box with a title; what is inside comes back.
pub(super) fn frame(buffer: &mut Buffer, area: Rect, title: &str, focused: bool, look: &Look) -> Rect {
    let area = area.intersection(buffer.area);
    let edge = look.style(if focused { Role::BorderFocused } else { Role::Border });
    if area.width < 2 || area.height < 2 {
        return area;
    }
    let set = look.glyphs.border;
    let (left, right, top, bottom) = (area.left(), area.right() - 1, area.top(), area.bottom() - 1);
    let cell = |symbol: &'static str| {
        let mut cell = Cell::new(symbol);
        cell.set_style(edge);
        cell
    };
    for (y, line) in [(top, set.horizontal_top), (bottom, set.horizontal_bottom)] {
        let from = buffer.index_of(left, y);
        buffer.content[from..from + usize::from(area.width)].fill(cell(line));
    }
    let sides = (cell(set.vertical_left), cell(set.vertical_right));
    for y in top + 1..bottom {
        let from = buffer.index_of(left, y);
        buffer.content[from] = sides.0.clone();
        buffer.content[from + usize::from(area.width) - 1] = sides.1.clone();
    }
    buffer[(left, top)] = cell(set.top_left);
    buffer[(right, top)] = cell(set.top_right);
    buffer[(left, bottom)] = cell(set.bottom_left);
    buffer[(right, bottom)] = cell(set.bottom_right);
    if !title.is_empty() && area.width > 4 {
        let place = Rect { x: area.x + 1, y: area.y, width: area.width - 2, height: 1 };
        // Not the colour of the edge below it.
        let plain = Style::new().fg(Color::Reset).patch(look.style(Role::Title));
        let style = if focused { plain.patch(edge) } else { plain };
        text(buffer, place, &format!(" {} ", title.trim()), style, &look.glyphs);
    }
    inner(area)
}

/// A text with blanks behind it up to so many cells.
pub(super) fn padded(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(width(text))))
}

/// A note at the right of a box's lower edge, where there is one.
pub(super) fn lower_edge(buffer: &mut Buffer, place: Rect, note: &str, look: &Look) {
    if place.height > 1 {
        let line =
            Rect { x: place.x + 1, y: place.bottom() - 1, width: place.width.saturating_sub(2), height: 1 };
        right(buffer, line, note, look.style(Role::Dim), &look.glyphs);
    }
}

/// Takes everything away that was drawn in an area.
pub(super) fn clear(buffer: &mut Buffer, area: Rect) {
    let area = area.intersection(buffer.area);
    for y in area.top()..area.bottom() {
        // Half of a wide letter must not stay beside the area.
        if area.left() > buffer.area.left() && width(buffer[(area.left() - 1, y)].symbol()) > 1 {
            buffer[(area.left() - 1, y)].reset();
        }
        for x in area.left()..area.right() {
            buffer[(x, y)].reset();
        }
    }
}

/// Gives the colours of the screen to every cell that has none of its own.
pub(super) fn ground(buffer: &mut Buffer, style: Style) {
    let (fg, bg) = (style.fg.unwrap_or(Color::Reset), style.bg.unwrap_or(Color::Reset));
    if (fg, bg) == (Color::Reset, Color::Reset) {
        return;
    }
    for cell in &mut buffer.content {
        if cell.fg == Color::Reset {
            cell.fg = fg;
        }
        if cell.bg == Color::Reset {
            cell.bg = bg;
        }
    }
}

/// A progress bar of so many cells.
pub(super) fn bar(percent: u8, cells: usize, glyphs: &Glyphs) -> String {
    let full = usize::from(percent.min(100)) * cells / 100;
    glyphs.full.repeat(full) + &glyphs.empty.repeat(cells - full)
}

/// Small bars side by side, the largest of full height; what is not nothing shows.
pub(super) fn sparkline(values: &[u64], glyphs: &Glyphs) -> String {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let top = glyphs.levels.len() as u64 - 1;
    let level = |value: &u64| usize::try_from((value * top).div_ceil(most)).unwrap_or(0);
    values.iter().filter_map(|value| glyphs.levels.get(level(value)).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_one_cell_is_kept_whole_or_cut_off() {
        let flags = "\u{1f1e8}\u{1f1f3}\u{1f1e9}\u{1f1ea}";
        assert_eq!(fit(flags, 3, "~"), "\u{1f1e8}\u{1f1f3}~");
        assert_eq!(fit(flags, 2, "~"), "~");
        let letters = "e\u{301}e\u{301}e\u{301}";
        assert_eq!(fit(letters, 2, "~"), "e\u{301}~");
        assert_eq!(wrap(letters, 2), ["e\u{301}e\u{301}", "e\u{301}"]);
    }

    #[test]
    fn text_is_cut_by_cells_not_letters() {
        assert_eq!(fit("导航核心", 5, "…"), "导航…");
        assert_eq!(fit("导航核心", 4, "…"), "导…");
        assert_eq!(fit("navigation", 10, "…"), "navigation");
        assert_eq!(fit("navigation", 1, "…"), "…");
        assert_eq!(fit("navigation", 0, "…"), "");
    }

    #[test]
    fn long_words_break_and_lines_stay_short() {
        assert_eq!(wrap("a bb cccccc d", 4), ["a bb", "cccc", "cc d"]);
        assert_eq!(wrap("导航核心", 3), ["导", "航", "核", "心"]);
        assert_eq!(wrap("one\ntwo", 10), ["one", "two"]);
    }

    #[test]
    fn a_word_of_a_megabyte_is_broken_at_once() {
        let began = std::time::Instant::now();
        let lines = wrap(&format!("install {}", "seat-000001,".repeat(90_000)), 80);
        assert_eq!(lines.len(), 1 + 90_000 * 12 / 80);
        // Measuring the rest for every line took minutes.
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    }

    #[test]
    fn small_bars_show_what_is_not_nothing() {
        assert_eq!(sparkline(&[0, 1, 50, 100], &Glyphs::UNICODE), " ▁▄█");
        assert_eq!(sparkline(&[0, 0], &Glyphs::ASCII), "  ");
        assert_eq!(sparkline(&[], &Glyphs::ASCII), "");
    }

    #[test]
    fn bars_are_full_only_at_the_end() {
        assert_eq!(bar(99, 10, &Glyphs::ASCII), "#########.");
        assert_eq!(bar(100, 10, &Glyphs::ASCII), "##########");
    }
}
