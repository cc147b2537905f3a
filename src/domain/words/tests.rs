//! The catalogues are whole, and every language says what the others say. That the code names what they hold is the
//! console's test: it knows all tables of keys.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast;

use super::*;

/// What a catalogue says under each key: the names of the values it puts in, and of the other forms it has.
fn catalogue(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut known = BTreeMap::new();
    for part in language.catalogue() {
        let resource = FluentResource::try_new((*part).to_owned()).map_err(|(_, errors)| errors).unwrap();
        for entry in resource.entries() {
            match entry {
                ast::Entry::Message(message) => {
                    let mut says = BTreeSet::new();
                    values(message.value.as_ref().expect("a key has a text"), &mut says);
                    says.extend(message.attributes.iter().map(|attribute| format!(".{}", attribute.id.name)));
                    let key = message.id.name.to_owned();
                    assert!(known.insert(key.clone(), says).is_none(), "{key} is there twice");
                }
                ast::Entry::Junk { content } => panic!("not understood: {content}"),
                _ => {}
            }
        }
    }
    known
}

/// Every key there is.
pub(crate) fn keys() -> BTreeSet<String> {
    catalogue(Language::English).into_keys().collect()
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

/// Adds what a pattern says by itself, without its values, and what each of its variants says.
fn texts(pattern: &ast::Pattern<&str>, into: &mut Vec<String>) {
    let mut own = String::new();
    for element in &pattern.elements {
        match element {
            ast::PatternElement::TextElement { value } => own.push_str(value),
            ast::PatternElement::Placeable { expression: ast::Expression::Select { variants, .. } } => {
                variants.iter().for_each(|variant| texts(&variant.value, into));
            }
            ast::PatternElement::Placeable { .. } => {}
        }
    }
    into.push(own);
}

/// Keys that say the same in every language: names that nobody translates.
const NAMES: &[&str] = &[
    "fact-md5",
    "fact-sha256",
    "name-sdp",
    "remote-sdp",
    "upload-speed",
    "wanted-zip",
    "window-stream-xz",
    "window-stream-zstd",
];

#[test]
fn what_is_said_in_chinese_is_chinese() {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let mut english = Vec::new();
    for part in Language::Chinese.catalogue() {
        let resource = FluentResource::try_new((*part).to_owned()).map_err(|(_, errors)| errors).unwrap();
        for entry in resource.entries() {
            let ast::Entry::Message(message) = entry else { continue };
            let mut said = Vec::new();
            let attributes = message.attributes.iter().map(|attribute| &attribute.value);
            message.value.iter().chain(attributes).for_each(|pattern| texts(pattern, &mut said));
            let is_left = |text: &String| text.contains(char::is_alphabetic) && !text.contains(is_chinese);
            if said.iter().any(is_left) {
                english.push(message.id.name.to_owned());
            }
        }
    }
    english.sort_unstable();
    assert_eq!(english, NAMES);
}

#[test]
fn values_are_put_in_without_marks_and_without_control_characters() {
    let words = Words::load(Language::English, &["greet = Hello { $name }."]);
    assert_eq!(words.say(&say!("greet", name = "a\x1b[2Jb")), "Hello a\u{fffd}[2Jb.");
}

#[test]
fn an_unknown_key_shows_itself() {
    let words = Words::load(Language::English, &[]);
    assert_eq!(words.text(Word("no-such-key")), "no-such-key");
}

#[test]
fn what_is_said_without_a_language_is_english() {
    let say = Say::plain("one\ntwo\x1b").and(say!("reason-being-deleted", id = "a@1"));
    assert_eq!(say.to_string(), "one\ntwo\u{fffd}; a@1 is being deleted.");
    assert_eq!(serde_json::to_value(&say).unwrap(), say.to_string());
}

/// For tests of what is said: in English.
impl PartialEq<&str> for Say {
    fn eq(&self, text: &&str) -> bool {
        Words::of(Language::English).say(self) == *text
    }
}
