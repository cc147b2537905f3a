//! `segment.toml` and `segment.json`.

use serde::de::DeserializeSeed;
use serde_json::Value;

use super::super::ArchiveError;
use super::super::error::shown;
use super::super::intake::Kept;
use super::fields::{Fields, KNOWN, KNOWN_SCRIPTS, Place};
use super::remarks::Remarks;
use super::{Manifest, Said, Written, bounds, encoding};
use crate::domain::words::{Say, say};
use crate::domain::{FreeText, Requirement};

/// Longer names of fields are no slip of a known one.
const MAX_SLIP: usize = 32;

/// Reads it. `beside` is whether there is a `SegDescrip` folder too.
pub(super) fn read(file: &Kept, beside: bool) -> Result<Said, ArchiveError> {
    let (manifest, whole, mut remarks) = parse(&file.path, &file.bytes)?;
    if beside {
        remarks.say(|| say!("remark-beside", file = shown(&file.path)));
    }
    Ok(Said { manifest, whole, files: vec![shown(&file.path)], not_understood: remarks.finish() })
}

/// `file` is its name in the archive; the suffix decides how it is read.
fn parse(file: &str, bytes: &[u8]) -> Result<(Manifest, Value, Remarks), ArchiveError> {
    let text = encoding::whole(file, bytes)?;
    let whole = whole(file, &text)?;
    let mut manifest = Manifest { file: shown(file), ..fields(file, &text, None)? };
    let place = |field| match fields(file, &text, Some(field)) {
        Err(ArchiveError::Manifest { at, .. }) => Some(*at),
        _ => None,
    };
    manifest.prefix_at = place("prefix");
    manifest.version_at = place("version");
    bounds::whole(file, &whole)?;
    let mut remarks = Remarks::default();
    name_unknown(file, "", &whole, &KNOWN, &mut remarks);
    name_unknown(file, "scripts.", &whole["scripts"], &KNOWN_SCRIPTS, &mut remarks);
    for (field, items) in [("requires", &manifest.requires), ("conflicts", &manifest.conflicts)] {
        name_unmeetable(file, field, items, &mut remarks);
    }
    Ok((manifest, whole, remarks))
}

fn is_json(file: &str) -> bool {
    file.ends_with(".json")
}

/// Everything in it.
fn whole(file: &str, text: &str) -> Result<Value, ArchiveError> {
    let nowhere = Place::default();
    if is_json(file) {
        return serde_json::from_str(text).map_err(|error| wrong_json(file, text, &error, &nowhere));
    }
    let whole: toml::Table =
        toml::from_str(text).map_err(|error| wrong_toml(file, text, &error, &nowhere))?;
    Ok(json_of(toml::Value::Table(whole)))
}

/// The fields that are known. A prefix or version that cannot be one is an error only where it is `judged`.
fn fields(file: &str, text: &str, judged: Option<&'static str>) -> Result<Manifest, ArchiveError> {
    let place = Place::default();
    let fields = Fields { place: &place, judged };
    if is_json(file) {
        let read = fields.deserialize(&mut serde_json::Deserializer::from_str(text));
        return read.map_err(|error| wrong_json(file, text, &error, &place));
    }
    let read = toml::Deserializer::parse(text).and_then(|text| fields.deserialize(text));
    read.map_err(|error| wrong_toml(file, text, &error, &place))
}

fn wrong_json(file: &str, text: &str, error: &serde_json::Error, place: &Place) -> ArchiveError {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    wrong(file, text, error.line(), place, message)
}

fn wrong_toml(file: &str, text: &str, error: &toml::de::Error, place: &Place) -> ArchiveError {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
    wrong(file, text, line, place, error.message())
}

fn wrong(file: &str, text: &str, line: usize, place: &Place, message: &str) -> ArchiveError {
    let field = place.borrow();
    let at = Written {
        file: shown(file),
        line: (line > 0).then_some(line),
        field: (!field.is_empty()).then(|| shown(&field)),
        text: shown(text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim()),
    };
    ArchiveError::Manifest { at: Box::new(at), message: Say::plain(&shown(message)) }
}

/// Names the fields of an object that have no effect, and the ones they could have been.
fn name_unknown(file: &str, place: &str, object: &Value, known: &[&str], remarks: &mut Remarks) {
    let fields = object.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    for field in fields.filter(|field| !known.contains(field)) {
        remarks.say(|| match nearest(field, known) {
            Some(meant) => {
                let (field, meant) = (shown(&format!("{place}{field}")), format!("{place}{meant}"));
                say!("remark-field-meant", file = shown(file), field = field, meant = meant)
            }
            None => {
                say!("remark-field", file = shown(file), field = shown(&format!("{place}{field}")))
            }
        });
    }
}

fn nearest<'a>(field: &str, known: &[&'a str]) -> Option<&'a str> {
    if field.len() > MAX_SLIP {
        return None;
    }
    let field = field.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(known, &field);
    let (best, found) = known.iter().map(|known| (distance(known), *known)).min()?;
    (best <= 1 + found.len() / 4).then_some(found)
}

/// Names the items that are no requirement: nobody can say whether they are met.
fn name_unmeetable(file: &str, field: &str, items: &[FreeText], remarks: &mut Remarks) {
    for (at, item) in items.iter().enumerate() {
        if let Err(error) = item.raw().parse::<Requirement>() {
            remarks.say(|| {
                let field = format!("{field}[{at}]");
                let text = shown(item.raw());
                say!("remark-unmeetable", file = shown(file), field = field, text = text, error = error.say())
            });
        }
    }
}

/// Times become text, and so do the numbers that JSON does not know.
fn json_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => serde_json::Number::from_f64(number)
            .map_or_else(|| Value::String(number.to_string()), Value::Number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(json_of).collect()),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, json_of(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests;
