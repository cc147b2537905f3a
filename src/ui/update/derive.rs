//! What follows from the state after each action: the selection that panes share, scrolling, and what must
//! be asked for. By level, not by edge: whatever happened, the same state asks for the same things.

use super::super::effect::Effect;
use super::super::layout;
use super::super::model::overlay::{Load, Overlay};
use super::super::model::{Model, Pane, SeatsOf};
use super::{data, files, matrix, theming, trash, upload, walk};

/// Brings everything that depends on something else in line with it.
pub(super) fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    selection(model);
    scroll(model);
    ask_for_seats(model, effects);
    ask_for_install(model, effects);
    matrix::ask(model, effects);
    trash::ask(model, effects);
    ask_for_log(model, effects);
    files::ask(model, effects);
    upload::follow(model, effects);
    theming::follow(model, effects);
}

fn selection(model: &mut Model) {
    let before = model.at.clone();
    let known = model.at.as_ref().is_some_and(|at| model.data.segment(at).is_some());
    match model.pane {
        Pane::Segments => model.at = model.segments.current().map(|row| row.id.clone()),
        Pane::Versions if !model.versions.shown.is_empty() => {
            model.at = model.versions.current().map(|row| row.id.clone());
        }
        _ if !known => model.at = model.segments.current().map(|row| row.id.clone()),
        _ => {}
    }
    if model.at == before {
        return;
    }
    if let Some(at) = model.at.clone() {
        if before.is_none_or(|before| before.prefix != at.prefix) {
            model.versions.filter.reset();
            data::refresh_versions(model);
        }
        model.versions.select(&at);
        if model.pane != Pane::Segments {
            model.segments.select(&at);
        }
    } else {
        data::refresh_versions(model);
    }
}

fn scroll(model: &mut Model) {
    let panes = walk::layout(model);
    model.segments.scroll(panes.rows(Pane::Segments));
    model.versions.scroll(panes.rows(Pane::Versions));
    model.seats.scroll(panes.rows(Pane::Seats));
    model.installs.scroll(panes.rows(Pane::Installs));
    let screen = ratatui::layout::Rect::new(0, 0, model.size.0, model.size.1);
    for overlay in &mut model.overlays {
        match overlay {
            Overlay::Seats(chooser) => chooser.table.scroll(usize::from(layout::chooser(screen).height)),
            Overlay::Matrix(view) => view.scroll(layout::matrix(screen)),
            Overlay::Trash(view) => view.scroll(layout::trash_rows(screen)),
            Overlay::Files(files) => {
                let (rows, shown) = (files.listing.found.len(), layout::file_rows(screen).max(1));
                let cursor = files.cursor.unwrap_or(0);
                files.offset = files
                    .offset
                    .min(cursor)
                    .max((cursor + 1).saturating_sub(shown))
                    .min(rows.saturating_sub(shown));
            }
            Overlay::Install(detail) => {
                detail.table.scroll(layout::detail_rows(screen, detail.head()));
            }
            _ => {}
        }
    }
}

/// The seats of the selected segment, while their pane is on the screen.
fn ask_for_seats(model: &mut Model, effects: &mut Vec<Effect>) {
    if walk::layout(model).pane(Pane::Seats).is_none() {
        return;
    }
    let Some(at) = model.at.clone() else {
        model.seats_of = None;
        return;
    };
    let active: Vec<_> = model.data.active(&at.prefix).map(|install| install.id).collect();
    let same = |of: &SeatsOf| of.segment == at && of.active == active && of.asked;
    if model.seats_of.as_ref().is_some_and(same) {
        return;
    }
    // What was known of the same segment stays on the screen until the answer is here.
    let sets = match model.seats_of.take() {
        Some(of) if of.segment == at && of.sets.ready().is_some() => of.sets,
        _ => Load::Loading,
    };
    model.seats_of = Some(SeatsOf { segment: at.clone(), active: active.clone(), asked: true, sets });
    effects.push(Effect::LoadSeats { segment: at, active });
}

/// The open install, whenever its row moved on.
fn ask_for_install(model: &mut Model, effects: &mut Vec<Effect>) {
    for overlay in &mut model.overlays {
        if let Overlay::Install(detail) = overlay
            && !detail.asked
        {
            detail.asked = true;
            effects.push(Effect::LoadInstall(detail.record));
        }
    }
}

/// The log, while it is open.
fn ask_for_log(model: &mut Model, effects: &mut Vec<Effect>) {
    let open = model.overlays.iter().any(|overlay| matches!(overlay, Overlay::Log(_)));
    if open != model.log_followed {
        model.log_followed = open;
        effects.push(Effect::FollowLog(open));
    }
}
