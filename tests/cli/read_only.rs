//! A read-only process looks. Every command of the tree either reads, or is refused; a new one stands in neither table
//! and fails here.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::house::{House, Run};

/// An install that there is none of: what changes is refused before anybody looks for it.
const RECORD: &str = "01JD0000000000000000000000";

/// What changes something: its place in the tree, and arguments that the parser takes. `{file}` is a segment file that
/// is not uploaded yet, `{seats}` a list of seats.
const CHANGES: &[(&str, &str)] = &[
    ("segment upload", "{file}"),
    ("segment retry", "nav@1.0"),
    ("segment verify", "--repair"),
    ("segment rollback", "nav@1.0 --everywhere --yes"),
    ("segment delete", "nav@1.0"),
    ("seat add", "seat-2 --ip 10.0.0.2"),
    ("seat remove", "seat-1"),
    ("seat forget", "seat-1 --reason scrapped"),
    ("seat import", "{seats}"),
    ("seat verify", "--adopt"),
    ("bind set", "nav@1.0 --seats seat-1"),
    ("install", "nav@1.0 --seats seat-1"),
    ("freeze", "--reason night"),
    ("unfreeze", ""),
    ("installs pause", RECORD),
    ("installs resume", RECORD),
    ("installs next", RECORD),
    ("installs cancel", RECORD),
    ("installs retry", RECORD),
    ("installs force-finish", "01JD0000000000000000000000 --reason gone --yes"),
    ("sync", ""),
    ("storage adopt", "--reason moved"),
    ("storage sweep", ""),
    ("trash restore", "nav@1.0"),
    ("trash empty", "--yes"),
    ("remote adopt", "sdp --reason moved"),
    ("controller", ""),
];

/// What reads: its place in the tree, arguments, and how it ends here, where no platform is configured.
const READS: &[(&str, &str, &[i32])] = &[
    ("segment exists", "nav 1.0", &[0]),
    ("segment inspect", "{file}", &[0]),
    ("segment list", "", &[0]),
    ("segment show", "nav@1.0", &[0]),
    ("segment versions", "nav@1.0", &[0]),
    ("segment verify", "", &[0]),
    ("segment rollback", "nav@1.0 --everywhere", &[0]),
    ("seat list", "", &[0]),
    ("seat show", "seat-1", &[0]),
    ("seat drift", "", &[2]),
    ("seat verify", "", &[64]),
    ("bind get", "nav@1.0", &[0]),
    ("plan", "nav@1.0 --none", &[3]),
    ("freeze", "", &[0]),
    ("installs list", "", &[0]),
    ("installs show", RECORD, &[4]),
    ("installs watch", RECORD, &[4]),
    ("sync", "--dry-run", &[5]),
    ("storage show", "", &[0]),
    ("storage sweep", "--dry-run", &[0, 2]),
    ("trash list", "", &[0]),
    ("remote show", "", &[0]),
    ("controller status", "", &[5]),
    ("audit list", "", &[0]),
    ("audit export", "", &[0]),
    ("doctor", "", &[0, 1, 5]),
    ("config path", "", &[0]),
    ("config show", "", &[0]),
    ("config check", "", &[0]),
    ("completions", "bash", &[0]),
];

/// What has data of its own, and neither reads nor changes those of the settings.
const OWN_DATA: &[&str] = &["demo", "platform"];

/// A segment that is bound to a seat, and things that could be added to it.
fn house() -> House {
    let house = House::new();
    house.archive("nav.zip", Some("prefix = \"nav\"\nversion = \"1.0\"\n"));
    house.archive("new.zip", Some("prefix = \"new\"\nversion = \"1.0\"\n"));
    house.file("seats.csv", "id,ip,group,tags,note\nseat-3,10.0.0.3,,,\n");
    house.run(&["seat", "add", "seat-1", "--ip", "10.0.0.1"]).exits(0);
    house.run(&["segment", "upload", "nav.zip"]).exits(0);
    house.run(&["bind", "set", "nav@1.0", "--seats", "seat-1"]).exits(0);
    house
}

/// The words of a command line.
fn words<'a>(command: &'a str, arguments: &'a str) -> Vec<&'a str> {
    let named = |word: &'a str| match word {
        "{file}" => "new.zip",
        "{seats}" => "seats.csv",
        word => word,
    };
    command.split_whitespace().chain(arguments.split_whitespace().map(named)).collect()
}

