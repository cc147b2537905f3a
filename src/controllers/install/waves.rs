//! Wave by wave: which seats may be sent, and what must be before the next wave. Pure.

use super::current::Install;
use crate::domain::install::{SeatProgress, SeatState};
use crate::domain::strategy::{Gate, Turn, Wave};
use crate::domain::{InstallState, Timestamp, clock};

/// Where the waves of an install stand.
pub(super) struct Waves<'a> {
    turns: Vec<Turn<'a>>,
    /// The turn of each seat, in the order of their ids; empty: all seats are in one.
    turn_of: Vec<usize>,
    current: usize,
}

/// What a wave needs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Need {
    /// Its seats may be sent.
    Seats,
    /// Too many seats of it failed, and an operator said that some shall be tried again: these, and no others.
    Retried,
    /// Too many seats of it failed: the install is held, with the reason.
    Stop(String),
    /// Its seats had their turn: what that means for the gate is written down.
    End,
    /// The next wave begins.
    Next,
    /// Nothing before this moment, or before an operator says so.
    Wait(Option<Timestamp>),
}

/// Is there a seat that was not sent yet?
fn holds_any(install: &Install) -> bool {
    install.seats.values().any(|seat| seat.state == SeatState::Queued && seat.task.is_none())
}

/// A seat that the latest retry took up, and that was not sent since: the retry gave it the time of its own begin.
pub(super) fn is_retried(install: &Install, seat: &SeatProgress) -> bool {
    let log = &install.log;
    let is_waiting = seat.state == SeatState::Queued && seat.task.is_none();
    is_waiting && log.attempt > 1 && log.started_at == Some(seat.updated_at)
}

/// The seats of a wave by where they stand.
#[derive(Debug, Default)]
struct Count {
    seats: usize,
    open: usize,
    off: usize,
    good: usize,
    failed: usize,
}

impl<'a> Waves<'a> {
    /// Looks at an install.
    pub(super) fn of(install: &'a Install) -> Self {
        let strategy = &install.record.strategy;
        let turns = strategy.turns(install.seats.len());
        let current = install.log.wave.saturating_sub(1).min(turns.len() - 1);
        let turn_of = match turns.len() {
            1 => Vec::new(),
            _ => strategy.assign(&turns, install.seats.keys()),
        };
        Self { turns, turn_of, current }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.turns.len()
    }

    /// Has the seat at this place, in the order of the ids, its turn?
    pub(super) fn is_in_turn(&self, place: usize) -> bool {
        self.turn_of.get(place).is_none_or(|turn| *turn <= self.current)
    }

    /// Seats that may be in work at once, within what the settings allow.
    pub(super) fn at_once(&self, most: usize) -> usize {
        self.rules().and_then(|wave| wave.max_concurrent_seats).map_or(most, |own| own.min(most))
    }

    /// What the current wave needs.
    pub(super) fn need(&self, install: &Install, now: Timestamp) -> Need {
        let log = &install.log;
        let more = self.current + 1 < self.turns.len();
        if more && install.record.control.released > self.current {
            return Need::Next;
        }
        if let Some(reason) = self.exceeded(install).filter(|_| holds_any(install)) {
            return if install.seats.values().any(|seat| is_retried(install, seat)) {
                Need::Retried
            } else if log.state == InstallState::Paused {
                Need::Wait(None)
            } else {
                Need::Stop(reason)
            };
        }
        if !more || !self.had_their_turn(install) {
            return Need::Seats;
        }
        match (self.rules().map(|wave| wave.gate).unwrap_or_default(), log.wave_ended_at) {
            (Gate::Open, _) => Need::Next,
            (_, None) => Need::End,
            (Gate::Ask, Some(_)) => Need::Wait(None),
            (Gate::After(time), Some(at)) => match clock::after(at, time) {
                due if due <= now => Need::Next,
                due => Need::Wait(Some(due)),
            },
        }
    }

    /// When the gate after the current wave opens by itself, if the wave has its end now.
    pub(super) fn opens(&self, now: Timestamp) -> Option<Timestamp> {
        match self.rules()?.gate {
            Gate::After(time) => Some(clock::after(now, time)),
            Gate::Open | Gate::Ask => None,
        }
    }

    /// Seats of the current wave that failed.
    pub(super) fn failed(&self, install: &Install) -> usize {
        self.count(install, |turn| turn == self.current).failed
    }

    /// Why the current wave stops the install, if it does: the failures that an operator has accepted do not count.
    pub(super) fn exceeded(&self, install: &Install) -> Option<String> {
        let limit = self.rules()?.max_failures?;
        let Count { seats, failed, .. } = self.count(install, |turn| turn == self.current);
        let counted = failed.saturating_sub(install.log.accepted);
        // How many is told by the counts: others of the wave may fail later.
        limit.is_exceeded(counted, seats).then(|| {
            let wave = self.current + 1;
            format!(
                "wave {wave} is stopped: more than {limit} of its {seats} seats failed; resume goes on, retry tries them again"
            )
        })
    }

    /// No seat up to here can still move by itself. Those that are off may be so for a day: they hold up nobody, as
    /// long as one seat has shown that it works.
    fn had_their_turn(&self, install: &Install) -> bool {
        let count = self.count(install, |turn| turn <= self.current);
        count.open == 0 && (count.off == 0 || count.good > 0)
    }

    fn rules(&self) -> Option<&'a Wave> {
        self.turns.get(self.current).and_then(|turn| turn.wave)
    }

    fn count(&self, install: &Install, wanted: impl Fn(usize) -> bool) -> Count {
        let mut count = Count::default();
        for (place, seat) in install.seats.values().enumerate() {
            if !wanted(self.turn_of.get(place).copied().unwrap_or(0)) {
                continue;
            }
            count.seats += 1;
            match seat.state {
                SeatState::Queued | SeatState::Running => count.open += 1,
                SeatState::WaitingOnline => count.off += 1,
                SeatState::Failed | SeatState::TimedOut | SeatState::Unknown => count.failed += 1,
                state => count.good += usize::from(state.is_good()),
            }
        }
        count
    }
}
