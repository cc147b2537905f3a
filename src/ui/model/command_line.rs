//! The same upload on a command line, quoted so that a shell reads back exactly what was meant.

use std::fmt::Write as _;
use std::path::Path;

use crate::domain::is_deceptive;

/// A word for a shell. What could steer a terminal is written as numbers.
pub fn quoted(word: &[u8]) -> String {
    let text = std::str::from_utf8(word);
    let steers = |text: &str| text.chars().any(|c| c.is_control() || is_deceptive(c));
    match text {
        Ok(text) if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        Ok(text) if !steers(text) => format!("'{}'", text.replace('\'', r"'\''")),
        _ => {
            let mut quoted = String::from("$'");
            for byte in word {
                match byte {
                    b'\'' | b'\\' => _ = write!(quoted, "\\{}", char::from(*byte)),
                    b' '..=b'~' => quoted.push(char::from(*byte)),
                    _ => _ = write!(quoted, "\\x{byte:02x}"),
                }
            }
            quoted + "'"
        }
    }
}

/// A path for a shell: `~` stays what it is, a leading dash is none of a flag.
pub fn quoted_path(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    match bytes {
        [b'~', b'/', rest @ ..] if !rest.is_empty() => format!("~/{}", quoted(rest)),
        [b'-', ..] => quoted(&[b"./", bytes].concat()),
        _ => quoted(bytes),
    }
}

/// A flag with its value.
pub fn flag(name: &str, value: &str) -> String {
    let joint = if value.starts_with('-') || value.is_empty() { '=' } else { ' ' };
    format!(" --{name}{joint}{}", quoted(value.as_bytes()))
}

fn is_plain(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '/' | '.' | '_' | '-' | '+' | ',' | ':' | '=' | '@' | '%')
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn bash_reads_back_what_was_meant() {
        for word in [
            "a.zip",
            "two words.zip",
            "it's.zip",
            "",
            "导航 核心.zip",
            "$(reboot)`x`\"",
            "a\nb",
            "\x1b[2J",
            "\u{202e}piz.exe",
            "back\\slash",
            "'",
            "!!",
            "*",
            "~/x",
            "a;b&c|d>e",
            "\u{1}\u{7f}1'\\",
        ] {
            let line = format!("printf %s {}", quoted(word.as_bytes()));
            assert!(line.chars().all(|c| !c.is_control() && !is_deceptive(c)), "{line}");
            let said = Command::new("bash").args(["-c", &line]).output().unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap(), word, "{line}");
        }
    }

    #[test]
    fn paths_and_flags_stay_what_they_are() {
        assert_eq!(quoted_path(Path::new("~/my files/a.zip")), "~/'my files/a.zip'");
        assert_eq!(quoted_path(Path::new("-x.zip")), "./-x.zip");
        assert_eq!(flag("name", "-n"), " --name=-n");
        assert_eq!(flag("name", "导航 核心"), " --name '导航 核心'");
    }
}
