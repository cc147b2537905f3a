//! Commands that wait drive by themselves where nobody else does: no controller process runs here.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::house::{House, Run};
use crate::platform::Platform;

struct Site {
    house: House,
    _platform: Platform,
    flags: Vec<String>,
}

impl Site {
    fn new(platform: &[&str]) -> Self {
        let house = House::new();
        let running = Platform::start(&house, platform);
        let mut flags = running.flags();
        for set in
            ["controllers.poll_interval=20ms", "controllers.retry_interval=50ms", "controllers.retry_limit=2"]
        {
            flags.extend(["--set".to_owned(), set.to_owned()]);
        }
        Self { house, _platform: running, flags }
    }

    fn arguments<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        self.flags.iter().map(String::as_str).chain(arguments.iter().copied()).collect()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.house.run(&self.arguments(arguments))
    }
}

#[test]
fn the_whole_job_by_waiting_alone() {
    let site = Site::new(&["--seats", "6", "--seconds-per-seat", "0.05"]);
    site.house.archive("nav.zip", Some("prefix = \"nav\"\nversion = \"1\"\n"));
    site.house
        .file("seats.csv", (1..=6).fold("id,ip\n".to_owned(), |csv, n| format!("{csv}s{n},10.0.0.{n}\n")));
    site.run(&["seat", "import", "seats.csv"]).exits(0);
    let segment = site.run(&["segment", "upload", "nav.zip", "--wait", "-o", "json"]).exits(0).json();
    assert_eq!(segment["createStatus"]["state"], "succeeded");
    assert!(!segment["remoteExtra"]["uid"].as_str().unwrap().is_empty());

    let plan = site.run(&["plan", "nav@1", "--seats", "s1,s2,s3", "-o", "json"]).exits(2).json();
    assert_eq!(plan["installSeatList"], json!(["s1", "s2", "s3"]));
    let revision = plan["revision"].to_string();
    let done = site
        .run(&[
            "install",
            "nav@1",
            "--seats",
            "s1,s2,s3",
            "--if-revision",
            &revision,
            "--wait",
            "--timeout",
            "30s",
            "-o",
            "json",
        ])
        .exits(0);
    assert_eq!(done.json()["state"], "succeeded");
    assert_eq!(done.json()["seats"][2]["ip"], "10.0.0.3");
    assert!(done.err.lines().all(|line| line.starts_with("{\"progress\":")), "{}", done.err);
    let record = done.json()["id"].as_str().unwrap().to_owned();

    site.run(&["plan", "nav@1", "--seats", "s1,s2,s3"]).exits(0);
    let blocked = site.run(&["plan", "nav@1", "--add", "ghost", "-o", "json"]).exits(3).json();
    assert_eq!(blocked["blocked"][0]["seat"], "ghost");
    let same = site.run(&["install", "nav@1", "--seats", "s3,s2,s1", "-o", "json"]).exits(0).json();
    assert_eq!(same, json!({"segmentId": "nav@1", "changed": false}));
    site.run(&["install", "nav@1", "--seats", "s4", "--if-revision", &revision, "-o", "json"]).refuses(
        3,
        "conflict",
        &[],
    );
    site.run(&["segment", "delete", "nav@1", "-o", "json"]).refuses(3, "inUse", &["s1"]);
    let shown = site.run(&["installs", "watch", &record, "-o", "json"]).exits(0).json();
    assert_eq!(shown["percent"], 100);

    let table = site.run(&["install", "nav@1", "--add", "s4", "--remove", "s1", "--wait"]).exits(0);
    assert!(table.out.contains("succeeded") && table.out.contains("uninstall"), "{}", table.out);
    let installed = site.run(&["segment", "show", "nav@1", "-o", "json"]).exits(0).json();
    assert_eq!(installed["installedSeats"], json!(["s2", "s3", "s4"]));
    assert_eq!(site.run(&["installs", "list", "-o", "json"]).exits(0).json()["total"], 2);

    site.run(&["install", "nav@1", "--none", "--wait"]).exits(0);
    let gone = site.run(&["segment", "delete", "nav@1", "--wait", "-o", "json"]).exits(0).json();
    assert_eq!(gone, json!({"id": "nav@1", "deleted": true}));
    site.run(&["segment", "exists", "nav", "1"]).exits(4);
    let difference = site.run(&["sync", "--dry-run", "-o", "json"]).exits(0).json();
    assert_eq!(difference["items"][0]["remote"], "sdp");
    let synced = site.run(&["sync", "-o", "json"]).exits(0).json();
    assert_eq!(
        synced["items"][1],
        json!({"remote": "store15s", "added": [], "removed": [], "held": [], "failed": []})
    );
    // Whoever waited has stepped down.
    let status = site.run(&["controller", "status", "-o", "json"]).exits(0).json();
    assert_eq!((status["mayLead"].clone(), status.get("leader")), (json!(true), None));
}

