//! Text of a filter to its terms.

use super::Term;
use super::word::Word;

/// Longest filter, in bytes.
const MAX_BYTES: usize = 4096;

/// Why a filter cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// No such column in this list.
    #[error("there is no column {column}{}", suggestion(nearest.as_deref()))]
    UnknownColumn {
        /// As it was written.
        column: String,
        /// The nearest one of this list.
        nearest: Option<String>,
    },
    /// Nobody typed that.
    #[error("the filter is longer than {MAX_BYTES} bytes")]
    TooLong,
}

fn suggestion(nearest: Option<&str>) -> String {
    let nearest = nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default();
    format!("{nearest} (to look for a colon, put quotes around the word)")
}

/// `others`: more names of the same columns, each with the column's own.
pub(super) fn terms(
    text: &str,
    columns: &[&str],
    others: &[(String, &str)],
) -> Result<Vec<Term>, FilterError> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::TooLong);
    }
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (not, fuzzy);
        (not, rest) = mark(rest, '!');
        (fuzzy, rest) = mark(rest, '~');
        let (column, after) = column(rest);
        let (fuzzy_value, after) = if column.is_some() { mark(after, '~') } else { (false, after) };
        let (value, after) = value(after);
        rest = after.trim_start();
        let column = column.map(|column| known(column, columns, others)).transpose()?;
        if !value.is_empty() {
            terms.push(Term { not, column, word: Word::new(value, fuzzy || fuzzy_value) });
        }
    }
    Ok(terms)
}

/// A leading mark, if it is there.
fn mark(text: &str, mark: char) -> (bool, &str) {
    text.strip_prefix(mark).map_or((false, text), |rest| (true, rest))
}

/// A leading `name:`, in any script; the colon may be the wide one of Chinese input methods. A name begins with a
/// letter, so that `10:30` is a word.
fn column(text: &str) -> (Option<&str>, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match rest.strip_prefix([':', '：']) {
        Some(rest) if name.starts_with(char::is_alphabetic) => (Some(name), rest),
        _ => (None, text),
    }
}

/// A word up to a space, or a text in quotes, closed or not yet.
fn value(text: &str) -> (&str, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').unwrap_or((quoted, ""));
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// The column as the list spells it.
fn known(name: &str, columns: &[&str], others: &[(String, &str)]) -> Result<String, FilterError> {
    if columns.is_empty() {
        return Ok(name.to_owned());
    }
    if let Some(column) = columns.iter().find(|column| column.eq_ignore_ascii_case(name)) {
        return Ok((*column).to_owned());
    }
    let lower = name.to_lowercase();
    if let Some((_, column)) = others.iter().find(|(other, _)| other.to_lowercase() == lower) {
        return Ok((*column).to_owned());
    }
    let distance = |column: &str| strsim::damerau_levenshtein(&column.to_lowercase(), &lower);
    let nearest = columns.iter().map(|column| (distance(column), *column)).min();
    let nearest = nearest.filter(|(distance, column)| *distance <= 1 + column.len() / 3);
    Err(FilterError::UnknownColumn {
        column: name.to_owned(),
        nearest: nearest.map(|(_, column)| column.to_owned()),
    })
}
