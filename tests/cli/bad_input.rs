//! Each bad input gets a clear error with the exit code of the contract, and leaves nothing behind.

use crate::house::House;

const NAV: &str = "prefix = \"nav-core\"\nversion = \"2.1.0\"\n";

/// Neither record nor file of a refused upload.
#[track_caller]
fn nothing_is_left(house: &House) {
    let listed = house.run(&["segment", "list", "-o", "json"]).exits(0).json();
    assert_eq!(listed["total"], 0);
    for folder in ["segments", "staging"] {
        let folder = house.path().join(".local/share/segdeck/files").join(folder);
        let left: Vec<_> = std::fs::read_dir(&folder).map(|files| files.collect()).unwrap_or_default();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn files_that_are_no_segments() {
    let house = House::new();
    let upload = |file: &str| house.run(&["segment", "upload", file, "-o", "json"]);
    house.file("notes.txt", "hello");
    upload("notes.txt").refuses(1, "invalid", &["notes.txt", ".zip", ".mpk"]);
    house.file("empty.zip", "");
    upload("empty.zip").refuses(1, "invalid", &["the file is empty"]);
    house.file("text.zip", "this is no archive");
    upload("text.zip").refuses(1, "invalid", &[]);
    house.archive("bare.zip", None);
    upload("bare.zip").refuses(1, "invalid", &["segment.toml"]);
    house.archive("noversion.zip", Some("prefix = \"nav-core\"\n"));
    upload("noversion.zip").refuses(1, "invalid", &["version"]);
    house.archive("noprefix.mpk", Some("version = \"1\"\n"));
    upload("noprefix.mpk").refuses(1, "invalid", &["prefix"]);
    house.archive("evil.zip", Some("prefix = \"a/b\"\nversion = \"1\"\n"));
    upload("evil.zip").refuses(1, "invalid", &["segment.toml, line 1, field prefix", "--prefix"]);
    let absent = upload("absent.zip").refuses(4, "notFound", &["absent.zip"]).err;
    assert!(!absent.contains("os error"), "{absent}");
    std::fs::create_dir(house.path().join("folder.zip")).unwrap();
    upload("folder.zip").refuses(1, "invalid", &["folder.zip is a folder", "pack it first"]);
    // Opening a pipe that nobody writes into would wait for ever.
    let made = std::process::Command::new("mkfifo").arg(house.path().join("pipe.zip")).status();
    assert!(made.unwrap().success());
    upload("pipe.zip").refuses(1, "invalid", &["pipe.zip is a pipe", "write what comes out of it to a file"]);
    nothing_is_left(&house);
}

#[test]
fn an_existing_id_is_refused_and_stays_as_it_is() {
    let house = House::new();
    house.archive("a.zip", Some(NAV));
    let first = house.run(&["segment", "upload", "a.zip", "-o", "json"]).exits(0).json();
    house.run(&["segment", "upload", "a.zip", "-o", "json"]).refuses(3, "exists", &["nav-core@2.1.0"]);
    let shown = house.run(&["segment", "show", "nav-core@2.1.0", "-o", "json"]).exits(0).json();
    assert_eq!(shown["storageKey"], first["storageKey"]);
}

#[test]
fn unknown_ids_and_seats() {
    let house = House::new();
    for command in ["show", "versions", "retry", "delete"] {
        house.run(&["segment", command, "no@1", "-o", "json"]).refuses(4, "notFound", &["no@1"]);
    }
    house.run(&["bind", "get", "no@1", "-o", "json"]).refuses(4, "notFound", &["no@1"]);
    house.run(&["plan", "no@1", "--none", "-o", "json"]).refuses(4, "notFound", &["no@1"]);
    house.run(&["install", "no@1", "--none", "-o", "json"]).refuses(4, "notFound", &["no@1"]);
    house.run(&["seat", "remove", "nobody", "-o", "json"]).refuses(4, "notFound", &["nobody"]);
    house.run(&["seat", "forget", "nobody", "--reason", "gone", "-o", "json"]).refuses(
        4,
        "notFound",
        &["nobody"],
    );
    let record = "01JD0000000000000000000000";
    for command in ["show", "watch", "pause", "resume", "cancel", "retry"] {
        house.run(&["installs", command, record, "-o", "json"]).refuses(4, "notFound", &[record]);
    }
    house.archive("a.zip", Some(NAV));
    house.run(&["segment", "upload", "a.zip"]).exits(0);
    house.run(&["bind", "set", "nav-core@2.1.0", "--seats", "ghost-1,ghost-2", "-o", "json"]).refuses(
        4,
        "notFound",
        &["ghost-1", "ghost-2"],
    );
}

#[test]
fn a_bad_line_of_a_seat_file_imports_nothing() {
    let house = House::new();
    house.file("seats.csv", "id,ip,group\nseat-1,10.20.0.1,bridge\nseat-2,10.20.0.999,bridge\n");
    house.run(&["seat", "import", "seats.csv", "-o", "json"]).refuses(
        1,
        "invalid",
        &["seats.csv", "line 3", "10.20.0.999"],
    );
    house.file("seats.toml", "[[seats]]\nid = \"seat-1\"\nip = \"10.20.0.1\"\nipp = \"x\"\n");
    house.run(&["seat", "import", "seats.toml", "-o", "json"]).refuses(1, "invalid", &["line 4", "ipp"]);
    house.file("twice.csv", "id,ip\na,10.0.0.1\nb,10.0.0.1\n");
    house.run(&["seat", "import", "twice.csv", "-o", "json"]).refuses(1, "invalid", &["line 3", "line 2"]);
    house.file("headless.csv", "seat-1,10.20.0.1\n");
    house.run(&["seat", "import", "headless.csv", "-o", "json"]).refuses(1, "invalid", &["line 1", "head"]);
    assert_eq!(house.run(&["seat", "list", "-o", "json"]).exits(0).json()["total"], 0);
}

#[test]
fn a_bad_line_of_a_seat_list_is_named() {
    let house = House::new();
    house.file("list", "seat-1\n\nseat/2\n");
    house.run(&["plan", "a@1", "--seats-from", "list", "-o", "json"]).refuses(
        1,
        "invalid",
        &["line 3", "seat/2"],
    );
    house.run_with(&["plan", "a@1", "--seats-from", "-", "-o", "json"], "ok\nnot ok\n").refuses(
        1,
        "invalid",
        &["stdin", "line 2"],
    );
}

#[test]
fn wrong_usage_is_64() {
    let house = House::new();
    for wrong in [
        &["--frobnicate"][..],
        &["segment", "lst"],
        &["segment", "show"],
        &["segment", "show", "no-at-sign"],
        &["segment", "show", "a@b@c"],
        &["segment", "list", "--page", "0"],
        &["segment", "list", "--sort", "nosuchcolumn"],
        &["segment", "list", "--sort", "name:sideways"],
        &["segment", "list", "--filter", "nmae:x"],
        &["segment", "delete", "a@1", "--local-only"],
        &["segment", "upload"],
        &["seat", "add", "x"],
        &["seat", "add", "x", "--ip", "nowhere"],
        &["seat", "forget", "x"],
        &["plan", "a@1"],
        &["plan", "a@1", "--bound", "--none"],
        &["plan", "a@1", "--seats", "a", "--add", "b"],
        &["plan", "a@1", "--add", "a", "--remove", "a"],
        &["plan", "a@1", "--seats", "a,,b"],
        &["install", "a@1", "--bound", "--timeout", "soon"],
        &["installs", "show", "not-a-record"],
        &["sync", "--remote", "mars"],
        &["config", "show", "--set", "nothing"],
        &["config", "show", "--set", "store.bakend=etcd"],
        &["completions", "tcsh"],
    ] {
        let mut arguments = wrong.to_vec();
        arguments.extend(["-o", "json"]);
        house.run(&arguments).refuses(64, "usage", &[]);
        // The same for people: no JSON, no escape sequences.
        let run = house.run(wrong).exits(64);
        assert!(run.err.starts_with("segdeck: ") && !run.err.contains('\x1b'), "{}", run.err);
    }
}

#[test]
fn a_misspelt_flag_is_not_taken_for_a_file() {
    let house = House::new();
    let run = house.run(&["segment", "inspect", "--sha256", "x", "a.zip"]).exits(64);
    assert!(run.err.contains("'--sha256'") && !run.err.contains("tip"), "{}", run.err);
    let run = house.run(&["segment", "upload", "--sha25", "x", "a.zip"]).exits(64);
    assert!(run.err.contains("a similar argument exists: '--sha256'"), "{}", run.err);
}

#[test]
fn hostile_arguments_do_not_steer_the_terminal() {
    let house = House::new();
    for arguments in [
        &["segment", "show", "\x1b[2J"][..],
        &["segment", "upload", "\x1b]0;x\x07.txt"],
        &["--\x1b[31m"],
        &["config", "show", "--set", "\x1b[2J.x=y"],
    ] {
        let run = house.run(arguments);
        assert!(run.code != 0 && !run.err.contains('\x1b') && !run.err.contains('\x07'), "{:?}", run.err);
    }
}
