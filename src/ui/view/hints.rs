//! The keys that matter now, each with the word for what it does here.

use super::super::actions::ActionId;
use super::super::look::Look;
use super::super::model::chooser::{Chooser, Purpose};
use super::super::model::files::FileChooser;
use super::super::model::overlay::Overlay;
use super::super::model::upload::{End, Focus, Stage, Upload};
use super::super::model::{Extent, Model, Pane};
use super::super::theme::Role;
use super::super::update::held_remotes;
use super::paint::{self, Piece};
use crate::domain::words::{Word, word};

/// A key's action, and what it is called here.
type Hint = (ActionId, Word);

/// As many as fit, the most useful first. `extent` is that of the long text on top.
pub(super) fn keys(model: &Model, extent: Extent, look: &Look, room: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut used = 0;
    for (id, name) in wanted(model, extent) {
        let Some(key) = look.keymap.key(model.scopes(), id) else { continue };
        let name = look.words.short(name);
        let cells = paint::width(&key) + paint::width(&name) + 3;
        if used + cells > room {
            continue;
        }
        used += cells;
        let possible = id.enabled(model).is_ok();
        pieces.push((format!(" {key}"), look.style(if possible { Role::Key } else { Role::Dim })));
        pieces.push((format!(" {name} "), look.style(if possible { Role::Text } else { Role::Dim })));
    }
    pieces
}

/// Actions under the names they have everywhere.
fn named<const N: usize>(ids: [ActionId; N]) -> Vec<Hint> {
    ids.map(|id| (id, id.row().doc)).into()
}

fn wanted(model: &Model, extent: Extent) -> Vec<Hint> {
    use ActionId::{
        Back, Bind, Cancel, Copy, CopyCommand, Delete, DriftOnly, Empty, Filter, Help, Install, Mark, Mend,
        NextField, NextPane, NextWave, No, Open, OtherButton, Palette, Pause, Quit, Restore, Retry,
        RetryAlike, Rollout, SkipBlocked, SkipOffline, Sort, Sync, Upload, Why, Yes,
    };
    let mut hints = match model.overlays.last() {
        None => match model.pane {
            Pane::Segments | Pane::Versions => named([
                Help, Upload, Install, Bind, Delete, Filter, NextPane, Mark, Sync, Retry, Why, Sort, Palette,
                Quit,
            ]),
            Pane::Seats => named([Help, Mark, Install, Bind, Filter, NextPane, Sort, Palette, Quit]),
            Pane::Installs => {
                let next = if NextWave.enabled(model).is_ok() { named([NextWave]) } else { Vec::new() };
                let others = [Pause, Cancel, Retry, Why, Filter, NextPane, Sort, Palette, Quit];
                [named([Help]), vec![(Open, word!("hint-open"))], next, named(others)].concat()
            }
        },
        Some(Overlay::Seats(chooser)) => seats(chooser),
        Some(Overlay::Plan(plan)) if plan.takes_text() => {
            [vec![(Open, word!("hint-confirm"))], named([Back, Rollout, SkipOffline, CopyCommand])].concat()
        }
        Some(Overlay::Plan(_)) => {
            named([Yes, No, OtherButton, Rollout, SkipBlocked, SkipOffline, CopyCommand, Back])
        }
        Some(Overlay::Rollout(_)) => {
            vec![(Open, word!("hint-plan")), (NextField, NextField.row().doc), (Back, Back.row().doc)]
        }
        Some(Overlay::Confirm(confirm)) => {
            let first = match confirm.typed {
                Some(_) => vec![(Open, word!("hint-confirm"))],
                None => named([Yes, No, OtherButton]),
            };
            let copies = if confirm.commands().is_empty() { Vec::new() } else { named([CopyCommand]) };
            [first, named([Back]), copies].concat()
        }
        Some(Overlay::Batch(batch)) if batch.ended => vec![(Back, word!("hint-close"))],
        Some(Overlay::Batch(_)) => vec![(Back, word!("hint-stop"))],
        Some(Overlay::Install(_)) => {
            let waves = model.install().is_some_and(|row| row.turn.is_some());
            let next = if waves { named([NextWave]) } else { Vec::new() };
            let others = named([Cancel, Retry, Why, Filter, Sort, RetryAlike, Copy, Help]);
            [named([Back, Pause]), next, others].concat()
        }
        Some(Overlay::Matrix(_)) => named([Back, Mend, DriftOnly, Why, Copy, Help]),
        Some(Overlay::Trash(_)) => named([Back, Restore, Empty, Help]),
        Some(Overlay::Files(chooser)) => files(chooser),
        Some(Overlay::Upload) => model.upload.as_ref().map(upload).unwrap_or_default(),
        Some(Overlay::Columns(_)) => {
            vec![(ActionId::Mark, word!("hint-show-hide")), (Sort, Sort.row().doc), (Back, Back.row().doc)]
        }
        Some(Overlay::Themes(_)) => vec![(Open, word!("hint-keep")), (Back, Back.row().doc)],
        Some(Overlay::Sync(watch)) if !held_remotes(model, watch).is_empty() => {
            vec![(Open, word!("hint-remove-held")), (Back, Back.row().doc)]
        }
        Some(Overlay::Palette(_)) => vec![(Open, word!("hint-do")), (Back, Back.row().doc)],
        Some(_) => named([Back]),
    };
    let scrolls = matches!(model.overlays.last(), Some(Overlay::Upload)) && extent.lines > extent.rows;
    if scrolls && !typing(model) {
        hints.insert(2.min(hints.len()), (ActionId::PageDown, word!("hint-more")));
    }
    hints
}

