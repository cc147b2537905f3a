//! Choosing files: the typed path, the list below it, and the marks.

use std::path::PathBuf;

use super::super::actions::ActionId;
use super::super::effect::Effect;
use super::super::model::files::{self, FileChooser, Listing};
use super::super::model::overlay::Overlay;
use super::super::model::{Model, Tone};
use super::{upload, walk};
use crate::domain::words::{say, word};
use tui_input::Input;

/// The open chooser.
fn chooser(model: &mut Model) -> Option<&mut FileChooser> {
    match model.overlays.last_mut()? {
        Overlay::Files(files) => Some(files),
        _ => None,
    }
}

/// Opens it where files were last chosen.
pub(super) fn choose(model: &mut Model) {
    model.overlays.push(Overlay::Files(Box::new(FileChooser::at(&model.upload_folder))));
}

/// Moves and marks; `true` when the action is dealt with.
pub(super) fn takes(model: &mut Model, id: ActionId) -> bool {
    let page = walk::overlay_rows(model);
    let Some(files) = chooser(model) else { return false };
    let last = files.listing.found.len().saturating_sub(1);
    match id {
        ActionId::Up => files.cursor = files.cursor.and_then(|row| row.checked_sub(1)),
        ActionId::Down => down(files),
        ActionId::PageUp => files.cursor = files.cursor.map(|row| row.saturating_sub(page)),
        ActionId::PageDown => files.cursor = files.cursor.map(|row| (row + page).min(last)),
        ActionId::Complete => complete(model),
        ActionId::Mark => mark(model),
        ActionId::MarkShown => files.mark_all(),
        _ => return false,
    }
    true
}

/// One row further; into the list to its first row that leads not back.
fn down(files: &mut FileChooser) {
    let rows = files.listing.found.len();
    files.cursor = match files.cursor {
        Some(row) => Some((row + 1).min(rows.saturating_sub(1))),
        None if rows == 0 => None,
        None => Some(usize::from(rows > 1 && files.listing.found[0].name == "..")),
    };
}

/// Tab: as far as all that was found agrees, then into the list.
fn complete(model: &mut Model) {
    let Some(files) = chooser(model) else { return };
    if !files.is_listed() {
        files.completes = true;
        return;
    }
    files.completes = false;
    if files.listing.found.is_empty() {
        model.tell(Tone::Plain, word!("toast-no-such-path"));
    } else if files.listing.common.len() > files.path.value().len() {
        files.path = Input::new(files.listing.common.clone());
    } else {
        down(files);
    }
}

fn mark(model: &mut Model) {
    let Some(files) = chooser(model) else { return };
    let Some(found) = files.current() else { return };
    if found.is_folder {
        model.tell(Tone::Plain, word!("toast-mark-files"));
        return;
    }
    let path = PathBuf::from(files.path_of(found));
    files.toggle(path);
    down(files);
}

/// Enter: into a folder, or on with the chosen files.
pub(super) fn enter(model: &mut Model) {
    let Some(files) = chooser(model) else { return };
    let typed = files.path.value().trim().to_owned();
    let folder = match files.current() {
        Some(found) if found.name == ".." => Some(files.above()),
        Some(found) if found.is_folder => Some(files.path_of(found)),
        Some(_) => None,
        None => files
            .listing
            .found
            .iter()
            .filter(|found| found.is_folder)
            .map(|found| files.path_of(found))
            .find(|path| path.trim_end_matches('/') == typed),
    };
    if let Some(folder) = folder {
        files.path = Input::new(folder);
        return;
    }
    let chosen = files.chosen();
    if chosen.is_empty() {
        down(files);
        model.tell(Tone::Plain, word!("toast-choose-files"));
        return;
    }
    let folder = &typed[..typed.rfind('/').map_or(0, |at| at + 1)];
    model.upload_folder = folder.to_owned();
    upload::review(model, chosen);
}

/// The text changed: an absolute path typed behind a folder counts alone.
pub(super) fn changed(files: &mut FileChooser) {
    files.cursor = None;
    files.completes = false;
    let typed = files.path.value();
    let anew = ["//", "/~/"].iter().find_map(|end| typed.ends_with(end).then(|| end[1..].to_owned()));
    if let Some(anew) = anew.filter(|_| files.path.cursor() == typed.chars().count()) {
        files.path = Input::new(anew);
    }
}

/// Pasted text: one path is typed, several lines are files to mark. Returns what is left to type.
pub(super) fn pasted(model: &mut Model, text: &str) -> Option<String> {
    let paths = files::pasted(text);
    let files = chooser(model)?;
    if let [path] = paths.as_slice() {
        let path = path.to_string_lossy().into_owned();
        if path.starts_with(['/', '~']) {
            files.path = Input::default();
        }
        return Some(path);
    }
    let n = paths.len();
    for path in paths {
        if !files.marks.contains(&path) {
            files.marks.push(path);
        }
    }
    model.tell(Tone::Plain, say!("toast-pasted", n = n));
    None
}

/// The answer about a typed path.
pub(super) fn listed(model: &mut Model, listing: Listing) {
    let open = model.overlays.iter_mut().rev().find_map(|open| match open {
        Overlay::Files(files) => Some(files),
        _ => None,
    });
    let Some(files) = open.filter(|files| files.path.value() == listing.typed) else { return };
    let rows = listing.found.len();
    // What the cursor stands on may have moved, where files came or went.
    let under = files.current().and_then(|old| listing.found.iter().position(|new| new.name == old.name));
    files.cursor = files.cursor.filter(|_| rows > 0).map(|row| under.unwrap_or(row.min(rows - 1)));
    files.listing = listing;
    if files.completes {
        complete(model);
    }
}

/// Back in it: what lies there may have changed meanwhile.
pub(super) fn again(model: &mut Model) {
    if let Some(files) = chooser(model) {
        files.asked = None;
    }
}

/// The path that is typed is always asked about.
pub(super) fn ask(model: &mut Model, effects: &mut Vec<Effect>) {
    for open in &mut model.overlays {
        if let Overlay::Files(files) = open
            && files.asked.as_deref() != Some(files.path.value())
        {
            let typed = files.path.value().to_owned();
            files.asked = Some(typed.clone());
            effects.push(Effect::ListFiles(typed));
        }
    }
}
