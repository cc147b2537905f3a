//! Long texts that scroll: help, log, messages.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::actions::Scope;
use super::super::layout::{centred, inner, large};
use super::super::look::Look;
use super::super::model::overlay::Scroll;
use super::super::model::{Extent, Model};
use super::super::theme::Role;
use super::Seen;
use super::paint::{self, Piece};
use crate::domain::words::{Say, word};
use tracing::Level;

/// A large box with lines, scrolled.
pub(super) fn scrolled(
    buffer: &mut Buffer,
    area: Rect,
    title: &str,
    lines: &[Vec<Piece>],
    scroll: Scroll,
    look: &Look,
    seen: &mut Seen,
) {
    let place = large(area);
    paint::clear(buffer, place);
    let inside = paint::frame(buffer, place, title, true, look);
    text(buffer, inside, lines, scroll, look, seen);
    position(buffer, place, inside, lines.len(), scroll, look);
}

/// Where a text stands that is longer than its box.
pub(super) fn position(
    buffer: &mut Buffer,
    place: Rect,
    inside: Rect,
    all: usize,
    scroll: Scroll,
    look: &Look,
) {
    let shown = usize::from(inside.height);
    if all > shown {
        let last = (scroll.0.min(all - shown) + shown).min(all);
        paint::lower_edge(buffer, place, &format!(" {last}/{all} "), look);
    }
}

/// Lines inside a place, scrolled, and how much of them is seen.
pub(super) fn text(
    buffer: &mut Buffer,
    inside: Rect,
    lines: &[Vec<Piece>],
    scroll: Scroll,
    look: &Look,
    seen: &mut Seen,
) {
    let rows = usize::from(inside.height);
    seen.extent = Extent { lines: lines.len(), rows };
    let first = scroll.0.min(lines.len().saturating_sub(rows));
    for (line, y) in lines.iter().skip(first).zip(inside.top()..inside.bottom()) {
        paint::line(buffer, Rect { y, height: 1, ..inside }, line, &look.glyphs);
    }
}

/// All keys, from the table of actions and the keymap.
pub(super) fn help(look: &Look, scroll: Scroll, area: Rect, buffer: &mut Buffer, seen: &mut Seen) {
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for scope in Scope::ALL {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        lines.push(vec![(format!(" {}", look.text(scope.title())), look.style(Role::Title))]);
        for (action, keys) in look.keymap.of_scope(scope) {
            let keys = keys.join(" ");
            let role = if action.row().dangerous { Role::Danger } else { Role::Text };
            lines.push(vec![
                (paint::padded(&format!("   {keys} "), 21), look.style(Role::Key)),
                (look.text(action.row().doc), look.style(role)),
            ]);
        }
    }
    lines.push(Vec::new());
    for note in
        paint::wrap(&look.text(word!("help-filter")), usize::from(inner(large(area)).width.saturating_sub(2)))
    {
        lines.push(vec![(format!(" {note}"), look.style(Role::Dim))]);
    }
    scrolled(buffer, area, &look.text(word!("title-help")), &lines, scroll, look, seen);
}

/// The last lines of the log, newest at the bottom.
pub(super) fn log(
    model: &Model,
    look: &Look,
    scroll: Scroll,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let mut lines: Vec<Vec<Piece>> = model
        .log
        .iter()
        .map(|line| {
            let (name, role) = match line.level {
                Level::ERROR => (word!("log-error"), Role::Bad),
                Level::WARN => (word!("log-warn"), Role::Warn),
                Level::INFO => (word!("log-info"), Role::Text),
                _ => (word!("log-debug"), Role::Dim),
            };
            vec![
                (format!(" {} ", look.time_of_day(line.time)), look.style(Role::Dim)),
                (format!("{} ", look.text(name)), look.style(role)),
                (line.text.raw().to_owned(), look.style(Role::Text)),
            ]
        })
        .collect();
    if lines.is_empty() {
        lines.push(vec![(format!(" {}", look.text(word!("log-empty"))), look.style(Role::Dim))]);
    }
    scrolled(buffer, area, &look.text(word!("title-log")), &lines, scroll, look, seen);
}

/// Plain words in a box that is as high as they need.
pub(super) fn message(
    look: &Look,
    title: &Say,
    text: &str,
    scroll: Scroll,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let width = area.width.min(76);
    let wrapped = paint::wrap(text, usize::from(width.saturating_sub(4)));
    let high = u16::try_from(wrapped.len()).unwrap_or(u16::MAX).saturating_add(4);
    // The keys below stay to be seen.
    let above = Rect { height: if area.height >= 6 { area.height - 2 } else { area.height }, ..area };
    let place = centred(above, width, high);
    paint::clear(buffer, place);
    let inside = paint::frame(buffer, place, &look.say(title), true, look);
    let mut lines: Vec<Vec<Piece>> = vec![Vec::new()];
    lines.extend(wrapped.into_iter().map(|line| vec![(format!(" {line}"), look.style(Role::Bad))]));
    self::text(buffer, inside, &lines, scroll, look, seen);
    position(buffer, place, inside, lines.len(), scroll, look);
}
