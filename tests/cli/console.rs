//! The console in a real pseudo-terminal, as far as starting and ending it goes.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::house::House;

/// Long enough for a slow machine; nothing waits for it in vain.
const PATIENCE: Duration = Duration::from_secs(60);

struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    bytes: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Terminal {
    fn start(house: &House, arguments: &[&str]) -> Self {
        let size = PtySize { rows: 40, cols: 140, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
        command.args(arguments);
        command.env_clear();
        for (name, value) in
            [("PATH", "/usr/bin:/bin"), ("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("USER", "tester")]
        {
            command.env(name, value);
        }
        command.env("HOME", house.path());
        command.cwd(house.path());
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self { child, keys, bytes, screen: vt100::Parser::new(40, 140, 0), _master: pair.master }
    }

    /// Draws what comes until the screen shows this.
    #[track_caller]
    fn shows(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.screen.screen().contents().contains(text) {
            match self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => panic!("no {text:?} on:\n{}", self.screen.screen().contents()),
            }
        }
    }

    /// Waits for the end; the exit code, with the screen as it was left.
    fn ends(&mut self) -> u32 {
        while let Ok(bytes) = self.bytes.recv_timeout(PATIENCE) {
            self.screen.process(&bytes);
        }
        self.child.wait().unwrap().exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
fn the_demo_opens_filled_and_says_where_it_lies() {
    let house = House::new();
    let mut terminal = Terminal::start(&house, &["demo"]);
    terminal.shows("geo-base@1.4.0");
    terminal.shows("seat-001");
    terminal.shows("you lead");
    terminal.keys.write_all(b"q").unwrap();
    assert_eq!(terminal.ends(), 0);
    let screen = terminal.screen.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor());
    assert!(screen.contents().contains("segdeck-demo"), "{}", screen.contents());
    assert!(house.path().join(".local/share/segdeck-demo/samples/nav-core-2.1.0.zip").exists());
    // Apart from the real data.
    assert!(!house.path().join(".local/share/segdeck").exists());
}

#[test]
fn it_opens_while_etcd_is_away_and_ends_by_a_signal() {
    let house = House::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = format!("store.endpoints=http://127.0.0.1:{port}");
    let mut terminal = Terminal::start(&house, &["--set", "store.backend=etcd", "--set", &endpoint]);
    terminal.shows(&port.to_string());
    let pid = rustix::process::Pid::from_raw(terminal.child.process_id().unwrap() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(terminal.ends(), 0);
    assert!(!terminal.screen.screen().alternate_screen());
}

#[test]
fn without_a_terminal_it_says_what_works() {
    let house = House::new();
    house.run(&["-o", "json"]).refuses(64, "usage", &["terminal", "--help"]);
    house.run(&["demo", "-o", "json"]).refuses(64, "usage", &["terminal"]);
    assert!(!house.path().join(".local").exists());
}
