//! Files in shared storage, read again.

use std::path::PathBuf;

use crate::house::House;

/// A home with two uploaded segments, and the file of the first.
fn house() -> (House, PathBuf) {
    let house = House::new();
    for prefix in ["a", "b"] {
        let file = format!("{prefix}.zip");
        house.archive(&file, Some(&format!("prefix = \"{prefix}\"\nversion = \"1\"\n")));
        house.run(&["segment", "upload", &file]).exits(0);
    }
    let record = house.run(&["segment", "show", "a@1", "-o", "json"]).json();
    let file = house.path().join(".local/share/segdeck/files").join(record["storageKey"].as_str().unwrap());
    (house, file)
}

#[test]
fn what_is_not_as_it_was_is_told_and_shown() {
    let (house, file) = house();
    let report = house.run(&["segment", "verify", "-o", "json"]).exits(0).json();
    assert_eq!((&report["total"], &report["ok"], &report["altered"]), (&2.into(), &2.into(), &0.into()));
    std::fs::write(&file, "else").unwrap();
    let report = house.run(&["segment", "verify", "-o", "json"]).exits(1).json();
    assert_eq!((&report["total"], &report["ok"], &report["altered"]), (&2.into(), &1.into(), &1.into()));
    let item = &report["items"][0];
    assert_eq!((&item["id"], &item["state"]), (&"a@1".into(), &"altered".into()));
    assert!(item["sha256"].is_string() && item["found"].is_string() && item["sha256"] != item["found"]);
    assert!(item["reason"].as_str().unwrap().contains("4 bytes instead of"), "{item}");

    let lines = house.run(&["segment", "verify", "b@1", "-o", "jsonl"]).exits(0).out;
    assert!(lines.starts_with("{\"id\":\"b@1\",\"state\":\"ok\",") && lines.lines().count() == 1, "{lines}");
    let run = house.run(&["segment", "verify"]).exits(1);
    assert!(run.out.contains("a@1  altered  ") && run.out.contains("\nb@1  ok\n"), "{}", run.out);
    assert_eq!(run.err, "2 file(s): 1 ok, 0 missing, 1 altered, 0 unreadable\n");

    let list = house.run(&["segment", "list"]).exits(0).out;
    assert!(list.contains("pending, file altered"), "{list}");
    let list = house.run(&["segment", "list", "--filter", "fileState:altered", "-o", "json"]).exits(0).json();
    assert_eq!((&list["total"], &list["items"][0]["fileState"]), (&1.into(), &"altered".into()));
    std::fs::remove_file(&file).unwrap();
    house.run(&["segment", "verify", "a@1"]).exits(1);
    let shown = house.run(&["segment", "show", "a@1", "-o", "json"]).exits(0).json();
    assert_eq!(shown["fileState"], "missing");
}

#[test]
fn unknown_ids_are_refused_before_anything_is_read() {
    let (house, file) = house();
    std::fs::remove_file(file).unwrap();
    house.run(&["segment", "verify", "a@1", "no@1", "-o", "json"]).refuses(4, "notFound", &["no@1"]);
    let shown = house.run(&["segment", "show", "a@1", "-o", "json"]).exits(0).json();
    assert_eq!(shown.get("fileState"), None);
}

#[test]
fn another_storage_is_refused_and_nothing_is_made_there() {
    let (house, _) = house();
    let elsewhere = house.path().join("elsewhere");
    let set = format!("storage.url=file://{}", elsewhere.display());
    house.run(&["--set", &set, "segment", "verify", "-o", "json"]).refuses(
        3,
        "conflict",
        &["elsewhere", "storage.url"],
    );
    house.run(&["--set", &set, "segment", "list"]).exits(0);
    let checks = house.run(&["--set", &set, "doctor", "-o", "json"]).exits(1).json();
    let whose = checks["items"].as_array().unwrap().iter().find(|check| check["check"] == "storage id");
    assert_eq!(whose.unwrap()["state"], "fail");
    assert!(!elsewhere.exists(), "a command that only reads made a storage");
    // Nor in a folder that is there, as where a disk is not mounted.
    std::fs::create_dir(&elsewhere).unwrap();
    house.run(&["--set", &set, "segment", "verify"]).exits(3);
    house.archive("c.zip", Some("prefix = \"c\"\nversion = \"1\"\n"));
    house.run(&["--set", &set, "segment", "upload", "c.zip"]).exits(3);
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn a_new_home_has_nothing_to_verify_and_gets_no_storage() {
    let house = House::new();
    assert_eq!(house.run(&["segment", "verify", "-o", "json"]).exits(0).json()["total"], 0);
    assert!(!house.path().join(".local/share/segdeck/files").exists());
}
