//! One file of an upload: its fields, and everything that was found out of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::super::layout::take_first;
use super::super::look::{Look, bytes};
use super::super::model::data::{Data, Freshness};
use super::super::model::upload::{End, Field, Focus, Reading, Stage, Upload, UploadFile, Verdict};
use super::super::theme::Role;
use super::facts::Facts;
use super::{Seen, long, paint, status};
use crate::domain::words::{Word, say, word};
use crate::domain::{FreeText, Requirement, SegmentId};
use crate::ui::standing;

/// Cells of a field's name.
const LABEL: usize = 16;

/// Facts beside their names need so many cells.
const LEAST: u16 = 40;

/// The file under the cursor.
pub(super) fn draw(
    look: &Look,
    upload: &Upload,
    data: &Data,
    verdicts: &[Verdict],
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let (Some(file), Some(verdict)) = (upload.current(), verdicts.get(upload.cursor)) else { return };
    let mut rest = area;
    let head = take_first(&mut rest);
    if file.is_read() && matches!(upload.stage, Stage::Review(_)) {
        fields(look, upload, file, &mut rest, buffer, seen);
    }
    if area.width < LEAST {
        return heading(look, file, head, buffer, seen);
    }
    let mut facts = Facts::new(look, usize::from(area.width));
    why(look, upload, file, verdict, &mut facts);
    about(look, upload, data, verdicts, file, &mut facts);
    long::text(buffer, rest, &facts.lines, upload.scroll, look, seen);
    heading(look, file, head, buffer, seen);
}

/// The file's name on a line, and how much of its facts is seen.
fn heading(look: &Look, file: &UploadFile, line: Rect, buffer: &mut Buffer, seen: &Seen) {
    let line = line.intersection(buffer.area);
    for x in line.left()..line.right() {
        buffer[(x, line.y)].set_symbol(look.glyphs.border.horizontal_top).set_style(look.style(Role::Border));
    }
    let name = Rect { x: line.x + 1.min(line.width), width: line.width.saturating_sub(1), ..line };
    // Not the colour of the line below it.
    let style = Style::new().fg(Color::Reset).patch(look.style(Role::Title));
    paint::text(buffer, name, &format!(" {} ", file.name()), style, &look.glyphs);
    let extent = seen.extent;
    if extent.lines > extent.rows {
        let note = format!(" {} ", look.say(&say!("upload-facts-more", n = extent.lines - extent.rows)));
        paint::right(buffer, line, &note, look.style(Role::Dim), &look.glyphs);
    }
}

fn label(field: Field) -> Word {
    match field {
        Field::Prefix => word!("column-prefix"),
        Field::Version => word!("column-version"),
        Field::Name => word!("column-name"),
        Field::Description => word!("fact-description"),
    }
}

/// The fields, each with what is wrong below it.
fn fields(
    look: &Look,
    upload: &Upload,
    file: &UploadFile,
    rest: &mut Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let typed = match &upload.stage {
        Stage::Review(Focus::Field { field, .. }) => Some(*field),
        _ => None,
    };
    // Where not all of them fit, the one that is typed in must.
    let skip = match typed {
        Some(field) if rest.height < 5 => (field as usize).saturating_sub(usize::from(rest.height) / 2),
        _ => 0,
    };
    let wide = rest.width;
    for field in Field::ALL.into_iter().skip(skip) {
        if rest.height == 0 {
            return;
        }
        let mut line = take_first(rest);
        line.width = line.width.saturating_sub(1);
        let name = format!(" {}", paint::padded(&look.text(label(field)), LABEL));
        let text = &file.texts[field as usize];
        if typed == Some(field) {
            status::field(buffer, line, &name, &text.input, look, seen);
        } else {
            let taken = paint::text(buffer, line, &name, look.style(Role::Key), &look.glyphs).min(line.width);
            let place = Rect { x: line.x + taken, width: line.width - taken, ..line };
            let role = if text.input.value() == text.said { Role::Text } else { Role::Marked };
            paint::text(buffer, place, text.input.value(), look.style(role), &look.glyphs);
        }
        let Some(error) = file.wrong(field) else { continue };
        let room = usize::from(wide.saturating_sub(2)).saturating_sub(LABEL);
        for error in paint::wrap(&look.say(&error.say()), room) {
            if rest.height == 0 {
                return;
            }
            let says = format!(" {:LABEL$}{error}", "");
            paint::text(buffer, take_first(rest), &says, look.style(Role::Bad), &look.glyphs);
        }
    }
}

/// Why it is not simply ready.
fn why(look: &Look, upload: &Upload, file: &UploadFile, verdict: &Verdict, facts: &mut Facts<'_>) {
    let id = || file.id().map(|id| id.to_string()).unwrap_or_default();
    let (says, role) = match verdict {
        Verdict::Refused(reason) | Verdict::Ended(End::Failed(reason)) => (look.say(reason), Role::Bad),
        Verdict::Unanswered(reason) => (look.say(&say!("why-unanswered", reason = reason)), Role::Bad),
        Verdict::Exists => (look.say(&say!("why-exists", id = id())), Role::Bad),
        Verdict::Twice(row) => {
            let other = upload.files.get(*row).map(UploadFile::name).unwrap_or_default();
            (look.say(&say!("why-twice", id = id(), other = other)), Role::Bad)
        }
        Verdict::LeftOut => (look.text(word!("why-left-out")), Role::Dim),
        Verdict::Ended(End::Uploaded(id)) => (look.say(&say!("toast-uploaded", id = id)), Role::Good),
        Verdict::Ended(End::Cancelled) => (look.text(word!("why-cancelled")), Role::Warn),
        _ => return,
    };
    let name = if role == Role::Bad { word!("fact-reason") } else { word!("fact-state") };
    facts.add(name, says, role);
}

