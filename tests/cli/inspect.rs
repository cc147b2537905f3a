//! What a file holds and whether it would be taken, without a store.

use crate::house::{House, Run};

const NAV: &str = "prefix = \"nav-core\"\nversion = \"2.1.0\"\nname = \"导航\\u202e核心\"\n\
                   requires = [\"geo-base >=1.4\"]\n[scripts]\ninstall = \"bin/install.sh\"\n";

/// With a store, a storage and a home for them that cannot be opened.
fn inspect(house: &House, arguments: &[&str]) -> Run {
    let broken = ["--set", "store.path=/proc/none/segdeck.db", "--set", "storage.url=file:///proc/none"];
    let run = house.run(&[&["segment", "inspect"], arguments, &broken].concat());
    assert!(!house.path().join(".local").exists(), "a store was touched");
    run
}

#[test]
fn a_good_file_is_told_whole() {
    let house = House::new();
    house.archive("nav.zip", Some(NAV));
    let found = inspect(&house, &["nav.zip", "-o", "json"]).exits(0).json();
    assert_eq!(
        (&found["file"], &found["ok"], &found["error"]),
        (&"nav.zip".into(), &true.into(), &serde_json::Value::Null)
    );
    for (key, value) in [
        ("id", "nav-core@2.1.0"),
        ("name", "导航\u{202e}核心"),
        ("remote", "sdp"),
        ("format", "zip"),
        ("container", "zip"),
    ] {
        assert_eq!(found[key], value, "{key}");
    }
    assert_eq!(found["requires"], serde_json::json!(["geo-base >=1.4"]));
    assert_eq!(found["manifestFiles"], serde_json::json!(["segment.toml"]));
    assert_eq!(found["manifest"]["scripts"]["install"], "bin/install.sh");
    assert_eq!(
        (found["entries"].as_u64(), found["unpackedSize"].as_u64()),
        (Some(2), Some(10 + NAV.len() as u64))
    );
    // The same hashes as other programs find.
    let sums = |program: &str| {
        let out = std::process::Command::new(program).arg(house.path().join("nav.zip")).output().unwrap();
        String::from_utf8(out.stdout).unwrap().split(' ').next().unwrap().to_owned()
    };
    assert_eq!(found["sha256"], sums("sha256sum"));
    assert_eq!(found["md5"], sums("md5sum"));
    assert_eq!(
        found["fileSize"].as_u64(),
        Some(std::fs::metadata(house.path().join("nav.zip")).unwrap().len())
    );

    let run = inspect(&house, &["nav.zip"]).exits(0);
    assert_eq!(run.err, "", "nothing is told of what is done within a second");
    for line in ["goes to          sdp", "scripts.install  bin/install.sh", "verdict          ok"] {
        assert!(run.out.lines().any(|found| found == line), "{line:?} is not in:\n{}", run.out);
    }
    assert!(run.out.contains("导航\u{fffd}核心") && !run.out.contains('\u{202e}'));
}

#[test]
fn flags_count_instead_of_the_manifest() {
    let house = House::new();
    house.archive("nav.mpk", Some("version = \"1\"\nname = \"x\"\n"));
    let refused = inspect(&house, &["nav.mpk", "-o", "json"]).exits(1).json();
    assert_eq!(refused["error"]["code"], "invalid");
    assert!(refused["error"]["message"].as_str().unwrap().contains("--prefix"), "{refused}");
    assert_eq!((&refused["container"], &refused["id"]), (&"zip".into(), &serde_json::Value::Null));
    let flags = ["nav.mpk", "--prefix", "p", "--version", "9", "--name", "n", "--description", "d"];
    let found = inspect(&house, &[&flags[..], &["-o", "json"]].concat()).exits(0).json();
    for (key, value) in
        [("id", "p@9"), ("version", "9"), ("name", "n"), ("description", "d"), ("remote", "store15s")]
    {
        assert_eq!(found[key], value, "{key}");
    }
}

