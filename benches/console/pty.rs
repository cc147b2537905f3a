//! A program in a pseudo-terminal: keys in, and when how many bytes came out.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longest wait for a screen that must come.
const PATIENCE: Duration = Duration::from_secs(120);

/// What csvlens writes four times a second while nothing happens.
const NOISE: &[u8] = b"\x1b[39m\x1b[49m\x1b[59m\x1b[0m\x1b[?25l";

/// Ends a frame of a program that draws each at once.
const FRAME: &[u8] = b"\x1b[?2026l";

/// What was read at once.
pub struct Chunk {
    pub at: Instant,
    pub bytes: Vec<u8>,
}

/// The program.
pub struct Pty {
    pub started: Instant,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    chunks: Receiver<Chunk>,
    screen: vt100::Parser,
    /// The reader reads while it can take this.
    pub reading: std::sync::Arc<std::sync::Mutex<()>>,
    _master: Box<dyn MasterPty + Send>,
}

/// What came after a key.
pub struct Answer {
    /// Until the last byte.
    pub last: Duration,
    /// Until the end of the first frame; until the last byte for a program whose frames have no end.
    pub frame: Duration,
    pub bytes: usize,
}

/// A command with its arguments and nothing of our environment but the path.
pub fn command<S: AsRef<OsStr>>(program: S, arguments: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.args(arguments);
    command.env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command
}

impl Pty {
    pub fn start(command: CommandBuilder, size: (u16, u16)) -> Self {
        let (cols, rows) = size;
        let pair =
            native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let (sender, chunks) = mpsc::channel();
        let reading = std::sync::Arc::new(std::sync::Mutex::new(()));
        let gate = std::sync::Arc::clone(&reading);
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        std::thread::spawn(move || {
            let mut bytes = [0; 65536];
            loop {
                // The end of the program is an error here, or no bytes.
                let Ok(count) = output.read(&mut bytes) else { return };
                let chunk = Chunk { at: Instant::now(), bytes: bytes[..count].to_vec() };
                if count == 0 || sender.send(chunk).is_err() {
                    return;
                }
                drop(gate.lock().unwrap());
            }
        });
        Self {
            started,
            child,
            keys: pair.master.take_writer().unwrap(),
            chunks,
            screen: vt100::Parser::new(rows, cols, 0),
            reading,
            _master: pair.master,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// What the screen shows.
    pub fn contents(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen is as wanted; when its last piece came.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> Instant {
        let deadline = Instant::now() + PATIENCE;
        let mut at = Instant::now();
        while !wanted(&self.contents()) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.chunks.recv_timeout(left) {
                Ok(chunk) if !left.is_zero() => {
                    self.screen.process(&chunk.bytes);
                    at = chunk.at;
                }
                _ => panic!("waited in vain: {what}\n{}", self.contents()),
            }
        }
        at
    }

    /// Waits until nothing came for this long.
    pub fn quiet(&mut self, time: Duration) {
        let mut since = Instant::now();
        while let Ok(chunk) = self.chunks.recv_timeout(time.saturating_sub(since.elapsed())) {
            self.screen.process(&chunk.bytes);
            if chunk.bytes != NOISE {
                since = Instant::now();
            }
        }
    }

    pub fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// All that comes until then.
    pub fn take_until(&mut self, end: Instant) -> Vec<Chunk> {
        let mut taken = Vec::new();
        loop {
            match self.chunks.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(chunk) => {
                    self.screen.process(&chunk.bytes);
                    taken.push(chunk);
                }
                Err(RecvTimeoutError::Timeout) => return taken,
                Err(RecvTimeoutError::Disconnected) => panic!("it ended\n{}", self.contents()),
            }
        }
    }

    /// Sends a key and takes what comes within `window`; none when nothing came.
    pub fn press(&mut self, key: &str, window: Duration) -> Option<Answer> {
        let pressed = Instant::now();
        self.send(key);
        let mut chunks = self.take_until(pressed + window);
        chunks.retain(|chunk| chunk.bytes != NOISE);
        let last = chunks.last()?.at - pressed;
        // A mark may lie across two pieces.
        let mut all = Vec::new();
        let mut frame = None;
        for chunk in &chunks {
            all.extend_from_slice(&chunk.bytes);
            if frame.is_none() && find(&all, FRAME) > 0 {
                frame = Some(chunk.at - pressed);
            }
        }
        Some(Answer { last, frame: frame.unwrap_or(last), bytes: all.len() })
    }

    /// Sends a key that moves the cursor of a list; until the frame that shows it elsewhere, and how many frames came
    /// within `window`.
    pub fn press_and_see(&mut self, key: &str, window: Duration) -> (Option<Duration>, usize) {
        let before = self.cursor();
        let pressed = Instant::now();
        self.send(key);
        let (mut seen, mut drawn) = (None, 0);
        let mut all = Vec::new();
        while let Ok(chunk) =
            self.chunks.recv_timeout((pressed + window).saturating_duration_since(Instant::now()))
        {
            self.screen.process(&chunk.bytes);
            all.extend_from_slice(&chunk.bytes);
            let frames = find(&all, FRAME);
            if frames > drawn && seen.is_none() && self.cursor() != before {
                seen = Some(chunk.at - pressed);
            }
            drawn = frames;
        }
        (seen, drawn)
    }

    /// The rows that begin or go on turned around.
    fn cursor(&self) -> Vec<u16> {
        let screen = self.screen.screen();
        let (rows, columns) = screen.size();
        let turned = |row: u16| {
            (0..columns).filter(|at| screen.cell(row, *at).is_some_and(vt100::Cell::inverse)).count() > 40
        };
        (0..rows - 1).filter(|row| turned(*row)).collect()
    }

    /// Processor time it used till now, also of threads that have ended; in ticks of 10 ms.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        // After the name in parentheses, which may hold anything: user and system time are fields 14 and 15.
        let fields = stat.rsplit_once(')').unwrap().1;
        let ticks = fields.split_whitespace().skip(11).take(2).map(|text| text.parse::<u64>().unwrap());
        // What Linux tells programs is always in hundredths of a second.
        Duration::from_millis(ticks.sum::<u64>() * 10)
    }

    /// KiB of a line of its status, e.g. `VmRSS:`.
    pub fn memory(&self, what: &str) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}

/// Frames that end in these chunks.
pub fn frames(chunks: &[Chunk]) -> usize {
    find(&chunks.iter().flat_map(|chunk| chunk.bytes.iter().copied()).collect::<Vec<_>>(), FRAME)
}

/// How often one is in the other.
fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).filter(|window| *window == what).count()
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
