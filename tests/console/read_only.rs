//! A console that only looks, over a real etcd: the keys that lead to an install leave no trace in it.

use std::path::Path;
use std::process::Command;

use portable_pty::CommandBuilder;

use super::etcd::Etcd;
use super::sync::Platform;
use super::terminal::Terminal;

/// Seats of the site.
const SEATS: usize = 36;

/// How the console tells that it only looks.
const WHY: &str = "Nothing can be changed here";

/// What stands over seats against segments.
const MATRIX: &str = "Seats against segments";

/// Settings of everybody here.
fn settings(etcd: &Etcd, platform: &Platform, folder: &Path) -> Vec<String> {
    [
        "store.backend=etcd".to_owned(),
        "store.prefix=/looks".to_owned(),
        format!("store.endpoints=http://{}", etcd.endpoint()),
        format!("storage.url=file://{}", folder.join("files").display()),
        format!("sdp.endpoint={}", platform.address),
    ]
    .into_iter()
    .flat_map(|set| ["--set".to_owned(), set])
    .collect()
}

/// A published segment that is meant for all seats and is on none.
fn prepare(settings: &[String], folder: &Path) {
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segdeck"));
        let said = command.args(words).args(settings).env_clear().env("HOME", folder).output().unwrap();
        assert!(said.status.success(), "{words:?}: {}", String::from_utf8_lossy(&said.stderr));
    };
    let list: String = (1..=SEATS).map(|n| format!("seat-{n:03},10.0.0.{n}\n")).collect();
    let seats = folder.join("seats.csv");
    std::fs::write(&seats, format!("id,ip\n{list}")).unwrap();
    run(&["seat", "import", seats.to_str().unwrap()]);
    let file = super::archive::segment(folder, "nav", "1.0", "zip", 100);
    run(&["segment", "upload", file.to_str().unwrap(), "--wait"]);
    let all: Vec<String> = (1..=SEATS).map(|n| format!("seat-{n:03}")).collect();
    run(&["bind", "set", "nav@1.0", "--seats", &all.join(",")]);
}

/// The revision of all of it: any change raises it.
fn revision(etcd: &Etcd) -> String {
    let told = etcd.ctl(&["get", "--prefix", "/looks/", "--keys-only", "-w", "json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    format!("{} with {} keys", told["header"]["revision"], told["kvs"].as_array().map_or(0, Vec::len))
}

#[test]
fn keys_that_lead_to_an_install_order_none() {
    let (etcd, home) = (Etcd::start(), tempfile::tempdir().unwrap());
    let platform = Platform::start(&home.path().join("platform"));
    let settings = settings(&etcd, &platform, home.path());
    prepare(&settings, home.path());
    let before = revision(&etcd);

    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_segdeck"));
    command.arg("--read-only");
    command.args(&settings);
    command.env_clear();
    let mut console = Terminal::run(command, home.path(), 120, 40);
    console.until("it is there", |screen| screen.contains("LIVE") && screen.contains("nav@1.0"));
    // Each key, and what it would show where it leads on: the next one is pressed on whatever came.
    let chooser = [("*", "36 seats wanted"), ("\r", "install on 36"), ("y", "Installs (1)")];
    let enter = [("3", "Seats (36)"), ("\r", "seats wanted")].into_iter().chain(chooser);
    let space = [("3", "Seats (36)"), (" ", "1 seat wanted")].into_iter().chain(chooser);
    let matrix = [("M", MATRIX), ("d", MATRIX), ("\r", "install on 1"), ("y", "Installs (1)")].into_iter();
    for steps in [enter.collect::<Vec<_>>(), space.collect(), matrix.collect()] {
        console.keys("1");
        console.until("the boxes are closed", |screen| !screen.contains(MATRIX));
        for (at, (key, leads_to)) in steps.into_iter().enumerate() {
            console.keys(key);
            console.until(leads_to, |screen| {
                // What only shows something opens here too; all else may be refused.
                let refused = at > 0 && [WHY, "Copied", MATRIX].iter().any(|part| screen.contains(part));
                refused || screen.contains(leads_to)
            });
        }
        assert_eq!(revision(&etcd), before, "records have changed");
    }
    console.keys("\x1b");
    console.until("the box is closed", |screen| !screen.contains(MATRIX));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert_eq!(revision(&etcd), before, "records have changed");
}
