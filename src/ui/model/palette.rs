//! All actions and all things, by a few letters.

use tui_input::Input;

use super::overlay::Subject;
use crate::ui::actions::ActionId;

/// The palette.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// The letters.
    pub input: Input,
    /// What they find, best first.
    pub found: Vec<Found>,
    /// The chosen one.
    pub cursor: usize,
    /// What each action does, in the operator's language and the order of the table of actions.
    pub docs: Vec<String>,
}

/// Something that the palette finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An action, to be done.
    Action(ActionId),
    /// A thing, to go to.
    Thing(Subject),
}
