//! Why an install is not at its end yet.

use std::collections::BTreeMap;

use super::{Action, Around, Explanation, OpenCall, Usual, WaitsFor};
use crate::domain::install::Command;
use crate::domain::schedule::Schedule;
use crate::domain::{InstallLog, InstallRecord, InstallState, RecordId, RemoteKind, SeatState, Timestamp};

/// What of an install's records tells it.
#[derive(Debug, Clone)]
pub struct InstallFacts<'a> {
    /// The install.
    pub id: RecordId,
    /// Where it stands.
    pub state: InstallState,
    /// What the operator wants of it.
    pub command: Command,
    /// Has the log followed that command?
    pub is_followed: bool,
    /// Is the latest command a retry?
    pub is_retried: bool,
    /// How many seats are in each state.
    pub counts: &'a BTreeMap<SeatState, usize>,
    /// The wave whose seats have their turn, from 1, of how many.
    pub turn: Option<(usize, usize)>,
    /// Was the next wave let through, whatever its gate says?
    pub is_released: bool,
    /// When the gate before the next wave opens by itself.
    pub gate_opens_at: Option<Timestamp>,
    /// Does a task of it run?
    pub has_open_task: bool,
    /// A call whose outcome is not recorded.
    pub call: Option<OpenCall>,
    /// Failed tries of the call under way.
    pub retry_count: u32,
    /// Not before this moment.
    pub next_retry_at: Option<Timestamp>,
    /// When this attempt began.
    pub started_at: Option<Timestamp>,
    /// The maintenance window that its seats wait for opens then.
    pub opens_at: Option<Timestamp>,
    /// When it may begin, and how long it may take.
    pub schedule: &'a Schedule,
    /// Last progress.
    pub updated_at: Timestamp,
}

impl<'a> InstallFacts<'a> {
    /// Of the records.
    pub fn of(record: &'a InstallRecord, log: &'a InstallLog) -> Self {
        Self {
            id: log.id,
            state: log.state,
            command: record.control.command,
            is_followed: log.followed == record.control.generation,
            is_retried: record.control.is_retried(),
            counts: &log.counts,
            turn: log.turn(),
            is_released: record.control.has_released(log.wave),
            gate_opens_at: log.gate_opens_at,
            has_open_task: log.tasks.iter().any(|task| !task.done),
            call: log
                .intent
                .as_ref()
                .map(|intent| OpenCall { operation: intent.operation_id.clone(), deadline: intent.deadline }),
            retry_count: log.retry_count,
            next_retry_at: log.next_retry_at,
            started_at: log.begun_at(),
            opens_at: log.opens_at,
            schedule: &record.strategy.schedule,
            updated_at: log.updated_at,
        }
    }

    /// Why it is not finished; `None`: it is. `usual`: what is usual for its prefix.
    pub fn explain_beside(self, usual: Option<Usual>, around: &Around<'_>) -> Option<Explanation> {
        // What is held on purpose is not late.
        let started_at = self.started_at.filter(|_| self.state == InstallState::Running);
        let why = self.explain(around)?;
        Some(Explanation { usual: usual.map(|usual| usual.beside(started_at, around.now)), ..why })
    }

    /// Why it is not finished; `None`: it is.
    pub fn explain(self, around: &Around<'_>) -> Option<Explanation> {
        if self.state.is_terminal() {
            return None;
        }
        let next_try_at = around.ahead(self.next_retry_at);
        let total = self.started_at.map(|at| self.schedule.ends(at, around.total_deadline));
        let call = self.call.as_ref().filter(|_| next_try_at.is_none()).map(|call| call.deadline);
        let mut actions = around.first_actions();
        actions.extend(self.actions());
        Some(Explanation {
            owner: around.owner(),
            last_progress_at: self.updated_at,
            deadline: total.into_iter().chain(call).min(),
            attempt: self.retry_count.saturating_add(1),
            attempts: around.retry_limit.saturating_add(1),
            next_try_at,
            usual: None,
            waits_for: self.waits_for(around, next_try_at),
            actions,
        })
    }

