//! One install, seat by seat, each with its bar.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{self, large};
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::columns::{Column as _, InstallSeatColumn};
use super::super::model::install_detail::{InstallDetail, SHOWN_REASONS};
use super::super::model::overlay::{Load, Overlay};
use super::super::rows::InstallRow;
use super::super::theme::Role;
use super::paint::{self, Piece};
use super::table::{Cell, Column, Rows};
use super::{frame, installs, table};
use crate::domain::InstallState;
use crate::domain::words::{say, word};
use crate::ui::standing;

/// Cells of a seat's bar.
const BAR: usize = 12;

/// A running seat that told nothing for so long is named.
const SILENT: i64 = 30_000;

/// Parts of the last minute that are shown.
const PARTS: usize = 20;

/// The box.
pub(super) fn draw(model: &Model, look: &Look, open: &InstallDetail, area: Rect, buffer: &mut Buffer) {
    let place = large(area);
    paint::clear(buffer, place);
    let row = model.data.install(open.record);
    let name = row.map(|row| row.segment_id.to_string()).unwrap_or_else(|| open.record.to_string());
    let title = look.say(&say!("title-install", id = name)) + &frame::filtered(look, &open.table);
    let on_top = matches!(model.overlays.last(), Some(Overlay::Install(_) | Overlay::Filter));
    paint::frame(buffer, place, &title, on_top, look);
    let (above, rest) = layout::detail(area, open.head());
    let mut lines = (above.top()..above.bottom()).map(|y| Rect { y, height: 1, ..above });
    if let Some(row) = row {
        for (line, pieces) in lines.by_ref().zip(head(model, look, open, row, above.width)) {
            paint::line(buffer, line, &pieces, &look.glyphs);
        }
    } else if let Some(line) = lines.next() {
        let gone = look.text(word!("install-gone"));
        paint::text(buffer, line, &format!(" {gone}"), look.style(Role::Warn), &look.glyphs);
    }
    match &open.seats {
        Load::Loading => {
            let text = look.text(word!("install-loading"));
            paint::text(buffer, rest, &format!(" {text}"), look.style(Role::Busy), &look.glyphs);
        }
        Load::Failed(error) => {
            for (line, y) in paint::wrap(&look.say(error), usize::from(rest.width.saturating_sub(2)))
                .iter()
                .zip(rest.top()..rest.bottom())
            {
                let line_place = Rect { y, height: 1, ..rest };
                paint::text(buffer, line_place, &format!(" {line}"), look.style(Role::Bad), &look.glyphs);
            }
        }
        Load::Ready(_) if open.table.shown.is_empty() && !open.table.filter.value().is_empty() => {
            let text = look.say(&frame::no_match(&open.table));
            paint::text(buffer, rest, &format!(" {text}"), look.style(Role::Dim), &look.glyphs);
        }
        Load::Ready(_) => {
            let rows = Rows::of(&open.table, on_top);
            table::position(buffer, place, rest, &rows, look);
            seats(model, look, open, &rows, rest, buffer);
        }
    }
}

/// What is known of all seats together, the most useful first.
fn head(model: &Model, look: &Look, open: &InstallDetail, row: &InstallRow, width: u16) -> Vec<Vec<Piece>> {
    let (state, role) = standing::install(row);
    let words = format!(" {}  {}  ", look.text(state), installs::counts(look, row));
    let rest = row.seats().saturating_sub(row.ended());
    // What is held on purpose has no time left that anybody could know.
    let pace = model.paces.get(&row.id).filter(|_| row.state == InstallState::Running);
    let left = pace.and_then(|pace| pace.left(u64::try_from(rest).unwrap_or(u64::MAX)));
    let left = left.map(|left| look.say(&say!("install-left", time = look.span(left)))).unwrap_or_default();
    let taken = paint::width(&words) + paint::width(&left) + 8;
    let room = usize::from(width).saturating_sub(taken).min(60);
    let progress = vec![
        (words, look.style(role)),
        (paint::bar(row.percent, room, &look.glyphs), look.style(role)),
        (format!(" {}%", row.percent), look.style(role)),
        (format!("  {left}"), look.style(Role::Dim)),
    ];
    let mut facts =
        vec![look.say(&say!("install-by", who = &row.requested_by, at = look.full_moment(row.requested_at)))];
    if let Some((wave, waves)) = row.turn {
        facts.push(look.say(&say!("install-wave", n = wave, of = waves)));
    }
    if row.attempt > 1 {
        facts.push(look.say(&say!("install-attempt", n = row.attempt)));
    }
    if let Some((seat, since)) = &open.silent
        && model.now.as_millisecond() - since.as_millisecond() >= SILENT
        && !row.state.is_terminal()
    {
        facts.push(look.say(&say!("install-silent", seat = seat, at = look.moment(*since, model.now))));
    }
    if let Some(reason) = &row.reason {
        facts.push(reason.shown().into_string());
    }
    let facts = format!(" {}", facts.join(&format!(" {} ", look.glyphs.dot)));
    let mut lines = vec![progress, vec![(facts, look.style(Role::Dim))], counts(model, look, row)];
    let more = open.reasons.len().saturating_sub(SHOWN_REASONS);
    for (at, alike) in open.reasons.iter().take(SHOWN_REASONS).enumerate() {
        let mut pieces = vec![
            (format!(" {} ", look.say(&say!("install-alike", n = alike.seats.len()))), look.style(Role::Bad)),
            (alike.reason.clone(), look.style(Role::Text)),
        ];
        if more > 0 && at + 1 == SHOWN_REASONS {
            let more = look.say(&say!("install-more-reasons", n = more));
            // Before a reason that may be too long for the line.
            pieces.insert(0, (format!(" {more} {}", look.glyphs.dot), look.style(Role::Dim)));
        }
        lines.push(pieces);
    }
    lines
}