fn typing(model: &Model) -> bool {
    let stage = model.upload.as_ref().map(|upload| &upload.stage);
    matches!(stage, Some(Stage::Review(Focus::Field { .. })))
}

fn seats(chooser: &Chooser) -> Vec<Hint> {
    use ActionId::{
        Back, Choose, CopyCommand, Filter, FromBound, FromInstalled, Help, Invert, Mark, MarkShown, Open,
        Range,
    };
    let open = match chooser.purpose {
        Purpose::Install => word!("hint-plan"),
        Purpose::Bind => word!("hint-bind"),
    };
    let others =
        [Mark, Range, MarkShown, Invert, Filter, Choose, FromBound, FromInstalled, Back, Help, CopyCommand];
    [vec![(Open, open)], named(others)].concat()
}

fn files(chooser: &FileChooser) -> Vec<Hint> {
    use ActionId::{Back, Complete, Down, Mark, MarkShown, Open};
    match chooser.current() {
        Some(found) if found.is_folder => {
            vec![(Open, word!("hint-into")), (MarkShown, MarkShown.row().doc), (Back, Back.row().doc)]
        }
        Some(_) => [vec![(Open, word!("hint-look-over"))], named([Mark, MarkShown, Back])].concat(),
        None => vec![
            (Open, word!("hint-look-over")),
            (Complete, Complete.row().doc),
            (Down, word!("hint-to-list")),
            (Back, Back.row().doc),
        ],
    }
}

fn upload(upload: &Upload) -> Vec<Hint> {
    use ActionId::{Back, CopyCommand, Edit, Help, LeaveOut, NextField, Open};
    let left_out = upload.current().is_some_and(|file| file.left_out);
    let space = if left_out { word!("hint-take-in") } else { LeaveOut.row().doc };
    match &upload.stage {
        Stage::Review(Focus::Field { .. }) => {
            vec![(Open, word!("hint-done")), (NextField, NextField.row().doc), (Back, word!("hint-undo"))]
        }
        Stage::Review(Focus::Files) => [
            vec![(Open, word!("hint-upload")), (Edit, Edit.row().doc), (LeaveOut, space)],
            named([Back, CopyCommand, Help]),
        ]
        .concat(),
        Stage::Running(running) if running.cancelling => vec![(Open, word!("hint-behind"))],
        Stage::Running(_) => vec![(Open, word!("hint-behind")), (Back, word!("hint-cancel"))],
        Stage::Done => {
            let uploaded = |end: &Option<End>| matches!(end, Some(End::Uploaded(_)));
            let mut hints = vec![(Open, word!("hint-close"))];
            if !upload.files.iter().all(|file| uploaded(&file.end)) {
                hints.push((Edit, word!("hint-others")));
            }
            hints
        }
    }
}
