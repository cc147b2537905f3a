//! The files of an upload: a table of all, what is known of the one under the cursor, and what Enter does.
//!
//! ```text
//! + Upload: look it over -------------------------------------------+
//! | File            Prefix    Version  Name   Goes to  Size   State |
//! | nav-2.1.0.zip   nav-core  2.1.0    Navi…  SDP      2 MiB  ready |
//! | old.zip         nav-core  2.0.0    Navi…  SDP      2 MiB  exists|
//! |── nav-2.1.0.zip ────────────────────────────────────────── 9/14 |
//! | Prefix       nav-core▏                                          |
//! | ...fields and facts                                             |
//! | segdeck segment upload nav-2.1.0.zip                            |
//! | [ Upload 1 file ]  1 not: exists 1                              |
//! +-----------------------------------------------------------------+
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{header, take_last, wide};
use super::super::look::{Look, bytes};
use super::super::model::Model;
use super::super::model::data::Data;
use super::super::model::overlay::Overlay;
use super::super::model::upload::{End, Field, Focus, Stage, Upload, UploadFile, Verdict};
use super::super::theme::Role;
use super::paint::{self, Piece};
use super::table::{Cell, Column, Rows};
use super::{Seen, table, upload_file, uploading};
use crate::domain::NameError;
use crate::domain::words::{Say, say, word};
use crate::ui::standing;

/// From so many lines on, table and facts stand below each other.
const ROOM: u16 = 9;

/// From so many lines on, the command that does the same is shown.
const ROOM_FOR_COMMAND: u16 = 15;

/// The box.
pub(super) fn draw(model: &Model, look: &Look, area: Rect, buffer: &mut Buffer, seen: &mut Seen) {
    let Some(upload) = &model.upload else { return };
    let place = wide(area);
    paint::clear(buffer, place);
    let title = match upload.stage {
        Stage::Review(_) => say!("title-review", n = upload.files.len()),
        Stage::Running(_) => word!("title-uploading").into(),
        Stage::Done => word!("title-uploaded").into(),
    };
    let on_top = matches!(model.overlays.last(), Some(Overlay::Upload));
    let mut rest = paint::frame(buffer, place, &look.say(&title), on_top, look);
    let verdicts = upload.verdicts(&model.data);
    let typing = matches!(upload.stage, Stage::Review(Focus::Field { .. }));
    let small = rest.height < ROOM;
    if small && typing {
        return upload_file::draw(look, upload, &model.data, &verdicts, rest, buffer, seen);
    }
    match &upload.stage {
        Stage::Review(focus) => {
            let bottom = if rest.height > 1 { take_last(&mut rest) } else { rest };
            button(look, upload, &verdicts, *focus == Focus::Files && on_top, bottom, buffer);
            if rest.height >= ROOM_FOR_COMMAND {
                command(model, look, upload, &verdicts, take_last(&mut rest), buffer);
            }
        }
        Stage::Running(running) => {
            let height = rest.height.min(3);
            let below = Rect { y: rest.bottom() - height, height, ..rest };
            rest.height -= height;
            uploading::draw(look, upload, running, below, buffer);
        }
        Stage::Done => {
            let bottom = if rest.height > 1 { take_last(&mut rest) } else { rest };
            let says = format!(" {}", tally(look, &verdicts));
            paint::text(buffer, bottom, &says, look.style(Role::Dim), &look.glyphs);
        }
    }
    let most = if small { rest.height } else { (rest.height / 3).max(3) };
    let rows = u16::try_from(upload.files.len()).unwrap_or(u16::MAX);
    let top = Rect { height: rows.saturating_add(header(rest)).max(3).min(most), ..rest };
    rows_of(look, upload, &model.data, &verdicts, on_top && !typing, top, buffer);
    if !small {
        let below = Rect { y: top.bottom(), height: rest.height - top.height, ..rest };
        upload_file::draw(look, upload, &model.data, &verdicts, below, buffer, seen);
    }
}

