//! The only place where the model changes: pure, so that tests replay keys without a terminal.

mod ask;
mod batch;
mod columns;
mod data;
mod derive;
mod done;
mod files;
mod filter;
mod gate;
mod matrix;
mod mouse;
mod open;
mod palette;
mod rollout;
mod seats;
mod text;
mod theming;
mod trash;
mod upload;
mod uploading;
mod walk;

pub(crate) use ask::held_remotes;
#[cfg(test)]
pub(crate) use data::refresh_segments;

use super::actions::ActionId;
use super::change::Change;
use super::effect::{Action, Effect, Exported, Form};
use super::model::batch::Errand;
use super::model::chooser::Purpose;
use super::model::list::List;
use super::model::overlay::{Ask, Asked, Confirm, Overlay, Scroll, Subject, SyncWatch};
use super::model::overlay::{Button, Load, More, Reading};
use super::model::{Ahead, Model, Pane, Tone};
use super::terminal::LONGEST_COPY;
use crate::domain::install::Command;
use crate::domain::words::{Say, Word, in_every_language, say, word};
use crate::domain::{CreateState, RemoteKind};
use unicode_width::UnicodeWidthStr;

/// Takes one action in; what is left to do outside comes back.
pub fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    let mut effects = Vec::new();
    if matches!(action, Action::Do(_) | Action::Key(_) | Action::Paste(_) | Action::Mouse(_) | Action::Stop) {
        model.pending.clear();
    }
    match action {
        Action::Do(id) => act(model, id, &mut effects),
        Action::Key(key) => text::key(model, key, &mut effects),
        Action::Begin(key) => model.pending.push(key),
        Action::Stop => {}
        Action::Ahead(typed) if model.ahead.len() < MOST_AHEAD => model.ahead.push_back(Ahead::Typed(typed)),
        Action::Ahead(_) => {}
        Action::Mouse(mouse) => mouse::act(model, mouse, &mut effects),
        Action::Paste(pasted) => text::paste(model, &pasted),
        Action::TooLong => model.tell(Tone::Bad, word!("toast-paste-too-long")),
        Action::Resize(width, height) => model.size = (width, height),
        Action::Data(delta) => {
            effects.extend(data::ended(model, &delta).into_iter().map(Effect::Notify));
            data::apply(model, *delta, &mut effects);
        }
        Action::Freshness(freshness) => data::trust(model, freshness),
        Action::Rights(look_only) => model.read_only = look_only,
        Action::Lead(lead) => model.lead = lead,
        Action::Log(lines) => model.log = lines,
        Action::Done(outcome) => done::apply(model, outcome, &mut effects),
    }
    derive::follow(model, &mut effects);
    gate::shut(model, &mut effects);
    effects
}

/// No more is kept of what is typed ahead.
const MOST_AHEAD: usize = 1_000;

