//! Columns that align for every script: widths are counted in terminal cells, and nothing that could steer a
//! terminal is written.

use unicode_width::UnicodeWidthStr;

use crate::domain::Shown;

/// Rows below a head.
#[derive(Debug, Default)]
pub(super) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns; a title that begins with `>` aligns its column to the right.
    pub(super) fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; cells are made safe here and nowhere else.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| Shown::from(cell.as_str()).into_string()).collect());
    }

    /// The text, a line a row, without spaces at the ends of lines.
    pub(super) fn text(&self) -> String {
        let titles: Vec<&str> = self.head.iter().map(|title| title.trim_start_matches('>')).collect();
        let mut widths: Vec<usize> = titles.iter().map(|title| title.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let mut text = String::new();
        self.line(&mut text, &widths, titles.iter().copied());
        for row in &self.rows {
            self.line(&mut text, &widths, row.iter().map(String::as_str));
        }
        text
    }

    fn line<'a>(&self, text: &mut String, widths: &[usize], cells: impl Iterator<Item = &'a str>) {
        let begin = text.len();
        for ((cell, width), title) in cells.zip(widths).zip(&self.head) {
            let space = width.saturating_sub(cell.width());
            if text.len() > begin {
                text.push_str("  ");
            }
            if title.starts_with('>') {
                text.extend(std::iter::repeat_n(' ', space));
                text.push_str(cell);
            } else {
                text.push_str(cell);
                text.extend(std::iter::repeat_n(' ', space));
            }
        }
        text.truncate(begin + text[begin..].trim_end_matches(' ').len());
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_align() {
        let mut table = Table::new(&["NAME", ">SIZE", "NOTE"]);
        table.row(["导航".into(), "5".into(), "x".into()]);
        table.row(["nav-core".into(), "1234".into(), String::new()]);
        assert_eq!(table.text(), "NAME      SIZE  NOTE\n导航         5  x\nnav-core  1234\n");
    }

    #[test]
    fn cells_cannot_steer_the_terminal() {
        let mut table = Table::new(&["NAME"]);
        table.row(["a\x1b[2Jb\nc".into()]);
        assert_eq!(table.text(), "NAME\na\u{fffd}[2Jb c\n");
    }
}