fn rows_of(
    look: &Look,
    upload: &Upload,
    data: &Data,
    verdicts: &[Verdict],
    focused: bool,
    area: Rect,
    buffer: &mut Buffer,
) {
    let columns = [
        Column::wide(look.text(word!("column-file")), 12, 3, 0),
        Column::wide(look.text(word!("column-prefix")), 8, 2, 3),
        Column::fixed(look.text(word!("column-version")), 10, 2),
        Column::wide(look.text(word!("column-name")), 14, 2, 6),
        Column::fixed(look.text(word!("column-goes-to")), 11, 5),
        Column::fixed(look.text(word!("column-size")), 8, 4).right(),
        Column::fixed(look.text(word!("column-state")), 16, 1),
    ];
    let shown = usize::from(area.height.saturating_sub(header(area))).max(1);
    let rows = Rows {
        count: upload.files.len(),
        offset: (upload.cursor + 1).saturating_sub(shown),
        cursor: Some(upload.cursor),
        focused,
        filter: None,
    };
    table::draw(buffer, area, look, &columns, &rows, |index| {
        let file = &upload.files[index];
        let (state, role) = state(look, file, data, &verdicts[index]);
        let format = file.found.as_ref().and_then(|found| found.format);
        let size = file.found.as_ref().and_then(|found| found.hashed.as_ref()).map(|hashed| hashed.size);
        let cells = vec![
            Cell::plain(file.name()),
            Cell::plain(file.text(Field::Prefix)),
            Cell::plain(file.text(Field::Version)),
            Cell::plain(file.text(Field::Name)),
            Cell::new(
                format.map(|format| look.text(standing::remote(format.remote()))).unwrap_or_default(),
                Role::Dim,
            ),
            Cell::new(size.map(bytes).unwrap_or_default(), Role::Dim),
            Cell::new(state, role),
        ];
        (cells, false)
    });
}

/// Where a file stands, in a word or two.
fn state(look: &Look, file: &UploadFile, data: &Data, verdict: &Verdict) -> (String, Role) {
    let missing = match verdict {
        Verdict::Ready => data.missing(file.requires()).map_or(0, |missing| missing.len()),
        _ => 0,
    };
    let (say, role): (Say, Role) = match verdict {
        Verdict::Reading(percent) => (say!("verdict-reading", n = i64::from(*percent)), Role::Busy),
        Verdict::Uploading(percent) => (say!("verdict-uploading", n = i64::from(*percent)), Role::Busy),
        Verdict::Ready if missing > 0 => (say!("verdict-ready-missing", n = missing), Role::Warn),
        _ => kind(verdict),
    };
    (look.say(&say), role)
}

/// The kind of a verdict, as it is counted.
fn kind(verdict: &Verdict) -> (Say, Role) {
    let (word, role) = match verdict {
        Verdict::Waiting => (word!("verdict-waiting"), Role::Dim),
        Verdict::Reading(_) => (word!("verdict-read"), Role::Busy),
        Verdict::Refused(_) => (word!("verdict-refused"), Role::Bad),
        Verdict::Wrong(Field::Prefix, NameError::Empty { .. }) => (word!("verdict-no-prefix"), Role::Bad),
        Verdict::Wrong(Field::Prefix, _) => (word!("verdict-wrong-prefix"), Role::Bad),
        Verdict::Wrong(_, NameError::Empty { .. }) => (word!("verdict-no-version"), Role::Bad),
        Verdict::Wrong(..) => (word!("verdict-wrong-version"), Role::Bad),
        Verdict::Twice(_) => (word!("verdict-twice"), Role::Bad),
        Verdict::Exists => (word!("verdict-exists"), Role::Bad),
        Verdict::Asking => (word!("verdict-asking"), Role::Busy),
        Verdict::Unanswered(_) => (word!("verdict-unanswered"), Role::Bad),
        Verdict::Ready => (word!("verdict-ready"), Role::Good),
        Verdict::LeftOut => (word!("verdict-left-out"), Role::Dim),
        Verdict::Queued => (word!("verdict-queued"), Role::Dim),
        Verdict::Uploading(_) => (word!("verdict-under-way"), Role::Busy),
        Verdict::Ended(End::Uploaded(_)) => (word!("verdict-uploaded"), Role::Good),
        Verdict::Ended(End::Failed(_)) => (word!("verdict-failed"), Role::Bad),
        Verdict::Ended(End::Cancelled) => (word!("verdict-cancelled"), Role::Warn),
    };
    (word.into(), role)
}

