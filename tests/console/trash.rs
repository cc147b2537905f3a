//! A segment is deleted, brought back from the trash and published again; then it is emptied. By keys alone.

use std::process::Command;

use portable_pty::CommandBuilder;

use super::line_with;
use super::sync::Platform;
use super::terminal::Terminal;

#[test]
fn a_deleted_segment_is_restored_and_published_again() {
    let [platform, ours] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let platform = Platform::start(platform.path());
    let remote = format!("sdp.endpoint={}", platform.address);
    let file = super::archive::segment(ours.path(), "nav", "1", "zip", 100);
    let segdeck = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segdeck"));
        command.args(words).args(["--set", &remote]).env_clear().env("HOME", ours.path());
        let said = command.output().unwrap();
        assert!(said.status.success(), "{words:?}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    };
    segdeck(&["segment", "upload", file.to_str().unwrap(), "--wait"]);
    let uid = |json: &str| {
        let shown: serde_json::Value = serde_json::from_str(json).unwrap();
        shown["remoteExtra"]["uid"].as_str().expect("it is published").to_owned()
    };
    let before = uid(&segdeck(&["segment", "show", "nav@1", "-o", "json"]));

    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
    command.args(["--set", &remote]);
    command.env_clear();
    let mut console = Terminal::run(command, ours.path(), 120, 40);
    console.until("it leads", |screen| {
        screen.contains("you lead") && screen.contains("LIVE") && line_with(screen, &["nav@1", "ready"])
    });
    console.keys("X");
    console.until("nothing was deleted yet", |screen| screen.contains("The trash is empty."));
    console.keys("\x1b");
    console.until("the box is closed", |screen| !screen.contains("The trash is empty."));
    console.keys("d");
    console.until("it asks, and names the trash", |screen| {
        screen.contains("Delete nav@1?") && screen.contains("go to the trash: until")
    });
    console.keys("y");
    console.until("it is gone", |screen| screen.contains("Segments (0)"));
    console.keys("X");
    console.until("it lies in the trash", |screen| {
        screen.contains("1 entry") && line_with(screen, &["nav@1", "deleted"])
    });
    console.keys("\r");
    console.until("it asks, with the command", |screen| {
        screen.contains("Restore nav@1?") && screen.contains(" trash restore")
    });
    console.keys("y");
    console.until("it has left the trash", |screen| screen.contains("The trash is empty."));
    console.keys("\x1b");
    console.until("it is published again", |screen| {
        !screen.contains("The trash is empty.")
            && screen.contains("Segments (1)")
            && line_with(screen, &["nav@1", "ready"])
    });
    let after = uid(&segdeck(&["segment", "show", "nav@1", "-o", "json"]));
    assert_ne!(before, after, "its platform has it anew");

    console.keys("d");
    console.until("it asks again", |screen| screen.contains("Delete nav@1?"));
    console.keys("y");
    console.until("it is gone again", |screen| screen.contains("Segments (0)"));
    console.keys("X");
    console.until("it lies in the trash again", |screen| screen.contains("1 entry"));
    console.keys("d");
    console.until("it wants a word", |screen| screen.contains("for good?") && screen.contains("Type empty"));
    console.keys("empty\r");
    // The leader does it, which nobody tells: the open box finds out.
    console.until("nothing is left of it", |screen| screen.contains("The trash is empty."));
    console.keys("\x1b");
    console.until("the box is closed", |screen| !screen.contains("The trash is empty."));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_clean());
}
