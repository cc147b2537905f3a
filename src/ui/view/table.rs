//! A table of any rows: only those on the screen are made; columns that do not fit are left out, the least
//! needed first.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{header, take_first};
use super::super::look::Look;
use super::super::model::table::{Row, Table};
use super::super::theme::Role;
use super::paint;
use crate::domain::Shown;
use crate::domain::filter::Filter;

/// A column.
pub(super) struct Column {
    /// Its name.
    pub title: String,
    /// What the filter language calls it; empty: filters do not look into it.
    pub key: &'static str,
    /// It gets at least so many cells.
    pub least: u16,
    /// Its share of what is left over; 0: none.
    pub share: u16,
    /// Numbers stand at the right.
    pub right: bool,
    /// The column with the highest number goes first when there is no room.
    pub drop: u8,
    /// Sorted by it: upwards or downwards.
    pub sorted: Option<bool>,
}

impl Column {
    /// A column of a fixed width.
    pub(super) fn fixed(title: String, least: u16, drop: u8) -> Self {
        Self { title, key: "", least, share: 0, right: false, drop, sorted: None }
    }

    /// A column that takes a share of the room.
    pub(super) fn wide(title: String, least: u16, share: u16, drop: u8) -> Self {
        Self { share, ..Self::fixed(title, least, drop) }
    }

    /// The same under a name of the filter language.
    pub(super) fn key(self, key: &'static str) -> Self {
        Self { key, ..self }
    }

    /// The same with the rows sorted by it, upwards or downwards: it stays longer than most, with room for the arrow.
    pub(super) fn sorted(self, sorted: Option<bool>) -> Self {
        if sorted.is_none() {
            return self;
        }
        let headed = u16::try_from(paint::width(&self.title) + 1).unwrap_or(u16::MAX);
        Self { sorted, least: self.least.max(headed), drop: self.drop.min(3), ..self }
    }

    /// The same with its text at the right.
    pub(super) fn right(self) -> Self {
        Self { right: true, ..self }
    }
}

/// What stands in one place of a row.
pub(super) struct Cell {
    /// The text, from anywhere.
    pub text: String,
    /// What it means.
    pub role: Role,
    /// Byte ranges of the text to mark, beside what a filter found.
    pub marked: Vec<Range<usize>>,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), role, marked: Vec::new() }
    }

    /// The same with parts of it marked; its text must be safe for a terminal.
    pub(super) fn marked(self, marked: Vec<Range<usize>>) -> Self {
        Self { marked, ..self }
    }

    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Role::Text)
    }
}

/// Which rows there are and where the cursor stands.
pub(super) struct Rows<'a> {
    /// All of them.
    pub count: usize,
    /// The first one on the screen.
    pub offset: usize,
    /// The one with the cursor.
    pub cursor: Option<usize>,
    /// The table gets the keys.
    pub focused: bool,
    /// What it found is marked.
    pub filter: Option<&'a Filter>,
}

impl<'a> Rows<'a> {
    /// Those of a table.
    pub(super) fn of<R: Row>(table: &'a Table<R>, focused: bool) -> Self {
        Self {
            count: table.shown.len(),
            offset: table.offset,
            cursor: Some(table.cursor),
            focused,
            filter: Some(&table.passing),
        }
    }
}

/// Where the cursor of a table stands that is longer than its place, on the lower edge of the box around it.
pub(super) fn position(buffer: &mut Buffer, place: Rect, inside: Rect, rows: &Rows<'_>, look: &Look) {
    let shown = usize::from(inside.height - header(inside));
    if let Some(cursor) = rows.cursor.filter(|_| rows.count > shown) {
        paint::lower_edge(buffer, place, &format!(" {}/{} ", cursor + 1, rows.count), look);
    }
}

