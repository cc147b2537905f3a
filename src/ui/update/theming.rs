//! Themes and languages: chosen while the console runs.

use super::super::effect::Effect;
use super::super::memory::Choice;
use super::super::model::overlay::Overlay;
use super::super::model::theming::ThemeChooser;
use super::super::model::{Model, Tone};
use super::super::theme::Theme;
use crate::domain::words::{Say, say, word};
use std::sync::Arc;

/// Opens the list of themes.
pub(super) fn begin(model: &mut Model, effects: &mut Vec<Effect>) {
    if !matches!(model.overlays.last(), Some(Overlay::Themes(_))) {
        model.overlays.push(Overlay::Themes(ThemeChooser::default()));
        effects.push(Effect::ListThemes);
    }
}

/// The themes there are.
pub(super) fn listed(model: &mut Model, names: Vec<String>) {
    let kept = model.kept_theme().to_owned();
    for overlay in &mut model.overlays {
        if let Overlay::Themes(chooser) = overlay {
            chooser.cursor = names.iter().position(|name| *name == kept).unwrap_or(0);
            chooser.names.clone_from(&names);
        }
    }
}

/// Enter: the theme under the cursor stays.
pub(super) fn keep(model: &mut Model) {
    let Some(Overlay::Themes(chooser)) = model.overlays.last() else { return };
    let Some(name) = chooser.names.get(chooser.cursor).cloned() else { return };
    if let Some(why) = &model.theme.failed {
        let why = why.clone();
        return model.tell(Tone::Bad, why);
    }
    model.memory.theme = Choice::of(&name, &model.identity.theme);
    model.overlays.pop();
    model.tell(Tone::Good, say!("toast-theme", name = name));
}

/// A theme was read. One that is broken while it is edited leaves the last colours as they are.
pub(super) fn read(model: &mut Model, name: &str, theme: Result<Arc<Theme>, Say>) {
    if name != model.theme.asked {
        return;
    }
    match theme {
        Ok(theme) => {
            model.theme.shown = Some(theme);
            model.theme.failed = None;
        }
        Err(why) => {
            if !matches!(model.overlays.last(), Some(Overlay::Themes(_))) {
                model.tell(Tone::Bad, why.clone());
            }
            model.theme.failed = Some(why);
        }
    }
}

/// Asks for what shall be shown, and keeps what was chosen.
pub(super) fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.theme.asked != model.wanted_theme() {
        model.theme.asked = model.wanted_theme().to_owned();
        effects.push(Effect::LoadTheme(model.theme.asked.clone()));
    }
    if model.memory != model.remembered {
        model.remembered.clone_from(&model.memory);
        effects.push(Effect::Remember(model.memory.clone()));
    }
}

/// The next language.
pub(super) fn language(model: &mut Model) {
    model.language = model.language.next();
    model.memory.language = Choice::of(model.language.code(), &model.identity.language);
    model.tell(Tone::Plain, word!("toast-language"));
}
