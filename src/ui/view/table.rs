//! A table of any rows: only those on the screen are made; columns that do not fit are left out, the least
//! needed first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{header, take_first};
use super::super::look::Look;
use super::super::theme::Role;
use super::paint;

/// A column.
pub(super) struct Column {
    /// Its name.
    pub title: String,
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
        Self { title, least, share: 0, right: false, drop, sorted: None }
    }

    /// A column that takes a share of the room.
    pub(super) fn wide(title: String, least: u16, share: u16, drop: u8) -> Self {
        Self { share, ..Self::fixed(title, least, drop) }
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
}

impl Cell {
    pub(super) fn new(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), role }
    }

    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Role::Text)
    }
}

/// Which rows there are and where the cursor stands.
pub(super) struct Rows {
    /// All of them.
    pub count: usize,
    /// The first one on the screen.
    pub offset: usize,
    /// The one with the cursor.
    pub cursor: Option<usize>,
    /// The table gets the keys.
    pub focused: bool,
}

/// Draws a table; `row` makes the cells of a row and tells whether it is marked.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    look: &Look,
    columns: &[Column],
    rows: &Rows,
    row: impl Fn(usize) -> (Vec<Cell>, bool),
) {
    let widths = widths(columns, area.width);
    let mut rest = area;
    if header(area) > 0 {
        let head = take_first(&mut rest);
        let titles = columns.iter().map(|column| {
            let arrow = match column.sorted {
                None => "",
                Some(false) => look.glyphs.up,
                Some(true) => look.glyphs.down,
            };
            Cell::new(format!("{}{arrow}", column.title), Role::Header)
        });
        cells(buffer, head, look, columns, &widths, titles.collect(), None);
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
        cells(buffer, line, look, columns, &widths, content, over);
        if let Some(over) = over.filter(|_| chosen) {
            buffer.set_style(line.intersection(buffer.area), look.style(over));
        }
    }
}

fn cells(
    buffer: &mut Buffer,
    line: Rect,
    look: &Look,
    columns: &[Column],
    widths: &[u16],
    content: Vec<Cell>,
    over: Option<Role>,
) {
    let mut x = line.x;
    for ((column, width), cell) in columns.iter().zip(widths).zip(content) {
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
        if column.right {
            paint::right(buffer, place, &cell.text, style, &look.glyphs);
        } else {
            paint::text(buffer, place, &cell.text, style, &look.glyphs);
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
