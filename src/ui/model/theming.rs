//! The colours: which ones are wanted, and those that were read last.

use std::sync::Arc;

use super::Model;
use super::overlay::Overlay;
use crate::domain::words::Say;
use crate::ui::memory::Choice;
use crate::ui::theme::Theme;

/// The colours.
#[derive(Debug, Clone, Default)]
pub struct Theming {
    /// The name that was asked for last.
    pub asked: String,
    /// What was read last; none yet: what the console began with.
    pub shown: Option<Arc<Theme>>,
    /// Why the one that was asked for cannot be shown.
    pub failed: Option<Say>,
}

/// A theme is being chosen; the one under the cursor is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThemeChooser {
    /// Names of themes; empty: they are on their way.
    pub names: Vec<String>,
    /// The chosen one.
    pub cursor: usize,
}

impl Model {
    /// The theme that shall be shown.
    pub fn wanted_theme(&self) -> &str {
        let tried = self.overlays.iter().rev().find_map(|overlay| match overlay {
            Overlay::Themes(chooser) => chooser.names.get(chooser.cursor),
            _ => None,
        });
        tried.map_or_else(|| self.kept_theme(), String::as_str)
    }

    /// The theme that stays.
    pub fn kept_theme(&self) -> &str {
        Choice::over(&self.memory.theme, &self.identity.theme)
    }
}
