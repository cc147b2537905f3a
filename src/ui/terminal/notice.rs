//! A call for an operator who looks elsewhere: the bell, or a message that the terminal shows by its own means.

use super::clipboard::Between;
use crate::domain::Shown;

/// The bytes to send; `by` is the setting `ui.notify`: `off`, `bell` or `message`.
pub fn notice(by: &str, text: &str) -> Vec<u8> {
    match by {
        "bell" => b"\x07".to_vec(),
        // OSC 9, which iTerm2, kitty, WezTerm, Windows Terminal and others know; the rest ignore it.
        "message" => {
            Between::of_environment().wrap(&format!("\x1b]9;{}\x07", Shown::from(text))).into_bytes()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_end_the_message() {
        assert_eq!(notice("bell", "x"), b"\x07");
        assert_eq!(notice("off", "x"), b"");
        let told = String::from_utf8(notice("message", "done\x07\x1b]52;c;eA==\x07")).unwrap();
        assert!(told.ends_with('\x07') && told.matches('\x07').count() <= 2, "{told:?}");
        assert!(!told.trim_start_matches("\x1b]9;").contains("\x1b]52"), "{told:?}");
    }
}
