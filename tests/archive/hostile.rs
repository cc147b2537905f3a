//! One table of hostile archives, read in a process of its own: what it says to each, how much memory it
//! takes in all, and that nothing appears on the disk.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use segdeck::archive::{Limits, Reading, read};
use segdeck::domain::Format;

/// Set in the child: the folder with the archives.
const FOLDER: &str = "SEGDECK_TEST_ARCHIVES";

/// Memory that reading may take in all, in KiB: the whole process, test runner included.
const MOST: u64 = 64 << 10;

/// An archive, and what is said to it.
pub(crate) struct Row {
    /// What is wrong with it.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// A part of the error; `taken: ` and the numbers of entries and bytes for one that is good.
    pub(crate) says: &'static str,
}

/// A row of the table.
pub(crate) fn row(name: impl Into<String>, bytes: Vec<u8>, says: &'static str) -> Row {
    Row { name: name.into(), bytes, says }
}

/// What is said to the file.
pub(crate) fn verdict(file: &Path) -> String {
    let reading = Reading {
        file_name: "hostile.mpk",
        format: Format::Mpk,
        limits: &Limits::default(),
        heard: &mut |_| ControlFlow::Continue(()),
    };
    match read(File::open(file).unwrap(), reading) {
        Ok(contents) => format!("taken: {} entries, {} bytes", contents.entries, contents.unpacked_size),
        Err(error) => error.to_string(),
    }
}

/// Not a test of its own: what the child of the test below runs.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    for at in 0.. {
        let file = Path::new(&folder).join(at.to_string());
        if !file.exists() {
            break;
        }
        println!("\nsays {}", verdict(&file));
    }
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("\npeak {}", peak.trim().trim_end_matches(" kB"));
}

#[test]
fn every_one_is_refused_for_its_reason_in_small_memory_and_nothing_is_written() {
    let (archives, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut expected = Vec::new();
    let tables = [super::hostile_zip::rows(), super::hostile_tar::rows()];
    for row in tables.into_iter().flatten() {
        fs::write(archives.path().join(expected.len().to_string()), &row.bytes).unwrap();
        expected.push((row.name, row.says));
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "hostile::child", "--nocapture"])
        .env(FOLDER, archives.path())
        .env("TMPDIR", work.path())
        .current_dir(work.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));

    let said: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("says ")).collect();
    assert_eq!(said.len(), expected.len());
    let wrong: Vec<String> = expected
        .iter()
        .zip(&said)
        .filter(|((_, says), said)| !said.contains(says))
        .map(|((name, says), said)| format!("{name}:\n  expected …{says}…\n  it says   {said}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), said.len(), wrong.join("\n"));
    for said in &said {
        assert!(!said.chars().any(char::is_control) && said.len() < 600, "{said:?}");
        let says_what_to_do = said.contains("; ") || said.contains("(setting ");
        assert!(said.starts_with("taken: ") || says_what_to_do, "{said:?}");
    }

    let peak: u64 = printed.lines().find_map(|line| line.strip_prefix("peak ")).unwrap().parse().unwrap();
    println!("{} archives, {peak} KiB at most", said.len());
    assert!(peak < MOST, "{peak} KiB");
    assert_eq!(fs::read_dir(work.path()).unwrap().count(), 0, "something was written");
    assert_eq!(fs::read_dir(archives.path()).unwrap().count(), expected.len(), "something was written");
}