/// Does an action of the table, or tells why not.
fn act(model: &mut Model, id: ActionId, effects: &mut Vec<Effect>) {
    model.toast = None;
    if let Err(reason) = id.enabled(model) {
        model.tell(Tone::Bad, reason);
        return;
    }
    if text::takes(model, id)
        || files::takes(model, id)
        || upload::takes(model, id)
        || rollout::takes(model, id)
        || columns::takes(model, id)
    {
        return;
    }
    match id {
        ActionId::Up
        | ActionId::Down
        | ActionId::PageUp
        | ActionId::PageDown
        | ActionId::First
        | ActionId::Last => walk::rows(model, id),
        ActionId::Left if in_matrix(model) => matrix::column(model, -1),
        ActionId::Right if in_matrix(model) => matrix::column(model, 1),
        ActionId::Left | ActionId::PreviousPane => walk::pane(model, -1),
        ActionId::Right | ActionId::NextPane => walk::pane(model, 1),
        ActionId::Segments => walk::to_pane(model, Pane::Segments),
        ActionId::Versions => walk::to_pane(model, Pane::Versions),
        ActionId::Seats => walk::to_pane(model, Pane::Seats),
        ActionId::Installs => walk::to_pane(model, Pane::Installs),
        ActionId::Open => open::open(model, effects),
        ActionId::Back => open::back(model, effects),
        ActionId::Sort => columns::sort(model),
        ActionId::Columns => columns::begin(model),
        ActionId::Filter => filter::begin(model),
        ActionId::Complete | ActionId::NextField | ActionId::PreviousField => {}
        ActionId::Mark | ActionId::Range | ActionId::MarkShown | ActionId::Invert => {
            if model.chooser().is_none() && model.pane != Pane::Seats {
                batch::mark(model, id);
            } else {
                seats::mark(model, id, effects);
            }
        }
        ActionId::Choose => seats::begin_choice(model),
        ActionId::FromBound => seats::begin_with(model, |sets| &sets.bound),
        ActionId::FromInstalled => seats::begin_with(model, |sets| &sets.installed),
        ActionId::Install => seats::choose(model, Purpose::Install, effects),
        ActionId::Bind => seats::choose(model, Purpose::Bind, effects),
        ActionId::Upload => upload::begin(model),
        ActionId::Edit => upload::edit(model),
        ActionId::LeaveOut => upload::leave_out(model),
        ActionId::Delete if model.marked().is_some() => batch::ask(model, Errand::Delete),
        ActionId::Delete => {
            if let Some(Subject::Segment(segment)) = model.subject() {
                question(model, Ask::Delete(segment));
            }
        }
        ActionId::Trash => trash::begin(model),
        ActionId::Restore => trash::question(model, Ask::Restore),
        ActionId::Empty => trash::question(model, Ask::Empty),
        ActionId::Cancel => {
            if let Some(Subject::Install(record)) = model.subject() {
                question(model, Ask::Cancel(record));
            }
        }
        ActionId::ForceFinish => {
            if let Some(Subject::Install(record)) = model.subject() {
                question(model, Ask::ForceFinish(record));
            }
        }
        ActionId::Freeze if model.data.freeze.is_some() => question(model, Ask::Unfreeze),
        ActionId::Freeze => question(model, Ask::Freeze),
        ActionId::Retry if model.marked().is_some() => batch::ask(model, Errand::Retry),
        ActionId::Retry => retry(model, effects),
        ActionId::RetryAlike => {
            if let Some(Overlay::Install(open)) = model.overlays.last()
                && let Some(seat) = open.current()
            {
                let (record, alike) = (open.record, seat.message.raw().to_owned());
                let seats = open.alike(&alike);
                question(model, Ask::Retry { record, alike: Some(alike), seats });
            }
        }
        ActionId::Pause => pause(model, effects),
        ActionId::NextWave => {
            if let Some(Subject::Install(record)) = model.subject() {
                question(model, Ask::NextWave(record));
            }
        }
        ActionId::Matrix => matrix::begin(model),
        ActionId::DriftOnly => matrix::drift_only(model),
        ActionId::Mend => matrix::mend(model, effects),
        ActionId::Sync => sync(model, effects),
        ActionId::Why => {
            if let Some(subject) = model.subject() {
                let more = match &subject {
                    // Its row and its own box know all of it.
                    Subject::Install(_) => Load::Ready(More::Install),
                    Subject::Segment(_) | Subject::Seat(_) => {
                        effects.push(Effect::LoadMore(subject.clone()));
                        Load::Loading
                    }
                };
                let asked = Asked { subject, more, scroll: Scroll::default() };
                model.overlays.push(Overlay::Why(Box::new(asked)));
            }
        }
        ActionId::Records => {
            if let Some(subject) = model.subject() {
                model.overlays.push(Overlay::Records(Reading::of(subject.clone())));
                effects.push(Effect::LoadRecords(subject));
            }
        }
        ActionId::Trail => {
            if let Some(subject) = model.subject() {
                model.overlays.push(Overlay::Trail(Reading::of(subject.clone())));
                effects.push(Effect::LoadTrail(subject));
            }
        }
        ActionId::Copy => copy_id(model, effects),
        ActionId::Export => export(model, Form::Csv, effects),
        ActionId::ExportJson => export(model, Form::Json, effects),
        ActionId::Dump => effects.push(Effect::Dump),
        ActionId::Yes => ask::press(model, Button::Yes, effects),
        ActionId::No => ask::press(model, Button::No, effects),
        ActionId::OtherButton => ask::other_button(model),
        ActionId::CopyCommand if matches!(model.overlays.last(), Some(Overlay::Upload)) => {
            upload::copy_command(model, effects);
        }
        ActionId::CopyCommand => ask::copy_command(model, effects),
        ActionId::Rollout => rollout::begin(model),
        ActionId::SkipBlocked => ask::skip(model, ask::Skip::Blocked, effects),
        ActionId::SkipOffline => ask::skip(model, ask::Skip::Offline, effects),
        ActionId::Log => model.overlays.push(Overlay::Log(Scroll(usize::MAX))),
        ActionId::Help if matches!(model.overlays.last(), Some(Overlay::Help(_))) => {
            model.overlays.pop();
        }
        ActionId::Help => model.overlays.push(Overlay::Help(Scroll::default())),
        ActionId::Theme => theming::begin(model, effects),
        ActionId::Language => theming::language(model),
        ActionId::Redraw => effects.push(Effect::Redraw),
        ActionId::Suspend => effects.push(Effect::Suspend),
        ActionId::Palette => palette::begin(model),
        ActionId::Quit if model.uploads() => question(model, Ask::Quit),
        ActionId::Quit => model.quit = true,
    }
}

fn in_matrix(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::Matrix(_)))
}

