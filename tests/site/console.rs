//! The console in a pseudo-terminal: left open, and looked at.

use std::io::{Read, Write};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tokio::sync::watch;

use crate::host::Host;
use crate::log::Log;

const COLS: u16 = 120;
const ROWS: u16 = 40;

/// An open console; dropping it kills it.
pub(crate) struct Console {
    child: Option<Box<dyn Child + Send + Sync>>,
    pid: u32,
    keys: Box<dyn Write + Send>,
    // Its terminal is there as long as this is.
    _master: Box<dyn MasterPty + Send>,
    /// Every screen so far, oldest first.
    screens: watch::Receiver<Vec<String>>,
    log: Log,
}

impl Console {
    /// Opens it.
    pub(crate) fn open(host: &Host) -> Self {
        let size = PtySize { rows: ROWS, cols: COLS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        // It goes with its test, also when the test binary itself is killed.
        let mut command = CommandBuilder::new("setpriv");
        command.args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_segdeck")]);
        command.env_clear();
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.env("HOME", host.path());
        command.env("USER", "operator");
        command.env("TERM", "xterm-256color");
        command.cwd(host.path());
        let child = pair.slave.spawn_command(command).unwrap();
        let pid = child.process_id().unwrap();
        host.log.note("console", &format!("started as process {pid}"));
        let (sender, screens) = watch::channel(Vec::new());
        let output = pair.master.try_clone_reader().unwrap();
        std::thread::spawn(move || {
            for_each_screen(output, |screen| sender.send_modify(|screens| screens.push(screen)));
        });
        let keys = pair.master.take_writer().unwrap();
        Self { child: Some(child), pid, keys, _master: pair.master, screens, log: host.log.clone() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until the screen is as wanted.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&str) -> bool) {
        let shown = self.screens.wait_for(|screens| screens.last().is_some_and(|screen| wanted(screen)));
        assert!(shown.await.is_ok(), "the console ended");
    }

    /// Was a screen like this ever shown?
    pub(crate) fn has_shown(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.screens.borrow().iter().any(|screen| wanted(screen))
    }

    /// Quits it; it must still have been there.
    pub(crate) async fn quit(mut self) {
        let mut child = self.child.take().unwrap();
        assert!(child.try_wait().unwrap().is_none(), "the console is still open");
        self.keys.write_all(b"q").unwrap();
        self.keys.flush().unwrap();
        // A killed one ends as well: the thread that waits does not hang beyond its test.
        let mut killer = child.clone_killer();
        let waiting = tokio::task::spawn_blocking(move || child.wait().unwrap());
        let status = tokio::time::timeout(std::time::Duration::from_secs(30), waiting).await;
        if status.is_err() {
            killer.kill().unwrap();
        }
        let status = status.expect("it quits").unwrap();
        assert_eq!(status.exit_code(), 0);
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.log.note("console", self.screens.borrow().last().map_or("showed nothing", String::as_str));
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A line of the screen that shows all of these.
pub(crate) fn line_with(screen: &str, parts: &[&str]) -> bool {
    screen.lines().any(|line| parts.iter().all(|part| line.contains(part)))
}

/// Hands on what the terminal shows after each change, until it is gone.
fn for_each_screen(mut output: Box<dyn Read + Send>, mut hand_on: impl FnMut(String)) {
    let mut parser = vt100::Parser::new(ROWS, COLS, 0);
    let mut bytes = [0; 65536];
    let mut last = String::new();
    while let Ok(count) = output.read(&mut bytes) {
        if count == 0 {
            return;
        }
        parser.process(&bytes[..count]);
        let screen = parser.screen().contents();
        if screen != last {
            last.clone_from(&screen);
            hand_on(screen);
        }
    }
}
