//! The console: `Event -> Action -> update(&mut Model) -> Effect`, and a pure `view`.
//!
//! What belongs here: keys, what is shown, and the thread that draws. What does not: what an operator may ask
//! for (`service`) and how records are kept (`store`).

pub mod actions;
mod allowed;
pub mod change;
mod crash;
pub mod depth;
pub mod effect;
mod feed;
pub mod glyphs;
mod inbox;
pub mod keymap;
mod language;
pub mod layout;
pub mod look;
pub mod memory;
pub mod model;
mod own_file;
mod perform;
pub mod rows;
mod run;
mod standing;
pub mod terminal;
pub mod theme;
mod update;
mod view;

pub use keymap::key_table;
pub use model::command_line::{flag, quoted_path};
pub use run::run;
pub use update::update;
pub use view::view;

use std::sync::Arc;

use tokio::sync::watch;

use crate::controllers::{Aside, Lead};
use crate::domain::words::{Say, say};
use crate::service::Service;
use crate::settings::Settings;
use crate::store::Cache;
use crate::telemetry::LogRing;
use actions::ActionId;
use effect::Action;
use keymap::{Keymap, Meaning};
use model::{Ahead, Model};
use ratatui::crossterm::event::KeyEvent;
use terminal::Typed;

/// Everything the console works with.
pub struct Context {
    /// What an operator may ask for.
    pub service: Arc<Service>,
    /// Where tasks run.
    pub runtime: tokio::runtime::Handle,
    /// Where this process stands in the election.
    pub lead: watch::Receiver<Lead>,
    /// Its controllers, if it has any: before it is stopped.
    pub aside: Option<Aside>,
    /// The records, live.
    pub cache: Arc<Cache>,
    /// The last lines of the log.
    pub log: LogRing,
    /// All settings.
    pub settings: Arc<Settings>,
    /// A line above everything, e.g. where the demo keeps its state.
    pub banner: Option<Say>,
    /// How a command is called that works on the same records: the program and its global flags.
    pub program: String,
    /// Where files to upload are first looked for; empty: the current folder.
    pub upload_folder: String,
}

/// What stands above everything in the demo.
pub fn demo_banner(seats: usize, samples: &str) -> Say {
    say!("banner-demo", n = seats, samples = samples)
}

/// What something typed does on this screen. What is meant for a box whose lists are on their way waits.
pub fn translate(model: &Model, keymap: &Keymap, typed: Typed) -> Action {
    let action = match &typed {
        Typed::Key(key) => meaning(model, keymap, *key),
        Typed::Paste(text) => Action::Paste(text.clone()),
        Typed::TooLong => Action::TooLong,
        Typed::Mouse(mouse) => Action::Mouse(*mouse),
    };
    match action {
        Action::Do(
            ActionId::Back | ActionId::Quit | ActionId::Suspend | ActionId::Redraw | ActionId::Language,
        )
        | Action::Mouse(_) => action,
        _ if model.awaits_lists() => Action::Ahead(typed),
        action => action,
    }
}

/// What was typed ahead and can be done now.
pub fn next_ahead(model: &mut Model, keymap: &Keymap) -> Option<Action> {
    if model.awaits_lists() {
        return None;
    }
    Some(match model.ahead.pop_front()? {
        Ahead::Typed(typed) => translate(model, keymap, typed),
        Ahead::Do(id) => Action::Do(id),
    })
}

/// What a key means on this screen.
fn meaning(model: &Model, keymap: &Keymap, key: KeyEvent) -> Action {
    let pressed: Vec<_> = model.pending.iter().copied().chain([key]).collect();
    match keymap.meaning(model.scopes(), &pressed) {
        Meaning::Action(id) => Action::Do(id),
        Meaning::Begun => Action::Begin(key),
        Meaning::Nothing if model.pending.is_empty() => Action::Key(key),
        Meaning::Nothing => Action::Stop,
    }
}

#[cfg(test)]
mod tests;
