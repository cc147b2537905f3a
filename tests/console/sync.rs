//! Data sync with removals that wait for a yes. By keys alone; what happens to the platform meanwhile is another
//! site's doing.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use portable_pty::CommandBuilder;

use super::line_with;
use super::terminal::Terminal;

/// The reference platform, for as long as the test lasts.
pub(crate) struct Platform {
    process: Child,
    pub(crate) address: String,
}

impl Platform {
    pub(crate) fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_segdeck"))
            .args(["platform", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .env_clear()
            .env("HOME", folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().strip_prefix("listening on ").expect("it tells its address");
        Self { address: format!("http://{address}"), process }
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn removals_that_are_held_wait_for_a_yes() {
    let [platform, ours, theirs] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let platform = Platform::start(platform.path());
    let remote = format!("sdp.endpoint={}", platform.address);
    let other_site = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segdeck"));
        let said = command.args(words).args(["--set", &remote]).env_clear().env("HOME", theirs.path());
        let said = said.output().unwrap();
        assert!(said.status.success(), "{words:?}: {}", String::from_utf8_lossy(&said.stderr));
    };
    let file = super::archive::segment(theirs.path(), "nav", "1", "zip", 100);
    other_site(&["segment", "upload", file.to_str().unwrap(), "--wait"]);

    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
    command.args(["--set", &remote]);
    command.env_clear();
    let mut console = Terminal::run(command, ours.path(), 120, 40);
    console.until("it leads", |screen| screen.contains("you lead") && screen.contains("LIVE"));
    console.keys("S");
    console.until("what is there has come", |screen| line_with(screen, &["nav@1", "ready"]));
    console.keys("\x1b");
    console.until("the box is closed", |screen| !screen.contains("Data sync"));

    other_site(&["segment", "delete", "nav@1", "--wait"]);
    console.keys("S");
    console.until("its removal is held", |screen| screen.contains("held") && screen.contains("Enter"));
    console.keys("\r");
    console.until("it asks", |screen| screen.contains("Remove what is held?"));
    console.keys("\r");
    console.until("no is the default", |screen| !screen.contains("Remove what is held?"));
    assert!(console.shows(|screen| line_with(screen, &["nav@1"])), "nothing was removed");
    console.keys("\r");
    console.until("it asks again", |screen| screen.contains("Remove what is held?"));
    console.keys("y");
    console.until("it is removed", |screen| line_with(screen, &["removed", "1"]));
    console.keys("\x1b");
    console.until("it is gone", |screen| screen.contains("Segments (0)") && !screen.contains("Data sync"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_clean());
}

#[test]
fn whoever_leads_is_told_at_the_end_what_it_leaves_open() {
    let ours = tempfile::tempdir().unwrap();
    // Nobody answers there.
    let nowhere = ["--set", "sdp.endpoint=http://127.0.0.1:9"];
    let file = super::archive::segment(ours.path(), "nav", "1", "zip", 100);
    let mut upload = Command::new(env!("CARGO_BIN_EXE_segdeck"));
    upload.args(["segment", "upload", file.to_str().unwrap()]).args(nowhere);
    assert!(upload.env_clear().env("HOME", ours.path()).status().unwrap().success());

    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
    command.args(nowhere);
    command.env_clear();
    let mut console = Terminal::run(command, ours.path(), 120, 40);
    console.until("it leads", |screen| {
        screen.contains("you lead") && screen.contains("LIVE") && line_with(screen, &["nav@1"])
    });
    console.keys("q");
    console.until("it tells the shell", |screen| {
        screen.contains("led the controllers, with 0 installs and 1 segment unfinished")
    });
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_clean());
}
