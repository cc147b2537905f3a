//! A file on its way: how far, how fast, how long still.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::layout::take_first;
use super::super::look::{Look, bytes};
use super::super::model::upload::{Running, Upload, percent};
use super::super::theme::Role;
use super::paint;
use crate::domain::words::{Say, say, word};
use crate::service::UploadProgress;

/// Its lines: which, a bar, and the phase.
pub(super) fn draw(look: &Look, upload: &Upload, running: &Running, area: Rect, buffer: &mut Buffer) {
    let mut rest = area;
    let mut text = |rest: &mut Rect, text: &str, role: Role| {
        paint::text(buffer, take_first(rest), &format!(" {text}"), look.style(role), &look.glyphs);
    };
    // Where there is little room, the bar says the most.
    if rest.height >= 3 {
        text(&mut rest, &look.say(&which(upload, running)), Role::Title);
    }
    let percent = percent(running.progress);
    let room = usize::from(area.width.saturating_sub(8));
    let bar = paint::bar(percent, room, &look.glyphs);
    text(&mut rest, &format!("{bar} {percent:>3}%"), Role::Busy);
    text(&mut rest, &look.say(&phase(look, running)), Role::Text);
}

/// Which file of how many.
fn which(upload: &Upload, running: &Running) -> Say {
    let queued: Vec<_> = upload.files.iter().filter(|file| file.queued).collect();
    let at = queued.iter().position(|file| file.number == running.number).unwrap_or(0);
    let name = queued.get(at).map(|file| file.name()).unwrap_or_default();
    say!("upload-which", file = name, at = at + 1, n = queued.len())
}

fn phase(look: &Look, running: &Running) -> Say {
    if running.cancelling {
        return word!("upload-cancelling").into();
    }
    let (word, done, total) = match running.progress {
        UploadProgress::Copying { copied, total } => (word!("upload-copying"), copied, total),
        UploadProgress::Checking { done, total } => (word!("upload-checking"), done, total),
        UploadProgress::Recording => return word!("upload-recording").into(),
    };
    let mut says = say!("upload-moved", phase = word, done = bytes(done), total = bytes(total));
    if let Some(speed) = running.pace.per(Duration::from_secs(1)) {
        says = say!("upload-speed", moved = says, speed = bytes(speed));
    }
    if let Some(left) = running.left() {
        says = say!("upload-left", moved = says, left = look.span(left));
    }
    says
}

/// One line about an upload that runs behind the panes.
pub(super) fn brief(upload: &Upload, running: &Running) -> Say {
    say!("upload-brief", which = which(upload, running), percent = i64::from(percent(running.progress)))
}
