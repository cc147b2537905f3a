//! What goes to stdout: a table for people, JSON for programs. Errors go to stderr.

use std::io::Write;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

use super::exit::{Exit, Failure, Outcome};
use super::table::Table;
use crate::domain::{Shown, plainly};
use crate::service::Listed;

/// `-o`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns for people
    #[default]
    Table,
    /// One JSON document
    Json,
    /// One JSON document a line
    Jsonl,
}

/// How a list shows an item in a table.
pub(super) struct Columns<T> {
    /// Titles, as [`Table::new`] takes them.
    pub(super) head: &'static [&'static str],
    /// The cells of an item.
    pub(super) cells: fn(&T) -> Vec<String>,
}

/// Stdout in the format that was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    /// The format.
    pub(super) format: Format,
}

impl Output {
    /// A page of a list.
    pub(super) fn list<T: Serialize>(&self, listed: &Listed<T>, columns: &Columns<T>) -> Outcome {
        if self.format != Format::Json && !listed.unreadable.is_empty() {
            note(&format!("records that cannot be read are left out: {}", listed.unreadable.join(", ")));
        }
        match self.format {
            Format::Json => self.document(listed)?,
            Format::Jsonl => self.lines(&listed.items)?,
            Format::Table => {
                let mut table = Table::new(columns.head);
                for item in &listed.items {
                    table.row((columns.cells)(item));
                }
                self.text(&table.text())?;
                if listed.total > listed.items.len() {
                    note(&format!(
                        "page {}: {} of {}; --page and --per-page show the others",
                        listed.page,
                        listed.items.len(),
                        listed.total
                    ));
                }
            }
        }
        Ok(Exit::DONE)
    }

    /// A single thing; in a table a line a field.
    pub(super) fn single(&self, value: &impl Serialize) -> Outcome {
        match self.format {
            Format::Json => self.document(value)?,
            Format::Jsonl => self.lines(std::slice::from_ref(value))?,
            Format::Table => self.text(&fields(&as_value(value)?))?,
        }
        Ok(Exit::DONE)
    }

    /// A single thing whose table is not simply its fields.
    pub(super) fn drawn(&self, value: &impl Serialize, text: impl FnOnce() -> String) -> Outcome {
        match self.format {
            Format::Table => self.text(&text())?,
            Format::Json | Format::Jsonl => return self.single(value),
        }
        Ok(Exit::DONE)
    }

    /// Things that are no page of a list: `{"items":[...]}`, a line each in `jsonl`.
    pub(super) fn items<T: Serialize>(&self, items: &[T], columns: &Columns<T>) -> Outcome {
        match self.format {
            Format::Json => self.document(&serde_json::json!({ "items": as_value(&items)? }))?,
            Format::Jsonl => self.lines(items)?,
            Format::Table => {
                let mut table = Table::new(columns.head);
                for item in items {
                    table.row((columns.cells)(item));
                }
                self.text(&table.text())?;
            }
        }
        Ok(Exit::DONE)
    }

    /// A word of advice on stderr, a JSON document where programs read.
    pub(super) fn note(&self, text: &str) {
        if self.format == Format::Table {
            return note(&format!("note: {text}"));
        }
        let line = escaped(serde_json::json!({ "note": text }).to_string());
        _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    fn document(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(unwritable)?;
        self.text(&(escaped(text) + "\n"))
    }

    /// A JSON document a line, whatever the format.
    pub(super) fn lines<T: Serialize>(&self, items: &[T]) -> Result<(), Failure> {
        let mut text = String::new();
        for item in items {
            text += &escaped(serde_json::to_string(item).map_err(unwritable)?);
            text.push('\n');
        }
        self.text(&text)
    }

    /// Text that is ours or was made safe.
    pub(super) fn text(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::ReaderGone,
            _ => Failure::failed(format!("the output cannot be written: {}", plainly(error))),
        })
    }
}

/// A line on stderr, made safe. Nobody to read it is no reason to fail.
pub(super) fn note(text: &str) {
    let mut stderr = std::io::stderr().lock();
    for line in text.lines() {
        _ = writeln!(stderr, "{}", Shown::from(line));
    }
}

/// JSON may end on a terminal too: what [`Shown`] would replace is escaped, which every reader of JSON undoes.
pub(super) fn escaped(json: String) -> String {
    let harmless =
        |c: char| c == '\n' || Shown::from(c.encode_utf8(&mut [0; 4]) as &str).as_str() != "\u{fffd}";
    if json.chars().all(harmless) {
        return json;
    }
    let mut text = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if harmless(c) {
            text.push(c);
        } else {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        }
    }
    text
}

/// An object as a line a field: `createStatus.state  succeeded`.
pub(super) fn fields(value: &Value) -> String {
    let mut table = Table::new(&["FIELD", "VALUE"]);
    facts(value).into_iter().for_each(|(name, value)| table.row([name, value]));
    table.text()
}

/// The same as names and values.
pub(super) fn facts(value: &Value) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    flatten(&mut facts, "", value);
    facts
}

fn flatten(facts: &mut Vec<(String, String)>, name: &str, value: &Value) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (key, value) in object {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(facts, &name, value);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (index, item) in items.iter().enumerate() {
                flatten(facts, &format!("{name}.{}", index + 1), item);
            }
        }
        value => facts.push((name.to_owned(), scalar(value))),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(scalar).collect::<Vec<_>>().join(" "),
        Value::Null => String::new(),
        Value::Object(_) => String::new(),
        other => other.to_string(),
    }
}

/// Anything as JSON.
pub(super) fn as_value(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(unwritable)
}

fn unwritable(error: serde_json::Error) -> Failure {
    Failure::failed(format!("the answer cannot be written as JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_escaped_without_loss() {
        let hostile = "a\u{9b}2J\u{202e}b\u{7f}导航\u{fffd}";
        let json = escaped(serde_json::to_string(hostile).unwrap());
        assert!(!json.contains(['\u{9b}', '\u{202e}', '\u{7f}']));
        assert!(json.contains("导航"));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }

    #[test]
    fn an_object_becomes_a_line_a_field() {
        let value =
            serde_json::json!({"id": "a@1", "createStatus": {"state": "pending"}, "seats": ["x", "y"]});
        assert_eq!(
            fields(&value),
            "FIELD               VALUE\nid                  a@1\ncreateStatus.state  pending\nseats               x y\n"
        );
    }
}
