//! The mouse: the wheel moves, a click goes to a row. All else is for keys.

use ratatui::layout::{Position, Rect};

use super::super::actions::ActionId;
use super::super::effect::Effect;
use super::super::layout;
use super::super::model::overlay::Overlay;
use super::super::model::table::{Row, Table};
use super::super::model::{Model, Pane};
use super::super::terminal::{Mouse, MouseDoes};
use super::walk;

/// So many rows a notch of the wheel moves.
const NOTCH: usize = 3;

/// Takes it in.
pub(super) fn act(model: &mut Model, mouse: Mouse, effects: &mut Vec<Effect>) {
    let at = Position::from(mouse.at);
    match mouse.does {
        MouseDoes::Click => click(model, at),
        MouseDoes::WheelUp => wheel(model, at, ActionId::Up, effects),
        MouseDoes::WheelDown => wheel(model, at, ActionId::Down, effects),
    }
}

fn wheel(model: &mut Model, at: Position, id: ActionId, effects: &mut Vec<Effect>) {
    if model.overlays.is_empty()
        && let Some((pane, _)) = pane_at(model, at)
    {
        model.pane = pane;
    }
    for _ in 0..NOTCH {
        super::act(model, id, effects);
    }
}

fn click(model: &mut Model, at: Position) {
    model.toast = None;
    match model.overlays.last_mut() {
        None => {
            let Some((pane, rows)) = pane_at(model, at) else { return };
            model.pane = pane;
            match pane {
                Pane::Segments => to_row(&mut model.segments, rows, at),
                Pane::Versions => to_row(&mut model.versions, rows, at),
                Pane::Seats => to_row(&mut model.seats, rows, at),
                Pane::Installs => to_row(&mut model.installs, rows, at),
            };
        }
        // Nothing comes of a mark until its plan is confirmed.
        Some(Overlay::Seats(chooser)) if chooser.sets.ready().is_some() => {
            let rows = layout::chooser(Rect::new(0, 0, model.size.0, model.size.1));
            if to_row(&mut chooser.table, rows, at)
                && let Some(row) = chooser.table.current()
            {
                chooser.marks.flip(&row.id);
                chooser.recount();
            }
        }
        Some(_) => {}
    }
}

/// The pane under the mouse, and where its rows lie.
fn pane_at(model: &Model, at: Position) -> Option<(Pane, Rect)> {
    let layout = walk::layout(model);
    let (pane, _) = layout.panes.iter().find(|(_, place)| place.contains(at))?;
    Some((*pane, layout.place(*pane)?))
}

/// Puts the cursor on the row under the mouse; `false`: there is none.
fn to_row<R: Row>(table: &mut Table<R>, rows: Rect, at: Position) -> bool {
    let row = table.offset + usize::from(at.y.saturating_sub(rows.y));
    let hits = rows.contains(at) && row < table.shown.len();
    if hits {
        table.go(row);
    }
    hits
}
