//! The plan of an install: what would be done, before anything is written.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::actions::ActionId;
use super::super::layout::{large, take_last};
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::overlay::{Load, PlanConfirm};
use super::super::theme::Role;
use super::super::words::{Say, say, word};
use super::paint::{self, Piece};
use super::{Seen, long, question, status};
use crate::domain::SeatId;
use crate::domain::plan::{Plan, VersionChange};
use crate::domain::strategy::Gate;
use crate::service::UNINSTALL_NEEDS_WORD;

/// Most seats of a list that are named.
const NAMED: usize = 200;

/// Most lines of the command that says the same.
const COMMAND_LINES: usize = 6;

/// So many seats of a wave are named, in the order they are sent.
const WAVE_SEATS: usize = 10;

/// The plan.
pub(super) fn draw(
    model: &Model,
    look: &Look,
    open: &PlanConfirm,
    area: Rect,
    buffer: &mut Buffer,
    seen: &mut Seen,
) {
    let key = |action| look.keymap.key(model.scopes(), action).unwrap_or_default();
    let copies = key(ActionId::CopyCommand);
    let place = large(area);
    paint::clear(buffer, place);
    let title = look.say(&say!("title-plan", id = &open.request.segment));
    let mut inside = paint::frame(buffer, place, &title, true, look);
    let bottom = take_last(&mut inside);
    let width = usize::from(inside.width.saturating_sub(2)).max(1);
    let lines = match &open.plan {
        Load::Loading => vec![plain(look, look.text(word!("plan-loading")), Role::Busy)],
        Load::Failed(error) => {
            paint::wrap(error, width).into_iter().map(|l| plain(look, l, Role::Bad)).collect()
        }
        Load::Ready(plan) => lines(look, plan, open, &copies, width),
    };
    long::text(buffer, inside, &lines, open.scroll, look, seen);
    let Some(plan) = open.plan.ready() else { return };
    if open.sent {
        let text = look.text(word!("plan-sent"));
        paint::text(buffer, bottom, &format!(" {text}"), look.style(Role::Busy), &look.glyphs);
    } else if !plan.blocked.is_empty() || plan.is_empty() {
        let text = if plan.is_empty() {
            look.text(word!("plan-empty")).to_owned()
        } else {
            look.say(&say!("plan-blocked", key = key(ActionId::SkipBlocked)))
        };
        paint::text(buffer, bottom, &format!(" {text}"), look.style(Role::Warn), &look.glyphs);
    } else if let Some((word, input)) = &open.word {
        let (n, gone) =
            (plan.install_seat_list.len() + plan.uninstall_seat_list.len(), plan.uninstall_seat_list.len());
        let label = look.say(&if gone > UNINSTALL_NEEDS_WORD {
            say!("plan-type-word", n = gone, word = *word)
        } else {
            say!("plan-type-install", n = n, word = *word)
        });
        status::field(buffer, bottom, &format!(" {label} "), input, look, seen);
    } else {
        question::buttons(buffer, bottom, look, word!("button-install"), open.button, Role::Good);
    }
}

fn plain(look: &Look, text: impl std::fmt::Display, role: Role) -> Vec<Piece> {
    vec![(format!(" {text}"), look.style(role))]
}

