//! One install, seat by seat, each with its bar.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{large, take_first};
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::overlay::{InstallDetail, Load};
use super::super::theme::Role;
use super::super::words::{say, word};
use super::paint::{self, Piece};
use super::table::{Cell, Column, Rows};
use super::{installs, standing, table};
use crate::domain::SeatOp;
use crate::service::SeatView;

/// Cells of a seat's bar.
const BAR: usize = 12;

/// The box.
pub(super) fn draw(model: &Model, look: &Look, open: &InstallDetail, area: Rect, buffer: &mut Buffer) {
    let place = large(area);
    paint::clear(buffer, place);
    let row = model.data.install(open.record);
    let name = row.map(|row| row.segment_id.to_string()).unwrap_or_else(|| open.record.to_string());
    let title = look.say(&say!("title-install", id = name));
    let mut rest = paint::frame(buffer, place, &title, true, look);
    let (first, second) = (take_first(&mut rest), take_first(&mut rest));
    if let Some(row) = row {
        let (state, role) = standing::install(row);
        let words = format!(" {}  {}  ", look.text(state), installs::counts(look, row));
        let room = usize::from(first.width).saturating_sub(paint::width(&words) + 6).min(60);
        let pieces: [Piece; 3] = [
            (words, look.style(role)),
            (paint::bar(row.percent, room, &look.glyphs), look.style(role)),
            (format!(" {}%", row.percent), look.style(role)),
        ];
        paint::line(buffer, first, &pieces, &look.glyphs);
        let mut facts = vec![look.say(&say!(
            "install-by",
            who = &row.requested_by,
            at = look.full_moment(row.requested_at)
        ))];
        if row.attempt > 1 {
            facts.push(look.say(&say!("install-attempt", n = row.attempt)));
        }
        if let Some(reason) = &row.reason {
            facts.push(reason.shown().into_string());
        }
        let facts = format!(" {}", facts.join(&format!(" {} ", look.glyphs.dot)));
        paint::text(buffer, second, &facts, look.style(Role::Dim), &look.glyphs);
    } else {
        let gone = look.text(word!("install-gone"));
        paint::text(buffer, first, &format!(" {gone}"), look.style(Role::Warn), &look.glyphs);
    }
    match &open.view {
        Load::Loading => {
            let text = look.text(word!("install-loading"));
            paint::text(buffer, rest, &format!(" {text}"), look.style(Role::Busy), &look.glyphs);
        }
        Load::Failed(error) => {
            for (line, y) in paint::wrap(error, usize::from(rest.width.saturating_sub(2)))
                .iter()
                .zip(rest.top()..rest.bottom())
            {
                let line_place = Rect { y, height: 1, ..rest };
                paint::text(buffer, line_place, &format!(" {line}"), look.style(Role::Bad), &look.glyphs);
            }
        }
        Load::Ready(view) => seats(model, look, open, &view.seats, rest, buffer),
    }
}

fn seats(
    model: &Model,
    look: &Look,
    open: &InstallDetail,
    all: &[SeatView],
    area: Rect,
    buffer: &mut Buffer,
) {
    let columns = [
        Column::wide(look.text(word!("column-seat")), 10, 2, 0),
        Column::fixed(look.text(word!("column-ip")), 15, 5),
        Column::fixed(look.text(word!("column-op")), 9, 3),
        Column::fixed(look.text(word!("column-state")), 14, 0),
        Column::fixed(String::new(), BAR as u16, 2),
        Column::fixed(look.text(word!("column-percent")), 4, 1).right(),
        Column::wide(look.text(word!("column-message")), 10, 4, 4),
        Column::fixed(look.text(word!("column-updated")), 8, 6).right(),
    ];
    let rows = Rows {
        count: all.len(),
        offset: open.offset,
        cursor: Some(open.cursor),
        focused: true,
        filter: None,
    };
    table::draw(buffer, area, look, &columns, &rows, |index| {
        let seat = &all[index];
        let (state, role) = standing::seat(seat.state);
        let percent = if seat.state.is_good() { 100 } else { seat.percent };
        let cells = vec![
            Cell::plain(seat.seat.as_str()),
            Cell::new(seat.ip.map(|ip| ip.to_string()).unwrap_or_default(), Role::Dim),
            Cell::plain(look.text(match seat.op {
                SeatOp::Install => word!("op-install"),
                SeatOp::Uninstall => word!("op-uninstall"),
            })),
            Cell::new(look.text(state), role),
            Cell::new(paint::bar(percent, BAR, &look.glyphs), role),
            Cell::new(format!("{percent}%"), role),
            Cell::plain(seat.message.raw()),
            Cell::new(look.moment(seat.updated_at, model.now), Role::Dim),
        ];
        (cells, false)
    });
}
