//! Every key the code names is in the catalogue, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_bundle::FluentResource;
use fluent_syntax::ast;

use super::*;
use crate::ui::model::columns::{Column, InstallColumn, InstallSeatColumn, SeatColumn, SegmentColumn};

/// What a catalogue says under each key: the names of the values it puts in, and of the other forms it has.
fn catalogue(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let source = language.catalogue();
    let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| errors).unwrap();
    resource
        .entries()
        .filter_map(|entry| match entry {
            fluent_syntax::ast::Entry::Message(message) => {
                let mut says = BTreeSet::new();
                values(message.value.as_ref().expect("a key has a text"), &mut says);
                says.extend(message.attributes.iter().map(|attribute| format!(".{}", attribute.id.name)));
                Some((message.id.name.to_owned(), says))
            }
            fluent_syntax::ast::Entry::Junk { content } => panic!("not understood: {content}"),
            _ => None,
        })
        .collect()
}

fn values(pattern: &ast::Pattern<&str>, into: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            ast::PatternElement::Placeable { expression: ast::Expression::Inline(inline) } => {
                value(inline, into)
            }
            ast::PatternElement::Placeable { expression: ast::Expression::Select { selector, variants } } => {
                value(selector, into);
                variants.iter().for_each(|variant| values(&variant.value, into));
            }
            ast::PatternElement::TextElement { .. } => {}
        }
    }
}

fn value(inline: &ast::InlineExpression<&str>, into: &mut BTreeSet<String>) {
    if let ast::InlineExpression::VariableReference { id } = inline {
        into.insert(id.name.to_owned());
    }
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
    let known: BTreeSet<String> = catalogue(Language::English).into_keys().collect();
    let mut named = BTreeSet::new();
    used(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut named);
    named.extend(crate::ui::actions::ACTIONS.iter().map(|row| row.doc.0.to_owned()));
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

#[test]
fn every_language_says_the_same() {
    let english = catalogue(Language::English);
    for language in Language::ALL {
        let other = catalogue(language);
        for (key, says) in &english {
            let said = other.get(key).unwrap_or_else(|| panic!("{key} is missing in {}", language.code()));
            // A language without plurals need not name the number it counts by.
            let counted = |values: &BTreeSet<String>| {
                values.iter().filter(|value| *value != "n").cloned().collect::<BTreeSet<_>>()
            };
            assert_eq!(counted(said), counted(says), "{key} in {}", language.code());
            assert!(said.is_subset(says), "{key} in {}", language.code());
        }
        let unused: Vec<_> = other.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(unused.is_empty(), "in {} alone: {unused:?}", language.code());
    }
}

#[test]
fn values_are_put_in_without_marks_and_without_control_characters() {
    let words = Words::load(Language::English, "greet = Hello { $name }.");
    assert_eq!(words.say(&say!("greet", name = "a\x1b[2Jb")), "Hello a\u{fffd}[2Jb.");
}

#[test]
fn an_unknown_key_shows_itself() {
    let words = Words::load(Language::English, "");
    assert_eq!(words.text(Word("no-such-key")), "no-such-key");
}
