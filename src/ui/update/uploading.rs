//! Files uploaded one after the other, and what is told at the end.

use super::super::change::Change;
use super::super::effect::{Effect, NotUploaded};
use super::super::model::overlay::Overlay;
use super::super::model::upload::{End, Running, Stage};
use super::super::model::{Model, Pane, Tone};
use crate::domain::SegmentId;
use crate::domain::words::{say, word};
use crate::service::UploadProgress;

/// Sends the next file, or ends.
pub(super) fn next(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(upload) = model.upload.as_mut() else { return };
    let Some(row) = upload.files.iter().position(|file| file.queued && file.end.is_none()) else {
        return finish(model);
    };
    let file = &upload.files[row];
    effects.push(Change::Upload { number: file.number, request: file.request() }.into());
    upload.stage = Stage::Running(Running::new(file.number));
    upload.cursor = row;
    upload.scroll = Default::default();
}

/// The file on its way moved on.
pub(super) fn moved(model: &mut Model, number: u32, progress: UploadProgress) {
    let now = model.now;
    let Some(upload) = model.upload.as_mut() else { return };
    let Stage::Running(running) = &mut upload.stage else { return };
    if running.number != number {
        return;
    }
    match progress {
        UploadProgress::Copying { copied, .. } => running.pace.note(now, copied),
        UploadProgress::Checking { done, .. } => running.pace.note(now, done),
        UploadProgress::Recording => {}
    }
    running.progress = progress;
}

/// The word was said: the one on its way ends, no other begins.
pub(super) fn cancel(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(upload) = model.upload.as_mut() else { return };
    if let Stage::Running(running) = &mut upload.stage
        && !running.cancelling
    {
        running.cancelling = true;
        effects.push(Effect::CancelUpload);
        model.tell(Tone::Plain, word!("toast-cancelling"));
    }
}

/// A file is at its end.
pub(super) fn uploaded(
    model: &mut Model,
    number: u32,
    result: Result<SegmentId, NotUploaded>,
    effects: &mut Vec<Effect>,
) {
    let Some(upload) = model.upload.as_mut() else { return };
    let Some(running) = upload.running().filter(|running| running.number == number) else { return };
    let cancelling = running.cancelling;
    let Some(file) = upload.file_mut(number) else { return };
    file.end = Some(match result {
        Ok(id) => End::Uploaded(id),
        Err(NotUploaded::Cancelled) => End::Cancelled,
        Err(NotUploaded::Failed(reason)) => End::Failed(reason),
    });
    if cancelling {
        for file in upload.files.iter_mut().filter(|file| file.queued && file.end.is_none()) {
            file.end = Some(End::Cancelled);
        }
    }
    next(model, effects);
}

/// Nothing is left to do. One file without a question needs no summary.
fn finish(model: &mut Model) {
    let is_open = model.overlays.iter().any(|open| matches!(open, Overlay::Upload));
    let Some(upload) = model.upload.as_mut() else { return };
    upload.stage = Stage::Done;
    upload.scroll = Default::default();
    let all = upload.files.len();
    let done = upload.files.iter().filter(|file| matches!(file.end, Some(End::Uploaded(_)))).count();
    match upload.files.as_slice() {
        [file] => match &file.end {
            Some(End::Uploaded(id)) => {
                let say = say!("toast-uploaded", id = id);
                close(model);
                model.tell(Tone::Good, say);
            }
            Some(End::Cancelled) => {
                close(model);
                model.tell(Tone::Plain, word!("toast-upload-cancelled"));
            }
            _ if is_open => {}
            _ => model.tell(Tone::Bad, say!("toast-not-all-uploaded", done = done, n = all)),
        },
        _ if is_open => {}
        _ if done == all => {
            close(model);
            model.tell(Tone::Good, say!("toast-all-uploaded", n = done));
        }
        _ => model.tell(Tone::Bad, say!("toast-not-all-uploaded", done = done, n = all)),
    }
}

/// Ends it; the cursor goes to the last segment that it made.
pub(super) fn close(model: &mut Model) {
    model.overlays.retain(|open| !matches!(open, Overlay::Upload));
    let Some(upload) = model.upload.take() else { return };
    let made = upload.files.iter().rev().find_map(|file| match &file.end {
        Some(End::Uploaded(id)) => Some(id),
        _ => None,
    });
    if let Some(id) = made.filter(|_| model.overlays.is_empty()) {
        model.pane = Pane::Segments;
        model.segments.want(id.clone());
    }
}
