//! Files looked over before they are uploaded: read, edited, left out, and the word that sends them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::super::actions::ActionId;
use super::super::effect::Effect;
use super::super::model::data::{Delta, Freshness};
use super::super::model::overlay::{Overlay, Scroll};
use super::super::model::upload::{
    End, Field, Focus, READ_AT_ONCE, Reading, Stage, Under, Upload, UploadFile, Verdict,
};
use super::super::model::{Model, Tone};
use super::uploading;
use crate::domain::SegmentId;
use crate::domain::words::{Say, say, word};
use crate::service::Findings;

/// Looks over these files; what is known of those that were looked over before stays.
pub(super) fn review(model: &mut Model, paths: Vec<PathBuf>) {
    let mut known = model.upload.take().map(|upload| upload.files).unwrap_or_default();
    let mut files = Vec::new();
    for path in paths {
        // One that was refused may have been mended.
        let stays = |file: &UploadFile| file.path == path && !matches!(file.reading, Reading::Refused(_));
        let file = match known.iter().position(stays) {
            Some(at) => known.swap_remove(at),
            None => {
                model.next_file = model.next_file.wrapping_add(1);
                UploadFile::new(model.next_file, path)
            }
        };
        files.push(file);
    }
    // The reading of those that are no longer wanted ends by itself: nothing waits for it.
    model.upload = Some(Upload::review(files));
    model.overlays.push(Overlay::Upload);
}

/// `u`: the upload there is, or files for a new one.
pub(super) fn begin(model: &mut Model) {
    if model.upload.is_none() {
        super::files::choose(model);
    } else if !model.overlays.iter().any(|open| matches!(open, Overlay::Upload)) {
        model.overlays.push(Overlay::Upload);
    }
}

/// Moves between rows and fields; `true` when the action is dealt with.
pub(super) fn takes(model: &mut Model, id: ActionId) -> bool {
    if !matches!(model.overlays.last(), Some(Overlay::Upload)) {
        return false;
    }
    let seen = model.seen;
    let Some(upload) = model.upload.as_mut() else { return false };
    let last = upload.files.len().saturating_sub(1);
    let typing = match &upload.stage {
        Stage::Review(Focus::Field { field, .. }) => Some(*field),
        _ => None,
    };
    match (id, typing) {
        (ActionId::NextField, Some(field)) => to_field(upload, next(field, 1)),
        (ActionId::PreviousField, Some(field)) => to_field(upload, next(field, -1)),
        (ActionId::Up, None) => row(upload, upload.cursor.saturating_sub(1)),
        (ActionId::Down, None) => row(upload, (upload.cursor + 1).min(last)),
        (ActionId::First, None) => row(upload, 0),
        (ActionId::Last, None) => row(upload, last),
        (ActionId::PageUp | ActionId::PageDown, None) => {
            super::walk::lines(&mut upload.scroll, id, seen);
        }
        _ => return false,
    }
    true
}

fn row(upload: &mut Upload, to: usize) {
    if upload.cursor != to {
        upload.scroll = Scroll::default();
    }
    upload.cursor = to;
}

/// The field beside; behind the last and before the first stand the rows.
fn next(field: Field, by: isize) -> Option<Field> {
    let at = (field as usize).checked_add_signed(by)?;
    Field::ALL.get(at).copied()
}

fn to_field(upload: &mut Upload, field: Option<Field>) {
    let focus = match (field, upload.current()) {
        (Some(field), Some(file)) => Focus::Field { field, before: file.text(field).to_owned() },
        _ => Focus::Files,
    };
    upload.stage = Stage::Review(focus);
}

/// Into the fields of the file under the cursor; after the end back to what was not uploaded.
pub(super) fn edit(model: &mut Model) {
    let Some(upload) = model.upload.as_mut() else { return };
    if matches!(upload.stage, Stage::Done) {
        upload.files.retain(|file| !matches!(file.end, Some(End::Uploaded(_))));
        for file in &mut upload.files {
            if let Some(End::Failed(_)) = file.end.take() {
                // Perhaps because it changed after it was looked over.
                file.reading = Reading::Waiting;
            }
            file.queued = false;
        }
        if upload.files.is_empty() {
            uploading::close(model);
            return;
        }
        *upload = Upload::review(std::mem::take(&mut upload.files));
        return;
    }
    match upload.current().map(|file| &file.reading) {
        Some(Reading::Done) => to_field(upload, Some(Field::Prefix)),
        Some(Reading::Refused(_)) => model.tell(Tone::Bad, word!("toast-file-refused")),
        _ => model.tell(Tone::Plain, word!("toast-still-reading")),
    }
}

