//! Every key the code names is in the catalogue, and nothing else is.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::actions::ACTIONS;
use super::super::model::columns::{Column, InstallColumn, InstallSeatColumn, SeatColumn, SegmentColumn};
use crate::domain::words::tests::keys;

/// The keys that the code below a folder names.
fn used(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            used(&path, into);
        } else if path.ends_with("words/tests.rs") || path.ends_with("tests/words.rs") {
            // Examples only.
        } else if path.extension().is_some_and(|suffix| suffix == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for mark in ["word!(", "say!("] {
                for (at, _) in text.match_indices(mark) {
                    let rest = text[at + mark.len()..].trim_start();
                    if let Some(key) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                        into.insert(key.to_owned());
                    }
                }
            }
        }
    }
}

#[test]
fn the_catalogue_holds_what_the_code_says_and_no_more() {
    let known = keys();
    let mut named = BTreeSet::new();
    used(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut named);
    named.extend(ACTIONS.iter().map(|row| row.doc.0.to_owned()));
    named.extend(SegmentColumn::ALL.iter().map(|column| column.title().0.to_owned()));
    named.extend(SeatColumn::ALL.iter().map(|column| column.title().0.to_owned()));
    named.extend(InstallColumn::ALL.iter().map(|column| column.title().0.to_owned()));
    named.extend(InstallSeatColumn::ALL.iter().map(|column| column.title().0.to_owned()));
    named.remove("seat-count"); // the example of the macro's documentation
    assert!(named.len() > 50, "the search finds the words: {}", named.len());
    let missing: Vec<_> = named.difference(&known).collect();
    let unused: Vec<_> = known.difference(&named).collect();
    assert!(missing.is_empty() && unused.is_empty(), "missing: {missing:?}; unused: {unused:?}");
}
