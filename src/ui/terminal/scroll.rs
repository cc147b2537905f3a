//! Rows that only moved up or down: the terminal moves them itself, which costs a few bytes where writing them
//! anew costs a thousand. With what every terminal since the VT100 knows: a region, line feed and reverse index.

use std::io::{self, Write};

use super::face::{Face, Faces};

/// Rows move by at most so many.
const FARTHEST: usize = 4;

/// Fewer rows than this are written anew.
const WORTH: usize = 5;

/// A block of rows that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scroll {
    /// The first row of it and of the place it moves through.
    top: usize,
    /// The last one.
    bottom: usize,
    /// So many rows.
    by: usize,
    /// Upwards.
    up: bool,
}

/// Every so many cells of a row tell it from others. Where two rows are taken for equal that are not, what differs
/// is written after the move, as anything else that differs.
const SAMPLE: usize = 3;

/// What the rows of a frame look like, one number each.
pub(super) fn look(faces: &Faces) -> Vec<u64> {
    faces.rows().map(|row| row.iter().step_by(SAMPLE).fold(0, mix)).collect()
}

/// Fowler, Noll and Vo's way to mix, over whole letters instead of bytes.
fn mix(sum: u64, face: &Face) -> u64 {
    (sum ^ face.mark()).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(5)
}

/// The largest block of rows of one frame that the next has a few rows away, by what their rows look like.
pub(super) fn find(old: &[u64], new: &[u64]) -> Option<Scroll> {
    let moved = |y: usize| old.get(y) != new.get(y);
    let height = old.len().min(new.len());
    if (0..height).filter(|y| moved(*y)).count() < WORTH {
        return None;
    }
    let mut best: Option<(usize, Scroll)> = None;
    for by in 1..=FARTHEST.min(height) {
        // What stands at `y + by` in one stands at `y` in the other.
        for (up, below, above) in [(true, old, new), (false, new, old)] {
            let mut y = 0;
            while y + by < height {
                let from = y;
                let mut gain = 0;
                while y + by < height && below.get(y + by) == above.get(y) {
                    gain += usize::from(moved(if up { y } else { y + by }));
                    y += 1;
                }
                // Some terminals keep what is pushed out of the first row.
                if gain >= WORTH && from > 0 && best.is_none_or(|(most, _)| gain > most) {
                    best = Some((gain, Scroll { top: from, bottom: y - 1 + by, by, up }));
                }
                y = y.max(from + 1);
            }
        }
    }
    best.map(|(_, scroll)| scroll)
}

impl Scroll {
    /// Tells the terminal to do it, and does the same with what it is known to show. The terminal's cursor is
    /// anywhere after it.
    pub(super) fn make(self, out: &mut Vec<u8>, shown: &mut Faces) -> io::Result<()> {
        // Rows that come in take the colour that is set.
        write!(out, "\x1b[m\x1b[{};{}r", self.top + 1, self.bottom + 1)?;
        if self.up {
            write!(out, "\x1b[{};1H", self.bottom + 1)?;
            out.extend(std::iter::repeat_n(b'\n', self.by));
        } else {
            write!(out, "\x1b[{};1H", self.top + 1)?;
            out.extend(b"\x1bM".repeat(self.by));
        }
        out.extend_from_slice(b"\x1b[r");
        let by = self.by * shown.width();
        let Some(cells) = shown.rows_mut(self.top, self.bottom + 1) else { return Ok(()) };
        let empty = if self.up {
            cells.rotate_left(by);
            cells.len() - by..cells.len()
        } else {
            cells.rotate_right(by);
            0..by
        };
        cells.get_mut(empty).unwrap_or_default().fill(Face::EMPTY);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;

    fn rows(lines: &[String]) -> Vec<u64> {
        let mut faces = Faces::default();
        faces.take(&Buffer::with_lines(lines.iter().map(String::as_str)));
        look(&faces)
    }

    fn list(from: usize) -> Vec<u64> {
        let mut lines = vec!["title".to_owned()];
        lines.extend((from..from + 10).map(|n| format!("{n} row")));
        lines.push("status".to_owned());
        rows(&lines)
    }

    #[test]
    fn a_list_that_moved_is_found() {
        assert_eq!(find(&list(0), &list(0)), None);
        assert_eq!(find(&list(0), &list(2)), Some(Scroll { top: 1, bottom: 10, by: 2, up: true }));
        assert_eq!(find(&list(3), &list(2)), Some(Scroll { top: 1, bottom: 10, by: 1, up: false }));
        assert_eq!(find(&list(0), &list(8)), None, "too far to be worth it");
    }

    #[test]
    fn equal_rows_do_not_count() {
        let (mut old, mut new) = (vec!["same".to_owned(); 20], vec!["same".to_owned(); 20]);
        for y in 5..9 {
            old[y] = format!("{y}");
            new[y] = format!("{}", y + 1);
        }
        assert_eq!(find(&rows(&old), &rows(&new)), None);
    }
}
