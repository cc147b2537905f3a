//! Screens of states that are rarer: nothing there, not there yet, refused, held; and the same in Chinese.

use std::sync::Arc;

use serde_json::json;

use super::super::effect::{Action, Outcome};
use super::super::model::data::{Data, Delta, Freshness};
use super::fixture::{Console, fleet, id, now, record};
use super::screens::{at_sizes, at_sizes_of};
use crate::controllers::Lead;
use crate::domain::RemoteKind;
use crate::domain::matrix::Matrix;
use crate::domain::words::{Say, say, word};

fn away() -> Data {
    let freshness = Freshness::Stale(now(), Say::plain("etcd 10.1.1.1:2379 does not answer"));
    Data { freshness, ..fleet() }
}

/// What one remote's data sync came to.
pub(super) fn synced(result: serde_json::Value) -> Delta {
    let record = json!({
        "request": { "id": record(50), "at": now(), "by": "ada@bridge" },
        "result": result,
    });
    Delta { sync: [(RemoteKind::Sdp, serde_json::from_value(record).unwrap())].into(), ..Delta::default() }
}

#[test]
fn nothing_to_show() {
    at_sizes("log-empty", &fleet(), "L");
    at_sizes("palette-empty", &fleet(), ":qqqq");
    at_sizes("plan-empty", &fleet(), "i<enter>");
    at_sizes("records-loading", &fleet(), "J");
    at_sizes_of("matrix-empty", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.answers = false;
        console.keys("M");
        console.act(Action::Done(Outcome::Matrix(Ok(Arc::new(Matrix::of(
            Default::default(),
            &Default::default(),
        ))))));
        console
    });
    for (name, keys) in [("versions-empty", "2"), ("installs-empty", "4"), ("seats-empty", "3")] {
        at_sizes(name, &Data { freshness: Freshness::Live(1), ..Data::default() }, keys);
    }
    at_sizes_of("trail-empty", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.keys("A");
        let subject = console.model.subject().unwrap();
        console.act(Action::Done(Outcome::Trail(subject, Ok(Vec::new()))));
        console
    });
    at_sizes_of("install-gone", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.keys("4<enter>");
        let installs = [(record(3), None)].into();
        console.act(Action::Data(Box::new(Delta { installs, ..Delta::default() })));
        console
    });
}

#[test]
fn questions() {
    at_sizes("choose-bind", &fleet(), "b*");
    at_sizes("bind", &fleet(), "b*<enter>");
    at_sizes("bind-nobody", &fleet(), "b**<enter>");
    at_sizes("retry", &fleet(), "4jr");
    at_sizes_of("quit", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.keys(&format!("{}<enter>", super::upload_screens::ALL));
        console.keys("<enter>q");
        console
    });
}

#[test]
fn data_sync_at_its_ends() {
    let sync = |name: &str, result: serde_json::Value, keys: &str| {
        at_sizes_of(name, |width, height| {
            let mut console = Console::new(width, height, fleet());
            console.keys("S");
            console.act(Action::Data(Box::new(synced(result.clone()))));
            console.keys(keys);
            console
        });
    };
    let item = |name: &str| json!({ "uid": format!("uid-{name}"), "id": format!("{name}@1.0") });
    let mut held: Vec<_> = ["radio", "weather", "导航"].map(item).into();
    held[1]["reason"] = "sync.hold is \"installed\"; `segdeck sync --yes` removes it".into();
    held[1]["seats"] = json!(["bridge-1", "bridge-2", "radio-1"]);
    held[1]["seatCount"] = 5.into();
    let outcome = json!({ "added": [item("new")], "removed": [], "held": held, "failed": [] });
    let ended = json!({ "request": record(50), "at": now(), "outcome": outcome });
    sync("sync-held", ended.clone(), "");
    sync("sync-held-asked", ended, "<enter>");
    let failed = json!({ "request": record(50), "at": now(), "error": "sdp: connection refused" });
    sync("sync-failed", failed, "");
    at_sizes_of("sync-nobody", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.act(Action::Lead(Lead::NotStanding(Say::plain("no remote is configured"))));
        console.keys("S");
        console
    });
}

#[test]
fn data_sync_names_the_files_that_it_fetched_again() {
    let mut console = Console::new(120, 40, fleet());
    console.keys("S");
    let item = json!({ "uid": "uid-radio", "id": "radio@1.0" });
    let outcome = json!({ "added": [], "removed": [], "held": [], "refetched": [item], "failed": [] });
    let result = json!({ "request": record(50), "at": now(), "outcome": outcome });
    console.act(Action::Data(Box::new(synced(result))));
    let text = console.text();
    assert!(text.contains("files fetched again 1") && !text.contains("No difference."), "{text}");
}

#[test]
fn what_did_not_come() {
    at_sizes_of("choose-failed", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.answers = false;
        console.keys("Gi");
        console.keys("gi");
        let why = Say::plain(
            "etcd 10.1.1.1:2379 is not available: no answer within 5 s; `segdeck doctor` checks it",
        );
        console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Err(why))));
        console
    });
    at_sizes_of("unreadable", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.act(Action::Data(Box::new(Delta { unreadable: Some(12), ..Delta::default() })));
        console
    });
}

#[test]
fn in_chinese() {
    at_sizes("zh-loading", &Data::default(), "Z");
    at_sizes("zh-stale", &away(), "Z");
    at_sizes("zh-away", &Data { freshness: away().freshness, ..Data::default() }, "Z");
    for (name, keys) in [
        ("nothing-matches", "/xyz<enter>"),
        ("filter", "/导航"),
        ("filter-wrong", "/安装量:3"),
        ("marked", "<space><space>j<space>"),
        ("choose-by-name", "i=group:bridge !seat-003 seat-x"),
        ("bind", "b*<enter>"),
        ("retry", "4jr"),
        ("upload-files", "u~/samples/<down><down><space><down>"),
        ("log", "L"),
    ] {
        at_sizes(&format!("zh-{name}"), &fleet(), &format!("Z{keys}"));
    }
    at_sizes(
        "zh-upload-edit",
        &fleet(),
        &format!("Z{}<tab><tab> 导<backspace>/", super::upload_screens::ALL),
    );
    at_sizes_of("zh-read-only", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.keys("Z");
        console.model.read_only = Some(word!("reason-read-only").into());
        console.keys("u");
        console
    });
    at_sizes_of("zh-long-news", |width, height| {
        let mut console = Console::new(width, height, fleet());
        console.keys("Z");
        let text = "etcd 10.1.1.1:2379 没有应答；请用 `segdeck doctor` 检查每个连接，然后重试";
        console.model.tell(super::super::model::Tone::Bad, say!("plain", text = text));
        console
    });
}
