//! Names of entries: refused when they could lead out of a folder, or be read in two ways.

use super::ArchiveError;
use super::error::shown;

/// Longest name, in bytes.
const MAX_BYTES: usize = 1024;

/// Looks at the bytes of a name. What a backslash means differs between systems, so it is not taken, also
/// not as half of a character in an old encoding.
pub(super) fn check(name: &[u8]) -> Result<(), ArchiveError> {
    let refuse = |why| Err(ArchiveError::EntryName { name: shown(&String::from_utf8_lossy(name)), why });
    if name.is_empty() {
        return refuse("is empty");
    }
    if name.len() > MAX_BYTES {
        return refuse("is longer than 1024 bytes");
    }
    if name.contains(&0) {
        return refuse("holds a NUL character");
    }
    if name.iter().any(u8::is_ascii_control) {
        return refuse("holds a control character");
    }
    if name.contains(&b'\\') {
        return refuse("holds a backslash");
    }
    if name.starts_with(b"/") {
        return refuse("is an absolute path");
    }
    if name.len() >= 2 && name[0].is_ascii_alphabetic() && name[1] == b':' {
        return refuse("begins with a drive");
    }
    if name.split(|byte| *byte == b'/').any(|part| part == b"..") {
        return refuse("leads out of its folder (..)");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_are_taken() {
        for name in ["segment.toml", "bin/", "a/b..c/..d", "导航/核心.so", "ab:c", "..."] {
            assert!(check(name.as_bytes()).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_lead_out_or_deceive_are_refused() {
        let long = "x".repeat(1025);
        for name in [
            "",
            "..",
            "../x",
            "a/../x",
            "a/..",
            "/etc/passwd",
            "C:/x",
            "c:x",
            "a\\b",
            "a\0b",
            "a\nb",
            "\x1b[2J",
            &long,
        ] {
            let error = check(name.as_bytes()).unwrap_err().to_string();
            assert!(!error.contains(['\x1b', '\n', '\0']) && error.len() < 400, "{error:?}");
        }
    }
}
