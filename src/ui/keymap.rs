//! Which key does what where, read from `config/keymap.toml`.

use std::collections::BTreeMap;

use crokey::KeyCombination;
use ratatui::crossterm::event::KeyEvent;

use super::actions::{ActionId, Scope};

/// The keymap that comes with the program.
const BUILT_IN: &str = include_str!("../../config/keymap.toml");

/// Keys by place.
#[derive(Debug, Clone)]
pub struct Keymap {
    /// In the order of the file.
    bindings: Vec<Binding>,
}

/// One key in one place.
#[derive(Debug, Clone, Copy)]
struct Binding {
    scope: Scope,
    key: KeyCombination,
    action: ActionId,
}

impl Keymap {
    /// The keymap that comes with the program.
    ///
    /// # Errors
    /// Never with the file as it is; a test reads it.
    pub fn built_in() -> Result<Self, String> {
        Self::read(BUILT_IN)
    }

    /// Reads a keymap.
    ///
    /// # Errors
    /// What is wrong, with place and key.
    pub fn read(source: &str) -> Result<Self, String> {
        let places: toml::Table = toml::from_str(source).map_err(|error| error.to_string())?;
        let mut bindings: Vec<Binding> = Vec::new();
        for (place, keys) in places {
            let scope = Scope::ALL
                .into_iter()
                .find(|scope| scope.name() == place)
                .ok_or_else(|| format!("[{place}] is no place of the keymap"))?;
            let keys: toml::Table = keys.try_into().map_err(|_| format!("[{place}] holds no keys"))?;
            for (text, name) in keys {
                let key = parse(&text).map_err(|error| format!("[{place}] {text:?}: {error}"))?;
                let name = name.as_str().ok_or_else(|| format!("[{place}] {text:?} names no action"))?;
                let action = ActionId::named(name)
                    .ok_or_else(|| format!("[{place}] {text:?}: there is no action {name:?}"))?;
                bindings.push(Binding { scope, key, action });
            }
        }
        Ok(Self { bindings })
    }

    /// What a key does in the first of these places that knows it.
    pub fn action(&self, scopes: &[Scope], key: KeyEvent) -> Option<ActionId> {
        let key = KeyCombination::from(key);
        scopes.iter().find_map(|scope| {
            self.bindings.iter().find(|b| b.scope == *scope && b.key == key).map(|b| b.action)
        })
    }

    /// The keys of an action in a place, as people write them, in the order of the file.
    pub fn keys(&self, scope: Scope, action: ActionId) -> Vec<String> {
        self.bindings
            .iter()
            .filter(|b| b.scope == scope && b.action == action)
            .map(|b| shown(b.key))
            .collect()
    }

    /// The first key of an action in the first of these places that has one.
    pub fn key(&self, scopes: &[Scope], action: ActionId) -> Option<String> {
        scopes.iter().find_map(|scope| {
            self.bindings.iter().find(|b| b.scope == *scope && b.action == action).map(|b| shown(b.key))
        })
    }

    /// Actions of a place with their keys, in the order of the table of actions.
    pub fn of_scope(&self, scope: Scope) -> Vec<(ActionId, Vec<String>)> {
        let mut by_action: BTreeMap<ActionId, Vec<String>> = BTreeMap::new();
        for binding in self.bindings.iter().filter(|b| b.scope == scope) {
            by_action.entry(binding.action).or_default().push(shown(binding.key));
        }
        by_action.into_iter().collect()
    }
}

/// crokey reads `G` as `g`; in our file a capital means itself.
fn parse(text: &str) -> Result<KeyCombination, String> {
    let mut letters = text.chars();
    let combination = match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_ascii_uppercase() => crokey::parse(&format!("shift-{letter}")),
        _ => crokey::parse(text),
    };
    combination.map(KeyCombination::normalized).map_err(|error| error.to_string())
}

fn shown(key: KeyCombination) -> String {
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
    let words = super::words::Words::english();
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
            assert_eq!(keymap.action(&panes, key(code, modifiers)), Some(action), "{code:?}");
        }
        assert_eq!(keymap.action(&[Scope::Text], key(KeyCode::Char('q'), KeyModifiers::NONE)), None);
    }

    #[test]
    fn nothing_dangerous_sits_on_a_key_pressed_by_accident() {
        let keymap = Keymap::built_in().unwrap();
        for binding in &keymap.bindings {
            let text = shown(binding.key);
            if binding.action.row().dangerous {
                assert!(
                    !["Esc", "Ctrl-d", "Ctrl-k"].contains(&text.as_str()) && !text.contains("Alt"),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn mistakes_are_named_with_place_and_key() {
        for (source, part) in [
            ("[nowhere]\na = \"up\"", "nowhere"),
            ("[list]\na = \"fly\"", "fly"),
            ("[list]\n\"hyper-x\" = \"up\"", "hyper-x"),
        ] {
            assert!(Keymap::read(source).unwrap_err().contains(part));
        }
    }

    #[test]
    fn the_key_table_names_every_key() {
        let table = key_table();
        for key in ["`G`", "`Space`", "`PageDown`", "`?`", "`S`", "`/`"] {
            assert!(table.contains(key), "{key} in\n{table}");
        }
    }
}