fn about(
    look: &Look,
    upload: &Upload,
    data: &Data,
    verdicts: &[Verdict],
    file: &UploadFile,
    facts: &mut Facts<'_>,
) {
    facts.add(word!("fact-file"), file.path.to_string_lossy(), Role::Text);
    let Some(found) = &file.found else {
        if !matches!(file.reading, Reading::Refused(_)) {
            facts.add(word!("fact-state"), look.text(word!("verdict-read")), Role::Busy);
        }
        return;
    };
    if let Some(format) = found.format {
        let remote = look.text(standing::remote(format.remote()));
        match file.id() {
            Ok(id) if file.is_read() => {
                facts.add(
                    word!("fact-becomes"),
                    look.say(&say!("becomes", id = &id, remote = remote)),
                    Role::Text,
                );
            }
            _ => facts.add(word!("column-goes-to"), remote, Role::Text),
        }
    }
    if let Some(hashed) = &found.hashed {
        facts.add(word!("column-size"), bytes(hashed.size), Role::Text);
    }
    let contents = found.contents.as_ref().ok();
    if let Some(contents) = contents {
        let manifest = &contents.manifest;
        requires(look, upload, data, verdicts, file, facts);
        facts.add(word!("fact-conflicts"), joined(&manifest.conflicts), Role::Text);
        facts.add(word!("fact-type"), manifest.kind.shown().into_string(), Role::Text);
        facts.add(word!("fact-vendor"), manifest.vendor.shown().into_string(), Role::Text);
        facts.add(word!("fact-archs"), joined(&manifest.archs), Role::Text);
        let packed = say!(
            "container",
            kind = contents.container.as_str(),
            n = i64::try_from(contents.entries).unwrap_or(i64::MAX),
            size = bytes(contents.unpacked_size)
        );
        facts.add(word!("fact-container"), look.say(&packed), Role::Text);
        facts.add(word!("fact-read-from"), contents.manifest_files.join(", "), Role::Text);
        let mut name = Some(word!("fact-not-understood"));
        for sentence in &contents.not_understood {
            match name.take() {
                Some(name) => facts.add(name, look.say(sentence), Role::Warn),
                None => facts.more(&look.say(sentence), Role::Warn),
            }
        }
    }
    if let Some(hashed) = &found.hashed {
        facts.add(word!("fact-sha256"), hashed.sha256.as_str(), Role::Text);
        facts.add(word!("fact-md5"), hashed.md5.as_deref().unwrap_or_default(), Role::Text);
    }
}

fn joined(items: &[FreeText]) -> String {
    items.iter().map(|item| item.shown().into_string()).collect::<Vec<_>>().join(", ")
}

/// What it requires; what is missing is marked, and said where it comes with this upload.
fn requires(
    look: &Look,
    upload: &Upload,
    data: &Data,
    verdicts: &[Verdict],
    file: &UploadFile,
    facts: &mut Facts<'_>,
) {
    if file.requires().is_empty() {
        return;
    }
    let (missing, unknown) = match data.missing(file.requires()) {
        Ok(missing) => (missing, None),
        Err(Freshness::Stale(_, reason)) => (Vec::new(), Some(say!("requires-unknown", reason = reason))),
        Err(_) => (Vec::new(), Some(word!("requires-unread").into())),
    };
    let mut name = Some(word!("fact-requires"));
    for requirement in file.requires() {
        let shown = requirement.shown();
        let (says, role) = match missing.iter().find(|missing| missing.requirement == *requirement) {
            None => (shown.into_string(), Role::Text),
            Some(missing) => {
                let mut says = say!("requires-missing", what = requirement, reason = &missing.reason);
                if let Some(other) = beside(upload, verdicts, file, requirement) {
                    says = say!("requires-beside", what = requirement, file = other);
                }
                (look.say(&says), Role::Warn)
            }
        };
        match name.take() {
            Some(name) => facts.add(name, says, role),
            None => facts.more(&says, role),
        }
    }
    if let Some(unknown) = unknown {
        facts.more(&look.say(&unknown), Role::Warn);
    }
}

/// Another file of this upload that meets it.
fn beside(upload: &Upload, verdicts: &[Verdict], file: &UploadFile, text: &FreeText) -> Option<String> {
    let requirement: Requirement = text.raw().parse().ok()?;
    let others = upload.files.iter().zip(verdicts).filter(|(other, verdict)| {
        other.number != file.number
            && matches!(verdict, Verdict::Ready | Verdict::Queued | Verdict::Uploading(_))
    });
    let mut ids = others.filter_map(|(other, _)| other.id().ok());
    let meets = |id: &SegmentId| id.prefix == requirement.prefix && requirement.met_by(&id.version);
    ids.find(meets).map(|id| id.to_string())
}
