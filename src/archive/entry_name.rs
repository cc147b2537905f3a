//! Names of entries: refused when they could lead out of a folder, deceive a reader, or be another file on
//! another system.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};

use super::error::shown;
use super::limits::at_most;
use super::text;
use super::{ArchiveError, Limits};
use crate::domain::is_deceptive;
use crate::domain::words::{Word, say, word};

/// The name of an entry, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryName(String);

impl EntryName {
    /// Reads a name as it is written: UTF-8, else GB18030. `./` before it and `/` behind it say nothing and
    /// are left out; the folder that was packed itself has an empty name then.
    ///
    /// What a backslash means differs between systems, so it is not taken, also not as half of a character
    /// in an old encoding.
    pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, ArchiveError> {
        let refused = |why| Self::refused(bytes, why);
        at_most(bytes.len() as u64, limits.max_name_length, "upload.max_name_length", || {
            say!("limit-name", bytes = bytes.len())
        })?;
        if bytes.is_empty() {
            return Err(refused(word!("name-entry-empty")));
        }
        if bytes.contains(&0) {
            return Err(refused(word!("name-entry-nul")));
        }
        if bytes.contains(&b'\\') {
            return Err(refused(word!("name-entry-backslash")));
        }
        // Some programs take the mark for a part of the name, some do not.
        if bytes.starts_with(b"\xef\xbb\xbf") {
            return Err(refused(word!("name-entry-bom")));
        }
        let Some(text) = text::decode(bytes) else {
            return Err(refused(word!("name-entry-encoding")));
        };
        let path = text.strip_prefix("./").unwrap_or(&text);
        // Without it: what is left is what a program joins to its folder.
        check(path).map_err(refused)?;
        let path = path.strip_suffix('/').unwrap_or(path);
        if matches!(path, "." | "") {
            return Ok(Self(String::new()));
        }
        path.split('/').try_for_each(check_part).map_err(refused)?;
        at_most(path.split('/').count() as u64, limits.max_depth, "upload.max_depth", || {
            say!("limit-depth", name = shown(path))
        })?;
        Ok(Self(path.to_owned()))
    }

    /// Why it is not taken.
    pub(super) fn refused(bytes: &[u8], why: Word) -> ArchiveError {
        ArchiveError::EntryName { name: Self::shown(bytes), why }
    }

    /// As it is written, also one that would be refused, short and safe for a terminal.
    pub(super) fn shown(bytes: &[u8]) -> String {
        shown(&text::decode(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes)))
    }

    /// Without `/` at its end; empty for the folder that was packed itself.
    pub(super) fn path(&self) -> &str {
        &self.0
    }
}

/// What is wrong with a name as a whole.
fn check(text: &str) -> Result<(), Word> {
    if text.chars().any(char::is_control) {
        return Err(word!("name-entry-control"));
    }
    if text.chars().any(is_deceptive) {
        return Err(word!("name-entry-turns"));
    }
    if text.starts_with('/') {
        return Err(word!("name-entry-absolute"));
    }
    let mut characters = text.chars();
    if characters.next().is_some_and(|first| first.is_ascii_alphabetic()) && characters.next() == Some(':') {
        return Err(word!("name-entry-drive"));
    }
    // `x::$DATA` is `x` itself there.
    if text.contains(":$") {
        return Err(word!("name-entry-stream"));
    }
    Ok(())
}

/// What is wrong with one part of a path.
fn check_part(part: &str) -> Result<(), Word> {
    match part {
        "" => Err(word!("name-entry-empty-part")),
        "." => Err(word!("name-entry-dot")),
        ".." => Err(word!("name-entry-dot-dot")),
        _ if part.ends_with(['.', ' ']) => Err(word!("name-entry-ends-in-dot")),
        _ if is_device(part) => Err(word!("name-entry-device")),
        _ => Ok(()),
    }
}

/// `CON`, also as `con.txt`; the superscript digits count as digits there.
fn is_device(part: &str) -> bool {
    let stem = part.split(['.', ':']).next().unwrap_or_default().trim_end_matches(' ').to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    numbered.is_some_and(|number| {
        let mut characters = number.chars();
        matches!(characters.next(), Some('0'..='9' | '¹' | '²' | '³')) && characters.next().is_none()
    })
}

/// One form for all ways to write a name that some system takes for the same: without what is not seen,
/// case folded, then composed.
pub(super) fn folded(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    let seen: String = path.chars().filter(|c| !is_ignored(*c)).collect();
    let apart = DecomposingNormalizer::new_nfd().normalize(&seen);
    let folded = CaseMapper::new().fold_string(&apart);
    ComposingNormalizer::new_nfc().normalize(&folded).into_owned()
}

/// Unicode's `Default_Ignorable_Code_Point`: ext4 and HFS+ leave such characters out when they look for a
/// name in any case.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &[u8]) -> Result<String, String> {
        EntryName::read(name, &Limits::default())
            .map(|name| name.path().to_owned())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn ordinary_names_are_taken() {
        for (name, expected) in [
            ("segment.toml", "segment.toml"),
            ("bin/", "bin"),
            ("a/b..c/..d", "a/b..c/..d"),
            ("导航/核心.so", "导航/核心.so"),
            // Seats do not all run Windows, and manuals and sources of other systems have such names.
            ("man3/File::Spec.3pm", "man3/File::Spec.3pm"),
            ("a<b>?", "a<b>?"),
            ("./", ""),
            (".", ""),
            ("./a/b", "a/b"),
            ("console", "console"),
            ("com10", "com10"),
            (".hidden", ".hidden"),
        ] {
            assert_eq!(path(name.as_bytes()).as_deref(), Ok(expected), "{name}");
        }
        assert_eq!(path(b"\xb5\xbc\xba\xbd.txt").as_deref(), Ok("导航.txt"), "GB18030");
    }

    #[test]
    fn names_that_lead_out_or_deceive_are_refused() {
        let long = "x".repeat(1025);
        let deep = "d/".repeat(33);
        for name in [
            "",
            "..",
            "../x",
            "a/../x",
            "a/..",
            "/etc/passwd",
            "C:/x",
            "c:x",
            "./C:/x",
            ".//x",
            "\u{feff}segment.toml",
            "a\\b",
            "a\0b",
            "a\nb",
            "\x1b[2J",
            "a\u{202e}b",
            "a\u{9b}b",
            "a//b",
            "a/./b",
            "x.",
            "x /y",
            "con",
            "a/NUL.txt",
            "Com1",
            "lpt³.x",
            "aux .c",
            &long,
            &deep,
        ] {
            let error = path(name.as_bytes()).unwrap_err();
            assert!(!error.contains(['\x1b', '\n', '\0', '\u{202e}']) && error.len() < 400, "{error:?}");
        }
        assert!(path(b"\xff\xfe\xfd").is_err(), "in no known encoding");
    }

    #[test]
    fn names_that_are_one_file_somewhere_fold_alike() {
        for (one, other) in [
            ("Readme", "README"),
            ("é", "e\u{301}"),
            ("STRASSE", "straße"),
            ("Å", "\u{212b}"),
            ("Σ", "ς"),
            ("a\u{ad}é", "aé"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("导航"), folded("导肮"));
    }
}
