//! How things look: words, colours, signs and keys, handed to everything that draws.

use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;

use super::glyphs::Glyphs;
use super::keymap::Keymap;
use super::model::Model;
use super::theme::{Role, Theme};
use crate::domain::Timestamp;
use crate::domain::words::{Say, Word, Words, say};
use ratatui::style::Style;

/// How things look.
pub struct Look {
    /// The language.
    pub words: Words,
    /// The colours.
    pub theme: Arc<Theme>,
    /// The signs.
    pub glyphs: Glyphs,
    /// The keys.
    pub keymap: Keymap,
}

impl Look {
    /// Takes on what the operator chose while the console runs.
    pub fn follow(&mut self, model: &Model) {
        if self.words.language() != model.language {
            self.words = Words::of(model.language).by_clock(model.identity.zone.clone());
        }
        if let Some(theme) = &model.theme.shown {
            self.theme = Arc::clone(theme);
        }
    }

    /// A text without values.
    pub fn text(&self, word: Word) -> String {
        self.words.text(word)
    }

    /// A text with values.
    pub fn say(&self, say: &Say) -> String {
        self.words.say(say)
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// A moment as a table shows it: the time of day, for another day the date. Never "3 minutes ago": that
    /// would be wrong as soon as nobody draws.
    pub fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        let (at, now) = (self.words.on_the_clock(at), self.words.on_the_clock(now));
        if at.date() == now.date() {
            time_of_day(&at)
        } else if at.year() == now.year() {
            format!("{:02}-{:02}", at.month(), at.day())
        } else {
            format!("{:04}-{:02}", at.year(), at.month())
        }
    }

    /// A moment with date and time.
    pub fn full_moment(&self, at: Timestamp) -> String {
        self.words.moment(at)
    }

    /// A span in its two largest units.
    pub fn span(&self, span: Duration) -> String {
        let seconds = span.as_secs();
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.say(&match (hours, minutes) {
            (0, 0) => say!("span-seconds", s = number(seconds)),
            (0, _) => say!("span-minutes", m = number(minutes), s = number(seconds % 60)),
            _ => say!("span-hours", h = number(hours), m = number(minutes)),
        })
    }

    /// The time of day.
    pub fn time_of_day(&self, at: Timestamp) -> String {
        time_of_day(&self.words.on_the_clock(at))
    }
}

fn time_of_day(at: &Zoned) -> String {
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

/// A number of bytes in at most seven cells.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let (mut value, mut unit) = (bytes as f64 / 1024.0, 0);
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let unit = UNITS[unit];
    // Whole numbers are written in a third of the time that fractions take.
    let tenths = (value * 10.0).round() as u64;
    if tenths < 100 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", value.round() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (size, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (10 * 1024, "10 KiB"),
            (1_000 * 1024, "1.0 MiB"),
            (200 << 20, "200 MiB"),
            (u64::MAX, "16384 PiB"),
        ] {
            assert_eq!(bytes(size), shown);
        }
    }
}