#[test]
fn an_install_that_falls_short_is_1_and_a_timeout_lets_it_go_on() {
    let site = Site::new(&["--seats", "2", "--seconds-per-seat", "0.2", "--failure-rate", "1"]);
    site.house.archive("nav.zip", Some("prefix = \"nav\"\nversion = \"1\"\n"));
    site.house.file("seats.csv", "id,ip\ns1,10.0.0.1\ns2,10.0.0.2\n");
    site.run(&["seat", "import", "seats.csv"]).exits(0);
    site.run(&["segment", "upload", "nav.zip", "--wait"]).exits(0);
    let late =
        site.run(&["install", "nav@1", "--seats", "s1,s2", "--wait", "--timeout", "1ms", "-o", "json"]);
    late.refuses(1, "failed", &["longer than 1ms", "segdeck installs watch"]);
    let listed = site.run(&["installs", "list", "-o", "json"]).exits(0).json();
    let record = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let standstill = site.run(&["installs", "watch", &record, "--timeout", "1ms"]);
    assert!(standstill.err.contains("nobody leads"), "{}", standstill.err);
    // A controller drives it to its bad end; who watches only looks on.
    let controller =
        site.house.command(&site.arguments(&["controller"])).stderr(Stdio::null()).spawn().unwrap();
    let ended = site.run(&["installs", "watch", &record, "--timeout", "30s", "-o", "json"]).exits(1).json();
    assert_eq!((ended["state"].clone(), ended["attempt"].clone()), (json!("failed"), json!(1)));
    let pid = rustix::process::Pid::from_child(&controller);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let stopped: Run = controller.wait_with_output().unwrap().into();
    stopped.exits(0);
    // And once more by waiting.
    let retried = site.run(&["installs", "retry", &record, "--wait", "-o", "json"]).exits(1).json();
    assert_eq!((retried["state"].clone(), retried["attempt"].clone()), (json!("failed"), json!(2)));
    site.run(&["installs", "pause", &record, "-o", "json"]).refuses(3, "conflict", &[]);
}

