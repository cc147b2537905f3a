//! Answers to effects.

use super::super::effect::{Effect, Outcome};
use super::super::model::chooser::Purpose;
use super::super::model::overlay::{Load, Overlay};
use super::super::model::upload::Reading;
use super::super::model::{Model, Pane, Tone};
use super::{ask, batch, complain, data, files, matrix, seats, theming, trash, upload, uploading};
use crate::domain::install::Command;
use crate::domain::words::{Say, say, word};

/// Takes an answer in.
pub(super) fn apply(model: &mut Model, outcome: Outcome, effects: &mut Vec<Effect>) {
    match outcome {
        Outcome::Matrix(matrix) => matrix::loaded(model, matrix),
        Outcome::Trash(page) => trash::loaded(model, page),
        Outcome::Restored(segment, result) => trash::restored(model, &segment, result),
        Outcome::Emptying(segment, result) => trash::emptied(model, &segment, result),
        Outcome::Seats(segment, result) => {
            let sets = match result {
                Ok(sets) => Load::Ready(sets),
                Err(error) => Load::Failed(error),
            };
            if let Some(chooser) = model.chooser_mut().filter(|chooser| chooser.segment == segment) {
                let moved = chooser.sets.ready().zip(sets.ready()).is_some_and(|(before, now)| {
                    before.installed != now.installed
                        || before.coming != now.coming
                        || before.going != now.going
                });
                match &sets {
                    Load::Ready(sets) => chooser.answered(sets.clone()),
                    other if chooser.sets.ready().is_none() => {
                        chooser.sets = other.clone();
                        model.ahead.clear();
                    }
                    _ => {}
                }
                if moved {
                    ask::outdated(model, &segment);
                }
            }
            if let Some(of) = model.seats_of.as_mut().filter(|of| of.segment == segment) {
                of.sets = sets;
                if model.seats.sort.is_of_segment() {
                    data::refresh_seats(model);
                }
            }
        }
        Outcome::Install(record, result) => {
            if let Some(Overlay::Install(detail)) = model
                .overlays
                .iter_mut()
                .find(|open| matches!(open, Overlay::Install(d) if d.record == record))
            {
                detail.take(result.map(|view| *view));
            }
        }
        Outcome::More(subject, more) => {
            let open = model.overlays.iter_mut().rev().find_map(|open| match open {
                Overlay::Why(asked) if asked.subject == subject => Some(asked),
                _ => None,
            });
            if let Some(asked) = open {
                asked.more = more.map_or_else(Load::Failed, Load::Ready);
            }
        }
        Outcome::Records(subject, found) => {
            if let Some(Overlay::Records(open)) = model.overlays.last_mut() {
                open.take(&subject, found);
            }
        }
        Outcome::Trail(subject, found) => {
            if let Some(Overlay::Trail(open)) = model.overlays.last_mut() {
                open.take(&subject, found);
            }
        }
        Outcome::Listed(listing) => files::listed(model, *listing),
        Outcome::Inspecting(number, progress) => {
            let file = model.upload.as_mut().and_then(|upload| upload.file_mut(number));
            if let Some(Reading::Under(under)) = file.map(|file| &mut file.reading) {
                under.note(progress);
            }
        }
        Outcome::Inspected(number, result) => upload::inspected(model, number, result),
        Outcome::Taken(answers) => upload::taken(model, answers),
        Outcome::Uploading(number, progress) => uploading::moved(model, number, progress),
        Outcome::Uploaded(number, result) => uploading::uploaded(model, number, result, effects),
        Outcome::Planned(request, result) => ask::planned(model, &request, result.map(|plan| *plan)),
        Outcome::Installed(segment, result) => installed(model, &segment, result),
        Outcome::Bound(segment, result) => match result {
            Ok(seats) => {
                model
                    .overlays
                    .retain(|open| !matches!(open, Overlay::Seats(c) if c.is_sent && c.segment == segment));
                model.seats_of = None;
                model.tell(Tone::Good, say!("toast-bound", prefix = segment.prefix.as_str(), n = seats));
            }
            Err(error) => {
                let chooser = model.chooser_mut().filter(|chooser| chooser.segment == segment);
                let waits = chooser.is_some_and(|chooser| std::mem::take(&mut chooser.is_sent));
                // Somebody else was faster: what is bound now is shown before it is tried again.
                seats::read(model, segment, effects);
                complain(model, word!("title-not-bound"), error, waits);
            }
        },
        Outcome::Deleted(segment, result) => match result {
            Ok(()) => model.tell(Tone::Good, say!("toast-deleting", id = &segment)),
            Err(error) => complain(model, word!("title-not-deleted"), error, false),
        },
        Outcome::BatchOne(segment, result) => batch::one(model, segment, result),
        Outcome::BatchEnded => batch::ended(model),
        Outcome::Retried(segment, result) => match result {
            Ok(()) => model.tell(Tone::Good, say!("toast-retrying", id = &segment)),
            Err(error) => complain(model, word!("title-not-retried"), error, false),
        },
        Outcome::Controlled(_, command, result) => match result {
            Ok(()) => model.tell(
                Tone::Good,
                match command {
                    Command::Run => word!("toast-resumed"),
                    Command::Pause => word!("toast-paused"),
                    Command::Cancel => word!("toast-cancelled"),
                    Command::Retry => word!("toast-install-retried"),
                    Command::Next => word!("toast-next-wave"),
                },
            ),
            Err(error) => complain(model, word!("title-not-controlled"), error, false),
        },
        Outcome::ForceFinished(_, result) => match result {
            Ok(()) => model.tell(Tone::Good, word!("toast-force-finished")),
            Err(error) => complain(model, word!("title-not-controlled"), error, false),
        },
        Outcome::Frozen(frozen, result) => match result {
            Ok(()) if frozen => model.tell(Tone::Good, word!("toast-frozen")),
            Ok(()) => model.tell(Tone::Good, word!("toast-unfrozen")),
            Err(error) => complain(model, word!("title-not-frozen"), error, false),
        },
        Outcome::SyncAsked(remote, result) => {
            for open in &mut model.overlays {
                if let Overlay::Sync(watch) = open {
                    for (asked, load) in &mut watch.requests {
                        if *asked == remote {
                            *load = match &result {
                                Ok(request) => Load::Ready(*request),
                                Err(error) => Load::Failed(error.clone()),
                            };
                        }
                    }
                }
            }
        }
        Outcome::Saved(Ok(file)) => {
            model.tell(Tone::Good, say!("toast-saved", file = file.display().to_string()));
        }
        Outcome::Saved(Err(why)) => complain(model, word!("title-not-saved"), why, true),
        Outcome::Themes(names) => theming::listed(model, names),
        Outcome::Theme(name, theme) => theming::read(model, &name, theme),
        Outcome::ThemesChanged => effects.push(Effect::LoadTheme(model.theme.asked.clone())),
        Outcome::NotRemembered(why) => model.tell(Tone::Bad, say!("toast-not-remembered", why = why)),
        Outcome::NoShell => model.tell(Tone::Bad, word!("toast-no-shell")),
        Outcome::Dumped(Ok(file)) => {
            model.tell(Tone::Good, say!("toast-dumped", file = file.display().to_string()));
        }
        Outcome::Dumped(Err(why)) => complain(model, word!("title-not-dumped"), why, true),
        Outcome::Exported(result) => match result {
            Ok(file) => model.tell(Tone::Good, say!("toast-exported", file = file.display().to_string())),
            Err(error) => complain(model, word!("title-not-exported"), error, true),
        },
    }
}

fn installed(
    model: &mut Model,
    segment: &crate::domain::SegmentId,
    result: Result<Option<crate::domain::RecordId>, Say>,
) {
    let asked = |open: &Overlay| match open {
        Overlay::Plan(plan) => plan.sent && plan.request.segment == *segment,
        _ => false,
    };
    let chose = |open: &Overlay| match open {
        Overlay::Seats(chooser) => chooser.purpose == Purpose::Install && chooser.segment == *segment,
        _ => false,
    };
    // Whoever went on to something else meanwhile stays there.
    let waits = model.overlays.iter().any(asked);
    model.overlays.retain(|open| !asked(open));
    let record = match result {
        Ok(record) => record,
        Err(error) => return complain(model, word!("title-not-installed"), error, waits),
    };
    model.overlays.retain(|open| !(waits && chose(open)));
    let Some(record) = record else {
        return model.tell(Tone::Plain, say!("toast-nothing-to-do", id = segment));
    };
    if waits {
        if model.overlays.is_empty() {
            model.pane = Pane::Installs;
        }
        model.installs.filter.reset();
        data::refresh_installs(model);
        model.installs.want(record);
    }
    model.tell(Tone::Good, say!("toast-installing", id = segment));
}