    fn waits_for(&self, around: &Around<'_>, next_try_at: Option<Timestamp>) -> WaitsFor {
        let count = |state| self.counts.get(&state).copied().unwrap_or(0);
        let of: usize = self.counts.values().sum();
        let (running, offline) = (count(SeatState::Running), count(SeatState::WaitingOnline));
        let in_work = if self.has_open_task { running + offline } else { 0 };
        if self.is_followed && self.state == InstallState::Paused {
            return WaitsFor::Paused { open: in_work, of };
        }
        // Once it may pass, something else is in its way.
        let may_pass = self.is_released || self.gate_opens_at.is_some_and(|at| at <= around.now);
        if self.is_followed
            && self.state == InstallState::WaitingGate
            && !may_pass
            && let Some((wave, waves)) = self.turn
        {
            return WaitsFor::Gate { wave, waves, until: self.gate_opens_at };
        }
        if around.leader.is_none() {
            return WaitsFor::Leader;
        }
        if !self.is_followed {
            return WaitsFor::Following(self.command);
        }
        if let Some(at) = self.schedule.start_at.filter(|at| *at > around.now) {
            return WaitsFor::Start(at);
        }
        if let Some(at) = self.opens_at.filter(|at| self.state == InstallState::Scheduled && *at > around.now)
        {
            return WaitsFor::Window(at);
        }
        if around.frozen && in_work == 0 {
            return WaitsFor::Thaw;
        }
        if let Some(at) = next_try_at {
            return WaitsFor::NextTry(at);
        }
        if let Some(call) = &self.call {
            // Only SDP installs.
            return WaitsFor::Answer(RemoteKind::Sdp, call.operation.clone());
        }
        if !self.has_open_task {
            return WaitsFor::Turn;
        }
        match in_work {
            // Taken, and not begun on any seat.
            0 => WaitsFor::Seats { open: count(SeatState::Queued), of },
            open if running == 0 => WaitsFor::Online { open, of },
            open => WaitsFor::Seats { open, of },
        }
    }

    fn actions(&self) -> impl Iterator<Item = Action> {
        let force = Action {
            command: format!("segdeck installs force-finish {} --reason TEXT --yes", self.id),
            what: "give it up: open seats become unknown, installed lists stay",
        };
        let steer = Steer {
            state: self.state,
            in_force: self.command,
            is_followed: self.is_followed,
            is_retried: self.is_retried,
            counts: self.counts,
            turn: self.turn,
        };
        let commands = steer.commands().map(|command| {
            let what = match command {
                Command::Pause => "begin no further seat",
                Command::Run => "go on",
                Command::Retry => "try the seats again that failed",
                Command::Next => "begin the next wave now",
                Command::Cancel => "end it: waiting seats are not begun, running ones are stopped",
            };
            Action { command: format!("segdeck installs {} {}", command.verb(), self.id), what }
        });
        commands.chain([force])
    }
}

/// What decides which commands an install takes.
#[derive(Debug, Clone, Copy)]
pub struct Steer<'a> {
    /// Where it stands.
    pub state: InstallState,
    /// The command in force.
    pub in_force: Command,
    /// Has the log followed that command?
    pub is_followed: bool,
    /// Is the latest command a retry?
    pub is_retried: bool,
    /// How many seats are in each state.
    pub counts: &'a BTreeMap<SeatState, usize>,
    /// The wave whose seats have their turn, from 1, of how many.
    pub turn: Option<(usize, usize)>,
}

impl Steer<'_> {
    /// Is it held: by an operator, or because too many seats of a wave failed?
    pub fn is_held(&self) -> bool {
        self.in_force == Command::Pause || (self.state == InstallState::Paused && self.is_followed)
    }

    /// Is there anything left to hold? While it is held, a retry lets its own seats through.
    pub fn may_pause(&self) -> bool {
        !self.is_held() || self.is_retried
    }

    /// The commands that it takes.
    pub fn commands(self) -> impl Iterator<Item = Command> {
        let ended = self.state.is_terminal();
        let cancelled = self.in_force == Command::Cancel;
        let retryable = self.counts.iter().any(|(state, n)| *n > 0 && state.is_retryable());
        let may = move |command: &Command| match command {
            Command::Retry => retryable && (ended || !cancelled),
            _ if ended || cancelled => false,
            Command::Pause => self.may_pause(),
            Command::Run => self.is_held(),
            // Before its time no wave is over that a next one could follow.
            Command::Next => {
                self.state != InstallState::Scheduled && self.turn.is_some_and(|(wave, waves)| wave < waves)
            }
            Command::Cancel => true,
        };
        [Command::Pause, Command::Run, Command::Next, Command::Retry, Command::Cancel].into_iter().filter(may)
    }
}