#[test]
fn ctrl_c_ends_the_waiting_and_not_the_record() {
    // Nobody serves there: publishing is tried again and again.
    let house = House::new();
    house.archive("nav.zip", Some("prefix = \"nav\"\nversion = \"1\"\n"));
    let mut child = house
        .command(&[
            "--set",
            "sdp.endpoint=http://127.0.0.1:9",
            "--set",
            "controllers.retry_interval=1s",
            "segment",
            "upload",
            "nav.zip",
            "--wait",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.contains("nav@1: publishing"), "{line}");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let rest: String = stderr.lines().map(|line| line.unwrap() + "\n").collect();
    let run: Run = child.wait_with_output().unwrap().into();
    assert_eq!((run.code, run.out.as_str()), (130, ""), "{rest}");
    assert!(rest.contains("`segdeck segment show nav@1`"), "{rest}");
    house.run(&["segment", "exists", "nav", "1"]).exits(0);
}

#[test]
fn a_rollback_is_waited_for() {
    let site = Site::new(&["--seats", "3", "--seconds-per-seat", "0.05"]);
    site.house.file("seats.csv", "id,ip\ns1,10.0.0.1\ns2,10.0.0.2\ns3,10.0.0.3\n");
    site.run(&["seat", "import", "seats.csv"]).exits(0);
    for version in 1..=3 {
        site.house.archive("nav.zip", Some(&format!("prefix = \"nav\"\nversion = \"{version}\"\n")));
        site.run(&["segment", "upload", "nav.zip", "--wait"]).exits(0);
    }
    for (id, add) in [("nav@1", "s1"), ("nav@2", "s2"), ("nav@3", "s1,s2,s3")] {
        site.run(&["install", id, "--add", add, "--wait"]).exits(0);
    }
    let rollback = |more: &[&str]| {
        let arguments = [&["segment", "rollback", "nav@3", "--everywhere", "--skip-blocked"], more].concat();
        site.run(&arguments)
    };
    rollback(&["--wait"]).exits(64);
    let done = rollback(&["--yes", "--wait", "--timeout", "30s", "-o", "json"]).exits(0).json();
    let ended: Vec<_> =
        done["items"].as_array().unwrap().iter().map(|it| (&it["segmentId"], &it["state"])).collect();
    let succeeded = json!("succeeded");
    assert_eq!(ended, [(&json!("nav@1"), &succeeded), (&json!("nav@2"), &succeeded)]);
    assert_eq!(done["without"][0]["seat"], "s3");
    // What is left has nothing before it: to do nothing is not what was asked for.
    rollback(&["--yes", "-o", "json"]).refuses(3, "conflict", &["nothing is left to do", "s3: its history"]);
}

#[test]
fn a_retry_of_a_held_install_waits_for_its_own_seats_alone() {
    let site = Site::new(&["--seats", "6", "--seconds-per-seat", "0.05", "--failure-rate", "1"]);
    site.house.archive("nav.zip", Some("prefix = \"nav\"\nversion = \"1\"\n"));
    site.house
        .file("seats.csv", (1..=6).fold("id,ip\n".to_owned(), |csv, n| format!("{csv}s{n},10.0.0.{n}\n")));
    site.run(&["seat", "import", "seats.csv"]).exits(0);
    site.run(&["segment", "upload", "nav.zip", "--wait"]).exits(0);
    let install =
        ["install", "nav@1", "--seats", "s1,s2,s3,s4,s5,s6", "--waves", "2,100%", "--max-failures", "0"];
    let mut child = site
        .house
        .command(&site.arguments(&[&install[..], &["--wait"]].concat()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let list = loop {
        let list = site.run(&["installs", "list", "-o", "json"]).exits(0).json();
        let first = &list["items"][0];
        if first["state"] == "paused" && first["counts"]["failed"] == 2 {
            break list;
        }
        assert_eq!(child.try_wait().unwrap(), None, "it waits on");
    };
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));

    let record = list["items"][0]["id"].as_str().unwrap();
    let retried = site.run(&["installs", "retry", record, "--wait", "-o", "json"]).exits(1);
    assert!(retried.err.contains("it is held"), "{}", retried.err);
    let shown = retried.json();
    assert_eq!((&shown["state"], &shown["attempt"]), (&json!("paused"), &json!(2)));
    assert_eq!(shown["counts"], json!({ "queued": 4, "failed": 2 }), "nobody else was sent");
    let failed =
        site.run(&["installs", "show", record, "--state", "FAILED,timedOut", "-o", "json"]).exits(0).json();
    assert_eq!(failed["seats"].as_array().unwrap().len(), 2);
    assert_eq!(failed["counts"], shown["counts"], "the counts are those of all seats");
    site.run(&["installs", "show", record, "--state", "brken"]).exits(64);

    // Seats of which no task comes are at their end as well.
    let away = ["--set", "sdp.endpoint=http://127.0.0.1:1", "--set", "controllers.retry_limit=0"];
    let retry = ["installs", "retry", record, "--wait", "--timeout", "60s", "-o", "json"];
    let shown = site.run(&[&retry[..], &away].concat()).exits(1).json();
    assert_eq!(shown["counts"], json!({ "queued": 4, "unknown": 2 }));
    let why = shown["reason"].as_str().unwrap();
    assert!(why.contains("more than 0 of its 2 seats failed"), "it says still why it is held: {why}");
}
