//! Progress on stderr: one line that is drawn over on a terminal, else a line per change, at most one a second.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use serde_json::json;
use unicode_width::UnicodeWidthChar;

use super::output::{self, Format};
use crate::domain::Shown;

/// Shortest time between two lines on a terminal and elsewhere.
const TERMINAL: Duration = Duration::from_millis(100);
const ELSEWHERE: Duration = Duration::from_secs(1);

/// The line.
#[derive(Debug)]
pub(super) struct Progress {
    terminal: bool,
    json: bool,
    shown: String,
    last: Option<Instant>,
    drawn: bool,
}

impl Progress {
    /// Nothing shown yet. Where programs read, every line is a JSON document, as errors are, and what is
    /// done within a second gets none.
    pub(super) fn new(format: Format) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self {
            terminal,
            json: format != Format::Table,
            shown: String::new(),
            last: (!terminal).then(Instant::now),
            drawn: false,
        }
    }

    /// Shows this, unless it was shown or something was shown just now.
    pub(super) fn show(&mut self, text: &str) {
        let pause = if self.terminal { TERMINAL } else { ELSEWHERE };
        if text != self.shown && self.last.is_none_or(|last| last.elapsed() >= pause) {
            self.write(text);
        }
    }

    /// Shows this in any case; the line stays.
    pub(super) fn finish(&mut self, text: &str) {
        if text != self.shown {
            self.write(text);
        }
        self.leave();
    }

    /// Leaves the line as it is; what comes next begins on its own.
    pub(super) fn leave(&mut self) {
        if std::mem::take(&mut self.drawn) {
            _ = writeln!(std::io::stderr());
        }
        self.shown.clear();
    }

    fn write(&mut self, text: &str) {
        let safe = Shown::from(text);
        let mut stderr = std::io::stderr().lock();
        if self.terminal {
            let width = rustix::termios::tcgetwinsize(&stderr).map_or(80, |size| usize::from(size.ws_col));
            _ = write!(stderr, "\r{}\x1b[K", cut(safe.as_str(), width.saturating_sub(1)));
            _ = stderr.flush();
            self.drawn = true;
        } else if self.json {
            _ = writeln!(stderr, "{}", output::escaped(json!({ "progress": text }).to_string()));
        } else {
            _ = writeln!(stderr, "{safe}");
        }
        text.clone_into(&mut self.shown);
        self.last = Some(Instant::now());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.leave();
    }
}

/// As much of a line as fits: one that wraps could not be drawn over.
fn cut(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > cells {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_by_cells() {
        assert_eq!(cut("导航x", 4), "导航");
        assert_eq!(cut("导航x", 3), "导");
        assert_eq!(cut("ab", 9), "ab");
    }
}
