//! Which key does what where, read from `config/keymap.toml` and from a file of the operator's.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use crokey::KeyCombination;
use ratatui::crossterm::event::KeyEvent;
use toml::Spanned;

use super::actions::{ActionId, Scope};
use super::own_file::{self, Mistake};
use crate::domain::words::Say;

/// The keymap that comes with the program.
const BUILT_IN: &str = include_str!("../../config/keymap.toml");

/// Keys by place.
#[derive(Debug, Clone)]
pub struct Keymap {
    /// In the order of the file.
    bindings: Vec<Binding>,
}

/// A key, or several one after the other, in one place.
#[derive(Debug, Clone)]
struct Binding {
    scope: Scope,
    keys: Vec<KeyCombination>,
    /// The keys as people write them.
    shown: String,
    action: ActionId,
}

/// What the keys pressed so far mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// This.
    Action(ActionId),
    /// More keys must follow.
    Begun,
    /// Nothing.
    Nothing,
}

impl Keymap {
    /// The keymap that comes with the program.
    ///
    /// # Errors
    /// Never with the file as it is; a test reads it.
    pub fn built_in() -> Result<Self, String> {
        let read =
            read(BUILT_IN).map_err(|(line, why)| format!("line {line} of the built-in keymap: {why}"))?;
        Ok(Self::over(Vec::new(), read))
    }

    /// The same under the operator's `keymap.toml` in this folder, if there is one: what that says of a key in a place
    /// counts, and `none` takes it away.
    ///
    /// # Errors
    /// What is wrong with it, with file and line.
    pub fn with_own(folder: Option<&Path>) -> Result<Self, String> {
        let built_in = Self::built_in()?;
        let Some(file) = folder.map(|folder| folder.join("keymap.toml")) else { return Ok(built_in) };
        let Some(own) = own_file::read(&file, read)? else { return Ok(built_in) };
        let keymap = Self::over(built_in.bindings, own);
        match keymap.key(&[Scope::Global], ActionId::Quit) {
            Some(_) => Ok(keymap),
            None => Err(format!("{}: no key of [global] is left for \"quit\"", file.display())),
        }
    }

    /// The operator's come first, so that screens name them. What begins one of theirs could not be told from it, and
    /// neither could what goes on where theirs is done: that goes.
    fn over(under: Vec<Binding>, said: Vec<Said>) -> Self {
        let is_said = |binding: &Binding| {
            said.iter().any(|said| said.scope == binding.scope && one_begins(&said.keys, &binding.keys))
        };
        let kept: Vec<Binding> = under.into_iter().filter(|binding| !is_said(binding)).collect();
        let own = said.iter().filter_map(|said| {
            let (scope, keys) = (said.scope, said.keys.clone());
            Some(Binding { scope, shown: shown(&keys), keys, action: said.action? })
        });
        Self { bindings: own.chain(kept).collect() }
    }

    /// What keys pressed one after the other do in the first of these places that knows them.
    pub fn meaning(&self, scopes: &[Scope], keys: &[KeyEvent]) -> Meaning {
        match self.begun(scopes, keys).first() {
            Some(binding) if binding.keys.len() == keys.len() => Meaning::Action(binding.action),
            Some(_) => Meaning::Begun,
            None => Meaning::Nothing,
        }
    }

    /// What may follow these keys, and what it does, in the order of the file.
    pub fn following(&self, scopes: &[Scope], keys: &[KeyEvent]) -> Vec<(String, ActionId)> {
        let begun = self.begun(scopes, keys);
        begun.iter().map(|b| (shown(b.keys.get(keys.len()..).unwrap_or_default()), b.action)).collect()
    }

    /// What begins with these keys, in the first of these places that has any.
    fn begun(&self, scopes: &[Scope], keys: &[KeyEvent]) -> Vec<&Binding> {
        let keys: Vec<_> = keys.iter().map(|key| KeyCombination::from(*key)).collect();
        let of = |scope: &Scope| {
            let begun = |b: &&Binding| b.scope == *scope && b.keys.starts_with(&keys);
            let found: Vec<_> = self.bindings.iter().filter(begun).collect();
            (!found.is_empty()).then_some(found)
        };
        scopes.iter().find_map(of).unwrap_or_default()
    }

