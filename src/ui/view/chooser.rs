//! Choosing seats: the counter, and the seats with bound, installed and wanted beside each other.

use crate::domain::words::{Say, say, word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{large, take_first};
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::chooser::{Chooser, Count, Purpose};
use super::super::model::columns::SeatColumn;
use super::super::model::overlay::{Load, Overlay};
use super::super::theme::Role;
use super::paint::{self, Piece};
use super::table::{Cell, Rows};
use super::{frame, seats, table};

/// The chooser.
pub(super) fn draw(model: &Model, look: &Look, chooser: &Chooser, area: Rect, buffer: &mut Buffer) {
    let place = large(area);
    paint::clear(buffer, place);
    let title = match chooser.purpose {
        Purpose::Install => say!("title-choose-install", id = &chooser.segment),
        Purpose::Bind => say!("title-choose-bind", prefix = chooser.segment.prefix.as_str()),
    };
    let title = look.say(&title) + &frame::filtered(look, &chooser.table);
    let on_top =
        matches!(model.overlays.last(), Some(Overlay::Seats(_) | Overlay::Filter | Overlay::Choice(_)));
    let mut rest = paint::frame(buffer, place, &title, on_top, look);
    let line = take_first(&mut rest);
    let sets = match &chooser.sets {
        Load::Ready(sets) => {
            let mut pieces = counter(look, chooser);
            let wide: usize = pieces.iter().map(|(text, _)| paint::width(text)).sum();
            if wide > usize::from(line.width) {
                pieces = short_counter(look, chooser);
            }
            if chooser.marks.anchor.is_some() {
                pieces.push((format!("  {}", look.text(word!("counter-range"))), look.style(Role::Busy)));
            }
            paint::line(buffer, line, &pieces, &look.glyphs);
            sets
        }
        Load::Loading => {
            let text = match model.ahead.len() {
                0 => look.text(word!("seats-loading")),
                keys => look.say(&say!("seats-loading-ahead", n = keys)),
            };
            paint::text(buffer, line, &format!(" {text}"), look.style(Role::Busy), &look.glyphs);
            return;
        }
        Load::Failed(error) => {
            let lines = paint::wrap(&look.say(error), usize::from(line.width.saturating_sub(2)).max(1));
            for (text, y) in lines.iter().zip(line.y..rest.bottom()) {
                let place = Rect { y, ..line };
                paint::text(buffer, place, &format!(" {text}"), look.style(Role::Bad), &look.glyphs);
            }
            return;
        }
    };
    if chooser.table.shown.is_empty() {
        let text = look.say(&frame::no_match(&chooser.table));
        paint::text(buffer, rest, &format!(" {text}"), look.style(Role::Dim), &look.glyphs);
        return;
    }
    let range = chooser.marks.range_rows(&chooser.table);
    let rows = Rows::of(&chooser.table, on_top);
    table::position(buffer, place, rest, &rows, look);
    let now = chooser.now();
    table::draw(buffer, rest, look, &seats::columns(look, &chooser.table), &rows, |index| {
        let row = &chooser.table.shown[index];
        let marked = chooser.marks.ids.contains(&row.id);
        let has = now.is_some_and(|now| now.contains(&row.id));
        let about = |column: &SeatColumn| match column {
            SeatColumn::Bound => seats::has(look, sets.bound.contains(&row.id)),
            SeatColumn::Installed => seats::has(look, sets.installed.contains(&row.id)),
            SeatColumn::Wanted => wanted(look, marked, has),
            column => seats::about(row, *column),
        };
        let cells = chooser.table.columns.iter().map(about).collect();
        (cells, marked || range.as_ref().is_some_and(|range| range.contains(&index)))
    });
}

/// A mark, compared with what is.
fn wanted(look: &Look, marked: bool, has: bool) -> Cell {
    match (marked, has) {
        (true, true) => Cell::new(look.glyphs.yes, Role::Good),
        (true, false) => Cell::new(format!("{}{}", look.glyphs.plus, look.glyphs.yes), Role::Marked),
        (false, true) => Cell::new(format!("{}{}", look.glyphs.minus, look.glyphs.no), Role::Warn),
        (false, false) => Cell::new(look.glyphs.no, Role::Dim),
    }
}

/// How many seats are wanted, and what that means.
fn counter(look: &Look, chooser: &Chooser) -> Vec<Piece> {
    let count = chooser.count;
    let mut pieces = vec![(
        format!(" {}", look.say(&say!("counter-marked", n = chooser.marks.ids.len()))),
        look.style(Role::Title),
    )];
    let mut add = |text: String, role: Role| pieces.push((format!("  {text}"), look.style(role)));
    match chooser.purpose {
        Purpose::Install => {
            add(look.say(&say!("counter-install", n = count.added)), Role::Good);
            add(look.say(&say!("counter-uninstall", n = count.removed)), Role::Warn);
        }
        Purpose::Bind => {
            add(look.say(&say!("counter-bind", n = count.added)), Role::Good);
            add(look.say(&say!("counter-unbind", n = count.removed)), Role::Warn);
        }
    }
    if chooser.meanwhile != Count::default() {
        add(look.say(&meanwhile(chooser)), Role::Warn);
    }
    let hidden = chooser.marks.hidden();
    if hidden > 0 {
        add(look.say(&say!("counter-hidden", n = hidden)), Role::Warn);
    }
    pieces
}

/// The same where there is little room: the numbers come first.
fn short_counter(look: &Look, chooser: &Chooser) -> Vec<Piece> {
    let Count { added, removed } = chooser.count;
    let mut pieces = vec![(format!(" {}", chooser.marks.ids.len()), look.style(Role::Title))];
    let mut add = |text: String, role: Role| pieces.push((format!(" {text}"), look.style(role)));
    add(format!("{}{added}", look.glyphs.plus), Role::Good);
    add(format!("{}{removed}", look.glyphs.minus), Role::Warn);
    let hidden = chooser.marks.hidden();
    if hidden > 0 {
        add(look.say(&say!("counter-hidden-short", n = hidden)), Role::Warn);
    }
    if chooser.meanwhile != Count::default() {
        add(look.say(&meanwhile(chooser)), Role::Warn);
    }
    pieces
}

fn meanwhile(chooser: &Chooser) -> Say {
    let Count { added, removed } = chooser.meanwhile;
    say!("counter-meanwhile", n = added, gone = removed)
}
