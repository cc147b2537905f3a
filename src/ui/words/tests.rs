//! Every key the code names is in the catalogue, and nothing else is.

use std::collections::BTreeSet;
use std::path::Path;

use fluent_bundle::FluentResource;

use super::*;

fn catalogue(source: &str) -> BTreeSet<String> {
    let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| errors).unwrap();
    resource
        .entries()
        .filter_map(|entry| match entry {
            fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_owned()),
            _ => None,
        })
        .collect()
}

fn used(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            used(&path, into);
        } else if path.ends_with("words/tests.rs") {
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
    let known = catalogue(ENGLISH);
    let mut named = BTreeSet::new();
    used(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut named);
    named.extend(crate::ui::actions::ACTIONS.iter().map(|row| row.doc.0.to_owned()));
    named.remove("seat-count"); // the example of the macro's documentation
    assert!(named.len() > 50, "the search finds the words: {}", named.len());
    let missing: Vec<_> = named.difference(&known).collect();
    let unused: Vec<_> = known.difference(&named).collect();
    assert!(missing.is_empty() && unused.is_empty(), "missing: {missing:?}; unused: {unused:?}");
}

#[test]
fn values_are_put_in_without_marks_and_without_control_characters() {
    let words = Words::load("en", "greet = Hello { $name }.");
    assert_eq!(words.say(&say!("greet", name = "a\x1b[2Jb")), "Hello a\u{fffd}[2Jb.");
}

#[test]
fn an_unknown_key_shows_itself() {
    let words = Words::load("en", "");
    assert_eq!(words.text(Word("no-such-key")), "no-such-key");
}