    /// The keys of an action in a place, as people write them, in the order of the file.
    pub fn keys(&self, scope: Scope, action: ActionId) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|b| b.scope == scope && b.action == action)
            .map(|b| b.shown.clone())
            .collect()
    }

    /// The first key of an action in the first of these places that has one.
    pub fn key(&self, scopes: &[Scope], action: ActionId) -> Option<String> {
        scopes.iter().find_map(|scope| {
            self.bindings.iter().find(|b| b.scope == *scope && b.action == action).map(|b| b.shown.clone())
        })
    }

    /// Actions of a place with their keys, in the order of the table of actions.
    pub fn of_scope(&self, scope: Scope) -> Vec<(ActionId, Vec<String>)> {
        let mut by_action: BTreeMap<ActionId, Vec<String>> = BTreeMap::new();
        for binding in self.bindings.iter().filter(|b| b.scope == scope) {
            by_action.entry(binding.action).or_default().push(binding.shown.clone());
        }
        by_action.into_iter().collect()
    }
}

/// What a file says of a key in a place.
struct Said {
    scope: Scope,
    keys: Vec<KeyCombination>,
    /// None: nothing.
    action: Option<ActionId>,
}

/// The keys of a place, by their spans in the order of the file.
type Keys = BTreeMap<Spanned<String>, Spanned<String>>;

/// Reads a keymap.
fn read(source: &str) -> Result<Vec<Said>, Mistake> {
    let line = |span: Range<usize>| own_file::line(source, Some(span));
    let places: BTreeMap<Spanned<String>, Keys> = toml::from_str(source)
        .map_err(|error| (own_file::line(source, error.span()), Say::plain(error.message())))?;
    let mut all: Vec<(usize, Said)> = Vec::new();
    for (place, keys) in places {
        let scope = Scope::ALL.into_iter().find(|scope| scope.name() == place.get_ref().as_str());
        let scope = scope.ok_or_else(|| {
            let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.name()).collect();
            let why = format!("[{}] is no place; there are {}", place.get_ref(), known.join(", "));
            (line(place.span()), Say::plain(&why))
        })?;
        for (text, name) in keys {
            // Told before there is a console: in English, as commands speak.
            let wrong = |why: String| {
                let why = format!("[{}] {:?}: {why}", scope.name(), text.get_ref());
                (line(text.span()), Say::plain(&why))
            };
            let keys = parse(text.get_ref()).map_err(wrong)?;
            let action = match name.get_ref().as_str() {
                NOTHING => None,
                name => {
                    Some(ActionId::named(name).ok_or_else(|| wrong(format!("there is no action {name:?}")))?)
                }
            };
            let clash = |(_, other): &&(usize, Said)| other.scope == scope && one_begins(&other.keys, &keys);
            if let Some((_, other)) = all.iter().find(clash) {
                let other = if other.keys == keys {
                    format!("{} is written twice", shown(&keys))
                } else {
                    format!("{} and {} begin alike", shown(&keys), shown(&other.keys))
                };
                return Err(wrong(other));
            }
            all.push((text.span().start, Said { scope, keys, action }));
        }
    }
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, said)| said).collect())
}

/// Takes a key away.
const NOTHING: &str = "none";

/// One of them is how the other begins, or they are equal.
fn one_begins(one: &[KeyCombination], other: &[KeyCombination]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// A key, or several with spaces between.
fn parse(text: &str) -> Result<Vec<KeyCombination>, String> {
    let keys = text.split_whitespace().map(parse_one).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() { Err("there is no key; the space bar is written space".to_owned()) } else { Ok(keys) }
}

/// crokey reads `G` as `g`; in our file a capital means itself.
fn parse_one(text: &str) -> Result<KeyCombination, String> {
    let mut letters = text.chars();
    let combination = match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_ascii_uppercase() => crokey::parse(&format!("shift-{letter}")),
        _ => crokey::parse(text),
    };
    combination.map(KeyCombination::normalized).map_err(|error| error.to_string())
}

