//! The manifest: `segment.toml` or `segment.json`. Fields that are not known stay in the whole.

use serde::Deserialize;
use serde_json::Value;

use super::ArchiveError;
use super::error::shown;
use super::intake::Found;
use crate::domain::FreeText;

/// Largest manifest, in bytes.
pub(super) const MAX_FILE: u64 = 1 << 20;

/// Largest manifest as a record, in bytes of JSON: no value of the store exceeds 256 KiB.
const MAX_RECORD: u64 = 240 << 10;

/// Longest texts that go into the segment's record, in bytes, which stays under 4 KiB.
pub(super) const MAX_NAME: usize = 256;
const MAX_KIND: usize = 64;
const MAX_VENDOR: usize = 256;
/// All items of the three lists together, in bytes.
const MAX_LISTS: usize = 1024;

/// What a segment file says of itself. Prefix and version are optional here because flags may fill them in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Manifest {
    /// The short identifier, not checked yet.
    pub prefix: Option<String>,
    /// The version, not checked yet.
    pub version: Option<String>,
    /// The human name.
    pub name: Option<FreeText>,
    /// What it calls its type.
    #[serde(rename = "type")]
    pub kind: FreeText,
    /// Who made it.
    pub vendor: FreeText,
    /// Free text, whole.
    pub description: FreeText,
    /// Architectures; empty: any.
    pub archs: Vec<FreeText>,
    /// `prefix` or `prefix >=version`.
    pub requires: Vec<FreeText>,
    /// Prefixes.
    pub conflicts: Vec<FreeText>,
}

/// How much of a file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Bytes at most.
    pub(super) max: usize,
    /// A longer one is refused; else only its head is kept.
    pub(super) whole: bool,
}

/// How much of this file is wanted for the manifest, at the root or in a top folder.
pub(super) fn wanted(path: &str) -> Option<Wanted> {
    let at_root = is_at_root(path) || path.split_once('/').is_some_and(|(_, rest)| is_at_root(rest));
    at_root.then_some(Wanted { max: MAX_FILE as usize, whole: true })
}

/// Could it say which segment this is, where it lies?
pub(super) fn is_at_root(path: &str) -> bool {
    matches!(path, "segment.toml" | "segment.json")
}

/// What the manifest says, and what it was read from.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) manifest: Manifest,
    pub(super) whole: Value,
    pub(super) files: Vec<String>,
    pub(super) not_understood: Vec<String>,
}

/// Reads the one manifest among what was found. `file_name` is that of the segment file itself.
pub(super) fn read(found: &Found, _file_name: &str) -> Result<Said, ArchiveError> {
    let in_archive = |name: &str| match &found.top {
        Some(top) => format!("{top}/{name}"),
        None => name.to_owned(),
    };
    match found.kept.as_slice() {
        [] => Err(ArchiveError::NoManifest),
        [first, second, ..] => {
            Err(ArchiveError::TwoManifests { first: shown(&first.name), second: shown(&second.name) })
        }
        [only] => {
            let file = in_archive(&only.name);
            let (manifest, whole) = parse(&file, &only.bytes)?;
            Ok(Said { manifest, whole, files: vec![file], not_understood: Vec::new() })
        }
    }
}

/// Reads a manifest and the whole it came from. `file` is its name in the archive; the suffix decides how it
/// is read.
pub(super) fn parse(file: &str, bytes: &[u8]) -> Result<(Manifest, Value), ArchiveError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let wrong = |line: Option<usize>, text: &str, message: &str| ArchiveError::Manifest {
        file: shown(file),
        line,
        text: shown(text.trim()),
        message: shown(message),
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        wrong(
            Some(before.iter().filter(|byte| **byte == b'\n').count() + 1),
            "",
            "it is not written in UTF-8",
        )
    })?;
    let (manifest, whole) = if file.ends_with(".json") {
        let at = |error: serde_json::Error| {
            let line = error.line();
            let message = error.to_string();
            let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            wrong((line > 0).then_some(line), line_of(text, line), message)
        };
        let whole: Value = serde_json::from_str(text).map_err(at)?;
        if !whole.is_object() {
            return Err(wrong(Some(1), "", "it must be an object: { \"prefix\": ... }"));
        }
        (serde_json::from_str::<Manifest>(text).map_err(at)?, whole)
    } else {
        let at = |error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
            wrong(Some(line), line_of(text, line), error.message())
        };
        let whole: toml::Table = toml::from_str(text).map_err(at)?;
        (toml::from_str::<Manifest>(text).map_err(at)?, json_of(toml::Value::Table(whole)))
    };
    if serde_json::to_vec(&whole).map_or(u64::MAX, |json| json.len() as u64) > MAX_RECORD {
        return Err(ArchiveError::ManifestTooLarge { file: shown(file), max: MAX_RECORD });
    }
    bounds(&manifest).map_err(|message| wrong(None, "", &message))?;
    Ok((manifest, whole))
}