/// What a change would move: the revision of the records, and the files beside them.
fn state(house: &House) -> (Value, BTreeSet<String>) {
    fn below(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            found.insert(format!("{} {}", entry.path().display(), entry.metadata().unwrap().len()));
            if entry.path().is_dir() {
                below(&entry.path(), found);
            }
        }
    }
    let mut files = BTreeSet::new();
    below(&house.path().join(".local/share/segdeck/files"), &mut files);
    (house.run(&["audit", "list", "-o", "json"]).exits(0).json()["revision"].clone(), files)
}

/// Every place of the tree where a command runs.
fn commands(of: &clap::Command, place: &str, found: &mut BTreeSet<String>) {
    for command in of.get_subcommands() {
        let place = format!("{place} {}", command.get_name()).trim().to_owned();
        if !command.is_subcommand_required_set() {
            found.insert(place.clone());
        }
        commands(command, &place, found);
    }
}

#[test]
fn every_command_is_known_to_read_or_to_be_refused() {
    let mut all = BTreeSet::new();
    commands(&segdeck::cli::tree(), "", &mut all);
    let mut known: BTreeSet<String> = OWN_DATA.iter().map(|place| (*place).to_owned()).collect();
    known.extend(CHANGES.iter().map(|(place, _)| (*place).to_owned()));
    known.extend(READS.iter().map(|(place, ..)| (*place).to_owned()));
    assert_eq!(all, known, "each command belongs into a table above");
}

#[test]
fn what_changes_is_refused_however_it_was_forbidden() {
    let house = house();
    let before = state(&house);
    let settings = house.file("look.toml", "[ui]\nread_only = true\n");
    let refused = |run: Run| run.refuses(3, "readOnly", &["ui.read_only", "segdeck config show"]);
    for (command, arguments) in CHANGES {
        let words = [words(command, arguments), vec!["-o", "json"]].concat();
        refused(house.run(&[words.as_slice(), &["--read-only"]].concat()));
        refused(house.run(&[&["--read-only"], words.as_slice()].concat()));
        refused(house.run(&[words.as_slice(), &["--set", "ui.read_only=true"]].concat()));
        refused(house.run(&[words.as_slice(), &["--config", settings.to_str().unwrap()]].concat()));
        let by_environment = house.command(&words).env("SEGDECK_UI__READ_ONLY", "true").output().unwrap();
        refused(by_environment.into());
    }
    assert_eq!(state(&house), before);
}

#[test]
fn what_reads_goes_on() {
    let house = house();
    let before = state(&house);
    for (command, arguments, exits) in READS {
        let words = words(command, arguments);
        let run = house.run(&[words.as_slice(), &["--read-only"]].concat());
        assert!(exits.contains(&run.code), "{words:?}: {}\n{}{}", run.code, run.out, run.err);
        assert!(!run.err.contains("nothing is changed"), "{words:?}: {}", run.err);
    }
    assert_eq!(state(&house), before);
    // The same commands do change something where it is not forbidden.
    house.run(&["seat", "import", "seats.csv"]).exits(0);
    assert_ne!(state(&house), before);
}

/// Whoever looks first finds nothing, and leaves nothing behind: neither a mark of the layout nor a storage.
#[test]
fn an_empty_store_stays_empty() {
    let house = House::new();
    for command in [&["segment", "list"][..], &["controller", "status"], &["doctor"], &["segment", "verify"]]
    {
        house.run(&[command, &["--read-only"]].concat());
    }
    let untouched = House::new();
    assert_eq!(state(&house), state(&untouched));
    assert!(!house.path().join(".local/share/segdeck/files").exists());
    // Without the word the same commands do leave a mark.
    house.run(&["doctor"]);
    assert!(house.path().join(".local/share/segdeck/files").exists());
}

#[test]
fn a_finding_is_told_and_not_noted() {
    let house = house();
    let before = state(&house).0;
    std::fs::remove_dir_all(house.path().join(".local/share/segdeck/files/segments")).unwrap();
    let told = house.run(&["segment", "verify", "-o", "json", "--read-only"]).exits(1).json();
    assert_eq!(told["items"][0]["state"], "missing");
    assert_eq!(state(&house).0, before);
    house.run(&["segment", "verify"]).exits(1);
    assert_ne!(state(&house).0, before);
}
