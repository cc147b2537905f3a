//! Raw mode, the alternate screen and what goes with them; left again on the way out, also by a panic.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use super::super::crash;

/// Alternate screen, cursor hidden, pasted text marked.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?2004h";
/// The reverse, with the end of a frame that was cut off by a panic.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?1000l\x1b[?1006l\x1b[?2004l\x1b[?25h\x1b[?1049l";
const MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";

/// Is the terminal in our mode? A panic hook has nothing else to ask.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal in our mode; dropping it leaves the mode.
pub struct Mode(());

impl Mode {
    /// Enters.
    ///
    /// # Errors
    /// When standard input is no terminal.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        enable_raw_mode()?;
        ENTERED.store(true, Ordering::SeqCst);
        let mode = Self(());
        let mut out = io::stdout().lock();
        out.write_all(ENTER)?;
        if mouse {
            out.write_all(MOUSE)?;
        }
        out.flush()?;
        Ok(mode)
    }

    /// From now on a panic of this thread first leaves the mode, so that its message can be read, and is written
    /// down in a file in `folder`. One of another thread goes to the log and a file only: this thread goes on
    /// drawing, and nobody else may touch what it draws on.
    pub fn restore_on_panic(folder: Option<PathBuf>) {
        let before = std::panic::take_hook();
        let ours = std::thread::current().id();
        std::panic::set_hook(Box::new(move |info| {
            let written = folder.as_deref().and_then(|folder| crash::write(folder, info));
            let file = written.map(|file| file.display().to_string());
            if std::thread::current().id() == ours {
                leave();
            } else if ENTERED.load(Ordering::SeqCst) {
                let place = info.location().map(ToString::to_string).unwrap_or_default();
                let said = info.payload_as_str().unwrap_or("a panic without words");
                tracing::error!(place, said, file, "a task panicked; please report it");
                return;
            }
            before(info);
            if let Some(file) = file {
                _ = writeln!(
                    io::stderr(),
                    "segdeck ended by a fault of its own; {file} says where. Please report it."
                );
            }
        }));
    }
}

impl Drop for Mode {
    fn drop(&mut self) {
        leave();
    }
}

fn leave() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout().lock();
        // A terminal that is gone cannot be restored, and nobody sees it.
        let _ = out.write_all(LEAVE).and_then(|()| out.flush());
        let _ = disable_raw_mode();
    }
}