/// Texts that go into the segment's record are short; a long description is cut there.
fn bounds(manifest: &Manifest) -> Result<(), String> {
    let texts = [
        ("prefix", manifest.prefix.as_ref().map_or(0, String::len), crate::domain::Prefix::MAX_BYTES),
        ("version", manifest.version.as_ref().map_or(0, String::len), crate::domain::Version::MAX_BYTES),
        ("name", manifest.name.as_ref().map_or(0, |name| name.raw().len()), MAX_NAME),
        ("type", manifest.kind.raw().len(), MAX_KIND),
        ("vendor", manifest.vendor.raw().len(), MAX_VENDOR),
    ];
    for (field, bytes, max) in texts {
        if bytes > max {
            return Err(format!("{field} is {bytes} bytes long; {max} are allowed"));
        }
    }
    let items = [&manifest.archs, &manifest.requires, &manifest.conflicts].into_iter().flatten();
    let (count, bytes) = items.fold((0, 0), |(count, bytes), item| (count + 1, bytes + item.raw().len()));
    if bytes + count > MAX_LISTS {
        return Err(format!("archs, requires and conflicts together are longer than {MAX_LISTS} bytes"));
    }
    Ok(())
}

fn line_of(text: &str, line: usize) -> &str {
    text.lines().nth(line.saturating_sub(1)).unwrap_or_default()
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
mod tests {
    use super::*;

    fn complaint(file: &str, text: &str) -> String {
        parse(file, text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn both_forms_say_the_same() {
        let toml = r#"
            prefix = "nav-core"
            version = "2.1.0"
            type = "application"
            archs = ["x86_64"]
            requires = ["geo-base >=1.4"]
            built = 2026-11-22
            [scripts]
            install = "bin/install.sh"
        "#;
        let json = r#"{"prefix":"nav-core","version":"2.1.0","type":"application","archs":["x86_64"],
            "requires":["geo-base >=1.4"],"built":"2026-11-22","scripts":{"install":"bin/install.sh"}}"#;
        let (from_toml, toml_whole) = parse("segment.toml", toml.as_bytes()).unwrap();
        let (from_json, json_whole) = parse("segment.json", format!("\u{feff}{json}").as_bytes()).unwrap();
        assert_eq!(from_toml, from_json);
        assert_eq!(toml_whole, json_whole);
        assert_eq!(toml_whole["scripts"]["install"], "bin/install.sh");
        assert_eq!(from_toml.requires[0].raw(), "geo-base >=1.4");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        assert_eq!(
            complaint("segment.toml", "prefix = \"a\"\nversion = 2.1\n"),
            "segment.toml, line 2 (`version = 2.1`): invalid type: floating point `2.1`, expected a string"
        );
        assert!(
            complaint("x/segment.toml", "prefix = \"a\"\n\nversion\n")
                .starts_with("x/segment.toml, line 3 (`version`): ")
        );
        assert_eq!(
            complaint("segment.json", "{\n\"archs\": \"x86\"\n}"),
            "segment.json, line 2 (`\"archs\": \"x86\"`): invalid type: string \"x86\", expected a sequence"
        );
        assert!(complaint("segment.json", "{\n\n").starts_with("segment.json, line 3: EOF while parsing"));
        assert!(complaint("segment.json", "[]").contains("must be an object"));
        assert!(
            parse("segment.toml", b"a = 1\nb = \"\xff\"")
                .unwrap_err()
                .to_string()
                .contains("line 2: it is not written in UTF-8")
        );
        let said = complaint("segment.toml", "a = \"\x1b[2J\u{202e}");
        assert!(!said.contains(['\x1b', '\u{202e}']), "{said:?}");
    }

    #[test]
    fn texts_and_lists_are_bounded() {
        let long = "x".repeat(300);
        assert!(
            complaint("segment.toml", &format!("name = \"{long}\""))
                .contains("name is 300 bytes long; 256 are allowed")
        );
        let item = format!("\"{}\",", "y".repeat(50)).repeat(30);
        assert!(
            complaint("segment.toml", &format!("requires = [{item}]")).contains("together are longer than")
        );
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
        assert!(parse("segment.json", deep.as_bytes()).is_err());
        let deep = format!("a = {}1{}", "[".repeat(5000), "]".repeat(5000));
        assert!(parse("segment.toml", deep.as_bytes()).is_err());
        let large = format!("note = \"{}\"", "z".repeat(250 << 10));
        assert!(matches!(
            parse("segment.toml", large.as_bytes()),
            Err(ArchiveError::ManifestTooLarge { .. })
        ));
    }
}