/// Leaves the file under the cursor out, or takes it in again.
pub(super) fn leave_out(model: &mut Model) {
    if let Some(upload) = model.upload.as_mut()
        && matches!(upload.stage, Stage::Review(Focus::Files))
        && let Some(file) = upload.files.get_mut(upload.cursor)
    {
        file.left_out = !file.left_out;
        let next = (upload.cursor + 1).min(upload.files.len() - 1);
        row(upload, next);
    }
}

/// Enter.
pub(super) fn enter(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(upload) = model.upload.as_mut() else {
        model.overlays.pop();
        return;
    };
    match upload.stage {
        Stage::Review(Focus::Files) => send(model, effects),
        Stage::Review(Focus::Field { .. }) => upload.stage = Stage::Review(Focus::Files),
        Stage::Running(_) => _ = model.overlays.pop(),
        Stage::Done => uploading::close(model),
    }
}

/// Esc.
pub(super) fn back(model: &mut Model) {
    let Some(upload) = model.upload.as_mut() else {
        model.overlays.pop();
        return;
    };
    match &mut upload.stage {
        Stage::Review(Focus::Files) => {
            model.overlays.pop();
            super::files::again(model);
        }
        Stage::Review(Focus::Field { before, .. }) => {
            let before = std::mem::take(before);
            if let Some(input) = upload.typed_field() {
                *input = before.into();
            }
            upload.stage = Stage::Review(Focus::Files);
        }
        Stage::Running(running) if running.cancelling => _ = model.overlays.pop(),
        Stage::Running(_) => super::question(model, super::Ask::CancelUpload),
        Stage::Done => uploading::close(model),
    }
}

/// Sends what is ready, once everything is looked over.
fn send(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(upload) = model.upload.as_mut() else { return };
    let verdicts = upload.verdicts(&model.data);
    let open = open(&verdicts);
    let ready = verdicts.iter().filter(|verdict| **verdict == Verdict::Ready).count();
    if open > 0 {
        model.tell(Tone::Plain, say!("toast-files-open", n = open));
        return;
    }
    if ready == 0 {
        model.tell(Tone::Bad, word!("toast-no-file-ready"));
        return;
    }
    for (file, verdict) in upload.files.iter_mut().zip(&verdicts) {
        file.queued = *verdict == Verdict::Ready;
    }
    model.overlays.retain(|open| !matches!(open, Overlay::Files(_)));
    uploading::next(model, effects);
}

/// The commands that do the same go to the clipboard.
pub(super) fn copy_command(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(upload) = &model.upload else { return };
    let commands = upload.commands(&upload.verdicts(&model.data));
    if commands.is_empty() {
        let uploads = model.uploads();
        let why = if uploads { word!("reason-uploading") } else { word!("toast-no-file-ready") };
        model.tell(Tone::Bad, why);
        return;
    }
    let commands = model.identity.as_typed(&commands.join("\n"));
    super::copy(model, commands, word!("toast-command-copied").into(), effects);
}

/// A file was read, or is not taken.
pub(super) fn inspected(model: &mut Model, number: u32, result: Result<Arc<Findings>, Say>) {
    model.reading.remove(&number);
    let Some(file) = model.upload.as_mut().and_then(|upload| upload.file_mut(number)) else { return };
    match result {
        Ok(found) => file.read(found),
        Err(reason) => file.reading = Reading::Refused(reason),
    }
}

/// The store said which ids are taken.
pub(super) fn taken(model: &mut Model, answers: Vec<(SegmentId, Result<bool, Say>)>) {
    if let Some(upload) = &mut model.upload {
        upload.taken.extend(answers);
    }
}

