//! A pseudo-terminal with the console in it: what it shows, and keys for it.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longest time for anything the console does.
const PATIENCE: Duration = Duration::from_secs(90);

type Shown = Arc<(Mutex<vt100::Parser>, Condvar)>;

/// The terminal.
pub(crate) struct Terminal {
    shown: Shown,
    keys: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    child: Option<Box<dyn Child + Send + Sync>>,
    pid: u32,
    reader: Option<JoinHandle<()>>,
    leave: Arc<AtomicBool>,
    gate: Arc<Mutex<()>>,
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

impl Terminal {
    /// Starts `segdeck demo` with this home folder.
    pub(crate) fn start(home: &Path, cols: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
        command.arg("demo");
        command.env_clear();
        Self::run(command, home, cols, rows)
    }

    /// Starts anything with this home folder.
    pub(crate) fn run(mut command: CommandBuilder, home: &Path, cols: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("TZ", "UTC");
        command.cwd(home);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let shown: Shown = Arc::new((Mutex::new(vt100::Parser::new(rows, cols, 0)), Condvar::new()));
        let mut output = pair.master.try_clone_reader().unwrap();
        let filled = Arc::clone(&shown);
        let leave = Arc::new(AtomicBool::new(false));
        let leaves = Arc::clone(&leave);
        let gate = Arc::new(Mutex::new(()));
        let opened = Arc::clone(&gate);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 65536];
            // The end of the process is an error here, or no bytes.
            while let Ok(count) = output.read(&mut bytes) {
                if count == 0 || leaves.load(Ordering::SeqCst) {
                    break;
                }
                filled.0.lock().unwrap().process(&bytes[..count]);
                filled.1.notify_all();
                drop(opened.lock().unwrap());
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let pid = child.process_id().unwrap();
        Self {
            shown,
            keys: Some(keys),
            master: Some(pair.master),
            child: Some(child),
            pid,
            reader: Some(reader),
            leave,
            gate,
        }
    }

    /// Nothing is read from the terminal while this is locked.
    pub(crate) fn gate(&self) -> Arc<Mutex<()>> {
        Arc::clone(&self.gate)
    }

    /// Waits until the screen is as wanted.
    pub(crate) fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) {
        let (parser, news) = &*self.shown;
        let deadline = Instant::now() + PATIENCE;
        let mut parser = parser.lock().unwrap();
        while !wanted(&parser.screen().contents()) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain: {what}\n{}", parser.screen().contents());
            parser = news.wait_timeout(parser, left).unwrap().0;
        }
    }

    /// Is the screen like this now?
    pub(crate) fn shows(&self, wanted: impl Fn(&str) -> bool) -> bool {
        wanted(&self.shown.0.lock().unwrap().screen().contents())
    }

    /// Waits until a cell has this colour.
    pub(crate) fn until_coloured(&self, what: &str, at: (u16, u16), colour: vt100::Color) {
        let (parser, news) = &*self.shown;
        let deadline = Instant::now() + PATIENCE;
        let mut parser = parser.lock().unwrap();
        loop {
            let seen = parser.screen().cell(at.1, at.0).map(vt100::Cell::bgcolor);
            if seen == Some(colour) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain: {what}, last {seen:?}\n{}", parser.screen().contents());
            parser = news.wait_timeout(parser, left).unwrap().0;
        }
    }

    /// Types.
    pub(crate) fn keys(&mut self, keys: &str) {
        let writer = self.keys.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Makes the terminal larger or smaller.
    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        // The emulator cannot wrap a line of one column; the console is told the true size.
        self.shown.0.lock().unwrap().screen_mut().set_size(rows.max(2), cols.max(2));
        self.master.as_ref().unwrap().resize(size(cols, rows)).unwrap();
    }

    /// The alternate screen is shown.
    pub(crate) fn is_alternate_screen(&self) -> bool {
        self.shown.0.lock().unwrap().screen().alternate_screen()
    }

    /// Does what runs in it get the mouse?
    pub(crate) fn takes_mouse(&self) -> bool {
        let parser = self.shown.0.lock().unwrap();
        parser.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None
    }

    /// No mode of the console is left over.
    pub(crate) fn is_clean(&self) -> bool {
        let parser = self.shown.0.lock().unwrap();
        let screen = parser.screen();
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    }

    /// The terminal vanishes, as when a connection breaks.
    pub(crate) fn hang_up(&mut self) {
        // The reader holds the terminal as well; it leaves with the next thing that is drawn.
        self.leave.store(true, Ordering::SeqCst);
        self.keys("?");
        self.reader.take().unwrap().join().unwrap();
        self.keys = None;
        self.master = None;
    }

    /// Waits for the end of the process.
    pub(crate) fn exit_code(&mut self) -> u32 {
        let mut child = self.child.take().unwrap();
        let (sender, ended) = mpsc::channel();
        std::thread::spawn(move || sender.send(child.wait()));
        match ended.recv_timeout(PATIENCE) {
            Ok(status) => status.unwrap().exit_code(),
            Err(_) => panic!("process {} goes on", self.pid),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
