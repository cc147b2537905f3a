//! Free text from outside, and the only form of it that may reach a terminal.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Text somebody else wrote: a name, a description, a remote's reason. Kept whole in records; it has no
/// `Display`, so that it cannot be printed by accident. [`FreeText::shown`] is the way to a terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FreeText(String);

impl FreeText {
    /// The text as it came, for records, JSON and comparisons.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Nothing there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text without anything that could move a cursor or turn a line around.
    pub fn shown(&self) -> Shown<'_> {
        Shown::from(self.0.as_str())
    }

    /// At most `max` bytes of it, cut between characters.
    pub fn cut(mut self, max: usize) -> Self {
        self.0.truncate(self.0.floor_char_boundary(max));
        self
    }
}

impl<T: Into<String>> From<T> for FreeText {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

/// Text that is safe to write to a terminal: control, bidi-override and line-separator characters are
/// replaced by a space or U+FFFD, and what makes one picture of several signs is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown<'a>(Cow<'a, str>);

impl Shown<'_> {
    /// The safe text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The safe text, owned.
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }
}

impl<'a> From<&'a str> for Shown<'a> {
    fn from(text: &'a str) -> Self {
        if text.chars().all(|c| !changes_its_neighbour(c) && replacement(c).is_none()) {
            return Self(Cow::Borrowed(text));
        }
        let letters = text.chars().filter(|c| !changes_its_neighbour(*c));
        Self(Cow::Owned(letters.map(|c| replacement(c).unwrap_or(c)).collect()))
    }
}

/// Joins pictures to one, colours one, or says whether a sign is a picture. How many cells the whole then takes is
/// another number in each terminal, and some (tmux 3.3) join what belongs to other cells: pictures are shown one by
/// one, as all draw them alike.
fn changes_its_neighbour(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{fe0e}' | '\u{fe0f}')
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What stands in for a character that must not reach a terminal.
fn replacement(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() || is_deceptive(c) => Some('\u{fffd}'),
        _ => None,
    }
}

/// Turns the direction of the text around it, so that it reads as what it is not.
pub fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What an error says, without the numbers that the system counts its errors by: `(os error 2)` tells an
/// operator nothing that the words before it do not.
pub fn plainly(error: impl fmt::Display) -> String {
    const NUMBER: &str = " (os error ";
    let text = error.to_string();
    let mut parts = text.split(NUMBER);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(')') {
            Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => plain.push_str(rest),
            _ => plain.extend([NUMBER, part]),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_is_shown() {
        let text = FreeText::from("a\x1b[31mb\u{202e}c\u{9b}d\ne");
        assert_eq!(text.shown().as_str(), "a\u{fffd}[31mb\u{fffd}c\u{fffd}d e");
        assert_eq!(text.raw(), "a\x1b[31mb\u{202e}c\u{9b}d\ne");
    }

    #[test]
    fn pictures_are_shown_one_by_one() {
        for (text, shown) in [
            ("zero\u{200d}", "zero"),
            ("\u{1f469}\u{1f3fd}\u{200d}\u{1f680} astro", "\u{1f469}\u{1f680} astro"),
            ("\u{2764}\u{fe0f}\u{1b}", "\u{2764}\u{fffd}"),
            ("1\u{fe0f}\u{20e3}", "1\u{20e3}"),
        ] {
            assert_eq!(Shown::from(text).as_str(), shown, "{text:?}");
        }
    }

    #[test]
    fn an_error_of_the_system_is_said_in_words() {
        let error = "No such file or directory (os error 2)";
        assert_eq!(
            plainly(format!("x: {error}, y: {error}")),
            "x: No such file or directory, y: No such file or directory"
        );
        assert_eq!(plainly("a (os error x) b (os error "), "a (os error x) b (os error ");
    }

    #[test]
    fn a_cut_keeps_characters_whole() {
        assert_eq!(FreeText::from("导航").cut(4).raw(), "导");
    }
}
