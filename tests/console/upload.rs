//! Files uploaded through the form, by keys.

use std::path::{Path, PathBuf};

use super::line_with;
use super::terminal::Terminal;
use crate::archive;

/// Where the demo of this home keeps everything.
fn demo(home: &Path) -> PathBuf {
    home.join(".local/share/segdeck-demo")
}

/// Files of segments, and files half copied.
fn stored(home: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![demo(home).join("files/staging"), demo(home).join("files/segments")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                names.push(path.strip_prefix(demo(home)).unwrap().display().to_string());
            }
        }
    }
    names
}

fn started(home: &Path) -> Terminal {
    let console = Terminal::start(home, 120, 40);
    console.until("it is there", |screen| screen.contains("LIVE") && screen.contains("Segments (2)"));
    console
}

#[test]
fn several_files_one_with_another_version_and_one_that_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let mut console = started(home.path());
    archive::with_manifest(&demo(home.path()).join("samples"), "zz-broken.zip", Some("prefix = 1"), 10);
    console.keys("u");
    console.until("the samples are listed", |screen| screen.contains("zz-broken.zip"));
    // Into the list, past the folder above: crew-app, geo-base, nav-core twice, two more, the broken one.
    console.keys("\x1b[B  ");
    console.until("two are marked", |screen| screen.contains("2 files marked"));
    console.keys("*\r");
    console.until("all are looked over", |screen| {
        line_with(screen, &["zz-broken.zip", "refused"])
            && line_with(screen, &["geo-base-1.4.0.zip", "exists"])
            && line_with(screen, &["nav-core-2.0.0.zip", "exists"])
            && line_with(screen, &["radar-track", "ready"])
            && screen.contains("[ Upload 4 files ]")
    });
    // The second row: geo-base gets another version.
    console.keys("j\t\t\x7f1\r");
    console.until("it can be uploaded now", |screen| screen.contains("[ Upload 5 files ]"));
    console.keys("c");
    console.until("the command is copied", |screen| screen.contains("Copied the command line"));
    console.keys("\r");
    console.until("the end is told", |screen| screen.contains("uploaded 5, exists 1, refused 1"));
    console.keys("\r");
    console.until("they are published", |screen| {
        screen.contains("Segments (7)")
            && [
                "geo-base@1.4.1",
                "nav-core@2.1.0",
                "nav-display@4.2.0.0",
                "radar-track@1.0.0-rc.1",
                "crew-app@1.2.0",
            ]
            .iter()
            .all(|id| line_with(screen, &[id, "ready"]))
    });
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_clean());
}

#[test]
fn a_cancel_in_the_middle_leaves_neither_file_nor_record() {
    let home = tempfile::tempdir().unwrap();
    let mut console = started(home.path());
    let before = stored(home.path());
    let large = archive::segment(home.path(), "large", "1.0", "zip", 400 << 20);
    console.keys(&format!("u{}\r", large.display()));
    console.until("it is looked over", |screen| screen.contains("[ Upload 1 file ]"));
    console.keys("\r");
    console.until("it is on its way", |screen| screen.contains("Copying:"));
    console.keys("\x1b");
    console.until("it asks", |screen| screen.contains("Cancel the upload?"));
    console.keys("y");
    console.until("it is gone", |screen| screen.contains("nothing is left of it"));
    assert_eq!(stored(home.path()), before);
    console.until("no record is there", |screen| screen.contains("Segments (2)"));

    // Back out of everything by Esc: nothing was sent.
    console.keys(&format!("u{}\r", large.display()));
    console.until("it is looked over again", |screen| screen.contains("Upload: look it over"));
    console.keys("\x1b");
    console.until("back at the files", |screen| screen.contains("Upload: which files?"));
    console.keys("\x1b");
    console.until("back at the panes", |screen| !screen.contains("Upload: which files?"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert_eq!(stored(home.path()), before);
}
