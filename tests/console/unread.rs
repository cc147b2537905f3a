//! A terminal that takes nothing, as over a connection that hangs.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use portable_pty::CommandBuilder;

use super::terminal::Terminal;

/// Longer than the leader's lease twice over.
const HANGS: Duration = Duration::from_secs(5);

/// What a command of another process answers about the same store.
fn ask(home: &Path, words: &[&str]) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_segdeck"));
    let said = command.args(words).args(["-o", "json"]).env_clear().env("HOME", home).output().unwrap();
    assert!(said.status.success(), "{words:?}: {}", String::from_utf8_lossy(&said.stderr));
    serde_json::from_slice(&said.stdout).unwrap()
}

#[test]
fn the_controllers_go_on_and_the_newest_state_is_drawn_at_last() {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
    // Nobody answers there: it leads all the same.
    command.args(["--set", "controllers.lease_ttl=2s", "--set", "sdp.endpoint=http://127.0.0.1:9"]);
    command.env_clear();
    let mut console = Terminal::run(command, home.path(), 200, 50);
    console.until("it leads", |screen| screen.contains("you lead") && screen.contains("LIVE"));
    let epoch = |home: &Path| ask(home, &["controller", "status"])["leader"]["epoch"].clone();
    let before = epoch(home.path());
    assert!(before.is_number(), "{before}");

    let gate = console.gate();
    let held = gate.lock().unwrap();
    // Whole frames until the terminal's own 64 KiB are full and the console waits for it; keys at once would share
    // a frame.
    for _ in 0..60 {
        console.keys("\x0c");
        std::thread::sleep(Duration::from_millis(15));
    }
    for n in 1..=20 {
        ask(home.path(), &["seat", "add", &format!("seat-{n:03}"), "--ip", &format!("10.0.0.{n}")]);
    }
    std::thread::sleep(HANGS);
    assert_eq!(epoch(home.path()), before, "the lease was kept");
    drop(held);

    console.until("the newest state is drawn", |screen| screen.contains("Seats (20)"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}
