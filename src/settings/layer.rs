//! One source turned into values by setting, each with its place; names and types are checked here against
//! the built-in list.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

use toml::Value;
use toml::de::DeTable;

use super::{Effective, Origin, SettingsError};
use crate::domain::Shown;

/// Largest settings file, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Values by `section.key`.
pub(super) type Layer = BTreeMap<String, Effective>;

/// The built-in list: every known setting with its default, whose type is the type of the setting.
pub(super) fn built_in(text: &str) -> Result<Layer, SettingsError> {
    let table: toml::Table = text.parse().map_err(|error| SettingsError::BuiltIn(format!("{error}")))?;
    let mut layer = Layer::new();
    for (section, keys) in table {
        let Value::Table(keys) = keys else {
            return Err(SettingsError::BuiltIn(format!("{section} is no section")));
        };
        for (key, value) in keys {
            layer.insert(format!("{section}.{key}"), Effective { value, origin: Origin::Default });
        }
    }
    Ok(layer)
}

/// A settings file.
pub(super) fn file(known: &Layer, path: &Path) -> Result<Layer, SettingsError> {
    let failed = |error| SettingsError::Read { path: path.to_owned(), error };
    let mut text = String::new();
    let opened = std::fs::File::open(path).map_err(failed)?;
    let bytes = opened.take(MAX_FILE + 1).read_to_string(&mut text).map_err(failed)?;
    if bytes as u64 > MAX_FILE {
        return Err(failed(std::io::Error::other("it is larger than 1 MiB; is it a settings file?")));
    }
    let origin = |at: usize| {
        let before = text.get(..at).unwrap_or(&text);
        Origin::File { path: path.to_owned(), line: before.matches('\n').count() + 1 }
    };
    let syntax = |error: toml::de::Error| SettingsError::Syntax {
        origin: origin(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    };
    let spans = DeTable::parse(&text).map_err(syntax)?;
    let values: toml::Table = toml::from_str(&text).map_err(syntax)?;
    let mut layer = Layer::new();
    for (section, keys) in spans.get_ref() {
        let name = section.get_ref();
        let at_section = origin(section.span().start);
        let (Some(keys), Some(Value::Table(found))) = (keys.get_ref().as_table(), values.get(name.as_ref()))
        else {
            return Err(unknown(known, name, at_section));
        };
        if !known.keys().any(|key| key.split('.').next() == Some(name)) {
            let first = keys.keys().next().map_or("", |key| key.get_ref());
            return Err(unknown(known, &format!("{name}.{first}"), at_section));
        }
        for (key, value) in found {
            let place = keys.get_key_value(key.as_str()).map_or(0, |(key, _)| key.span().start);
            let key = format!("{name}.{key}");
            let origin = origin(place);
            let model = known.get(&key).ok_or_else(|| unknown(known, &key, origin.clone()))?;
            if !same_type(&model.value, value) {
                return Err(wrong_type(&key, &model.value, origin, value));
            }
            layer.insert(key, Effective { value: value.clone(), origin });
        }
    }
    Ok(layer)
}

/// `SEGDECK_<SECTION>__<KEY>`; other variables are somebody else's.
pub(super) fn environment(known: &Layer, variables: &[(OsString, OsString)]) -> Result<Layer, SettingsError> {
    let mut layer = Layer::new();
    for (name, text) in variables {
        let Some((name, rest)) = name.to_str().and_then(|name| Some((name, name.strip_prefix("SEGDECK_")?)))
        else {
            continue;
        };
        let Some((section, key)) = rest.split_once("__") else { continue };
        let key = format!("{}.{}", section.to_lowercase(), key.to_lowercase());
        let origin = Origin::Env(name.to_owned());
        let Some(model) = known.get(&key) else {
            let nearest = nearest(known, &key).map(|key| variable(&key));
            return Err(SettingsError::Unknown { origin, key: shown(&key), nearest });
        };
        let value = from_text(&key, &model.value, &text.to_string_lossy(), &origin)?;
        layer.insert(key, Effective { value, origin });
    }
    Ok(layer)
}

/// Each `section.key=value`; a later one wins.
pub(super) fn flags(known: &Layer, flags: &[String]) -> Result<Layer, SettingsError> {
    let mut layer = Layer::new();
    for text in flags {
        let bad =
            || SettingsError::BadSet { text: text.chars().take_while(|c| *c != '=').take(100).collect() };
        let (key, value) = text.split_once('=').ok_or_else(bad)?;
        let key = key.trim();
        if !key.contains('.') {
            return Err(bad());
        }
        let model = known.get(key).ok_or_else(|| unknown(known, key, Origin::Flag))?;
        let value = from_text(key, &model.value, value, &Origin::Flag)?;
        layer.insert(key.to_owned(), Effective { value, origin: Origin::Flag });
    }
    Ok(layer)
}

/// The variable that sets a setting.
pub(super) fn variable(key: &str) -> String {
    format!("SEGDECK_{}", key.replacen('.', "__", 1).to_uppercase())
}

fn from_text(key: &str, model: &Value, text: &str, origin: &Origin) -> Result<Value, SettingsError> {
    let value = match model {
        Value::Boolean(_) => text.trim().parse().ok().map(Value::Boolean),
        Value::Integer(_) => text.trim().replace('_', "").parse().ok().map(Value::Integer),
        Value::Array(_) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Some(Value::Array(parts.map(Value::from).collect()))
        }
        _ => Some(Value::from(text)),
    };
    value.ok_or_else(|| wrong_type(key, model, origin.clone(), &Value::from(text)))
}

fn same_type(model: &Value, value: &Value) -> bool {
    match (model, value) {
        (Value::Array(_), Value::Array(parts)) => parts.iter().all(Value::is_str),
        _ => model.same_type(value),
    }
}

fn wrong_type(key: &str, model: &Value, origin: Origin, value: &Value) -> SettingsError {
    let expected = match model {
        Value::Boolean(_) => "true or false",
        Value::Integer(_) => "a whole number",
        Value::Array(_) => "a list of texts",
        _ => "a text in quotes",
    };
    let found = (!may_hold_secret(key)).then(|| shown(&value.to_string()));
    SettingsError::Wrong { origin, key: key.to_owned(), expected: expected.to_owned(), found }
}

fn unknown(known: &Layer, key: &str, origin: Origin) -> SettingsError {
    SettingsError::Unknown { origin, nearest: nearest(known, key), key: shown(key) }
}

/// The known setting that a misspelt name was meant to be: by the whole name, or by the key alone where the
/// section is wrong or left out.
fn nearest(known: &Layer, key: &str) -> Option<String> {
    let last = key.rsplit('.').next().unwrap_or(key);
    let distance = |candidate: &str| {
        let candidate_last = candidate.rsplit('.').next().unwrap_or(candidate);
        let whole = strsim::damerau_levenshtein(candidate, key);
        // The right name in the wrong section is as near as a slip in the right one; of the two the slip counts.
        (whole.min(strsim::damerau_levenshtein(candidate_last, last) + 1), whole)
    };
    let ((best, _), candidate) = known.keys().map(|candidate| (distance(candidate), candidate)).min()?;
    (best <= 2 + last.chars().count() / 3).then(|| candidate.clone())
}

/// People write passwords into addresses.
pub(super) fn may_hold_secret(key: &str) -> bool {
    key.ends_with(".endpoint") || key.ends_with(".endpoints") || key.ends_with(".url")
}

/// Safe for a terminal, and short.
pub(super) fn shown(text: &str) -> String {
    let cut: String = text.chars().take(100).collect();
    Shown::from(cut.as_str()).into_string()
}
