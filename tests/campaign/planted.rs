//! What a campaign looks for is found: each invariant is broken once.

use segdeck::domain::Segment;
use segdeck::platform::{LedgerEntry, LedgerKind};
use segdeck::store::keys;
use serde_json::json;

use crate::operators::Told;
use crate::records::{id, record_id, segment};
use crate::seen::{Seen, Turn};
use crate::truth::{ALL, Site};

/// The names of what does not hold.
fn broken(site: &Site) -> Vec<&'static str> {
    ALL.iter().filter(|(_, _, check)| !check(site).is_empty()).map(|(_, name, _)| *name).collect()
}

/// A site with one segment, published and installed nowhere; nothing is wrong with it.
fn sound() -> Site {
    let nav = published();
    let mut seen = Seen::default();
    seen.keys.insert(keys::segment(&nav.id));
    seen.epochs = vec![(1, 1), (5, 2)];
    let told = vec![Told::Uploaded(nav.id.clone())];
    let (objects, files) = ([("u".to_owned(), nav.id.clone())].into(), vec![nav.storage_key.clone()]);
    seen.there.insert(nav.id.clone(), nav);
    Site {
        seen,
        told,
        unfinished: Vec::new(),
        ledger: vec![entry(LedgerKind::Create, "r", "nav@1")],
        objects,
        on_devices: [].into(),
        addresses: [("seat-1".parse().unwrap(), "10.0.0.1".parse().unwrap())].into(),
        files,
        retry_limit: 5,
    }
}

fn published() -> Segment {
    let mut record = segment(&id("nav@1"), "nav");
    record["createStatus"]["state"] = "succeeded".into();
    record["remoteExtra"] = json!({ "uid": "u" });
    serde_json::from_value(record).unwrap()
}

fn entry(kind: LedgerKind, request: &str, what: &str) -> LedgerEntry {
    let (request_id, what) = (request.to_owned(), what.to_owned());
    LedgerEntry {
        at: segdeck::domain::Timestamp::UNIX_EPOCH,
        request_id,
        kind,
        what,
        uid: "u".into(),
        repeated: false,
    }
}

/// A record that an epoch before the one in force was about to send.
fn sent_too_late() -> Turn<Segment> {
    let mut late = published();
    let intent = json!({ "operationId": "o", "effect": "create", "epoch": 1, "since": "2026-01-02T03:04:05Z",
        "deadline": "2026-01-02T03:04:05Z" });
    late.intent = Some(serde_json::from_value(intent).unwrap());
    Turn { revision: 6, before: Some(published()), after: Some(late) }
}

/// A record that forgot how often it was tried.
fn tried_anew() -> Turn<Segment> {
    let mut before = published();
    before.create_status.retry_count = 2;
    Turn { revision: 4, before: Some(before), after: Some(published()) }
}

#[test]
fn every_fault_is_found() {
    assert_eq!(broken(&sound()), Vec::<&str>::new());
    let nav = || id("nav@1");
    type Fault = Box<dyn Fn(&mut Site)>;
    let twice = |kind, what: &'static str| -> Fault {
        Box::new(move |site| {
            // Under another request id each time, as of two leaders who do not know of each other.
            site.ledger.extend(["a", "b"].map(|request| entry(kind, request, what)));
        })
    };
    let faults: Vec<(&str, Fault)> = vec![
        ("at most one remote object per operation id", twice(LedgerKind::Create, "nav@1")),
        ("at most one deletion per remote object", twice(LedgerKind::Delete, "u")),
        ("at most one start per device and request", twice(LedgerKind::InstallStarted, "10.0.0.1")),
        (
            "at most one task per install chunk",
            Box::new(|site| {
                let task = entry(LedgerKind::BatchInstall, "t", "u");
                site.ledger.extend([task.clone(), task]);
                site.seen.tasks.insert(serde_json::from_value(json!("t")).unwrap());
            }),
        ),
        (
            "no object is left behind on the platform",
            Box::new(|site| {
                site.objects.insert("v".into(), id("old@1"));
            }),
        ),
        ("no acknowledged record is lost", Box::new(|site| site.told.push(Told::Uploaded(id("old@1"))))),
        (
            "no acknowledged record is lost",
            Box::new(move |site| site.told.push(Told::Asked(nav(), record_id()))),
        ),
        ("no acknowledged record is lost", Box::new(move |site| site.told.push(Told::DeleteAsked(nav())))),
        ("what was asked for succeeded, since nothing refused it", Box::new(|site| site.objects.clear())),
        (
            "every task has a log that follows it",
            Box::new(|site| site.ledger.push(entry(LedgerKind::BatchUninstall, "t", "u"))),
        ),
        (
            "installed equals what successful tasks say",
            Box::new(move |site| {
                site.on_devices.insert(("10.0.0.1".parse().unwrap(), nav()));
            }),
        ),
        (
            "installed equals what successful tasks say",
            Box::new(move |site| {
                site.seen.installed.insert(nav(), ["seat-1".parse().unwrap()].into());
            }),
        ),
        (
            "attempts never reset and never pass the limit",
            Box::new(|site| site.seen.segments.push(tried_anew())),
        ),
        (
            "after a delete nothing of it remains",
            Box::new(|site| {
                site.seen.keys.insert(keys::manifest(&id("old@1")));
            }),
        ),
        ("no write of an older epoch after a newer one", Box::new(|site| site.seen.epochs.push((9, 2)))),
        (
            "no write of an older epoch after a newer one",
            Box::new(|site| site.seen.segments.push(sent_too_late())),
        ),
        ("every record has its file, and every file its record", Box::new(|site| site.files.clear())),
        (
            "every record has its file, and every file its record",
            Box::new(|site| site.files.push("segments/nav/1/left.zip".into())),
        ),
        ("everything becomes terminal", Box::new(|site| site.unfinished.push("nav@1".into()))),
    ];
    for (name, fault) in &faults {
        let mut site = sound();
        fault(&mut site);
        assert_eq!(broken(&site), [*name]);
    }
    let without = ALL.iter().filter(|(_, name, _)| !faults.iter().any(|(of, _)| of == name));
    assert_eq!(without.count(), 0, "every invariant is broken above");
}
