//! A text for the clipboard of the operator's own terminal (OSC 52), also through tmux.

use std::fmt::Write;

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;

/// The bytes to send.
pub fn clipboard(text: &str) -> Vec<u8> {
    let mut sequence = String::new();
    // Writing to a string does not fail.
    let _ = CopyToClipboard::to_clipboard_from(text).write_ansi(&mut sequence);
    if std::env::var_os("TMUX").is_some() {
        let inner = sequence.replace('\x1b', "\x1b\x1b");
        sequence.clear();
        let _ = write!(sequence, "\x1bPtmux;{inner}\x1b\\");
    }
    sequence.into_bytes()
}
