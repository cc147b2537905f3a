//! All actions and all things by a few letters: an action with its key and, where it is not possible now, the
//! reason; a thing with what it is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::actions::{ActionId, Scope};
use super::super::layout::{above, centred, take_first};
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::overlay::Subject;
use super::super::model::palette::{Found, Palette};
use super::super::theme::Role;
use super::table::{Cell, Column, Rows};
use super::{Seen, paint, status, table};
use crate::domain::filter::Fuzzy;
use crate::domain::words::{Language, word};

/// The box.
pub(super) fn draw(
    model: &Model,
    look: &Look,
    palette: &Palette,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let high = u16::try_from(palette.found.len()).unwrap_or(u16::MAX).saturating_add(4).min(20);
    let place = centred(above(area), area.width.min(78), high.max(6));
    paint::clear(buffer, place);
    let mut rest = paint::frame(buffer, place, &look.text(word!("title-palette")), true, look);
    let line = take_first(&mut rest);
    status::field(buffer, line, " : ", &palette.input, look, seen);
    if palette.found.is_empty() {
        let text = look.text(word!("palette-empty"));
        paint::text(buffer, rest, &format!(" {text}"), look.style(Role::Dim), &look.glyphs);
        return;
    }
    let columns = [
        Column::wide(look.text(word!("column-action")), 14, 2, 0),
        Column::fixed(look.text(word!("column-key")), 4, 1),
        Column::wide(look.text(word!("column-does")), 16, 3, 2),
    ];
    let shown = usize::from(rest.height.saturating_sub(super::super::layout::header(rest))).max(1);
    let rows = Rows {
        count: palette.found.len(),
        offset: (palette.cursor + 1).saturating_sub(shown),
        cursor: Some(palette.cursor),
        focused: true,
        filter: None,
    };
    let fuzzy = Fuzzy::new(palette.input.value());
    table::draw(buffer, rest, look, &columns, &rows, |index| {
        let row = match &palette.found[index] {
            Found::Action(id) => action(model, look, *id, &fuzzy),
            Found::Thing(subject) => thing(model, look, subject, &fuzzy),
        };
        (row, false)
    });
}

fn action(model: &Model, look: &Look, id: ActionId, fuzzy: &Fuzzy) -> Vec<Cell> {
    let key = look.keymap.key(&[Scope::Panes, Scope::List, Scope::Global], id).unwrap_or_default();
    // In other languages too the name stays in sight: a keymap calls the action by it.
    let name = match look.words.language() {
        Language::English => id.row().name.to_owned(),
        Language::Chinese => format!("{} {}", look.words.short(id.row().doc), id.row().name),
    };
    let (says, role) = match id.enabled(model) {
        Ok(()) => (look.text(id.row().doc), Role::Text),
        Err(reason) => (look.say(&reason), Role::Dim),
    };
    let marked = fuzzy.ranges(&name);
    vec![Cell::new(name, role).marked(marked), Cell::new(key, Role::Key), Cell::new(says, role)]
}

/// A thing under its id, with what it is.
fn thing(model: &Model, look: &Look, subject: &Subject, fuzzy: &Fuzzy) -> Vec<Cell> {
    let (name, pane, about) = match subject {
        Subject::Segment(id) => {
            let name = model.data.segment(id).map(|row| row.name.raw().to_owned());
            (id.to_string(), word!("pane-segments"), name)
        }
        Subject::Seat(id) => {
            let at = model.data.seats.binary_search_by(|row| row.id.cmp(id)).ok();
            let group = at.and_then(|at| model.data.seats.get(at)).map(|row| row.group.raw().to_owned());
            (id.to_string(), word!("pane-seats"), group)
        }
        Subject::Install(id) => {
            let segment = model.data.install(*id).map(|row| row.segment_id.to_string());
            (id.to_string(), word!("pane-installs"), segment)
        }
    };
    let marked = fuzzy.ranges(&name);
    let says = format!("{} {} {}", look.text(pane), look.glyphs.dot, about.unwrap_or_default());
    vec![Cell::plain(name).marked(marked), Cell::plain(""), Cell::new(says, Role::Dim)]
}
