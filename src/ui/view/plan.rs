//! The plan of an install: what would be done, before anything is written.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::actions::ActionId;
use super::super::layout::{large, take_last};
use super::super::look::Look;
use super::super::model::Model;
use super::super::model::overlay::{Load, PlanConfirm};
use super::super::theme::Role;
use super::paint::{self, Piece};
use super::{Seen, long, question, status};
use crate::domain::plan::{Plan, VersionChange};
use crate::domain::schedule::Schedule;
use crate::domain::strategy::Gate;
use crate::domain::words::{Say, Word, say, word};
use crate::domain::{SeatId, Timestamp};
use crate::service::UNINSTALL_NEEDS_WORD;

/// Most seats of a list that are named.
const NAMED: usize = 200;

/// Most lines of the command that says the same.
const COMMAND_LINES: usize = 6;

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
            paint::wrap(&look.say(error), width).into_iter().map(|l| plain(look, l, Role::Bad)).collect()
        }
        Load::Ready(plan) => {
            lines(look, model.now, open, plan, &model.identity.as_typed(&open.command_line()), &copies, width)
        }
    };
    long::text(buffer, inside, &lines, open.scroll, look, seen);
    long::position(buffer, place, inside, lines.len(), open.scroll, look);
    let Some(plan) = open.plan.ready() else { return };
    if open.sent {
        let text = look.text(word!("plan-sent"));
        paint::text(buffer, bottom, &format!(" {text}"), look.style(Role::Busy), &look.glyphs);
    } else if !plan.blocked.is_empty() || plan.is_empty() {
        let text = if plan.is_empty() && !plan.skipped.is_empty() {
            look.text(word!("plan-all-left-out"))
        } else if plan.is_empty() {
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
fn lines(
    look: &Look,
    now: Timestamp,
    open: &PlanConfirm,
    plan: &Plan,
    command: &str,
    copies: &str,
    width: usize,
) -> Vec<Vec<Piece>> {
    let mut lines = Vec::new();
    let old = open.is_outdated.then(|| word!("plan-outdated").into());
    for warning in old.iter().chain(&plan.warnings) {
        lines.extend(
            paint::wrap(&look.say(warning), width).into_iter().map(|line| plain(look, line, Role::Warn)),
        );
    }
    let (install, uninstall, same) =
        (&plan.install_seat_list, &plan.uninstall_seat_list, &plan.unchanged_seat_list);
    // All numbers first, and what takes something away before the rest: long lists must not push them off the screen.
    let mut count = |say: Say, n: usize, role: Role| {
        lines.push(plain(look, look.say(&say), if n == 0 { Role::Dim } else { role }));
    };
    count(say!("plan-n-uninstall", n = uninstall.len()), uninstall.len(), Role::Danger);
    count(say!("plan-n-install", n = install.len()), install.len(), Role::Good);
    for replaced in &plan.replaced {
        let (id, n) = (&replaced.segment_id, replaced.seats.len());
        let (say, role) = match replaced.change {
            VersionChange::Upgrade => (say!("plan-n-upgrade", n = n, id = id), Role::Text),
            VersionChange::Downgrade => (say!("plan-n-downgrade", n = n, id = id), Role::Warn),
        };
        count(say, n, role);
    }
    count(say!("plan-n-unchanged", n = same.len()), same.len(), Role::Text);
    let offline = &plan.offline_seat_list;
    if !offline.is_empty() {
        count(say!("plan-n-offline", n = offline.len()), offline.len(), Role::Warn);
    }
    if !plan.blocked.is_empty() {
        count(say!("plan-n-blocked", n = plan.blocked.len()), plan.blocked.len(), Role::Bad);
    }
    if !plan.skipped.is_empty() {
        count(say!("plan-n-left-out", n = plan.skipped.len()), plan.skipped.len(), Role::Warn);
    }
    lines.push(Vec::new());
    let mut when = when(look, now, &open.request.rollout.schedule);
    when.extend(waves(look, plan, width));
    if !when.is_empty() {
        when.push(Vec::new());
    }
    lines.extend(when);
    lines.push(plain(look, look.text(word!("plan-command")), Role::Dim));
    // A cut list of seats is still a command, for fewer seats: the cut must be seen.
    let room = width.saturating_sub(2).max(1);
    let (shown, cut) = paint::beginning(command, room, COMMAND_LINES);
    for line in shown {
        lines.push(plain(look, format!("  {line}"), Role::Text));
    }
    if cut {
        let more =
            format!("  {} {}", look.glyphs.ellipsis, look.say(&say!("plan-command-cut", key = copies)));
        lines.push(plain(look, more, Role::Dim));
    }
    let because = |(seat, reason): (&SeatId, &Say)| {
        paint::wrap(&look.say(&say!("seat-because", seat = seat, reason = reason)), room)
    };
    let blocked = plan.blocked.iter().map(|it| (&it.seat, &it.reason)).take(NAMED);
    list(&mut lines, look, word!("plan-list-blocked"), blocked.flat_map(because), plan.blocked.len());
    let skipped = plan.skipped.iter().map(|it| (&it.seat, &it.reason)).take(NAMED);
    list(&mut lines, look, word!("plan-list-left-out"), skipped.flat_map(because), plan.skipped.len());
    for (title, seats) in [
        (word!("plan-list-uninstall"), uninstall),
        (word!("plan-list-install"), install),
        (word!("plan-list-offline"), offline),
    ] {
        let named = seats.iter().take(NAMED).map(SeatId::as_str).collect::<Vec<_>>().join(" ");
        list(&mut lines, look, title, paint::wrap(&named, room).into_iter(), seats.len());
    }
    lines
}

/// A list under its title, of so many seats; nothing where there are none.
fn list(
    lines: &mut Vec<Vec<Piece>>,
    look: &Look,
    title: Word,
    shown: impl Iterator<Item = String>,
    all: usize,
) {
    if all == 0 {
        return;
    }
    lines.push(Vec::new());
    lines.push(plain(look, look.text(title), Role::Dim));
    lines.extend(shown.map(|line| plain(look, format!("  {line}"), Role::Text)));
    if all > NAMED {
        lines.push(plain(look, format!(" {}", look.say(&say!("plan-more", n = all - NAMED))), Role::Dim));
    }
}

/// As many seats as fit on a line, and how many there are besides.
fn first_of(look: &Look, seats: &[SeatId], width: usize) -> String {
    let mut shown = String::new();
    for (at, seat) in seats.iter().enumerate() {
        let more = look.say(&say!("plan-more", n = seats.len() - at));
        let next = paint::width(&shown) + paint::width(seat.as_str()) + 1;
        if at > 0 && next + paint::width(&more) + 2 > width {
            return shown.trim_end().to_owned() + &more;
        }
        shown += seat.as_str();
        shown.push(' ');
    }
    shown.trim_end().to_owned()
}

/// When it begins, and until when seats may begin, where that was asked for.
fn when(look: &Look, now: Timestamp, schedule: &Schedule) -> Vec<Vec<Piece>> {
    let times =
        [(schedule.start_at, word!("rollout-start-at")), (schedule.expire_at, word!("rollout-expire-at"))];
    let line = |(at, name): (Option<Timestamp>, Word)| {
        let at = at?;
        // With its distance from UTC: where clocks are put back, an hour comes twice.
        let zone = look.words.on_the_clock(at).strftime("%:z").to_string();
        let says = format!("{}: {} {zone}", look.text(name), look.full_moment(at));
        Some(if at < now {
            plain(look, format!("{says} {} {}", look.glyphs.dot, look.text(word!("plan-past"))), Role::Warn)
        } else {
            plain(look, says, Role::Text)
        })
    };
    times.into_iter().filter_map(line).collect()
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
        lines.push(plain(look, format!("  {}", first_of(look, &wave.seat_list, width)), Role::Dim));
    }
    lines
}
