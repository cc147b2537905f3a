//! Choosing files.
//!
//! ```text
//! + Upload: which files? ------------------+
//! | File: ~/samples/nav▏                   |
//! |   Name                          Size   |
//! | ● nav-core-2.1.0.zip          2.0 MiB  |
//! |   nav-display-4.2.0.0.zip     2.0 MiB  |
//! |                                        |
//! | 1 file marked                          |
//! | what the keys do                       |
//! +----------------------------------------+
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{self, large, take_first};
use super::super::look::{Look, bytes};
use super::super::model::Model;
use super::super::model::files::FileChooser;
use super::super::model::overlay::Overlay;
use super::super::theme::Role;
use super::table::{Cell, Column, Rows};
use super::{Seen, paint, status, table};
use crate::domain::words::{say, word};
use crate::ui::standing;

/// The box.
pub(super) fn draw(
    model: &Model,
    look: &Look,
    files: &FileChooser,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let place = large(area);
    paint::clear(buffer, place);
    let on_top = matches!(model.overlays.last(), Some(Overlay::Files(_)));
    paint::frame(buffer, place, &look.text(word!("title-files")), on_top, look);
    let (path, rows, mut below) = layout::files(area);
    let label = format!(" {} ", look.text(word!("files-path")));
    let cursor = seen.cursor;
    status::field(buffer, path, &label, &files.path, look, seen);
    if files.cursor.is_some() {
        // The list gets the keys; what is typed still goes to the path.
        seen.cursor = cursor;
    }
    list(look, files, on_top, rows, buffer);
    let n = files.marks.len();
    let (counter, role) = match n {
        0 => (look.text(word!("files-none-marked")), Role::Dim),
        _ => (look.say(&say!("files-marked", n = n)), Role::Marked),
    };
    let mut line = |text: &str, role: Role| {
        paint::text(buffer, take_first(&mut below), &format!(" {text}"), look.style(role), &look.glyphs);
    };
    line(&counter, role);
    line(&look.text(word!("files-hint")), Role::Dim);
}

fn list(look: &Look, files: &FileChooser, focused: bool, area: Rect, buffer: &mut Buffer) {
    let listing = &files.listing;
    let says = match &listing.error {
        Some(error) => Some((look.say(error), Role::Bad)),
        None if files.asked.is_none() || !files.is_listed() && listing.found.is_empty() => None,
        None if listing.found.iter().all(|found| found.name == "..") => {
            Some((look.text(word!("files-nothing")), Role::Dim))
        }
        None => None,
    };
    if let Some((says, role)) = &says
        && listing.found.is_empty()
    {
        let lines = paint::wrap(says, usize::from(area.width.saturating_sub(2)));
        for (line, y) in lines.iter().zip(area.top()..area.bottom()) {
            let place = Rect { y, height: 1, ..area };
            paint::text(buffer, place, &format!(" {line}"), look.style(*role), &look.glyphs);
        }
        return;
    }
    let columns = [
        Column::fixed(String::new(), 2, 0).right(),
        Column::wide(look.text(word!("column-file")), 12, 1, 0),
        Column::fixed(look.text(word!("column-goes-to")), 11, 2),
        Column::fixed(look.text(word!("column-size")), 8, 1).right(),
    ];
    let rows = Rows {
        count: listing.found.len(),
        offset: files.offset,
        cursor: files.cursor,
        focused,
        filter: None,
    };
    table::draw(buffer, area, look, &columns, &rows, |index| {
        let found = &listing.found[index];
        if found.is_folder {
            let name = Cell::new(format!("{}/", found.name), Role::Key);
            return (vec![Cell::plain(""), name, Cell::plain(""), Cell::plain("")], false);
        }
        let marked = files.is_marked(found);
        let goes_to = crate::domain::Format::of_file_name(&found.name)
            .map(|format| look.text(standing::remote(format.remote())));
        let cells = vec![
            if marked { Cell::new(look.glyphs.yes, Role::Marked) } else { Cell::plain("") },
            Cell::plain(found.name.clone()),
            Cell::new(goes_to.unwrap_or_default(), Role::Dim),
            Cell::new(bytes(found.size), Role::Dim),
        ];
        (cells, marked)
    });
    let used = listing.found.len() - files.offset.min(listing.found.len());
    let below = usize::from(area.height - layout::header(area));
    let note = match says {
        Some((says, _)) if used < below => Some(says),
        _ if listing.more > 0 && used < below => Some(look.say(&say!("files-more", n = listing.more))),
        _ => None,
    };
    if let Some(note) = note {
        let y = area.y + layout::header(area) + u16::try_from(used).unwrap_or(0);
        let place = Rect { y, height: 1, ..area };
        paint::text(buffer, place, &format!("   {note}"), look.style(Role::Dim), &look.glyphs);
    }
}
