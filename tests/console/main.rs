//! The real binary in a real pseudo-terminal, worked by keys alone.

// A test that cannot set itself up shall stop at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/archive.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test binary uses its own part of it")]
mod archive;
mod control;
#[path = "../common/etcd.rs"]
#[allow(unreachable_pub, reason = "each test binary uses its own part of it")]
mod etcd;
mod looks;
mod read_only;
mod rights;
mod suspend;
mod sync;
mod terminal;
mod trash;
mod unread;
mod upload;

use std::io::{Read, Write};

use portable_pty::CommandBuilder;
use segdeck::ui::terminal::Mode;
use terminal::Terminal;

/// Tells the test program that it is the one in the terminal.
const CHILD: &str = "CONSOLE_TEST_CHILD";

/// A line that shows a segment and where it stands.
fn line_with(screen: &str, parts: &[&str]) -> bool {
    screen.lines().any(|line| parts.iter().all(|part| line.contains(part)))
}

#[test]
fn the_whole_job_by_keys() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(home.path(), 120, 40);
    console.until("the samples are published", |screen| {
        screen.contains("you lead")
            && screen.contains("LIVE")
            && line_with(screen, &["nav-core@2.0.0", "ready"])
    });
    assert!(console.is_alternate_screen());

    console.keys("/geo\r");
    console.until("the filter leaves one row", |screen| screen.contains("(1 of 2)"));
    console.keys("\x1b");
    console.until("the filter is gone", |screen| screen.contains("Segments (2)"));

    let sample = home.path().join(".local/share/segdeck-demo/samples/nav-core-2.1.0.zip");
    console.keys(&format!("u{}\r", sample.display()));
    console.until("what was found is shown", |screen| screen.contains("[ Upload 1 file ]"));
    console.keys("\r");
    console.until("the upload is published", |screen| line_with(screen, &["nav-core@2.1.0", "ready"]));

    console.keys("/2.1.0\r");
    console.until("the upload is selected", |screen| screen.contains("(1 of 3)"));
    console.keys("i");
    console.until("seats can be chosen", |screen| screen.contains("0 seats wanted"));
    console.keys("/bridge\r*");
    console.until("a group is marked", |screen| screen.contains("8 seats wanted"));
    console.keys("\r");
    console.until("the plan is shown", |screen| screen.contains("install on 8"));
    console.keys("y");
    console.until("the install is at its end", |screen| {
        screen.contains("Installs (1)") && line_with(screen, &["nav-core@2.1.0", "100%"])
    });
    console.keys("\r");
    console.until("its seats are shown", |screen| {
        screen.contains("Install of nav-core@2.1.0") && line_with(screen, &["seat-001", "install"])
    });

    console.keys("\x1b");
    console.until("the box is closed", |screen| !screen.contains("Install of nav-core@2.1.0"));
    console.keys("1");
    console.keys("\x1b");
    console.until("all segments are shown", |screen| screen.contains("Segments (3)"));
    console.keys("gd");
    console.until("the deletion asks", |screen| screen.contains("Delete geo-base@1.4.0?"));
    console.keys("y");
    console.until("it is gone", |screen| {
        screen.contains("Segments (2)") && !line_with(screen, &["geo-base@1.4.0", "SDP"])
    });

    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_clean(), "the terminal is as it was found");
}

#[test]
fn the_mouse_is_left_to_the_terminal_unless_it_is_switched_on() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(home.path(), 120, 40);
    console.until("it is there", |screen| screen.contains("LIVE") && screen.contains("Seats (36)"));
    assert!(!console.takes_mouse());
    console.keys("q");
    assert_eq!(console.exit_code(), 0);

    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
    command.args(["demo", "--set", "ui.mouse=true"]);
    command.env_clear();
    let mut console = Terminal::run(command, home.path(), 120, 40);
    console.until("it is there", |screen| screen.contains("LIVE") && line_with(screen, &["nav-core@2.0.0"]));
    assert!(console.takes_mouse());
    console.until("the first one is selected", |screen| screen.contains("Versions (1) geo-base"));
    // Line 5: banner, frame and header, then the second segment.
    console.keys("\x1b[<0;10;5M\x1b[<0;10;5m");
    console.until("the second one is", |screen| screen.contains("Versions (1) nav-core"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(!console.takes_mouse(), "the terminal has its mouse back");
}

#[test]
fn a_vanished_terminal_ends_the_process() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(home.path(), 80, 24);
    console.until("it is there", |screen| screen.contains("LIVE"));
    console.hang_up();
    console.exit_code();
}

#[test]
fn it_follows_the_size_of_its_terminal() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(home.path(), 80, 24);
    console.until("one pane at a time", |screen| screen.contains("2 Versions  3 Seats"));
    console.resize(140, 40);
    console.until("panes side by side", |screen| {
        screen.contains("─ 4 Installs") || screen.contains("┌ 4 Installs")
    });
    // A window that is dragged by its corner.
    for step in 0..200_u16 {
        console.resize(1 + step * 7 % 190, 1 + step * 5 % 60);
    }
    console.resize(1, 1);
    console.resize(20, 5);
    console.until("small again", |screen| screen.lines().count() <= 5 && screen.contains("Segments"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_clean());
}

#[test]
fn a_panic_leaves_the_terminal_and_one_of_another_thread_leaves_it_alone() {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child_that_panics", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, "1");
    // What is looked for must not scroll away before it is seen; the file has the way there anyhow.
    command.env("RUST_BACKTRACE", "0");
    let mut child = Terminal::run(command, home.path(), 80, 24);
    child.until("another thread has panicked", |screen| {
        screen.contains("drawn after it") && !screen.contains("of the other thread")
    });
    assert!(child.is_alternate_screen(), "the console goes on where it was");
    child.keys("x");
    child.until("the message is shown", |screen| screen.contains("of the console"));
    assert_ne!(child.exit_code(), 0);
    assert!(child.is_clean(), "the terminal is as it was found");
    let crashes: Vec<_> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("crash-"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for said in ["of the other thread", "of the console"] {
        let crash = crashes.iter().find(|crash| crash.contains(said)).expect(said);
        assert!(crash.contains("tests/console/main.rs") && crash.contains("child_that_panics"), "{crash}");
    }
}

#[test]
fn a_read_only_console_changes_nothing_and_leads_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
    command.arg("--read-only");
    command.env_clear();
    let mut console = Terminal::run(command, home.path(), 100, 24);
    console.until("it says so", |screen| screen.contains("READ-ONLY") && screen.contains("it is read-only"));
    for key in ["u", "S"] {
        console.keys(key);
        console.until("it is refused", |screen| screen.contains("Nothing can be changed here"));
        console.keys("?");
        console.until("the help is open", |screen| screen.contains(" Keys "));
        console.keys("?");
        console.until("the news is gone", |screen| !screen.contains("Nothing can be changed here"));
    }
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
#[ignore = "runs inside the terminal of the test above"]
fn child_that_panics() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    Mode::restore_on_panic(std::env::current_dir().ok());
    let _mode = Mode::enter(false).unwrap();
    assert!(std::thread::spawn(|| panic!("of the other thread")).join().is_err());
    let mut out = std::io::stdout();
    out.write_all(b"drawn after it").unwrap();
    out.flush().unwrap();
    // In raw mode a key comes without a line's end.
    std::io::stdin().read_exact(&mut [0]).unwrap();
    panic!("of the console");
}