fn question(model: &mut Model, ask: Ask) {
    let asked = matches!(model.overlays.last(), Some(Overlay::Confirm(open)) if open.ask == ask);
    if !asked {
        model.overlays.push(Overlay::Confirm(Confirm::new(ask, model.data.seen)));
    }
}

fn retry(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.subject() {
        Some(Subject::Install(record)) => {
            let seats = model.install().map_or(0, super::rows::InstallRow::retryable);
            question(model, Ask::Retry { record, alike: None, seats });
        }
        Some(Subject::Segment(segment)) => {
            let failed = model
                .data
                .segment(&segment)
                .is_some_and(|row| row.delete_state.is_none() && row.create_state == CreateState::Failed);
            if failed {
                effects.push(Change::RetryCreate(segment, model.data.seen).into());
            } else {
                // Also a deletion that failed is one that takes something away.
                question(model, Ask::Delete(segment));
            }
        }
        Some(Subject::Seat(_)) | None => {}
    }
}

fn pause(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(install) = model.install() {
        let command = if install.steer().is_held() { Command::Run } else { Command::Pause };
        effects.push(Change::Control(install.id, command, model.data.seen).into());
    }
}

fn sync(model: &mut Model, effects: &mut Vec<Effect>) {
    let requests = RemoteKind::ALL.map(|remote| (remote, Load::Loading)).into();
    model.overlays.push(Overlay::Sync(SyncWatch { requests }));
    effects.extend(RemoteKind::ALL.map(|remote| Change::Sync { remote, confirm: false }.into()));
}

fn copy_id(model: &mut Model, effects: &mut Vec<Effect>) {
    let text = match model.subject() {
        _ if let Some(marked) = model.marked() => {
            let ids: Vec<String> = marked.iter().map(ToString::to_string).collect();
            let told = say!("toast-copied-n", n = ids.len());
            return copy(model, ids.join("\n"), told, effects);
        }
        Some(Subject::Segment(id)) => id.to_string(),
        Some(Subject::Seat(id)) => id.to_string(),
        Some(Subject::Install(record)) => record.to_string(),
        None => return,
    };
    let told = say!("toast-copied", what = &text);
    copy(model, text, told, effects);
}

/// A text goes to the clipboard of the operator's terminal, or to a file when it is too long for that.
fn copy(model: &mut Model, text: String, told: crate::domain::words::Say, effects: &mut Vec<Effect>) {
    if text.len() > LONGEST_COPY {
        effects.push(Effect::Save(text));
    } else {
        effects.push(Effect::Copy(text));
        model.tell(Tone::Plain, told);
    }
}

fn export(model: &Model, form: Form, effects: &mut Vec<Effect>) {
    let data = &model.data;
    let segments = |rows: &[std::sync::Arc<super::rows::SegmentRow>]| {
        let counted = |row: &std::sync::Arc<super::rows::SegmentRow>| {
            (row.clone(), data.installed(&row.id), data.bound(&row.id.prefix))
        };
        Exported::Segments(rows.iter().map(counted).collect())
    };
    let list = model.list();
    let rows = match list {
        List::Pane(Pane::Segments) => segments(&model.segments.shown),
        List::Pane(Pane::Versions) => segments(&model.versions.shown),
        List::Pane(Pane::Seats) => Exported::Seats(model.seats.shown.clone()),
        List::Pane(Pane::Installs) => Exported::Installs(model.installs.shown.clone()),
        List::Chooser => {
            Exported::Seats(model.chooser().map(|open| open.table.shown.clone()).unwrap_or_default())
        }
        List::InstallSeats => Exported::InstallSeats(
            model.install_detail().map(|open| open.table.shown.clone()).unwrap_or_default(),
        ),
    };
    effects.push(Effect::Export(list, rows, form));
}

/// What went wrong: in a line where it fits into one, whatever the language is then, else in a box. Where nobody
/// `waits` for it any more, never in a box over what was begun meanwhile, which would take its keys.
fn complain(model: &mut Model, title: Word, text: Say, waits: bool) {
    if model.read_only.as_ref() == Some(&text) {
        // The status line says it all the time: no box for that.
        return model.tell(Tone::Bad, text);
    }
    // Both languages have a title of at most so many cells.
    let room = usize::from(model.size.0).saturating_sub(LONGEST_TITLE);
    let fits = || in_every_language(text.clone()).iter().all(|text| text.width() <= room);
    if !waits && !model.overlays.is_empty() || fits() {
        model.tell(Tone::Bad, say!("complaint", title = title, text = text));
    } else {
        // That it was sent is no news beside that it was refused.
        model.toast = None;
        model.overlays.push(Overlay::Message { title: title.into(), text, scroll: Scroll::default() });
    }
}

/// Cells of the title of a complaint, with what stands around it.
const LONGEST_TITLE: usize = 36;

/// A request is on its way.
fn sent(model: &mut Model) {
    model.tell(Tone::Plain, word!("toast-sent"));
}