fn shown(keys: &[KeyCombination]) -> String {
    keys.iter().map(|key| shown_one(*key)).collect::<Vec<_>>().join(" ")
}

fn shown_one(key: KeyCombination) -> String {
    let text = key.to_string();
    match text.strip_prefix("Shift-") {
        Some(letter) if letter.chars().count() == 1 => letter.to_uppercase(),
        _ => match text.as_str() {
            "Hyphen" => "-".to_owned(),
            _ => text,
        },
    }
}

/// The Markdown table of the default keys, for the README.
pub fn key_table() -> String {
    let words = crate::domain::words::Words::of(crate::domain::words::Language::English);
    let mut table = String::from("| Where | Key | What it does |\n|---|---|---|\n");
    let Ok(keymap) = Keymap::built_in() else { return table };
    for scope in Scope::ALL {
        let mut place = words.text(scope.title());
        for (action, keys) in keymap.of_scope(scope) {
            let keys: Vec<_> = keys.iter().map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
            table += &format!("| {place} | {} | {} |\n", keys.join(" "), words.text(action.row().doc));
            place.clear();
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    #[test]
    fn the_built_in_keymap_reads() {
        let keymap = Keymap::built_in().unwrap();
        let key = |code, modifiers| KeyEvent::new(code, modifiers);
        let panes = [Scope::Panes, Scope::List, Scope::Global];
        for (code, modifiers, action) in [
            (KeyCode::Char('G'), KeyModifiers::SHIFT, ActionId::Last),
            (KeyCode::Char('g'), KeyModifiers::NONE, ActionId::First),
            (KeyCode::Char('*'), KeyModifiers::NONE, ActionId::MarkShown),
            (KeyCode::Char(' '), KeyModifiers::NONE, ActionId::Mark),
            (KeyCode::Char('S'), KeyModifiers::SHIFT, ActionId::Sync),
            (KeyCode::Char('?'), KeyModifiers::NONE, ActionId::Help),
            (KeyCode::BackTab, KeyModifiers::SHIFT, ActionId::PreviousPane),
            (KeyCode::PageDown, KeyModifiers::NONE, ActionId::PageDown),
        ] {
            assert_eq!(keymap.meaning(&panes, &[key(code, modifiers)]), Meaning::Action(action), "{code:?}");
        }
        assert_eq!(
            keymap.meaning(&[Scope::Text], &[key(KeyCode::Char('q'), KeyModifiers::NONE)]),
            Meaning::Nothing
        );
    }

    #[test]
    fn nothing_dangerous_sits_on_a_key_pressed_by_accident() {
        let keymap = Keymap::built_in().unwrap();
        for binding in &keymap.bindings {
            let text = shown(&binding.keys);
            if binding.action.row().dangerous {
                assert!(
                    !["Esc", "Ctrl-d", "Ctrl-k"].contains(&text.as_str()) && !text.contains("Alt"),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn what_can_be_typed_is_typed() {
        let keymap = Keymap::built_in().unwrap();
        for binding in
            keymap.bindings.iter().filter(|binding| matches!(binding.scope, Scope::Text | Scope::Fields))
        {
            let text = shown(&binding.keys);
            assert!(
                text.chars().count() > 1 && text != "Space" && text != "Hyphen",
                "{text} in a text field"
            );
        }
    }

    #[test]
    fn mistakes_are_named_with_place_and_key() {
        for (source, part) in [
            ("[nowhere]\na = \"up\"", "nowhere"),
            ("[list]\na = \"fly\"", "fly"),
            ("[list]\n\"hyper-x\" = \"up\"", "hyper-x"),
        ] {
            assert!(read(source).err().unwrap().1.to_string().contains(part));
        }
    }

    #[test]
    fn the_operators_keys_count_and_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keymap.toml");
        let press = |keymap: &Keymap, key| match keymap
            .meaning(&[Scope::Panes, Scope::List, Scope::Global], &[KeyEvent::new(key, KeyModifiers::NONE)])
        {
            Meaning::Action(action) => Some(action),
            Meaning::Begun | Meaning::Nothing => None,
        };
        let none = Keymap::with_own(Some(folder.path())).unwrap();
        assert_eq!(press(&none, KeyCode::Char('i')), Some(ActionId::Install));
        let own = "[panes]\nx = \"install\"\ni = \"none\"\nd = \"why\"\n[list]\nf6 = \"last\"\n";
        std::fs::write(&file, own).unwrap();
        let keymap = Keymap::with_own(Some(folder.path())).unwrap();
        for (key, action) in [
            (KeyCode::Char('x'), Some(ActionId::Install)),
            (KeyCode::Char('i'), None),
            (KeyCode::Char('d'), Some(ActionId::Why)),
            (KeyCode::F(6), Some(ActionId::Last)),
            (KeyCode::End, Some(ActionId::Last)),
        ] {
            assert_eq!(press(&keymap, key), action, "{key:?}");
        }
        assert_eq!(keymap.key(&[Scope::List], ActionId::Last).as_deref(), Some("F6"), "screens name it");

        for (own, says) in [
            ("[list]\n\na = \"fly\"\n", "keymap.toml:3: [list] \"a\": there is no action \"fly\""),
            ("\n[lists]\n", "keymap.toml:2: [lists] is no place; there are panes, list, global"),
            ("[list]\na = 1\n", "keymap.toml:2: invalid type"),
            ("[list]\nF6 = \"last\"\nf6 = \"first\"\n", "is written twice"),
            ("[list]\n\"x y\" = \"last\"\nx = \"first\"\n", "begin alike"),
            ("[list]\n\" \" = \"last\"\n", "the space bar is written space"),
            ("[global]\nq = \"none\"\nctrl-c = \"none\"\n", "is left for \"quit\""),
        ] {
            std::fs::write(&file, own).unwrap();
            let error = Keymap::with_own(Some(folder.path())).unwrap_err();
            assert!(error.contains(says), "{error} says {says}");
        }
    }

    #[test]
    fn keys_one_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let own = "[panes]\n\"i a\" = \"install\"\n\"i b\" = \"bind\"\n[list]\n\"g g\" = \"first\"\n";
        std::fs::write(folder.path().join("keymap.toml"), own).unwrap();
        let keymap = Keymap::with_own(Some(folder.path())).unwrap();
        let scopes = [Scope::Panes, Scope::List, Scope::Global];
        let keys = |text: &str| -> Vec<KeyEvent> {
            text.chars().map(|key| KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE)).collect()
        };
        for (pressed, meaning) in [
            ("i", Meaning::Begun),
            ("ia", Meaning::Action(ActionId::Install)),
            ("ib", Meaning::Action(ActionId::Bind)),
            ("ic", Meaning::Nothing),
            ("g", Meaning::Begun),
            ("gg", Meaning::Action(ActionId::First)),
            ("q", Meaning::Action(ActionId::Quit)),
        ] {
            assert_eq!(keymap.meaning(&scopes, &keys(pressed)), meaning, "{pressed}");
        }
        let next = [("a".to_owned(), ActionId::Install), ("b".to_owned(), ActionId::Bind)];
        assert_eq!(keymap.following(&scopes, &keys("i")), next);
        assert_eq!(keymap.key(&scopes, ActionId::First).as_deref(), Some("g g"), "screens name it");
    }

    #[test]
    fn the_key_table_names_every_key() {
        let table = key_table();
        for key in ["`G`", "`Space`", "`PageDown`", "`?`", "`S`", "`/`"] {
            assert!(table.contains(key), "{key} in\n{table}");
        }
    }
}
