//! The palette: any action and any thing, by a few letters.

use std::cmp::Reverse;
use std::fmt::Write;

use super::super::actions::{ACTIONS, ActionId};
use super::super::effect::Effect;
use super::super::model::overlay::{Overlay, Subject};
use super::super::model::palette::{Found, Palette};
use super::super::model::table::{Row, Table};
use super::super::model::{Model, Pane, filter};
use super::{act, data, open};
use crate::domain::filter::Fuzzy;
use crate::domain::words::Words;

/// No more is listed; more letters find the rest.
const MOST: usize = 200;

/// Opens it.
pub(super) fn begin(model: &mut Model) {
    let words = Words::of(model.language);
    let docs = ACTIONS.iter().map(|row| words.text(row.doc)).collect();
    model.overlays.push(Overlay::Palette(Palette { docs, ..Palette::default() }));
    find(model);
}

/// Where a thing stands among those that were found: better first, then actions, then shorter names.
type Rank = (Reverse<u32>, u8, usize);

/// What the letters find, best first. An action is found by its name and by what it does.
pub(super) fn find(model: &mut Model) {
    let Some(Overlay::Palette(palette)) = model.overlays.last_mut() else { return };
    let fuzzy = Fuzzy::new(palette.input.value());
    // The place in its list stands for a thing until it is known which ones are shown.
    let mut found: Vec<(Rank, usize)> = Vec::new();
    for (at, (row, doc)) in ACTIONS.iter().zip(&palette.docs).enumerate().filter(|(_, (row, _))| row.offered)
    {
        // A name says more than a sentence that happens to hold the letters.
        let score = fuzzy.score(row.name).max(fuzzy.score(doc).map(|score| score / 2));
        found.extend(score.map(|score| ((Reverse(score), 0, at), at)));
    }
    if !fuzzy.is_empty() {
        let data = &model.data;
        look(&fuzzy, 1, data.segments.iter().map(|row| &row.id), &mut found);
        look(&fuzzy, 2, data.seats.iter().map(|row| &row.id), &mut found);
        look(&fuzzy, 3, data.installs.iter().map(|row| &row.id), &mut found);
    }
    if found.len() > MOST {
        found.select_nth_unstable(MOST);
        found.truncate(MOST);
    }
    found.sort_unstable();
    let data = &model.data;
    let thing = |((_, kind, _), at): ((Reverse<u32>, u8, usize), usize)| match kind {
        0 => ACTIONS.get(at).map(|row| Found::Action(row.id)),
        1 => data.segments.get(at).map(|row| Found::Thing(Subject::Segment(row.id.clone()))),
        2 => data.seats.get(at).map(|row| Found::Thing(Subject::Seat(row.id.clone()))),
        _ => data.installs.get(at).map(|row| Found::Thing(Subject::Install(row.id))),
    };
    palette.found = found.into_iter().filter_map(thing).collect();
    palette.cursor = 0;
}

fn look<'a, I: std::fmt::Display + 'a>(
    fuzzy: &Fuzzy,
    kind: u8,
    ids: impl Iterator<Item = &'a I>,
    found: &mut Vec<(Rank, usize)>,
) {
    let mut name = String::new();
    for (at, id) in ids.enumerate() {
        name.clear();
        // Writing to a string does not fail.
        let _ = write!(name, "{id}");
        found.extend(fuzzy.score(&name).map(|score| ((Reverse(score), kind, name.len()), at)));
    }
}

/// Enter: does the action, or goes to the thing.
pub(super) fn enter(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(Overlay::Palette(mut palette)) = model.overlays.pop() else { return };
    if palette.cursor >= palette.found.len() {
        return;
    }
    match palette.found.swap_remove(palette.cursor) {
        Found::Action(id) => act(model, id, effects),
        Found::Thing(subject) => go_to(model, subject),
    }
}

fn go_to(model: &mut Model, subject: Subject) {
    model.overlays.clear();
    match subject {
        Subject::Segment(id) => {
            model.pane = Pane::Segments;
            if !to(&mut model.segments, &id) {
                data::refresh_segments(model);
                model.segments.select(&id);
            }
        }
        Subject::Seat(id) => {
            model.pane = Pane::Seats;
            if !to(&mut model.seats, &id) {
                data::refresh_seats(model);
                model.seats.select(&id);
            }
        }
        Subject::Install(id) => {
            model.pane = Pane::Installs;
            if !to(&mut model.installs, &id) {
                data::refresh_installs(model);
                model.installs.select(&id);
            }
            open::detail(model);
        }
    }
}

/// Puts the cursor there; where the filter hides it, the filter goes, and `false` asks for all rows.
fn to<R: Row + filter::Filtered>(table: &mut Table<R>, id: &R::Id) -> bool {
    let shown = table.select(id);
    if !shown {
        table.filter.reset();
    }
    shown
}

/// Up, down and Tab; `true` when the action is dealt with.
pub(super) fn takes(palette: &mut Palette, id: ActionId) -> bool {
    let last = palette.found.len().saturating_sub(1);
    palette.cursor = match id {
        ActionId::Up => palette.cursor.checked_sub(1).unwrap_or(last),
        ActionId::Down | ActionId::Complete if palette.cursor >= last => 0,
        ActionId::Down | ActionId::Complete => palette.cursor + 1,
        _ => return false,
    };
    true
}