/// Seats by state, and how fast they get on.
fn counts(model: &Model, look: &Look, row: &InstallRow) -> Vec<Piece> {
    let mut pieces = vec![(" ".to_owned(), look.style(Role::Text))];
    for (state, count) in row.counts.iter().filter(|(_, count)| **count > 0) {
        let (word, role) = standing::seat(*state);
        pieces.push((format!("{count} {}", look.text(word)), look.style(role)));
        pieces.push(("  ".to_owned(), look.style(Role::Text)));
    }
    let running = row.state == InstallState::Running;
    let Some(pace) = model.paces.get(&row.id).filter(|_| running) else { return pieces };
    if let Some(speed) = pace.per(Duration::from_secs(60)) {
        let speed = say!("install-speed", n = i64::try_from(speed).unwrap_or(i64::MAX));
        pieces.push((format!("{} ", look.say(&speed)), look.style(Role::Dim)));
        let parts = paint::sparkline(&pace.parts(PARTS), &look.glyphs);
        pieces.push((parts, look.style(Role::Busy)));
    }
    pieces
}

/// The seats: a column of the table a column, with a bar before the percent.
fn seats(model: &Model, look: &Look, open: &InstallDetail, rows: &Rows<'_>, area: Rect, buffer: &mut Buffer) {
    let mut columns = Vec::new();
    for column in &open.table.columns {
        let title = look.text(column.title());
        let drawn = match column {
            InstallSeatColumn::Seat => Column::wide(title, 10, 2, 0),
            InstallSeatColumn::State => Column::fixed(title, 14, 0),
            InstallSeatColumn::Percent => {
                columns.push(Column::fixed(String::new(), BAR as u16, 2));
                Column::fixed(title, 4, 1).right()
            }
            InstallSeatColumn::Message => Column::wide(title, 10, 4, 4),
            InstallSeatColumn::Op => Column::fixed(title, 9, 3),
            InstallSeatColumn::Wave => Column::fixed(title, 5, 7).right(),
            InstallSeatColumn::Ip => Column::fixed(title, 15, 5),
            InstallSeatColumn::Updated => Column::fixed(title, 8, 6).right(),
        };
        let sorted = (open.table.sort == *column).then_some(open.table.descending);
        columns.push(drawn.key(column.name()).sorted(sorted));
    }
    table::draw(buffer, area, look, &columns, rows, |index| {
        let seat = &open.table.shown[index];
        let (state, role) = standing::seat(seat.state);
        let mut cells = Vec::with_capacity(columns.len());
        for column in &open.table.columns {
            let cell = match column {
                InstallSeatColumn::Seat => Cell::plain(seat.seat.as_str()),
                InstallSeatColumn::State => Cell::new(look.text(state), role),
                InstallSeatColumn::Percent => {
                    let percent = seat.shown_percent();
                    cells.push(Cell::new(paint::bar(percent, BAR, &look.glyphs), role));
                    Cell::new(format!("{percent}%"), role)
                }
                InstallSeatColumn::Message => Cell::plain(seat.message.raw()),
                InstallSeatColumn::Op => Cell::plain(look.text(standing::op(seat.op))),
                InstallSeatColumn::Wave => {
                    Cell::new(seat.wave.map(|wave| wave.to_string()).unwrap_or_default(), Role::Dim)
                }
                InstallSeatColumn::Ip => {
                    Cell::new(seat.ip.map(|ip| ip.to_string()).unwrap_or_default(), Role::Dim)
                }
                InstallSeatColumn::Updated => Cell::new(look.moment(seat.updated_at, model.now), Role::Dim),
            };
            cells.push(cell);
        }
        (cells, false)
    });
}