/// Draws a table; `row` makes the cells of a row and tells whether it is marked.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    look: &Look,
    columns: &[Column],
    rows: &Rows<'_>,
    row: impl Fn(usize) -> (Vec<Cell>, bool),
) {
    let columns: Vec<_> = columns.iter().zip(widths(columns, area.width)).collect();
    let mut rest = area;
    if header(area) > 0 {
        let head = take_first(&mut rest);
        let titles = columns.iter().map(|(column, _)| {
            let arrow = match column.sorted {
                None => "",
                Some(false) => look.glyphs.up,
                Some(true) => look.glyphs.down,
            };
            Cell::new(format!("{}{arrow}", column.title), Role::Header)
        });
        cells(buffer, head, look, &columns, titles.collect(), None, None);
    }
    for (index, y) in (rows.offset..rows.count).zip(rest.top()..rest.bottom()) {
        let line = Rect { y, height: 1, ..rest };
        let (content, marked) = row(index);
        let chosen = rows.cursor == Some(index);
        let over = match (chosen, rows.focused, marked) {
            (true, true, _) => Some(Role::Cursor),
            (true, false, _) => Some(Role::CursorUnfocused),
            (false, _, true) => Some(Role::Marked),
            (false, _, false) => None,
        };
        cells(buffer, line, look, &columns, content, over, rows.filter);
        if let Some(over) = over.filter(|_| chosen) {
            buffer.set_style(line.intersection(buffer.area), look.style(over));
        }
    }
}

fn cells(
    buffer: &mut Buffer,
    line: Rect,
    look: &Look,
    columns: &[(&Column, u16)],
    content: Vec<Cell>,
    over: Option<Role>,
    filter: Option<&Filter>,
) {
    let mut x = line.x;
    for ((column, width), cell) in columns.iter().zip(content) {
        if *width == 0 {
            continue;
        }
        let place = Rect { x, width: (*width).min(line.right().saturating_sub(x)), ..line };
        let style = look.style(match over {
            // Colours turned around make a patchwork; the row under the cursor is of one piece.
            Some(Role::Cursor) => Role::Text,
            Some(Role::Marked) if cell.role == Role::Text => Role::Marked,
            _ => cell.role,
        });
        let (start, shown) = if column.right {
            paint::right(buffer, place, &cell.text, style, &look.glyphs)
        } else {
            (place.x, paint::text(buffer, place, &cell.text, style, &look.glyphs))
        };
        let filter = filter.filter(|filter| !filter.is_empty() && !column.key.is_empty());
        if filter.is_some() || !cell.marked.is_empty() {
            let safe = Shown::from(&*cell.text);
            let mut found = cell.marked;
            found.extend(filter.into_iter().flat_map(|filter| filter.ranges(column.key, safe.as_str())));
            let written = Rect { x: start, width: shown, ..place };
            paint::mark(buffer, written, safe.as_str(), &found, look.style(Role::Match));
        }
        x = x.saturating_add(width + 1);
    }
}

/// The width of each column; 0: left out.
fn widths(columns: &[Column], total: u16) -> Vec<u16> {
    let mut widths: Vec<u16> = columns.iter().map(|column| column.least).collect();
    let needed = |widths: &[u16]| -> u16 {
        let shown = widths.iter().filter(|width| **width > 0).count();
        widths.iter().sum::<u16>() + u16::try_from(shown).unwrap_or(u16::MAX).saturating_sub(1)
    };
    while needed(&widths) > total {
        let least_needed = columns
            .iter()
            .enumerate()
            .filter(|(index, column)| widths[*index] > 0 && column.drop > 0)
            .max_by_key(|(_, column)| column.drop);
        match least_needed {
            Some((index, _)) => widths[index] = 0,
            None => break,
        }
    }
    let left = total.saturating_sub(needed(&widths));
    let shares: u16 =
        columns.iter().zip(&widths).filter(|(_, width)| **width > 0).map(|(c, _)| c.share).sum();
    if shares > 0 {
        let mut given = 0;
        let mut last = None;
        for (index, column) in columns.iter().enumerate().filter(|(_, column)| column.share > 0) {
            if widths[index] > 0 {
                let part =
                    u16::try_from(u32::from(left) * u32::from(column.share) / u32::from(shares)).unwrap_or(0);
                widths[index] += part;
                given += part;
                last = Some(index);
            }
        }
        if let Some(last) = last {
            widths[last] += left - given;
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_needed_columns_go_first_and_the_rest_is_shared() {
        let columns = [
            Column::wide("id".into(), 8, 2, 0),
            Column::fixed("state".into(), 6, 1),
            Column::fixed("size".into(), 7, 2),
        ];
        assert_eq!(widths(&columns, 40), [25, 6, 7]);
        assert_eq!(widths(&columns, 20), [13, 6, 0]);
        assert_eq!(widths(&columns, 10), [10, 0, 0]);
        assert_eq!(widths(&columns, 3), [8, 0, 0]);
    }
}
