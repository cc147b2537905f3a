//! `SegName` and `VERSION` of a DII COE segment. Public sources name the files and not their form, so several
//! are read: `$PREFIX:x`, `PREFIX=x`, `PREFIX: x`, and a bare line for the name.

use serde_json::Value;

use super::super::ArchiveError;
use super::super::error::shown;
use super::super::intake::Kept;
use super::bounds::{self, MAX_KIND, MAX_NAME, MAX_PREFIX, MAX_VERSION};
use super::remarks::Remarks;
use super::{Written, lines};
use crate::domain::words::say;
use crate::domain::{Prefix, Version};

/// What is said in `SegName`.
#[derive(Debug, Default)]
pub(super) struct SegName {
    pub(super) name: Option<String>,
    pub(super) prefix: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) version: Option<String>,
    /// Where a prefix or a version stands that cannot be one.
    pub(super) prefix_at: Option<Written>,
    pub(super) version_at: Option<Written>,
    /// All lines.
    pub(super) lines: Vec<Value>,
}

/// What is said in `VERSION`.
#[derive(Debug, Default)]
pub(super) struct VersionFile {
    pub(super) version: Option<String>,
    /// All lines.
    pub(super) lines: Vec<Value>,
}

/// Reads `SegName`.
pub(super) fn read(file: &Kept, remarks: &mut Remarks) -> Result<SegName, ArchiveError> {
    let mut said = SegName::default();
    for line in lines::read(file)? {
        let (marked, text) = match line.text.strip_prefix('$') {
            Some(rest) => (true, rest),
            None => (false, line.text.as_str()),
        };
        let (key, value) = text.split_once([':', '=']).unwrap_or((text, ""));
        let (key, value) = (key.trim(), unquoted(value.trim()));
        let (slot, field, value, max) = match key.to_ascii_uppercase().as_str() {
            "NAME" => (&mut said.name, "NAME", value, MAX_NAME),
            "PREFIX" => (&mut said.prefix, "PREFIX", value, MAX_PREFIX),
            "TYPE" => (&mut said.kind, "TYPE", value, MAX_KIND),
            "VERSION" => (&mut said.version, "VERSION", value, MAX_VERSION),
            _ if marked || (text.len() > key.len() && is_key(key)) => {
                remarks.say(|| {
                    say!("remark-key", path = shown(&file.path), line = line.number, key = shown(key))
                });
                said.lines.push(line.text.into());
                continue;
            }
            _ => (&mut said.name, "NAME", text, MAX_NAME),
        };
        bounds::text(value, max)
            .map_err(|message| lines::wrong(file, line.number, Some(field), &line.text, message))?;
        match slot {
            None if !value.is_empty() => {
                *slot = Some(value.to_owned());
                let at = || lines::written(file, line.number, Some(field), &line.text);
                match field {
                    "PREFIX" if value.parse::<Prefix>().is_err() => said.prefix_at = Some(at()),
                    "VERSION" if value.parse::<Version>().is_err() => said.version_at = Some(at()),
                    _ => {}
                }
            }
            Some(first) if first != value => remarks.say(|| {
                let (path, first) = (shown(&file.path), shown(first));
                say!("remark-twice", path = path, line = line.number, field = field, first = first)
            }),
            _ => {}
        }
        said.lines.push(line.text.into());
    }
    Ok(said)
}

/// Reads `VERSION`: the first word that looks like a version, as in `4.2.0.0:11/22/2026`.
pub(super) fn read_version(file: &Kept, remarks: &mut Remarks) -> Result<VersionFile, ArchiveError> {
    let lines = lines::read(file)?;
    let between = |c: char| c.is_whitespace() || matches!(c, ':' | '=' | ',' | ';' | '(' | ')' | '"');
    let mut words = lines.iter().flat_map(|line| line.text.split(between));
    let version = words.find(|word| is_version(word)).map(str::to_owned);
    if version.is_none() {
        remarks.say(|| say!("remark-no-version", path = shown(&file.path)));
    }
    Ok(VersionFile { version, lines: lines.into_iter().map(|line| line.text.into()).collect() })
}

/// In capitals, as the names of these files and the parts of a payload's name are; else it is a name with a
/// colon in it.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn is_version(word: &str) -> bool {
    let number = word.strip_prefix(['v', 'V']).unwrap_or(word);
    number.starts_with(|first: char| first.is_ascii_digit()) && word.parse::<Version>().is_ok()
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}