/// How many files stand where: `uploaded 2, exists 1`.
fn tally(look: &Look, verdicts: &[Verdict]) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    // What went well first.
    let (good, others): (Vec<_>, Vec<_>) =
        verdicts.iter().partition(|verdict| matches!(verdict, Verdict::Ended(End::Uploaded(_))));
    for verdict in good.into_iter().chain(others) {
        let word = look.say(&kind(verdict).0);
        match counts.iter_mut().find(|(counted, _)| *counted == word) {
            Some((_, n)) => *n += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.iter().map(|(word, n)| format!("{word} {n}")).collect::<Vec<_>>().join(", ")
}

/// What Enter does, and what stays out of it.
fn button(look: &Look, upload: &Upload, verdicts: &[Verdict], chosen: bool, line: Rect, buffer: &mut Buffer) {
    let ready = verdicts.iter().filter(|verdict| **verdict == Verdict::Ready).count();
    // Nothing is sent before all are known: what will become of each is clear before the word.
    let open = verdicts.iter().filter(|verdict| verdict.is_open()).count();
    let role = match (open == 0 && ready > 0, chosen) {
        (false, _) => Role::Dim,
        (true, true) => Role::ButtonChosen,
        (true, false) => Role::Button,
    };
    let name = if open > 0 { say!("button-reading", n = open) } else { say!("button-upload", n = ready) };
    let mut pieces: Vec<Piece> = vec![
        (" ".to_owned(), look.style(Role::Text)),
        (format!("[ {} ]", look.say(&name)), look.style(role)),
    ];
    let stays = |verdict: &&Verdict| !verdict.is_open() && (open > 0 || **verdict != Verdict::Ready);
    let others: Vec<Verdict> = verdicts.iter().filter(stays).cloned().collect();
    if !others.is_empty() && open > 0 {
        pieces.push((format!("  {}", tally(look, &others)), look.style(Role::Dim)));
    } else if !others.is_empty() {
        let not = say!("upload-not", n = upload.files.len() - ready, why = tally(look, &others));
        pieces.push((format!("  {}", look.say(&not)), look.style(Role::Warn)));
    }
    paint::line(buffer, line, &pieces, &look.glyphs);
}

/// The same on a command line.
fn command(
    model: &Model,
    look: &Look,
    upload: &Upload,
    verdicts: &[Verdict],
    line: Rect,
    buffer: &mut Buffer,
) {
    let commands = upload.commands(verdicts);
    let Some(first) = commands.first().map(|first| model.identity.as_typed(first)) else { return };
    let more = match commands.len() - 1 {
        0 => String::new(),
        n => format!(" {}", look.say(&say!("upload-more-commands", n = n))),
    };
    let wide = u16::try_from(paint::width(&more)).unwrap_or(0).min(line.width);
    let room = Rect { width: line.width - wide, ..line };
    let label = look.text(word!("plan-command"));
    let pieces: [Piece; 2] = [(format!(" {label} "), look.style(Role::Dim)), (first, look.style(Role::Text))];
    let used = paint::line(buffer, room, &pieces, &look.glyphs);
    let beside = Rect { x: line.x + used, width: wide, ..line };
    paint::text(buffer, beside, &more, look.style(Role::Dim), &look.glyphs);
}
