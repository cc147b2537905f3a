//! A value inside a text, made safe for a terminal.

use super::Say;
use crate::domain::{FreeText, Shown, Timestamp};

/// A value inside a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Safe text.
    Text(String),
    /// A number; the catalogue chooses the plural by it.
    Number(i64),
    /// A moment; the console shows it by the operator's clock.
    Moment(Timestamp),
    /// Another word of the catalogue.
    Say(Box<Say>),
}

impl Value {
    /// A text that keeps its lines.
    pub(super) fn lines(text: &str) -> Self {
        let lines: Vec<String> = text.split('\n').map(|line| Shown::from(line).into_string()).collect();
        Self::Text(lines.join("\n"))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Shown::from(text).into_string())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&FreeText> for Value {
    fn from(text: &FreeText) -> Self {
        Self::Text(text.shown().into_string())
    }
}

/// As text: what counts bytes may be more than a number of the catalogue holds, and has no plural.
impl From<u64> for Value {
    fn from(bytes: u64) -> Self {
        Self::Text(bytes.to_string())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&Say> for Value {
    fn from(say: &Say) -> Self {
        Self::from(say.clone())
    }
}

impl From<Say> for Value {
    fn from(say: Say) -> Self {
        Self::Say(Box::new(say))
    }
}

impl From<super::Word> for Value {
    fn from(word: super::Word) -> Self {
        Self::Say(Box::new(word.into()))
    }
}
