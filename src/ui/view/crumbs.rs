//! The way to what is on top, on the lower edge of its box: the pane, the thing, and each box on the way. Computed from
//! what is open; nothing stores it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::actions::ActionId;
use super::super::layout::large;
use super::super::look::Look;
use super::super::model::overlay::Overlay;
use super::super::model::{Model, Pane};
use super::super::theme::Role;
use super::{frame, paint};
use crate::domain::words::word;

/// Draws the way to the box at this place of the stack, if that is one of the large ones.
pub(super) fn draw(model: &Model, look: &Look, at: usize, area: Rect, buffer: &mut Buffer) {
    let place = large(area);
    if !model.overlays.get(at).is_some_and(is_large) || place.width < 30 || place.height < 3 {
        return;
    }
    let way = way(model, look, at).join(&format!(" {} ", look.glyphs.crumb));
    // The other half is for how much of a long text is seen.
    let room = usize::from(place.width * 2 / 3);
    let way = paint::fit(&way, room.saturating_sub(2), look.glyphs.ellipsis);
    let line = Rect { x: place.x + 1, y: place.bottom() - 1, width: place.width - 2, height: 1 };
    paint::text(buffer, line, &format!(" {way} "), look.style(Role::Dim), &look.glyphs);
}

fn is_large(open: &Overlay) -> bool {
    matches!(
        open,
        Overlay::Help(_)
            | Overlay::Log(_)
            | Overlay::Why(..)
            | Overlay::Records(_)
            | Overlay::Trail(_)
            | Overlay::Seats(_)
            | Overlay::Plan(_)
            | Overlay::Install(_)
            | Overlay::Matrix(_)
            | Overlay::Trash(_)
            | Overlay::Sync(_)
            | Overlay::Batch(_)
            | Overlay::Files(_)
    )
}

/// The pane, the thing, and the boxes up to this one.
fn way(model: &Model, look: &Look, at: usize) -> Vec<String> {
    let mut way = vec![look.text(frame::name(model.pane))];
    let boxes = || model.overlays.iter().take(at + 1);
    let about_thing = |open: &Overlay| {
        !matches!(
            open,
            Overlay::Help(_)
                | Overlay::Log(_)
                | Overlay::Files(_)
                | Overlay::Sync(_)
                | Overlay::Batch(_)
                | Overlay::Matrix(_)
                | Overlay::Trash(_)
        )
    };
    if boxes().next().is_some_and(about_thing) {
        way.extend(thing(model));
    }
    for open in boxes() {
        let name = |id: ActionId| look.words.short(id.row().doc);
        way.extend(match open {
            Overlay::Help(_) => Some(name(ActionId::Help)),
            Overlay::Log(_) => Some(name(ActionId::Log)),
            Overlay::Why(..) => Some(name(ActionId::Why)),
            Overlay::Records(_) => Some(name(ActionId::Records)),
            Overlay::Trail(_) => Some(name(ActionId::Trail)),
            Overlay::Seats(_) => Some(look.text(word!("crumb-seats"))),
            Overlay::Plan(_) => Some(look.text(word!("crumb-plan"))),
            Overlay::Install(_) => Some(look.text(word!("crumb-install"))),
            Overlay::Matrix(_) => Some(name(ActionId::Matrix)),
            Overlay::Trash(_) => Some(name(ActionId::Trash)),
            Overlay::Sync(_) => Some(name(ActionId::Sync)),
            Overlay::Files(_) | Overlay::Upload => Some(name(ActionId::Upload)),
            _ => None,
        });
    }
    way
}

/// What the pane's cursor is on.
fn thing(model: &Model) -> Option<String> {
    match model.pane {
        Pane::Segments | Pane::Versions => model.at.as_ref().map(ToString::to_string),
        Pane::Seats => model.seats.current().map(|row| row.id.to_string()),
        Pane::Installs => model.installs.current().map(|row| row.segment_id.to_string()),
    }
}
