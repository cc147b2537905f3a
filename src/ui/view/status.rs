//! The lines around the panes: banner, tabs, hints and news, status.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use tui_input::Input;

use super::super::look::Look;
use super::super::model::data::Freshness;
use super::super::model::overlay::{Choice, Overlay};
use super::super::model::{Model, Pane, Tone};
use super::super::theme::Role;
use super::paint::{self, Piece};
use super::{Seen, frame, hints, uploading};
use crate::controllers::Lead;
use crate::domain::words::{Say, say, word};

/// What everybody should know, above everything.
pub(super) fn banner(model: &Model, look: &Look, line: Rect, buffer: &mut Buffer) {
    if let Some(banner) = &model.identity.banner {
        paint::text(buffer, line, &format!(" {}", look.say(banner)), look.style(Role::Dim), &look.glyphs);
    }
}

/// The names of the panes; with its numbers that of the chosen one, where it has no box that tells them.
pub(super) fn tabs(model: &Model, look: &Look, line: Rect, boxed: bool, buffer: &mut Buffer) {
    let mut pieces: Vec<Piece> = Vec::new();
    let short = line.width < 70;
    let tab = |pane: Pane, number: usize| -> Piece {
        let chosen = pane == model.pane;
        let name = if chosen && !boxed {
            frame::title(model, look, pane).trim_end().to_owned()
        } else {
            look.text(frame::name(pane))
        };
        let role = if chosen { Role::ButtonChosen } else { Role::Dim };
        (
            if short && !chosen { format!(" {number} ") } else { format!(" {number} {name} ") },
            look.style(role),
        )
    };
    for (index, pane) in Pane::ALL.into_iter().enumerate() {
        if short && line.width < 30 && pane != model.pane {
            continue;
        }
        pieces.push(tab(pane, index + 1));
    }
    paint::line(buffer, line, &pieces, &look.glyphs);
}

/// What is typed, what just happened, or which keys to press.
pub(super) fn hints(model: &Model, look: &Look, line: Rect, buffer: &mut Buffer, seen: &mut Seen) {
    if let Some(Overlay::Filter) = model.overlays.last() {
        let table = model.table(model.list());
        let (input, error) = (table.filter(), table.filter_error());
        let mut place = line;
        if let Some(error) = error {
            let error = look.say(error);
            let wide = u16::try_from(paint::width(&error) + 2).unwrap_or(u16::MAX);
            if wide <= line.width / 2 {
                place.width -= wide;
                let beside = Rect { x: place.right(), width: wide, ..line };
                paint::text(buffer, beside, &format!(" {error}"), look.style(Role::Bad), &look.glyphs);
            } else {
                let above = Rect { y: line.y.saturating_sub(1), ..line };
                news(buffer, above, &error, Role::Bad, look);
            }
        }
        let label = look.text(word!("filter-label"));
        return field(buffer, place, &label, input, look, seen);
    }
    if let Some(Overlay::Choice(choice)) = model.overlays.last() {
        return expression(look, choice, line, buffer, seen);
    }
    if let Some(toast) = &model.toast {
        let role = match toast.tone {
            Tone::Good => Role::Good,
            Tone::Plain => Role::Text,
            Tone::Bad => Role::Bad,
        };
        return news(buffer, line, &look.say(&toast.say), role, look);
    }
    let mut rest = line;
    let behind = !model.overlays.iter().any(|open| matches!(open, Overlay::Upload));
    if let Some((upload, running)) =
        model.upload.as_ref().filter(|_| behind).and_then(|upload| Some((upload, upload.running()?)))
    {
        let news = format!(" {} ", look.say(&uploading::brief(upload, running)));
        let wide = u16::try_from(paint::width(&news)).unwrap_or(0).min(line.width);
        paint::right(buffer, line, &news, look.style(Role::Busy), &look.glyphs);
        rest.width -= wide;
    }
    let pieces = hints::keys(model, seen.extent, look, usize::from(rest.width));
    paint::line(buffer, rest, &pieces, &look.glyphs);
}

/// A text on this line; what is too long for it begins on the lines above.
fn news(buffer: &mut Buffer, line: Rect, text: &str, role: Role, look: &Look) {
    let mut lines = paint::wrap(text, usize::from(line.width.saturating_sub(1)).max(1));
    lines.truncate(usize::from(line.y) + 1);
    for (text, up) in lines.iter().rev().zip(0..) {
        let place = Rect { y: line.y - up, ..line };
        paint::clear(buffer, place);
        paint::text(buffer, place, &format!(" {text}"), look.style(role), &look.glyphs);
    }
}

