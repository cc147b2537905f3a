//! A store that is away: told which, with exit 5, within seconds.

use std::time::{Duration, Instant};

use crate::house::House;

/// A port of loopback that nobody listens on: bound once, so that it is ours, and closed again.
fn closed_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn etcd_at_a_closed_port() {
    let house = House::new();
    let endpoint = format!("store.endpoints=http://127.0.0.1:{}", closed_port());
    let etcd = ["--set", "store.backend=etcd", "--set", &endpoint, "-o", "json"];
    for command in [&["segment", "list"][..], &["seat", "list"], &["controller", "status"]] {
        let begun = Instant::now();
        let arguments: Vec<&str> = etcd.iter().chain(command).copied().collect();
        house.run(&arguments).refuses(5, "unavailable", &["127.0.0.1"]);
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
    let arguments: Vec<&str> = etcd.iter().chain(&["doctor"]).copied().collect();
    let checks = house.run(&arguments).exits(5).json();
    let store = checks["items"].as_array().unwrap().iter().find(|item| item["check"] == "store").unwrap();
    assert_eq!(store["state"], "fail");
    assert!(store["mend"].as_str().unwrap().contains("etcd"));
}

#[test]
fn a_platform_that_does_not_say_what_is_installed() {
    let house = House::new();
    let endpoint = format!("sdp.endpoint=http://127.0.0.1:{}", closed_port());
    house.run(&["seat", "add", "seat-1", "--ip", "10.0.0.1"]).exits(0);
    let run = house.run(&["--set", &endpoint, "seat", "verify", "-o", "json"]).exits(5);
    let report = run.json();
    assert_eq!((&report["unknown"], &report["items"][0]["state"]), (&1.into(), &"unknown".into()));
}

#[test]
fn a_password_file_that_is_absent_is_named() {
    let house = House::new();
    house
        .run(&[
            "--set",
            "store.backend=etcd",
            "--set",
            "store.endpoints=http://127.0.0.1:1",
            "--set",
            "store.username=u",
            "--set",
            "store.password_file=/nowhere/password",
            "segment",
            "list",
            "-o",
            "json",
        ])
        .refuses(1, "invalid", &["/nowhere/password"]);
}

#[test]
fn a_storage_that_cannot_be_written_is_named() {
    let house = House::new();
    house.archive("a.zip", Some("prefix = \"a\"\nversion = \"1\"\n"));
    house.file("blocked", "a file where a folder should be");
    let url = format!("storage.url=file://{}", house.path().join("blocked/files").display());
    house.run(&["--set", &url, "segment", "upload", "a.zip", "-o", "json"]).refuses(
        5,
        "unavailable",
        &["blocked"],
    );
}

#[test]
fn doctor_on_a_new_home_is_content() {
    let house = House::new();
    let run = house.run(&["doctor", "-o", "json"]).exits(0);
    let checks = run.json();
    let state = |name: &str| {
        let items = checks["items"].as_array().unwrap();
        items.iter().find(|item| item["check"] == name).unwrap_or_else(|| panic!("no check {name}"))["state"]
            .clone()
    };
    for check in ["settings", "user", "store", "layout", "records", "storage", "storage id", "space"] {
        assert_eq!(state(check), "ok", "{check}: {}", run.out);
    }
    assert_eq!(state("sdp"), "warn");
    assert_eq!(state("leader"), "warn");
}

#[test]
fn doctor_knows_the_layout_of_the_records() {
    let house = House::new();
    house.run(&["seat", "add", "s1", "--ip", "10.0.0.1"]).exits(0);
    let run = house.run(&["doctor", "-o", "json"]).exits(0);
    let checks = run.json();
    let layout = checks["items"].as_array().unwrap().iter().find(|item| item["check"] == "layout").unwrap();
    assert_eq!(layout["state"], "ok", "{}", run.out);
}

#[test]
fn doctor_finds_a_record_that_cannot_be_read() {
    use segdeck::store::{self, Key, Op, Txn};
    let house = House::new();
    house.run(&["seat", "add", "s1", "--ip", "10.0.0.1"]).exits(0);
    let data = house.path().join(".local/share/segdeck");
    let settings = segdeck::settings::Settings::defaults(&data).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = store::open(&settings.store, &data).await.unwrap();
        let mut txn = Txn::new();
        txn.ops.push(Op::Put(Key::from_stored("segments/broken/1"), "{}".into(), None));
        store.txn(txn).await.unwrap();
    });
    let checks = house.run(&["doctor", "-o", "json"]).exits(0).json();
    let records = checks["items"].as_array().unwrap().iter().find(|item| item["check"] == "records").unwrap();
    assert_eq!(records["state"], "warn");
    let detail = records["detail"].as_str().unwrap();
    assert!(detail.starts_with("1 of 3 ") && detail.contains("segments/broken/1"), "{detail}");
    assert!(records["mend"].is_string());
}
