//! Moving: rows, pages, panes, orders.

use super::super::actions::ActionId;
use super::super::layout::Layout;
use super::super::model::overlay::{Overlay, Scroll};
use super::super::model::{Extent, Model, Pane};
use super::columns;
use ratatui::layout::Rect;

/// How many rows the topmost overlay shows, at least; enough for paging.
pub(super) fn overlay_rows(model: &Model) -> usize {
    usize::from(model.size.1.saturating_sub(8).max(1))
}

/// The layout of the screen.
pub(super) fn layout(model: &Model) -> Layout {
    let area = Rect::new(0, 0, model.size.0, model.size.1);
    Layout::of(area, model.pane, model.identity.banner.is_some())
}

/// A move by rows in whatever is on top.
pub(super) fn rows(model: &mut Model, id: ActionId) {
    let page = overlay_rows(model);
    let seen = model.seen;
    if let Some(scroll) = model.overlays.last_mut().and_then(Overlay::scroll_mut) {
        return lines(scroll, id, seen);
    }
    match model.overlays.last_mut() {
        Some(Overlay::Plan(plan)) => lines(&mut plan.scroll, id, seen),
        Some(Overlay::Seats(_) | Overlay::Install(_)) => walk(model, id, page),
        Some(Overlay::Columns(chooser)) => {
            let to = target(chooser.cursor, id, page);
            columns::go(model, to);
        }
        Some(Overlay::Themes(chooser)) => {
            chooser.cursor = target(chooser.cursor, id, page).min(chooser.names.len().saturating_sub(1));
        }
        Some(Overlay::Matrix(view)) => {
            view.cursor.0 = target(view.cursor.0, id, page).min(view.seats.len().saturating_sub(1));
        }
        Some(Overlay::Trash(view)) => view.go(target(view.cursor, id, page)),
        Some(_) => {}
        None => {
            let page = layout(model).rows(model.pane).saturating_sub(1).max(1);
            walk(model, id, page);
        }
    }
}

fn target(from: usize, id: ActionId, page: usize) -> usize {
    match id {
        ActionId::Up => from.saturating_sub(1),
        ActionId::Down => from.saturating_add(1),
        ActionId::PageUp => from.saturating_sub(page),
        ActionId::PageDown => from.saturating_add(page),
        ActionId::First => 0,
        _ => usize::MAX,
    }
}

/// A move in the list that gets the keys.
fn walk(model: &mut Model, id: ActionId, page: usize) {
    let table = model.table_mut(model.list());
    table.go(target(table.cursor(), id, page));
}

/// Scrolls a long text, as far as it goes.
pub(super) fn lines(scroll: &mut Scroll, id: ActionId, seen: Extent) {
    let last = seen.lines.saturating_sub(seen.rows);
    scroll.0 = target(scroll.0.min(last), id, seen.rows.max(1)).min(last);
}

/// The pane beside.
pub(super) fn pane(model: &mut Model, by: isize) {
    let at = Pane::ALL.iter().position(|pane| *pane == model.pane).unwrap_or(0);
    let next = (at as isize + by).rem_euclid(Pane::ALL.len() as isize) as usize;
    to_pane(model, Pane::ALL[next]);
}

/// Another pane gets the keys.
pub(super) fn to_pane(model: &mut Model, pane: Pane) {
    model.overlays.clear();
    model.pane = pane;
}
