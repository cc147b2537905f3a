//! Drawing: the model into a buffer, and nothing else. The same model gives the same screen.

mod batch;
mod chooser;
mod columns;
mod crumbs;
mod detail;
mod facts;
mod files;
mod frame;
mod hints;
mod installs;
mod long;
mod matrix;
mod paint;
mod palette;
mod pending;
mod plan;
mod question;
mod records;
mod rollout;
mod seats;
mod segments;
mod status;
mod sync;
mod table;
mod themes;
mod trash;
mod upload;
mod upload_file;
mod uploading;
mod why;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::layout::Layout;
use super::look::Look;
use super::model::overlay::Overlay;
use super::model::{Extent, Model, Pane};
use super::theme::Role;

/// What drawing found out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// Where text is typed; the terminal's cursor belongs there.
    pub cursor: Option<Position>,
    /// The long text on top.
    pub extent: Extent,
}

/// Draws the whole screen.
pub fn view(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) -> Seen {
    let seen = screen(model, look, area, buffer);
    paint::ground(buffer, look.style(Role::Screen));
    seen
}

fn screen(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer) -> Seen {
    let mut seen = Seen::default();
    if area.is_empty() {
        return seen;
    }
    let layout = Layout::of(area, model.pane, model.identity.banner.is_some());
    if let Some(line) = layout.banner {
        status::banner(model, look, line, buffer);
    }
    if let Some(line) = layout.tabs {
        status::tabs(model, look, line, layout.boxed, buffer);
    }
    for (pane, place) in &layout.panes {
        let inside = frame::pane(model, look, *pane, &layout, *place, buffer);
        match pane {
            Pane::Segments => segments::draw(model, look, inside, buffer),
            Pane::Versions => segments::versions(model, look, inside, buffer),
            Pane::Seats => seats::draw(model, look, inside, buffer),
            Pane::Installs => installs::draw(model, look, inside, buffer),
        }
    }
    for (at, overlay) in model.overlays.iter().enumerate() {
        self::overlay(model, look, overlay, area, buffer, &mut seen);
        crumbs::draw(model, look, at, area, buffer);
    }
    if !model.pending.is_empty() {
        pending::draw(model, look, area, buffer);
    }
    if let Some(line) = layout.hints {
        status::hints(model, look, line, buffer, &mut seen);
    } else if matches!(model.overlays.last(), Some(Overlay::Filter | Overlay::Choice(_)))
        || model.toast.is_some()
    {
        // Too small for a line of its own: what is typed or told comes over the last line.
        let line = Rect { y: area.bottom() - 1, height: 1, ..area };
        paint::clear(buffer, line);
        status::hints(model, look, line, buffer, &mut seen);
        return seen;
    }
    if let Some(line) = layout.status {
        status::draw(model, look, line, buffer);
    }
    seen
}

fn overlay(model: &Model, look: &Look, open: &Overlay, area: Rect, buffer: &mut Buffer, seen: &mut Seen) {
    match open {
        Overlay::Filter | Overlay::Choice(_) => {}
        Overlay::Help(scroll) => long::help(look, *scroll, area, buffer, seen),
        Overlay::Log(scroll) => long::log(model, look, *scroll, area, buffer, seen),
        Overlay::Why(asked) => why::draw(model, look, asked, area, buffer, seen),
        Overlay::Records(open) => records::records(look, open, area, buffer, seen),
        Overlay::Trail(open) => records::trail(look, open, area, buffer, seen),
        Overlay::Message { title, text, scroll } => {
            long::message(look, title, &look.say(text), *scroll, area, buffer, seen);
        }
        Overlay::Files(files) => files::draw(model, look, files, area, buffer, seen),
        Overlay::Upload => upload::draw(model, look, area, buffer, seen),
        Overlay::Seats(chooser) => chooser::draw(model, look, chooser, area, buffer),
        Overlay::Plan(open) => plan::draw(model, look, open, area, buffer, seen),
        Overlay::Rollout(form) => rollout::draw(model, look, form, area, buffer, seen),
        Overlay::Confirm(confirm) => question::draw(model, look, confirm, area, buffer, seen),
        Overlay::Sync(watch) => sync::draw(model, look, watch, area, buffer, seen),
        Overlay::Matrix(open) => matrix::draw(model, look, open, area, buffer),
        Overlay::Trash(open) => trash::draw(model, look, open, area, buffer),
        Overlay::Install(open) => detail::draw(model, look, open, area, buffer),
        Overlay::Columns(chooser) => columns::draw(model, look, chooser, area, buffer),
        Overlay::Themes(chooser) => themes::draw(model, look, chooser, area, buffer),
        Overlay::Batch(open) => batch::draw(look, open, area, buffer, seen),
        Overlay::Palette(palette) => palette::draw(model, look, palette, area, buffer, seen),
    }
}
