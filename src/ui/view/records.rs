//! Everything there is of a thing: its records as they lie in the store, and who did what to it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::large;
use super::super::look::Look;
use super::super::model::overlay::{Load, Reading};
use super::super::theme::Role;
use super::paint::{self, Piece};
use super::{Seen, long};
use crate::domain::audit::AuditEntry;
use crate::domain::words::{Say, say, word};

/// Records as they lie in the store.
pub(super) fn records(look: &Look, open: &Reading<String>, area: Rect, buffer: &mut Buffer, seen: &mut Seen) {
    let line = |line: &String| vec![vec![(format!(" {line}"), look.style(Role::Text))]];
    let title = say!("title-records", what = open.subject.to_string());
    draw(look, open, &title, line, area, buffer, seen);
}

/// Who did what to it, newest first.
pub(super) fn trail(
    look: &Look,
    open: &Reading<AuditEntry>,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let lines = |entry: &AuditEntry| {
        let role = if entry.result == "done" { Role::Good } else { Role::Warn };
        let mut lines = vec![vec![
            (format!(" {} ", look.full_moment(entry.at)), look.style(Role::Dim)),
            (format!(" {}  ", entry.who.label().raw()), look.style(Role::Text)),
            (format!("{}  ", entry.action), look.style(Role::Title)),
            (format!("{}  ", entry.result), look.style(role)),
        ]];
        for (name, value) in [(word!("trail-before"), &entry.before), (word!("trail-after"), &entry.after)] {
            if !value.is_null() {
                let name = look.text(name);
                lines.push(vec![(format!("   {name} {value}"), look.style(Role::Dim))]);
            }
        }
        lines
    };
    let title = say!("title-trail", what = open.subject.to_string());
    draw(look, open, &title, lines, area, buffer, seen);
}

fn draw<T>(
    look: &Look,
    open: &Reading<T>,
    title: &Say,
    lines: impl Fn(&T) -> Vec<Vec<Piece>>,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let one = |text: String, role| vec![vec![(format!(" {text}"), look.style(role))]];
    let lines = match &open.found {
        Load::Loading => one(look.text(word!("records-loading")), Role::Busy),
        Load::Failed(why) => {
            let width = usize::from(large(area).width.saturating_sub(4));
            paint::wrap(&look.say(why), width).into_iter().flat_map(|line| one(line, Role::Bad)).collect()
        }
        Load::Ready(found) if found.is_empty() => one(look.text(word!("trail-empty")), Role::Dim),
        Load::Ready(found) => found.iter().flat_map(lines).collect(),
    };
    long::scrolled(buffer, area, &look.say(title), &lines, open.scroll, look, seen);
}
