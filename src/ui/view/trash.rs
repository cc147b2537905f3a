//! The trash: a row an entry, and below them all that is known of the one under the cursor.
//!
//! ```text
//! 2 entries, newest first
//! Segment       Name             Size  Deleted  By          Cause      Kept until
//! nav@2.1.0     Navigation     12 MiB 18:40:00  ada@bridge  deleted    11-29
//! nav@2.1.0: deleted 2026-11-22 18:40:00 by ada@bridge, kept until 2026-11-29 18:40:00
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{self, large};
use super::super::look::{Look, bytes};
use super::super::model::Model;
use super::super::model::overlay::{Load, Overlay};
use super::super::model::trash::{TrashPage, TrashView};
use super::super::theme::Role;
use super::paint;
use super::table::{self, Cell, Column, Rows};
use crate::domain::trash::Cause;
use crate::domain::words::{Say, Word, say, word};
use crate::service::TrashShown;

/// The box.
pub(super) fn draw(model: &Model, look: &Look, view: &TrashView, area: Rect, buffer: &mut Buffer) {
    let place = large(area);
    paint::clear(buffer, place);
    let on_top = matches!(model.overlays.last(), Some(Overlay::Trash(_)));
    paint::frame(buffer, place, &look.text(word!("title-trash")), on_top, look);
    let (head, rest, foot) = layout::trash(area);
    let line = |buffer: &mut Buffer, line: Rect, text: &str, role| {
        paint::text(buffer, line, &format!(" {text}"), look.style(role), &look.glyphs);
    };
    match &view.page {
        Load::Loading => line(buffer, head, &look.text(word!("records-loading")), Role::Busy),
        Load::Failed(why) => {
            let wrapped = paint::wrap(&look.say(why), usize::from(head.width.saturating_sub(2)));
            for (text, y) in wrapped.iter().zip(head.top()..rest.bottom()) {
                line(buffer, Rect { y, height: 1, ..head }, text, Role::Bad);
            }
        }
        Load::Ready(page) if page.entries.is_empty() => {
            line(buffer, head, &look.text(word!("trash-empty")), Role::Dim);
        }
        Load::Ready(page) => {
            let (counted, role) = counted(page);
            line(buffer, head, &look.say(&counted), role);
            let rows = Rows {
                count: page.entries.len(),
                offset: view.offset,
                cursor: Some(view.cursor),
                focused: on_top,
                filter: None,
            };
            table::position(buffer, place, rest, &rows, look);
            entries(model, look, page, &rows, rest, buffer);
            if let Some(shown) = view.current() {
                let wrapped = paint::wrap(&told(look, shown), usize::from(foot.width.saturating_sub(2)));
                for (text, y) in wrapped.iter().zip(foot.top()..foot.bottom()) {
                    line(buffer, Rect { y, height: 1, ..foot }, text, Role::Dim);
                }
            }
        }
    }
}

/// How many there are, and how many of them are not shown.
fn counted(page: &TrashPage) -> (Say, Role) {
    let (shown, all) = (page.entries.len(), page.total);
    if all > shown {
        (say!("trash-more", shown = shown, more = all - shown), Role::Warn)
    } else {
        (say!("trash-count", n = all), Role::Text)
    }
}

fn entries(model: &Model, look: &Look, page: &TrashPage, rows: &Rows<'_>, area: Rect, buffer: &mut Buffer) {
    let columns = [
        Column::wide(look.text(word!("column-id")), 14, 2, 0),
        Column::wide(look.text(word!("column-name")), 8, 2, 5),
        Column::fixed(look.text(word!("column-size")), 8, 2).right(),
        Column::fixed(look.text(word!("column-deleted")), 8, 3).right(),
        Column::wide(look.text(word!("column-by")), 10, 1, 4),
        Column::fixed(look.text(word!("column-cause")), 9, 1),
        Column::fixed(look.text(word!("column-until")), 13, 0),
    ];
    table::draw(buffer, area, look, &columns, rows, |index| {
        let TrashShown { entry, expires_at } = &page.entries[index];
        let until = match expires_at {
            _ if entry.emptying => Cell::new(look.text(word!("trash-emptying")), Role::Busy),
            Some(at) => Cell::plain(look.moment(*at, model.now)),
            None => Cell::plain(look.text(word!("trash-kept"))),
        };
        let cells = vec![
            Cell::plain(entry.segment_id.to_string()),
            Cell::plain(entry.name.raw()),
            Cell::new(bytes(entry.file_size), Role::Dim),
            Cell::new(look.moment(entry.at, model.now), Role::Dim),
            Cell::plain(entry.by.raw()),
            Cell::new(look.text(cause(entry.cause)), Role::Dim),
            until,
        ];
        (cells, false)
    });
}

/// What put it there.
fn cause(cause: Cause) -> Word {
    match cause {
        Cause::Delete => word!("cause-delete"),
        Cause::Sync => word!("cause-sync"),
        Cause::Sweep => word!("cause-sweep"),
    }
}

/// Everything about an entry that its row may have no room for.
fn told(look: &Look, shown: &TrashShown) -> String {
    let mut told = look.say(&deleted(look, shown));
    if let Some(reason) = &shown.entry.reason {
        told = look.say(&say!("complaint", title = told, text = reason));
    }
    let until = match shown.expires_at {
        _ if shown.entry.emptying => word!("trash-emptying").into(),
        Some(at) => say!("trash-until", at = look.full_moment(at)),
        None => word!("trash-until-emptied").into(),
    };
    format!("{told} {} {}", look.glyphs.dot, look.say(&until))
}

/// Which segment it was, and who deleted it when.
fn deleted(look: &Look, TrashShown { entry, .. }: &TrashShown) -> Say {
    let (id, at, by) = (&entry.segment_id, look.full_moment(entry.at), &entry.by);
    match entry.cause {
        Cause::Delete => say!("trash-deleted", id = id, at = at, by = by),
        Cause::Sync => say!("trash-synced", id = id, at = at, by = by),
        Cause::Sweep => say!("trash-swept", id = id, at = at, by = by),
    }
}

/// What is asked before it comes back.
pub(super) fn asked_to_restore(look: &Look, shown: &TrashShown) -> (Say, Vec<Say>, Word) {
    let mut facts = thing(look, shown);
    // Of a file that the sweep found nothing else is known.
    let record = if shown.entry.sha256.is_some() { word!("restore-record") } else { word!("restore-anew") };
    facts.extend([record.into(), word!("restore-published").into()]);
    (say!("ask-restore", id = &shown.entry.segment_id), facts, word!("button-restore"))
}

/// What is asked before it is gone for good.
pub(super) fn asked_to_empty(look: &Look, shown: &TrashShown) -> (Say, Vec<Say>, Word) {
    let mut facts = thing(look, shown);
    facts.push(word!("empty-content").into());
    (say!("ask-empty", id = &shown.entry.segment_id), facts, word!("button-no"))
}

/// What an entry is about.
fn thing(look: &Look, shown: &TrashShown) -> Vec<Say> {
    let entry = &shown.entry;
    let name = (!entry.name.is_empty()).then(|| say!("plain", text = &entry.name));
    let others = [deleted(look, shown), say!("delete-file", size = bytes(entry.file_size))];
    name.into_iter().chain(others).collect()
}