/// The command is told with the key that copies it.
fn lines(look: &Look, plan: &Plan, open: &PlanConfirm, copies: &str, width: usize) -> Vec<Vec<Piece>> {
    let command = &open.command_line();
    let mut lines = Vec::new();
    for warning in &plan.warnings {
        lines.extend(paint::wrap(warning, width).into_iter().map(|line| plain(look, line, Role::Warn)));
    }
    if !plan.skipped.is_empty() {
        lines.push(plain(look, look.say(&say!("plan-n-left-out", n = plan.skipped.len())), Role::Warn));
    }
    if !plan.blocked.is_empty() {
        lines.push(plain(look, look.say(&say!("plan-n-blocked", n = plan.blocked.len())), Role::Bad));
        for blocked in plan.blocked.iter().take(NAMED) {
            for line in paint::wrap(&format!("{}: {}", blocked.seat, blocked.reason), width.saturating_sub(2))
            {
                lines.push(plain(look, format!("  {line}"), Role::Text));
            }
        }
        lines.push(Vec::new());
    }
    let mut part = |say: Say, seats: &BTreeSet<SeatId>, role: Role, named: bool| {
        let role = if seats.is_empty() { Role::Dim } else { role };
        lines.push(plain(look, look.say(&say), role));
        if named && !seats.is_empty() {
            let mut list = seats.iter().take(NAMED).map(SeatId::as_str).collect::<Vec<_>>().join(" ");
            if seats.len() > NAMED {
                list += &look.say(&say!("plan-more", n = seats.len() - NAMED));
            }
            for line in paint::wrap(&list, width.saturating_sub(2)) {
                lines.push(plain(look, format!("  {line}"), Role::Text));
            }
        }
    };
    let (install, uninstall, same) =
        (&plan.install_seat_list, &plan.uninstall_seat_list, &plan.unchanged_seat_list);
    // First what takes something away: a long list of the others must not push it off the screen.
    part(say!("plan-n-uninstall", n = uninstall.len()), uninstall, Role::Danger, true);
    part(say!("plan-n-install", n = install.len()), install, Role::Good, true);
    for replaced in &plan.replaced {
        let (id, n) = (&replaced.segment_id, replaced.seats.len());
        let (say, role) = match replaced.change {
            VersionChange::Upgrade => (say!("plan-n-upgrade", n = n, id = id), Role::Text),
            VersionChange::Downgrade => (say!("plan-n-downgrade", n = n, id = id), Role::Warn),
        };
        part(say, &replaced.seats, role, false);
    }
    part(say!("plan-n-unchanged", n = same.len()), same, Role::Text, false);
    if !plan.offline_seat_list.is_empty() {
        let (seats, n) = (&plan.offline_seat_list, plan.offline_seat_list.len());
        part(say!("plan-n-offline", n = n), seats, Role::Warn, true);
    }
    lines.push(Vec::new());
    lines.extend(waves(look, plan, width));
    lines.push(plain(look, look.text(word!("plan-command")), Role::Dim));
    // A cut list of seats is still a command, for fewer seats: the cut must be seen.
    let room = width.saturating_sub(2).max(1);
    let most = room * COMMAND_LINES;
    let beginning: String = command.chars().take(most + 1).collect();
    let whole = beginning.len() == command.len();
    let mut shown = paint::wrap(&beginning, room);
    let cut = !whole || shown.len() > COMMAND_LINES;
    shown.truncate(COMMAND_LINES);
    for line in shown {
        lines.push(plain(look, format!("  {line}"), Role::Text));
    }
    if cut {
        let more =
            format!("  {} {}", look.glyphs.ellipsis, look.say(&say!("plan-command-cut", key = copies)));
        lines.push(plain(look, more, Role::Dim));
    }
    lines
}

/// A line a wave, and below it the seats that come first in it.
fn waves(look: &Look, plan: &Plan, width: usize) -> Vec<Vec<Piece>> {
    let mut lines = Vec::new();
    for (number, wave) in (1..).zip(&plan.waves) {
        let mut says = look.say(&say!("plan-wave", wave = number, n = wave.seat_list.len()));
        let mut add = |more: &Say| says += &look.say(more);
        if let Some(most) = wave.max_concurrent_seats {
            add(&say!("plan-wave-at-once", n = most));
        }
        if let Some(most) = wave.max_failures {
            add(&say!("plan-wave-stops", most = most.to_string()));
        }
        match wave.gate {
            _ if number == plan.waves.len() => {}
            Gate::Open => {}
            Gate::Ask => add(&word!("plan-wave-asks").into()),
            Gate::After(time) => add(&say!("plan-wave-waits", time = look.span(time))),
        }
        lines.extend(paint::wrap(&says, width).into_iter().map(|line| plain(look, line, Role::Text)));
        let first = wave.seat_list.iter().take(WAVE_SEATS).map(SeatId::as_str).collect::<Vec<_>>().join(" ");
        let more = wave.seat_list.len().saturating_sub(WAVE_SEATS);
        let first = if more > 0 { first + &look.say(&say!("plan-more", n = more)) } else { first };
        let first = paint::fit(&first, width.saturating_sub(2), look.glyphs.ellipsis);
        lines.push(plain(look, format!("  {first}"), Role::Dim));
    }
    if !lines.is_empty() {
        lines.push(Vec::new());
    }
    lines
}
