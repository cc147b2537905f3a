//! The shapes of the answers of single commands.

use std::process::Stdio;

use crate::house::House;

const NAV: &str = "prefix = \"nav-core\"\nversion = \"2.1.0\"\nname = \"导航\\u202e核心\"\n";

#[test]
fn exists_upload_show_versions() {
    let house = House::new();
    let absent = house.run(&["segment", "exists", "nav-core", "2.1.0", "-o", "json"]).exits(4).json();
    assert_eq!(absent, serde_json::json!({"id": "nav-core@2.1.0", "exists": false}));
    house.archive("NAV.ZIP", Some(NAV));
    let record = house.run(&["segment", "upload", "NAV.ZIP", "-o", "json"]).exits(0).json();
    assert_eq!(record["id"], "nav-core@2.1.0");
    assert_eq!(record["name"], "导航\u{202e}核心");
    assert_eq!(record["remote"], "sdp");
    assert_eq!(record["createStatus"]["state"], "pending");
    assert_eq!(record["isLocal"], true);
    let exists = house.run(&["segment", "exists", "nav-core", "2.1.0", "-o", "json"]).exits(0).json();
    assert_eq!(exists["exists"], true);
    let shown = house.run(&["segment", "show", "nav-core@2.1.0", "-o", "json"]).exits(0).json();
    assert_eq!(shown["seats"], serde_json::json!([]));
    assert_eq!(shown["installedSeatCount"], 0);
    house.run(&["segment", "upload", "NAV.ZIP", "--version", "2.10.0", "--name", "other"]).exits(0);
    let versions = house.run(&["segment", "versions", "nav-core@2.1.0", "-o", "json"]).exits(0).json();
    let ids: Vec<_> = versions["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    assert_eq!(ids, ["nav-core@2.10.0", "nav-core@2.1.0"]);
}

#[test]
fn several_files_are_all_tried() {
    let house = House::new();
    house.archive("a.zip", Some("prefix = \"a\"\nversion = \"1\"\n"));
    house.archive("b.mpk", Some("prefix = \"b\"\nversion = \"1\"\n"));
    house.file("c.txt", "");
    let run =
        house.run(&["segment", "upload", "a.zip", "c.txt", "absent.zip", "b.mpk", "-o", "json"]).exits(1);
    let items = run.json()["items"].clone();
    let ok: Vec<_> = items.as_array().unwrap().iter().map(|item| item["ok"].as_bool().unwrap()).collect();
    assert_eq!(ok, [true, false, false, true]);
    assert_eq!(items[0]["id"], "a@1");
    assert_eq!(items[1]["error"]["code"], "invalid");
    assert_eq!(items[2]["error"]["code"], "notFound");
    assert_eq!(items[3]["file"], "b.mpk");
}

#[test]
fn seats_are_added_imported_removed() {
    let house = House::new();
    let seat = house
        .run(&[
            "seat",
            "add",
            "seat-1",
            "--ip",
            "10.20.0.1",
            "--group",
            "bridge",
            "--tag",
            "b",
            "--tag",
            "a",
            "-o",
            "json",
        ])
        .exits(0)
        .json();
    assert_eq!(seat["tags"], serde_json::json!(["a", "b"]));
    house.run(&["seat", "add", "seat-1", "--ip", "10.20.0.9", "-o", "json"]).refuses(
        3,
        "exists",
        &["seat-1"],
    );
    house.file("seats.csv", "id,ip,group,tags,note\nseat-1,10.20.0.1,bridge,a;b,\nseat-2,10.20.0.2,ops,,x\n");
    let result = house.run(&["seat", "import", "seats.csv", "-o", "json"]).exits(0).json();
    assert_eq!(result, serde_json::json!({"added": 1, "updated": 0, "unchanged": 1}));
    house.run(&["seat", "remove", "seat-1"]).exits(0);
    house.run(&["seat", "forget", "seat-2", "--reason", "burnt"]).exits(0);
    assert_eq!(house.run(&["seat", "list", "-o", "json"]).exits(0).json()["total"], 0);
}

#[test]
fn binding_is_one_list_for_all_versions() {
    let house = House::new();
    house.archive("a.zip", Some(NAV));
    house.run(&["segment", "upload", "a.zip"]).exits(0);
    house.run(&["segment", "upload", "a.zip", "--version", "3"]).exits(0);
    house.file("seats.csv", "id,ip\ns1,10.0.0.1\ns2,10.0.0.2\ns3,10.0.0.3\n");
    house.run(&["seat", "import", "seats.csv"]).exits(0);
    let set = house.run(&["bind", "set", "nav-core@3", "--seats", "s2,s1,s2", "-o", "json"]).exits(0).json();
    assert_eq!(set["seats"], serde_json::json!(["s1", "s2"]));
    let get = house.run(&["bind", "get", "nav-core@2.1.0", "-o", "json"]).exits(0).json();
    assert_eq!(get["seats"], serde_json::json!(["s1", "s2"]));
    let set = house.run_with(&["bind", "set", "nav-core@3", "--seats-from", "-"], "s3\ns3\n").exits(0);
    assert_eq!(set.out, "s3\n");
    house.run(&["bind", "set", "nav-core@3", "--none"]).exits(0);
    assert_eq!(house.run(&["bind", "get", "nav-core@3"]).exits(0).out, "");
}

#[test]
fn completions_for_three_shells() {
    let house = House::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = house.run(&["completions", shell]).exits(0).out;
        assert!(script.contains("segdeck") && script.contains("installs"), "{shell}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    let house = House::new();
    let help = house.run(&["--help"]).exits(0);
    assert!(help.out.contains("segdeck demo") && help.out.contains("64"), "{}", help.out);
    for command in [
        "segment",
        "seat",
        "bind",
        "plan",
        "install",
        "installs",
        "sync",
        "controller",
        "audit",
        "doctor",
        "config",
        "completions",
    ] {
        assert!(help.out.contains(command), "{command}");
        house.run(&[command, "--help"]).exits(0);
    }
    assert!(house.run(&["--version"]).exits(0).out.starts_with("segdeck "));
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let house = House::new();
    let mut child =
        house.command(&["completions", "zsh"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let run: crate::house::Run = child.wait_with_output().unwrap().into();
    assert_eq!(run.exits(0).err, "");
}

#[test]
fn without_a_platform_a_wait_says_so_instead_of_hanging() {
    let house = House::new();
    house.archive("a.zip", Some(NAV));
    house.run(&["segment", "upload", "a.zip", "--wait", "--timeout", "20s", "-o", "json"]).refuses(
        5,
        "unavailable",
        &["nobody leads", "sdp.endpoint"],
    );
    // What was done stays done.
    house.run(&["segment", "exists", "nav-core", "2.1.0"]).exits(0);
    house.run(&["sync", "-o", "json"]).refuses(5, "unavailable", &["sdp.endpoint"]);
    let status = house.run(&["controller", "status", "-o", "json"]).exits(5).json();
    assert_eq!(status["mayLead"], false);
}

#[test]
fn an_upload_tells_what_it_requires_and_is_not_here() {
    let house = House::new();
    house.archive("nav.zip", Some("prefix = \"nav\"\nversion = \"1\"\nrequires = [\"geo-base >=1.4\"]\n"));
    let run = house.run(&["segment", "upload", "nav.zip"]).exits(0);
    assert_eq!(run.err, "note: nav@1 requires geo-base >=1.4, but there is no segment geo-base\n");
    let run = house.run(&["segment", "upload", "nav.zip", "--version", "2", "-o", "json"]).exits(0);
    assert_eq!(run.err, "{\"note\":\"nav@2 requires geo-base >=1.4, but there is no segment geo-base\"}\n");
}