/// An expression that names seats, with what it would do beside it.
fn expression(look: &Look, choice: &Choice, line: Rect, buffer: &mut Buffer, seen: &mut Seen) {
    let chosen = &choice.chosen;
    let (says, role) = match chosen.unknown.first() {
        _ if choice.input.value().is_empty() => (word!("choice-forms").into(), Role::Dim),
        Some(unknown) => {
            (say!("choice-unknown", n = chosen.marked, gone = chosen.unmarked, unknown = unknown), Role::Warn)
        }
        None => (say!("choice-marks", n = chosen.marked, gone = chosen.unmarked), Role::Good),
    };
    let says = format!(" {} ", look.say(&says));
    let wide = u16::try_from(paint::width(&says)).unwrap_or(u16::MAX).min(line.width * 2 / 3);
    let beside = Rect { x: line.right() - wide, width: wide, ..line };
    paint::text(buffer, beside, &says, look.style(role), &look.glyphs);
    let place = Rect { width: line.width - wide, ..line };
    field(buffer, place, &look.text(word!("choice-label")), &choice.input, look, seen);
}

/// So many cells are left for what is typed.
const TYPED: u16 = 12;

/// A text field with its name; the cursor is always to be seen.
pub(super) fn field(
    buffer: &mut Buffer,
    line: Rect,
    label: &str,
    input: &Input,
    look: &Look,
    seen: &mut Seen,
) {
    // What is typed needs room, more than its name where there is little.
    let name = Rect { width: line.width.saturating_sub(TYPED).max(line.width / 2), ..line };
    let taken = paint::text(buffer, name, label, look.style(Role::Key), &look.glyphs).min(name.width);
    let place = Rect { x: line.x + taken, width: line.width - taken, ..line };
    if place.is_empty() {
        return;
    }
    let room = usize::from(place.width).saturating_sub(1);
    let scroll = input.visual_scroll(room);
    let mut skipped = 0;
    let visible: String = input
        .value()
        .chars()
        .skip_while(|letter| {
            let skip = skipped < scroll;
            skipped += unicode_width::UnicodeWidthChar::width(*letter).unwrap_or(0);
            skip
        })
        .collect();
    buffer.set_style(place.intersection(buffer.area), look.style(Role::Input));
    paint::text(buffer, place, &visible, look.style(Role::Input), &look.glyphs);
    let column = input.visual_cursor().saturating_sub(scroll).min(room);
    seen.cursor = Some(Position::new(place.x + u16::try_from(column).unwrap_or(0), place.y));
}

/// So many cells of the reason of a freeze are shown.
const REASON: usize = 24;

/// The status line: what is looked at, by whom, who drives, and whether it can be trusted.
pub(super) fn draw(model: &Model, look: &Look, line: Rect, buffer: &mut Buffer) {
    let (trust, revision) = match &model.data.freshness {
        Freshness::Loading(rows) => (say!("status-loading", n = *rows), None),
        Freshness::Live(revision) => (word!("status-live").into(), Some(*revision)),
        Freshness::Stale(since, reason) => {
            (say!("status-stale", since = look.time_of_day(*since), reason = reason), None)
        }
    };
    let bad = matches!(model.data.freshness, Freshness::Stale(..));
    let base = look.style(Role::Status);
    buffer.set_style(line.intersection(buffer.area), base);
    let role = if bad { Role::StatusBad } else { Role::Status };
    let dot = format!(" {} ", look.glyphs.dot);
    let mut pieces: Vec<Piece> = vec![(format!(" {}", look.say(&trust)), look.style(role))];
    let mut add = |text: String, style: Style| {
        pieces.push((dot.clone(), base));
        pieces.push((text, style));
    };
    if model.read_only.is_some() {
        add(look.text(word!("status-read-only")), look.style(Role::StatusBad));
    }
    if model.data.unreadable > 0 {
        add(look.say(&say!("status-unreadable", n = model.data.unreadable)), look.style(Role::StatusBad));
    }
    if let Some(freeze) = &model.data.freeze {
        // What else the line tells is as important as why, which the question of the key for it tells whole.
        let reason = paint::fit(freeze.reason.shown().as_str(), REASON, look.glyphs.ellipsis);
        let frozen = say!("status-frozen", who = &freeze.by, reason = reason);
        add(look.say(&frozen), look.style(Role::StatusBad));
    }
    add(look.say(&lead(model)), base);
    if !model.identity.user.is_empty() {
        add(model.identity.user.clone(), base);
    }
    if !model.identity.store.is_empty() {
        add(model.identity.store.clone(), base);
    }
    if let Some(revision) = revision {
        add(look.say(&say!("status-revision", revision = revision.to_string())), base);
    }
    paint::line(buffer, line, &pieces, &look.glyphs);
}

fn lead(model: &Model) -> Say {
    match &model.lead {
        Lead::Starting => word!("lead-starting").into(),
        Lead::Leading { .. } => word!("lead-you").into(),
        Lead::Following(leader) => say!("lead-other", who = &leader.who),
        Lead::NotStanding(reason) => match &model.data.leader {
            Some(leader) => say!("lead-other", who = &leader.who),
            None => say!("lead-may-not", reason = reason),
        },
        Lead::StoodBack { why, .. } => match &model.data.leader {
            Some(leader) => say!("lead-other", who = &leader.who),
            None => say!("lead-stood-back", reason = why),
        },
        Lead::Unknown(_) => word!("lead-unknown").into(),
        Lead::Aside => word!("lead-aside").into(),
    }
}
