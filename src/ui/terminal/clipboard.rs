//! A text for the clipboard of the operator's own terminal (OSC 52), also through tmux and screen.

use std::fmt::Write;

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;

/// Longest text that is sent, in bytes. Terminals drop longer ones without a word: hterm and older xterm take
/// 100,000 bytes of base64.
pub const LONGEST: usize = 74_994;

/// screen takes strings of at most 768 bytes, and joins what comes in several.
const SCREEN_PIECE: usize = 700;

/// What stands between us and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    Nothing,
    Tmux,
    Screen,
}

impl Between {
    pub(super) fn of_environment() -> Self {
        if std::env::var_os("TMUX").is_some() {
            Self::Tmux
        } else if std::env::var_os("STY").is_some() {
            Self::Screen
        } else {
            Self::Nothing
        }
    }

    /// The same for what stands between us.
    pub(super) fn wrap(self, sequence: &str) -> String {
        match self {
            Self::Nothing => sequence.to_owned(),
            // By its settings tmux takes the sequence itself, lets a wrapped one through, or neither.
            Self::Tmux => format!("{sequence}\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")),
            Self::Screen => {
                // An end of string inside would end screen's: BEL ends the sequence as well.
                let inner = sequence
                    .strip_suffix("\x1b\\")
                    .map_or(sequence.to_owned(), |begun| format!("{begun}\x07"));
                let mut pieces = String::new();
                for piece in inner.as_bytes().chunks(SCREEN_PIECE) {
                    // A letter that lies across two pieces is lost; only messages have letters beyond ASCII.
                    let _ = write!(pieces, "\x1bP{}\x1b\\", String::from_utf8_lossy(piece));
                }
                pieces
            }
        }
    }
}

/// The bytes to send.
pub fn clipboard(text: &str) -> Vec<u8> {
    wrapped(text, Between::of_environment()).into_bytes()
}

fn wrapped(text: &str, between: Between) -> String {
    let mut sequence = String::new();
    // Writing to a string does not fail.
    let _ = CopyToClipboard::to_clipboard_from(text).write_ansi(&mut sequence);
    between.wrap(&sequence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_through_tmux() {
        let plain = wrapped("a@1", Between::Nothing);
        assert!(plain.starts_with("\x1b]52;c;YUAx"), "{plain:?}");
        let tmux = wrapped("a@1", Between::Tmux);
        let inner = tmux.strip_prefix(&*plain).unwrap();
        assert!(inner.starts_with("\x1bPtmux;\x1b\x1b]52;c;YUAx") && inner.ends_with("\x1b\\"), "{inner:?}");
    }

    #[test]
    fn screen_takes_it_in_pieces() {
        let long = "x".repeat(LONGEST);
        let sent = wrapped(&long, Between::Screen);
        let pieces: Vec<_> =
            sent.split_terminator("\x1b\\").map(|piece| piece.strip_prefix("\x1bP").unwrap()).collect();
        assert!(pieces.len() > 100 && pieces.iter().all(|piece| piece.len() <= SCREEN_PIECE));
        let joined = pieces.concat();
        assert!(joined.starts_with("\x1b]52;c;eHh4") && joined.ends_with('\x07'));
        assert!(joined.len() <= 100_010, "as long as it may be: {}", joined.len());
    }
}
