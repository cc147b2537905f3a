//! What an install needs next. Pure and total: the same records and time give the same step.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::current::Install;
use super::waves::{Need, Waves, is_retried};
use crate::domain::install::{Command, Task, end_state};
use crate::domain::schedule::Schedule;
use crate::domain::span::Span;
use crate::domain::{InstallState, SeatId, SeatOp, SeatProgress, SeatState, Timestamp, clock, shard};
use crate::settings::Settings;

/// Most seats of one task: its intent names them all and stays well under the limit of a value.
pub(super) const CHUNK: usize = 1_000;

/// The settings a decision needs.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// From the task to the first sign of work on a seat.
    pub pickup: Duration,
    /// Between two signs of work on a seat.
    pub progress: Duration,
    /// From the start of an attempt to its end.
    pub total: Duration,
    /// Seats in work at once.
    pub seats: usize,
    /// Between two looks at a freeze.
    pub recheck: Duration,
}

impl Limits {
    /// Those of the settings, where the install says nothing of its own.
    pub(super) fn of(settings: &Settings, schedule: &Schedule) -> Self {
        let own = |span: Option<Span>, default: Duration| span.map_or(default, |Span(own)| own);
        let install = &settings.install;
        Self {
            pickup: own(schedule.pickup_deadline, install.pickup_deadline),
            progress: own(schedule.progress_deadline, install.progress_deadline),
            total: own(schedule.total_deadline, install.total_deadline),
            seats: install.max_concurrent_seats,
            recheck: settings.controllers.retry_interval,
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// It is at its end.
    Nothing,
    /// Nothing before this moment.
    Wait(Timestamp),
    /// Begin, or do what the operator's latest command asks.
    Follow,
    /// Its time has come, or is yet to come: say so.
    Schedule(InstallState),
    /// Its seats wait for their maintenance window, which opens then: say so.
    Window(Timestamp),
    /// The wave is stopped, over, or the next one begins.
    Wave(Need),
    /// An intent is open: find out what became of it.
    Resolve,
    /// These seats ran out of time, with the reason.
    Expire(BTreeMap<SeatId, String>),
    /// Ask the platform for a task for these seats.
    Start(SeatOp, BTreeSet<SeatId>),
    /// Ask the platform to cancel this task: an operator said so, or seats of it ran out of time, and shall not get
    /// it later behind everybody's back.
    CancelTask(usize),
    /// Look at the running tasks.
    Poll,
    /// Every seat is at an end, or nothing can be done any more.
    Finish(InstallState, Option<String>),
}

/// Decides.
pub(super) fn plan(install: &Install, limits: &Limits, now: Timestamp) -> Step {
    let log = &install.log;
    if log.state.is_terminal() {
        return Step::Nothing;
    }
    if install.remote().is_none() {
        return Step::Finish(InstallState::Failed, Some("the segment was removed".to_owned()));
    }
    if log.started_at.is_none() || log.followed != install.record.control.generation {
        return Step::Follow;
    }
    let expired = expired(install, limits, now);
    if !expired.is_empty() {
        return Step::Expire(expired);
    }
    let may_call = log.next_retry_at.is_none_or(|at| at <= now);
    if log.intent.is_some() {
        return if may_call { Step::Resolve } else { poll_or_wait(install, limits, log.next_retry_at) };
    }
    if let Some(task) = given_up(install) {
        return match log.next_retry_at.filter(|_| !may_call) {
            None => Step::CancelTask(task),
            again => poll_or_wait(install, limits, again),
        };
    }
    if install.seats.values().all(|seat| seat.state.is_terminal()) {
        let cancelled = install.record.control.command == Command::Cancel;
        return Step::Finish(end_state(&log.counts, cancelled), None);
    }
    if install.record.control.command == Command::Cancel
        && may_call
        && let Some(task) = log.tasks.iter().position(|task| !task.done && !task.cancelled)
    {
        return Step::CancelTask(task);
    }
    let next_try = log.next_retry_at.filter(|_| !may_call);
    if install.frozen {
        // Its end wakes this install too, unless that and the freeze came while nobody watched.
        return poll_or_wait(install, limits, Some(clock::after(now, limits.recheck)));
    }
    let control = &install.record.control;
    match control.command {
        Command::Pause if may_call && control.is_retried() => return try_again(install, limits, now),
        Command::Pause | Command::Cancel => return poll_or_wait(install, limits, next_try),
        Command::Run | Command::Retry | Command::Next => {}
    }
    match (install.record.strategy.schedule.start_at.filter(|at| *at > now), log.state) {
        (Some(at), InstallState::Scheduled) => return poll_or_wait(install, limits, Some(at)),
        (Some(_), _) => return Step::Schedule(InstallState::Scheduled),
        (None, InstallState::Scheduled) if log.opens_at.is_none_or(|at| at <= now) => {
            return Step::Schedule(InstallState::Running);
        }
        (None, _) => {}
    }
    let waves = Waves::of(install);
    match waves.need(install, now) {
        need @ (Need::Seats | Need::Retried) if may_call => {
            let wanted = |seat: &SeatProgress| need == Need::Seats || is_retried(install, seat);
            let is_open = |id: &SeatId| !install.closed.contains_key(id);
            let chunk = next_chunk(install, &waves, limits.seats, |id, seat| wanted(seat) && is_open(id));
            match chunk {
                Some(_) if log.state == InstallState::Scheduled => Step::Schedule(InstallState::Running),
                Some((op, seats)) => Step::Start(op, seats),
                None => window_or_wait(install, &waves, limits, wanted),
            }
        }
        Need::Seats | Need::Retried => poll_or_wait(install, limits, next_try),
        Need::Wait(due) => poll_or_wait(install, limits, due),
        need => Step::Wave(need),
    }
}

/// What a retry took up is tried, while all else is held.
fn try_again(install: &Install, limits: &Limits, now: Timestamp) -> Step {
    if let Some(at) = install.record.strategy.schedule.start_at.filter(|at| *at > now) {
        return poll_or_wait(install, limits, Some(at));
    }
    let waves = Waves::of(install);
    let wanted =
        |id: &SeatId, seat: &SeatProgress| is_retried(install, seat) && !install.closed.contains_key(id);
    match next_chunk(install, &waves, limits.seats, wanted) {
        Some((op, seats)) => Step::Start(op, seats),
        None => {
            let held = install.closed.iter();
            let held =
                held.filter(|(id, _)| install.seats.get(*id).is_some_and(|seat| is_retried(install, seat)));
            poll_or_wait(install, limits, held.map(|(_, opens)| *opens).min())
        }
    }
}

/// A task of this attempt whose seats are all at an end here, while the platform may still work on some: their time
/// was over before it said how they ended, or before we knew that it took them.
fn given_up(install: &Install) -> Option<usize> {
    let log = &install.log;
    let candidate = |task: &Task| task.done && !task.cancelled && task.attempt == log.attempt;
    if !log.tasks.iter().any(candidate) {
        return None;
    }
    let mut known = vec![0; log.tasks.len()];
    let mut late = vec![false; log.tasks.len()];
    for seat in install.seats.values() {
        if let Some(task) = seat.task.filter(|task| *task < known.len()) {
            known[task] += 1;
            late[task] |= seat.state == SeatState::TimedOut;
        }
    }
    let in_doubt = |index: usize, task: &Task| candidate(task) && (late[index] || known[index] < task.seats);
    (0..).zip(&log.tasks).find(|(index, task)| in_doubt(*index, task)).map(|(index, _)| index)
}

pub(super) fn is_ended(install: &Install, seat: &SeatId) -> bool {
    install.seats.get(seat).is_none_or(|seat| seat.state.is_terminal())
}

/// Also what waits for an operator's word, which wakes it, has an end.
fn poll_or_wait(install: &Install, limits: &Limits, next: Option<Timestamp>) -> Step {
    if install.log.tasks.iter().any(|task| !task.done) {
        return Step::Poll;
    }
    let schedule = &install.record.strategy.schedule;
    let end = install.log.begun_at().map(|at| schedule.ends(at, limits.total));
    // Where no seat is open that end is behind us.
    let is_open = install.seats.values().any(|seat| !seat.state.is_terminal());
    let ends = end.into_iter().chain(schedule.expire_at).filter(|_| is_open);
    next.into_iter().chain(ends).min().map_or(Step::Nothing, Step::Wait)
}

/// Where nothing can be sent: seats may wait for their windows. That is said once nothing is in work any more.
fn window_or_wait(
    install: &Install,
    waves: &Waves<'_>,
    limits: &Limits,
    wanted: impl Fn(&SeatProgress) -> bool,
) -> Step {
    let log = &install.log;
    let in_turn = install.seats.iter().enumerate().filter(|(place, _)| waves.is_in_turn(*place));
    let held = in_turn.filter(|(_, (_, seat))| wanted(seat));
    let opens = held.filter_map(|(_, (id, _))| install.closed.get(id)).min().copied();
    let idle = log.tasks.iter().all(|task| task.done);
    match opens {
        Some(at) if idle && (log.state != InstallState::Scheduled || log.opens_at != Some(at)) => {
            Step::Window(at)
        }
        opens => poll_or_wait(install, limits, opens),
    }
}

/// The next seats to send of the waves that have their turn: installs before uninstalls, shard by shard and in order
/// of their ids, within what may run at once.
fn next_chunk(
    install: &Install,
    waves: &Waves<'_>,
    most: usize,
    may: impl Fn(&SeatId, &SeatProgress) -> bool,
) -> Option<(SeatOp, BTreeSet<SeatId>)> {
    let most = waves.at_once(most);
    // A device that is switched off is no load, and may be so for a day: it must not hold up the others.
    let works = |seat: &&SeatProgress| {
        seat.task.is_some() && !seat.state.is_terminal() && seat.state != SeatState::WaitingOnline
    };
    let in_work = install.seats.values().filter(works).count();
    let room = most.saturating_sub(in_work).min(CHUNK);
    for op in [SeatOp::Install, SeatOp::Uninstall] {
        let queued = |id: &SeatId, seat: &SeatProgress| {
            seat.op == op && seat.state == SeatState::Queued && seat.task.is_none() && may(id, seat)
        };
        let in_turn = install.seats.iter().enumerate().filter(|(place, _)| waves.is_in_turn(*place));
        let seats: Vec<&SeatId> =
            in_turn.map(|(_, entry)| entry).filter(|(id, seat)| queued(id, seat)).map(|(id, _)| id).collect();
        let waiting = seats.len();
        // A full chunk or the rest: many small tasks would cost more than they bring.
        if room > 0 && (room >= waiting || room * 4 >= most.min(CHUNK)) && waiting > 0 {
            return Some((op, shard::in_order(seats).into_iter().take(room).cloned().collect()));
        }
    }
    None
}

/// Seats whose time is over.
fn expired(install: &Install, limits: &Limits, now: Timestamp) -> BTreeMap<SeatId, String> {
    let log = &install.log;
    let over = |since: Timestamp, limit: Duration| clock::after(since, limit) <= now;
    let schedule = &install.record.strategy.schedule;
    let total = log.begun_at().is_some_and(|at| schedule.ends(at, limits.total) <= now);
    // Who reads it shall know where it was said.
    let by = |own: Option<Span>, name: &str| match own {
        Some(_) => format!("its own {name} deadline"),
        None => format!("install.{name}_deadline"),
    };
    let too_late = schedule.expire_at.filter(|at| *at <= now);
    let reason = |seat: &SeatProgress| {
        if total {
            let by = by(schedule.total_deadline, "total");
            return Some(format!("not done within {} ({by})", shown(limits.total)));
        }
        if let Some(at) = too_late.filter(|_| seat.state != SeatState::Running) {
            return Some(format!("not begun before {at}, when it expired"));
        }
        let task = log.tasks.get(seat.task?)?;
        match seat.state {
            SeatState::Queued | SeatState::WaitingOnline if over(task.started_at, limits.pickup) => {
                let by = by(schedule.pickup_deadline, "pickup");
                Some(format!("not begun within {} ({by})", shown(limits.pickup)))
            }
            SeatState::Running if over(seat.updated_at, limits.progress) => {
                let by = by(schedule.progress_deadline, "progress");
                Some(format!("silent for {} ({by})", shown(limits.progress)))
            }
            _ => None,
        }
    };
    install
        .seats
        .iter()
        .filter(|(_, seat)| !seat.state.is_terminal())
        .filter_map(|(id, seat)| Some((id.clone(), reason(seat)?)))
        .collect()
}

fn shown(limit: Duration) -> String {
    match limit.as_secs() {
        seconds if seconds >= 120 && seconds % 60 == 0 => format!("{} minutes", seconds / 60),
        0 => format!("{} ms", limit.as_millis()),
        seconds => format!("{seconds} seconds"),
    }
}
