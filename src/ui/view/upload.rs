//! An upload: the path, then how far it is, then what went wrong.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::{centred, take_first};
use super::super::look::{Look, bytes};
use super::super::model::Model;
use super::super::model::overlay::{UploadForm, UploadRun};
use super::super::theme::Role;
use super::super::words::{Say, say, word};
use super::{Seen, paint, status};
use crate::service::UploadProgress;

/// The form, or the run.
pub(super) fn draw(
    model: &Model,
    look: &Look,
    form: &UploadForm,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let width = area.width.min(90);
    let room = usize::from(width.saturating_sub(4));
    let mut below: Vec<(String, Role)> = Vec::new();
    if let Some(error) = &form.error {
        below.extend(paint::wrap(error, room).into_iter().map(|line| (line, Role::Bad)));
    }
    let listed = 8;
    below.extend(form.candidates.iter().take(listed).map(|name| (name.clone(), Role::Text)));
    if form.candidates.len() > listed {
        below.push((look.say(&say!("upload-more", n = form.candidates.len() - listed)), Role::Dim));
    }
    if below.is_empty() && model.upload.is_none() {
        below.extend(
            paint::wrap(&look.text(word!("upload-hint")), room).into_iter().map(|line| (line, Role::Dim)),
        );
    }
    let high = u16::try_from(below.len()).unwrap_or(u16::MAX).saturating_add(5);
    let place = centred(area, width, high.max(7));
    paint::clear(buffer, place);
    let mut inside = paint::frame(buffer, place, &look.text(word!("title-upload")), true, look);
    if inside.height > 3 {
        take_first(&mut inside);
    }
    if let Some(run) = &model.upload {
        return progress(look, run, inside, buffer);
    }
    let line = take_first(&mut inside);
    let label = look.text(word!("upload-file"));
    status::field(buffer, line, &format!(" {label} "), &form.path, look, seen);
    if inside.height > 1 {
        take_first(&mut inside);
    }
    for ((text, role), y) in below.iter().zip(inside.top()..inside.bottom()) {
        let line = Rect { y, height: 1, ..inside };
        paint::text(buffer, line, &format!(" {text}"), look.style(*role), &look.glyphs);
    }
}

fn progress(look: &Look, run: &UploadRun, mut inside: Rect, buffer: &mut Buffer) {
    let file = format!(" {}", run.file.display());
    paint::text(buffer, take_first(&mut inside), &file, look.style(Role::Text), &look.glyphs);
    let line = take_first(&mut inside);
    let room = usize::from(line.width.saturating_sub(8));
    if room > 0 {
        let percent = percent(run.progress);
        let bar = format!(" {} {percent:>3}%", paint::bar(percent, room, &look.glyphs));
        paint::text(buffer, line, &bar, look.style(Role::Busy), &look.glyphs);
    }
    let line = take_first(&mut inside);
    paint::text(buffer, line, &format!(" {}", look.say(&stage(run))), look.style(Role::Text), &look.glyphs);
    let line = take_first(&mut inside);
    let hint = look.text(word!("upload-running-hint"));
    paint::text(buffer, line, &format!(" {hint}"), look.style(Role::Dim), &look.glyphs);
}

fn percent(progress: UploadProgress) -> u8 {
    match progress {
        UploadProgress::Copying { copied, total } if total > 0 => {
            u8::try_from(u128::from(copied.min(total)) * 98 / u128::from(total)).unwrap_or(98)
        }
        UploadProgress::Copying { .. } => 0,
        UploadProgress::Checking { .. } => 98,
        UploadProgress::Recording => 99,
    }
}

fn stage(run: &UploadRun) -> Say {
    if run.cancelling {
        return word!("upload-cancelling").into();
    }
    match run.progress {
        UploadProgress::Copying { copied, total } => {
            say!("upload-copying", copied = bytes(copied), total = bytes(total))
        }
        UploadProgress::Checking { .. } => word!("upload-checking").into(),
        UploadProgress::Recording => word!("upload-recording").into(),
    }
}

/// One line about an upload that runs behind the panes.
pub(super) fn brief(run: &UploadRun) -> Say {
    let name = run.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    say!("upload-brief", file = name, percent = i64::from(percent(run.progress)))
}