/// Records changed: what the store said of them is old.
pub(super) fn forget(upload: &mut Upload, delta: &Delta) {
    if delta.all.is_some() {
        upload.taken.clear();
        upload.asked.clear();
    }
    for id in delta.segments.keys() {
        upload.taken.remove(id);
        upload.asked.remove(id);
    }
}

/// The store is back: what it could not answer is asked again.
pub(super) fn trust(upload: &mut Upload, freshness: &Freshness) {
    if matches!(freshness, Freshness::Live(_)) {
        let failed: Vec<_> =
            upload.taken.iter().filter(|(_, answer)| answer.is_err()).map(|(id, _)| id.clone()).collect();
        for id in failed {
            upload.taken.remove(&id);
            upload.asked.remove(&id);
        }
    }
}

/// What was told of files that are looked at is told no longer than it is so.
fn retell(model: &mut Model) {
    let Some(told) = model.toast.as_ref().map(|toast| toast.say.word) else { return };
    let open = || model.upload.as_ref().map_or(0, |upload| open(&upload.verdicts(&model.data)));
    let current = model.upload.as_ref().and_then(Upload::current);
    if told == word!("toast-files-open") {
        match open() {
            0 => model.toast = None,
            n => model.tell(Tone::Plain, say!("toast-files-open", n = n)),
        }
    } else if told == word!("toast-still-reading")
        && current.is_none_or(|file| matches!(file.reading, Reading::Done | Reading::Refused(_)))
    {
        model.toast = None;
    }
}

/// How many of them will be known better soon.
fn open(verdicts: &[Verdict]) -> usize {
    verdicts.iter().filter(|verdict| verdict.is_open()).count()
}

/// Files that are looked over are read, and the store is asked about what they become.
pub(super) fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    retell(model);
    let shown = |open: &Overlay| matches!(open, Overlay::Upload | Overlay::Files(_));
    let is_open = model.overlays.iter().any(shown);
    let running = model.uploads();
    model.overlays.retain(|open| {
        running || !matches!(open, Overlay::Confirm(confirm) if confirm.ask == super::Ask::CancelUpload)
    });
    let Some(upload) = model.upload.as_mut() else {
        model.overlays.retain(|open| !matches!(open, Overlay::Upload));
        return stop(model, effects);
    };
    if !matches!(upload.stage, Stage::Review(_)) {
        return;
    }
    if !is_open {
        model.upload = None;
        return stop(model, effects);
    }
    read(upload, effects);
    ask(upload, &model.data, effects);
    stop(model, effects);
}

/// A few files at once.
fn read(upload: &mut Upload, effects: &mut Vec<Effect>) {
    let under = |file: &&UploadFile| matches!(file.reading, Reading::Under(_));
    let under = upload.files.iter().filter(under).count();
    let waiting = upload.files.iter_mut().filter(|file| matches!(file.reading, Reading::Waiting));
    for file in waiting.take(READ_AT_ONCE.saturating_sub(under)) {
        file.reading = Reading::Under(Under::default());
        effects.push(Effect::Inspect { number: file.number, file: file.path.clone() });
    }
}

/// Which of the ids are taken.
fn ask(upload: &mut Upload, data: &super::super::model::data::Data, effects: &mut Vec<Effect>) {
    let unknown: BTreeSet<SegmentId> = upload
        .files
        .iter()
        .filter(|file| file.is_read())
        .filter_map(|file| file.id().ok())
        .filter(|id| {
            data.segment(id).is_none_or(|row| row.removed_at.is_some()) && !upload.taken.contains_key(id)
        })
        .collect();
    if unknown != upload.asked {
        upload.asked.clone_from(&unknown);
        if !unknown.is_empty() {
            effects.push(Effect::AskTaken(unknown.into_iter().collect()));
        }
    }
}

/// Readings that nobody waits for any more end.
fn stop(model: &mut Model, effects: &mut Vec<Effect>) {
    let under = |file: &UploadFile| matches!(file.reading, Reading::Under(_));
    let wanted: BTreeSet<u32> = model
        .upload
        .iter()
        .flat_map(|upload| &upload.files)
        .filter(|file| under(file))
        .map(|file| file.number)
        .collect();
    effects.extend(model.reading.difference(&wanted).map(|number| Effect::StopInspect(*number)));
    model.reading = wanted;
}
