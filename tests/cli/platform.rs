//! `segdeck platform` as a process, and what doctor says of it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::house::{House, Run};

/// A platform that ends with the test.
pub(crate) struct Platform {
    child: Option<Child>,
    pub(crate) address: String,
}

impl Platform {
    pub(crate) fn start(house: &House, arguments: &[&str]) -> Self {
        let mut all = vec!["platform", "--listen", "127.0.0.1:0", "--data", "platform"];
        all.extend(arguments);
        let mut child = house.command(&all).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child: Some(child), address }
    }

    /// Flags that point both remotes to it.
    pub(crate) fn flags(&self) -> Vec<String> {
        let set = |name: &str| ["--set".to_owned(), format!("{name}.endpoint=http://{}", self.address)];
        [set("sdp"), set("store15s")].concat()
    }

    /// Ends it as a service manager does.
    pub(crate) fn terminate(mut self) -> Run {
        let child = self.child.take().unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        child.wait_with_output().unwrap().into()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn it_serves_both_contracts_until_it_is_told_to_end() {
    let house = House::new();
    let platform = Platform::start(&house, &["--seats", "5", "--offline", "10.0.0.2"]);
    let flags = platform.flags();
    let mut arguments: Vec<&str> = flags.iter().map(String::as_str).collect();
    arguments.extend(["doctor", "-o", "json"]);
    let checks = house.run(&arguments).exits(0).json();
    let detail = |name: &str| {
        let item = checks["items"].as_array().unwrap().iter().find(|item| item["check"] == name).unwrap();
        assert_eq!(item["state"], "ok", "{item}");
        item["detail"].as_str().unwrap().to_owned()
    };
    assert!(detail("sdp").contains(&platform.address));
    detail("store15s");
    assert!(detail("devices").contains("5 known") && detail("devices").contains("4 online"));

    // One process at a time has the folder.
    house.run(&["platform", "--listen", "127.0.0.1:0", "--data", "platform", "-o", "json"]).refuses(
        5,
        "unavailable",
        &["platform", "in use"],
    );
    platform.terminate().exits(0);
    // It is free again.
    Platform::start(&house, &[]).terminate().exits(0);
}

#[test]
fn options_that_cannot_work_are_wrong_usage() {
    let house = House::new();
    let run = |more: &[&str]| {
        let mut all = vec!["platform", "--listen", "127.0.0.1:0", "--data", "platform", "-o", "json"];
        all.extend(more);
        house.run(&all)
    };
    run(&["--failure-rate", "2"]).refuses(64, "usage", &["--failure-rate"]);
    run(&["--executor", "real"]).refuses(64, "usage", &["real"]);
    house.run(&["platform", "--data", "x", "-o", "json"]).refuses(64, "usage", &["--listen"]);
}

#[test]
fn a_platform_that_is_away_is_named_by_doctor() {
    let house = House::new();
    let checks =
        house.run(&["--set", "sdp.endpoint=http://127.0.0.1:9", "doctor", "-o", "json"]).exits(5).json();
    let item = checks["items"].as_array().unwrap().iter().find(|item| item["check"] == "sdp").unwrap();
    assert_eq!(item["state"], "fail");
    assert!(item["mend"].as_str().unwrap().contains("sdp.endpoint"));
}