#[test]
fn a_refused_file_says_why_and_what_is_known() {
    let house = House::new();
    house.archive("bare.zip", None);
    house.file("notes.txt", "hello");
    let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    for (file, exit, code, size) in [
        ("bare.zip", 1, "invalid", std::fs::metadata(house.path().join("bare.zip")).ok().map(|m| m.len())),
        ("notes.txt", 1, "invalid", Some(5)),
        ("absent.zip", 4, "notFound", None),
    ] {
        let run = inspect(&house, &[file, "-o", "json"]).exits(exit);
        let found = run.json();
        assert_eq!((&found["ok"], &found["error"]["code"]), (&false.into(), &code.into()), "{}", run.out);
        assert_eq!(found["fileSize"].as_u64(), size, "{}", run.out);
        assert_eq!(found["sha256"].is_string(), size.is_some());
        assert!(!run.out.contains("null"), "{}", run.out);
    }
    assert_eq!(inspect(&house, &["notes.txt", "-o", "json"]).json()["sha256"], sha256);
    // A tar that calls itself a zip is known for what it is.
    house.file("segment.toml", NAV);
    let tar = house.path().join("tar.zip");
    let packed = std::process::Command::new("tar")
        .arg("-cf")
        .arg(&tar)
        .arg("-C")
        .arg(house.path())
        .arg("segment.toml")
        .status();
    assert!(packed.unwrap().success());
    let found = inspect(&house, &["tar.zip", "-o", "json"]).exits(1).json();
    assert_eq!((&found["container"], &found["error"]["code"]), (&"tar".into(), &"invalid".into()), "{found}");
    let run = inspect(&house, &["bare.zip"]).exits(1);
    assert!(run.out.contains("verdict    refused: ") && run.out.contains("segment.toml"), "{}", run.out);
}

#[test]
fn several_files_are_all_looked_into() {
    let house = House::new();
    house.archive("nav.zip", Some(NAV));
    let files = ["nav.zip", "absent.zip", "nav.zip"];
    let run = inspect(&house, &[&files[..], &["-o", "json"]].concat()).exits(4);
    let ok: Vec<_> = run.json()["items"].as_array().unwrap().iter().map(|item| item["ok"].clone()).collect();
    assert_eq!(ok, [true, false, true]);
    let run = inspect(&house, &[&files[..], &["-o", "jsonl"]].concat()).exits(4);
    assert_eq!(run.out.lines().count(), 3);
    let run = inspect(&house, &files).exits(4);
    assert_eq!(run.out.matches("verdict").count(), 3);
}

#[test]
fn text_in_gb18030_is_told_in_utf_8() {
    let house = House::new();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(house.path().join("nav.zip")).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("segment.toml", options).unwrap();
    let manifest = b"prefix = \"nav\"\nversion = \"1\"\nname = \"\xb5\xbc\xba\xbd\"\n";
    std::io::Write::write_all(&mut zip, manifest).unwrap();
    zip.finish().unwrap();
    let found = inspect(&house, &["nav.zip", "-o", "json"]).exits(0).json();
    assert_eq!(found["name"], "导航");
    assert!(inspect(&house, &["nav.zip"]).exits(0).out.contains("name       导航\n"));
}

/// A file that never ends is read until somebody has had enough.
#[test]
fn ctrl_c_ends_it() {
    use std::io::BufRead as _;
    let house = House::new();
    // Sparse: as large as a file may be, and read in minutes at best.
    std::fs::File::create(house.path().join("huge.zip")).unwrap().set_len(30 << 30).unwrap();
    let mut command = house.command(&["segment", "inspect", "huge.zip", "-o", "json"]);
    let mut child =
        command.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut said = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
    let progress = said.next().unwrap().unwrap();
    assert!(progress.starts_with("{\"progress\":\"huge.zip: "), "{progress}");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let last = said.last().unwrap().unwrap();
    assert!(last.contains("was stopped"), "{last}");
}
