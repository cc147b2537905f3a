//! The box and the title of a pane, and what stands in it when it has no rows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::Layout;
use super::super::look::Look;
use super::super::model::columns::AnyTable;
use super::super::model::data::Freshness;
use super::super::model::list::List;
use super::super::model::overlay::Overlay;
use super::super::model::{Model, Pane};
use super::super::theme::Role;
use super::paint;
use crate::domain::words::{Say, Word, say, word};

/// Draws the box of a pane where panes stand in boxes; what is inside comes back.
pub(super) fn pane(
    model: &Model,
    look: &Look,
    pane: Pane,
    layout: &Layout,
    place: Rect,
    buffer: &mut Buffer,
) -> Rect {
    if !layout.boxed {
        return place;
    }
    let number = Pane::ALL.iter().position(|other| *other == pane).unwrap_or(0) + 1;
    let title = format!("{number} {}", title(model, look, pane));
    paint::frame(buffer, place, &title, focused(model, pane), look)
}

/// Does the pane get the keys? While a theme is chosen it looks as if it did, since that is what is tried out.
pub(super) fn focused(model: &Model, pane: Pane) -> bool {
    model.pane == pane
        && model.overlays.iter().all(|open| matches!(open, Overlay::Filter | Overlay::Themes(_)))
}

/// The name of a pane.
pub(super) fn name(pane: Pane) -> Word {
    match pane {
        Pane::Segments => word!("pane-segments"),
        Pane::Versions => word!("pane-versions"),
        Pane::Seats => word!("pane-seats"),
        Pane::Installs => word!("pane-installs"),
    }
}

/// The name of a pane, with its numbers, what it is about, and its filter.
pub(super) fn title(model: &Model, look: &Look, pane: Pane) -> String {
    let table = model.table(List::Pane(pane));
    let (shown, filter) = (table.count(), table.filter().value());
    let all = match pane {
        Pane::Segments => model.data.segments.len(),
        Pane::Versions => model.at.as_ref().map_or(0, |at| model.data.versions(&at.prefix).len()),
        Pane::Seats => model.data.seats.len(),
        Pane::Installs => model.data.installs.len(),
    };
    let about = match (pane, &model.at) {
        (Pane::Versions, Some(at)) => at.prefix.to_string(),
        (Pane::Seats, Some(at)) => at.to_string(),
        _ => String::new(),
    };
    let name = name(pane);
    let mut title = look.say(&if filter.is_empty() {
        say!("pane-title", name = name, n = all, about = about)
    } else {
        say!("pane-title-filtered", name = name, shown = shown, n = all, about = about, filter = filter)
    });
    let (marked, hidden) = (model.marks.ids.len(), model.marks.hidden());
    let told_here = pane == Pane::Segments || (pane == Pane::Versions && pane == model.pane);
    if marked > 0 && told_here {
        let marks = match hidden {
            0 => say!("title-marked", n = marked),
            hidden => say!("title-marked-hidden", n = marked, hidden = hidden),
        };
        title = format!("{} {}", title.trim_end(), look.say(&marks));
    }
    title
}

/// What stands behind the title of a box whose rows are filtered; nothing where they are not.
pub(super) fn filtered(look: &Look, table: &dyn AnyTable) -> String {
    match table.filter().value() {
        "" => String::new(),
        filter => look.say(&say!("title-filtered", filter = filter, n = table.count())),
    }
}

/// Nothing passes the filter, or it cannot be understood and the one before it stays in force.
pub(super) fn no_match(table: &dyn AnyTable) -> Say {
    match table.filter_error() {
        Some(error) => error.clone(),
        None => say!("empty-filtered", filter = table.filter().value()),
    }
}

/// Why a pane has no rows, and what to do about it.
pub(super) fn empty(model: &Model, look: &Look, pane: Pane, area: Rect, buffer: &mut Buffer) {
    let table = model.table(List::Pane(pane));
    let (lines, role) = match &model.data.freshness {
        _ if !table.filter().value().is_empty() => (vec![no_match(table)], Role::Dim),
        Freshness::Loading(rows) => (vec![say!("empty-loading", n = *rows)], Role::Busy),
        Freshness::Stale(_, reason) if model.data.segments.is_empty() => (
            vec![word!("empty-stale").into(), say!("plain", text = reason), word!("empty-stale-hint").into()],
            Role::Bad,
        ),
        _ => {
            let lines = match pane {
                Pane::Segments => vec![word!("empty-segments").into(), word!("empty-segments-hint").into()],
                Pane::Versions => vec![word!("empty-versions").into()],
                Pane::Seats => vec![word!("empty-seats").into(), word!("empty-seats-hint").into()],
                Pane::Installs => vec![word!("empty-installs").into(), word!("empty-installs-hint").into()],
            };
            (lines, Role::Dim)
        }
    };
    let room = usize::from(area.width.saturating_sub(2));
    let wrapped: Vec<String> = lines.iter().flat_map(|line| paint::wrap(&look.say(line), room)).collect();
    let above = area.height.saturating_sub(u16::try_from(wrapped.len()).unwrap_or(u16::MAX)) / 3;
    for (line, y) in wrapped.iter().zip(area.top() + above..area.bottom()) {
        let indent = (room.saturating_sub(paint::width(line)) / 2) as u16 + 1;
        let indent = indent.min(area.width);
        let place = Rect { x: area.x + indent, y, width: area.width - indent, height: 1 };
        paint::text(buffer, place, line, look.style(role), &look.glyphs);
    }
}
