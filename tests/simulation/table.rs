//! What each transaction compares: the contract's table, as the transactions are sent.

use std::collections::{BTreeMap, BTreeSet};

/// Kinds of transactions: what the audit trail calls them, or the kinds of records that they write. Of a newer kind
/// or a compare that is not here the test says so, and of one that is missing.
const TABLE: &[(&str, &[&str])] = &[
    // Elections.
    ("leader meta", &["leader", "meta/epoch", "meta/format"]),
    ("meta", &["meta/format", "meta/site", "meta/storage"]),
    // Operators. With what is left of a segment where it has no record any more.
    ("freeze", &["freeze", "meta/format"]),
    ("unfreeze", &["freeze", "meta/format"]),
    ("bind.set", &["bindings", "meta/format", "segments, the same"]),
    ("install.cancel", &["install-logs", "install-records", "meta/format"]),
    ("install.forceFinish", &["active-installs", "install-logs", "install-records", "meta/format"]),
    ("install.pause", &["install-logs", "install-records", "meta/format"]),
    ("install.request", &["active-installs", "leftovers", "meta/format", "segments"]),
    ("install.resume", &["install-logs", "install-records", "meta/format"]),
    ("install.retry", &["active-installs", "install-logs", "install-records", "meta/format", "segments"]),
    ("seat.forget", &["active-installs since", "bindings", "installed", "meta/format", "seats"]),
    ("seat.import", &["meta/format", "seats"]),
    // With the fence where it is the controllers' last word on a deletion.
    ("segment.delete", &["active-installs", "installed", "leader, the same", "meta/format", "segments"]),
    ("segment.retry", &["meta/format", "segments"]),
    ("segment.upload", &["meta/format", "segments"]),
    ("sweep.request", &["meta/format", "sweep"]),
    ("sync.request", &["meta/format", "sync"]),
    // With the controllers' fence where its time was over.
    ("trash.empty", &["leader, the same", "meta/format", "trash"]),
    ("trash.restore", &["bindings since", "meta/format", "segments", "trash"]),
    // Controllers.
    ("-trash", &["leader, the same", "meta/format", "trash"]),
    ("trash", &["leader, the same", "meta/format", "trash"]),
    ("sweep", &["leader, the same", "meta/format", "sweep"]),
    ("sweep.move", &["leader, the same", "meta/format", "sweep"]),
    ("-tombstones", &["leader, the same", "meta/format"]),
    ("-tombstones tombstones", &["leader, the same", "meta/format"]),
    // The last seat of what has no record any more.
    (
        "-installed -leftovers install-logs",
        &["install-logs", "installed", "leader, the same", "leftovers", "meta/format", "segments"],
    ),
    // With the freeze where something is about to be sent.
    ("install-logs", &["freeze", "install-logs", "leader, the same", "meta/format"]),
    ("install-logs installed", &["freeze", "install-logs", "installed", "leader, the same", "meta/format"]),
    (
        "install.finish",
        &["active-installs", "install-logs", "install-records", "leader, the same", "meta/format"],
    ),
    ("remote.pin", &["leader, the same", "meta/format", "meta/platforms/sdp", "meta/platforms/store15s"]),
    ("seat-history", &["leader, the same", "meta/format", "seat-history"]),
    ("segment.publish", &["leader, the same", "meta/format", "segments"]),
    (
        "segment.purge",
        &[
            "active-installs",
            "bindings",
            "installed since",
            "leader, the same",
            "meta/format",
            "no other version",
            "segments",
        ],
    ),
    ("segments", &["leader, the same", "meta/format", "segments"]),
    ("sync", &["leader, the same", "meta/format", "sync"]),
    ("sync.import", &["leader, the same", "meta/format", "segments", "tombstones"]),
    (
        "sync.remove",
        &[
            "active-installs",
            "bindings",
            "installed since",
            "leader, the same",
            "meta/format",
            "no other version",
            "segments",
        ],
    ),
];

/// Compares without which nothing is seen to break, since another one of the same transaction refuses whatever they
/// would; each with which one.
const GUARDED_TWICE: &[(&str, &str)] = &[
    ("segment.delete: installed", "an installed list grows by an install alone, which the active ones tell"),
    ("remote.pin: meta/platforms/sdp", "the leader alone writes it, and nobody here adopts another platform"),
    (
        "remote.pin: meta/platforms/store15s",
        "the leader alone writes it, and nobody here adopts another platform",
    ),
    ("segment.purge: installed since", "what is being deleted is on no seat, and comes to none"),
    ("segment.purge: active-installs", "no install is taken of a segment that is being deleted"),
];

pub fn is_guarded_twice(named: &str) -> bool {
    GUARDED_TWICE.iter().any(|(of, _)| *of == named)
}

/// How what was sent differs from the table. Some kinds are rare, and of a kind not every transaction has all: a
/// missing compare shows in those that were sent often.
pub fn differs(sent: &BTreeMap<String, BTreeSet<String>>) -> Option<String> {
    let table: BTreeMap<&str, BTreeSet<&str>> =
        TABLE.iter().map(|(of, what)| (*of, what.iter().copied().collect())).collect();
    let differs = |(of, what): (&String, &BTreeSet<String>)| {
        let what: BTreeSet<&str> = what.iter().map(String::as_str).collect();
        let said = table.get(of.as_str());
        (said != Some(&what)).then(|| format!("    {of}: {what:?}, but the table says {said:?}"))
    };
    let lines: Vec<String> = sent.iter().filter_map(differs).collect();
    (!lines.is_empty()).then(|| format!("transactions compare:\n{}", lines.join("\n")))
}
