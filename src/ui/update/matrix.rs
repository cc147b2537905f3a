//! Seats against segments: opened, walked through, and mended.

use std::collections::BTreeSet;

use super::super::effect::Effect;
use super::super::model::matrix::MatrixView;
use super::super::model::overlay::{Load, Overlay};
use super::super::model::{Model, Tone};
use super::seats;
use crate::domain::matrix::Drift;
use crate::domain::words::{Say, say};
use crate::domain::{CreateState, Prefix, SegmentId, version};
use crate::service::Wanted;

/// Opens it at the segment and the seat of the panes.
pub(super) fn begin(model: &mut Model) {
    let seats = model.seats.current().map(|row| row.id.clone()).into_iter().collect();
    let view = MatrixView { seats, ..MatrixView::default() };
    model.overlays.push(Overlay::Matrix(Box::new(view)));
}

/// The open one.
fn open(model: &mut Model) -> Option<&mut MatrixView> {
    model.overlays.iter_mut().rev().find_map(|overlay| match overlay {
        Overlay::Matrix(view) => Some(&mut **view),
        _ => None,
    })
}

/// Asks for it, also when it has changed.
pub(super) fn ask(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(view) = open(model).filter(|view| !view.asked) {
        view.asked = true;
        effects.push(Effect::LoadMatrix);
    }
}

/// It is here.
pub(super) fn loaded(model: &mut Model, matrix: Result<std::sync::Arc<crate::domain::matrix::Matrix>, Say>) {
    let shown: Vec<_> = model.seats.shown.iter().map(|row| row.id.clone()).collect();
    let at = model.at.as_ref().map(|at| at.prefix.clone());
    let Some(view) = open(model) else { return };
    match matrix {
        Ok(matrix) => {
            let first = view.matrix.ready().is_none();
            let here = at.filter(|_| first).map(|prefix| matrix.column_of(&prefix));
            view.take(matrix, shown.iter().cloned());
            if here.is_some() {
                view.show(shown.into_iter(), here);
            }
        }
        Err(error) => view.matrix = Load::Failed(error),
    }
}

/// Lists of seats have changed, or the seats themselves.
pub(super) fn changed(model: &mut Model) {
    if let Some(view) = open(model) {
        view.asked = false;
    }
}

/// The next column, or the one before.
pub(super) fn column(model: &mut Model, by: isize) {
    if let Some(view) = open(model) {
        view.cursor.1 = view.cursor.1.saturating_add_signed(by);
    }
}

/// Shows only what is not as it is meant to be, or all.
pub(super) fn drift_only(model: &mut Model) {
    let shown: Vec<_> = model.seats.shown.iter().map(|row| row.id.clone()).collect();
    if let Some(view) = open(model) {
        view.drift_only = !view.drift_only;
        view.show(shown.into_iter(), None);
    }
}

/// Plans what brings the cell under the cursor to what is meant to be.
pub(super) fn mend(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(Overlay::Matrix(view)) = model.overlays.last() else { return };
    let (Some(seat), Some(cell)) = (view.seat().cloned(), view.cell()) else { return };
    let prefix = view.column().and_then(|column| view.matrix.ready()?.prefix(column).cloned());
    let there = cell.version.cloned();
    let (Some(prefix), Some(drift)) = (prefix, cell.drift) else { return };
    let id = match drift {
        Drift::Missing => newest(model, &prefix),
        Drift::Extra => there.map(|version| SegmentId::new(prefix.clone(), version)),
    };
    let Some(id) = id else {
        model.tell(Tone::Bad, say!("toast-none-to-install", prefix = prefix.as_str()));
        return;
    };
    let (none, one) = (BTreeSet::new(), BTreeSet::from([seat.clone()]));
    let (wanted, flag) = match drift {
        Drift::Missing => (Wanted::Change { add: one, remove: none }, "--add"),
        Drift::Extra => (Wanted::Change { add: none, remove: one }, "--remove"),
    };
    let command = format!("segdeck install {id} {flag} {seat}");
    seats::plan(model, id, wanted, command, effects);
}

/// The newest version that can be installed.
fn newest(model: &Model, prefix: &Prefix) -> Option<SegmentId> {
    let may = model.data.versions(prefix).iter().filter(|row| {
        row.create_state == CreateState::Succeeded
            && row.delete_state.is_none()
            && row.removed_at.is_none()
            && row.remote.deploys()
    });
    may.max_by(|a, b| version::compare(a.id.version.as_str(), b.id.version.as_str()))
        .map(|row| row.id.clone())
}
