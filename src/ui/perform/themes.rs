//! Themes are read beside the console, and read again when the operator edits one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::ui::depth::Depth;
use crate::ui::effect::{Action, Outcome};
use crate::ui::feed::Event;
use crate::ui::inbox::Sender;
use crate::ui::theme::{self, Theme};

/// Where themes come from.
pub(super) struct Themes {
    folder: Option<PathBuf>,
    events: Sender,
    /// Tells of changes as long as it is there.
    watcher: Mutex<Option<RecommendedWatcher>>,
}

impl Themes {
    pub(super) fn new(folder: Option<&Path>, events: Sender) -> Self {
        Self { folder: folder.map(Path::to_owned), events, watcher: Mutex::new(None) }
    }

    /// The themes there are.
    pub(super) fn list(&self) -> Outcome {
        self.watch();
        Outcome::Themes(theme::names(self.folder.as_deref()))
    }

    /// Reads one.
    pub(super) fn load(&self, name: String) -> Outcome {
        let theme = Theme::named(&name, Depth::of_environment(), self.folder.as_deref()).map(Arc::new);
        Outcome::Theme(name, theme)
    }

    /// Listens to the operator's folder of themes, from the time it is there.
    pub(super) fn watch(&self) {
        let Some(themes) = self.folder.as_ref().map(|folder| folder.join(theme::FOLDER)) else { return };
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        if watcher.is_some() || !themes.is_dir() {
            return;
        }
        let events = self.events.clone();
        let told = move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| !event.kind.is_access()) {
                _ = events.send(Event::Answer(Action::Done(Outcome::ThemesChanged)));
            }
        };
        // Where the system cannot tell, a theme counts from the next time it is chosen.
        let listening = notify::recommended_watcher(told).and_then(|mut watcher| {
            watcher.watch(&themes, RecursiveMode::NonRecursive)?;
            Ok(watcher)
        });
        *watcher = listening.ok();
    }
}
