//! Pause, resume, cancel and retry an install.

use std::collections::BTreeSet;

use serde_json::json;

use super::commit::{Audited, brief, try_again};
use super::plan::Grounds;
use super::seen::Seen;
use super::{Code, InstallView, SeatView, Service, ServiceError};
use crate::domain::explain::Steer;
use crate::domain::install::{Command, Control, MAX_SEAT_MESSAGE};
use crate::domain::words::{Word, say, word};
use crate::domain::{
    FreeText, InstallLog, InstallRecord, InstallState, RecordId, SeatId, SeatState, SegmentId, Shown, reasons,
};
use crate::store::{Entry, Txn, keys};

/// Retries by reason that may wait to be followed; with more of them everything is retried.
const MOST_REASONS: usize = 32;

/// What an operator wants of an install.
struct Order<'a> {
    command: Command,
    /// Seats with this reason alone, masked.
    only: Option<String>,
    /// Why.
    reason: &'a str,
}

/// An install as it was read for a command.
struct Steered {
    record_entry: Entry,
    install: InstallRecord,
    log_entry: Entry,
    log: InstallLog,
}

impl Service {
    /// Puts a command in force: `Run` resumes. `seen`: only if nobody gave another one since that revision.
    ///
    /// # Errors
    /// `notFound`; `conflict` where the install's state does not allow it (with what it does allow);
    /// `inUse` when a retry meets another unfinished install on the same seats; a retry also as
    /// [`Service::install`].
    pub async fn control(
        &self,
        record: RecordId,
        command: Command,
        reason: &str,
        seen: Seen,
    ) -> Result<InstallView, ServiceError> {
        let id = self.segment_of_install(record).await?;
        let order = Order { command, only: None, reason };
        try_again(say!("what-install", record = record), || self.try_control(&id, record, &order, seen))
            .await?;
        self.show_install_of(&id, record).await
    }

    /// Retries the seats alone that ended for a reason like this one: numbers and names that differ from seat to
    /// seat do not count.
    ///
    /// # Errors
    /// As [`Service::control`]; `notFound` where no seat ended so.
    pub async fn retry_alike(
        &self,
        record: RecordId,
        alike: &str,
        reason: &str,
        seen: Seen,
    ) -> Result<InstallView, ServiceError> {
        let id = self.segment_of_install(record).await?;
        let mask = reasons::masked(alike);
        if self.retried_seats(record, Some(alike)).await? == 0 {
            let alike = format!("{:?}", Shown::from(alike).to_string());
            return Err(ServiceError::new(
                Code::NotFound,
                say!("none-alike", record = record, alike = alike),
            ));
        }
        let order = Order { command: Command::Retry, only: Some(mask), reason };
        try_again(say!("what-install", record = record), || self.try_control(&id, record, &order, seen))
            .await?;
        self.show_install_of(&id, record).await
    }

    /// How many seats a retry would take up; with `alike` those alone that ended for a reason like it.
    ///
    /// # Errors
    /// `notFound`.
    pub async fn retried_seats(&self, record: RecordId, alike: Option<&str>) -> Result<usize, ServiceError> {
        let mask = alike.map(reasons::masked);
        let view = self.show_install(record).await?;
        let fits = |seat: &&SeatView| {
            let is_alike = mask.as_ref().is_none_or(|mask| reasons::masked(seat.message.raw()) == *mask);
            seat.state.is_retryable() && is_alike
        };
        Ok(view.seats.iter().filter(fits).count())
    }

    /// Reads an install, and refuses a command that it does not take.
    async fn steered(
        &self,
        id: &SegmentId,
        record: RecordId,
        command: Command,
        seen: Seen,
    ) -> Result<Steered, ServiceError> {
        let gone = || ServiceError::new(Code::NotFound, say!("install-is-gone", record = record));
        let (record_entry, install) =
            self.read::<InstallRecord>(&keys::install_record(id, record)).await?.ok_or_else(gone)?;
        let (log_entry, log) =
            self.read::<InstallLog>(&keys::install_log(id, record)).await?.ok_or_else(gone)?;
        let changed = record_entry.mod_revision.max(log_entry.mod_revision);
        let what = say!("what-install", record = record);
        self.refuse_if_newer(seen, changed, what, &record.to_string()).await?;
        allow(&install, &log, command)?;
        Ok(Steered { record_entry, install, log_entry, log })
    }

    async fn try_control(
        &self,
        id: &SegmentId,
        record: RecordId,
        Order { command, only, reason }: &Order<'_>,
        seen: Seen,
    ) -> Result<Option<()>, ServiceError> {
        let command = *command;
        let life = self.same_life(seen).await?;
        let record_key = keys::install_record(id, record);
        let log_key = keys::install_log(id, record);
        let mut steered = self.steered(id, record, command, seen).await?;
        let mut grounds = None;
        if command == Command::Retry {
            let found = self.retry_grounds(&steered.install, only.as_ref()).await?;
            let own = self.refuse_overlap(id, record, &found).await?;
            grounds = Some((found, own));
            // That takes time, in which the controller may have gone on.
            steered = self.steered(id, record, command, seen).await?;
        }
        let Steered { record_entry, mut install, log_entry, mut log } = steered;

        let before = brief(&install.control);
        // What is held stays so until somebody says that it goes on.
        let stays_held =
            command == Command::Retry && !log.state.is_terminal() && steer(&install, &log).is_held();
        install.control.command = match command {
            Command::Next => Command::Run,
            Command::Retry if stays_held => Command::Pause,
            command => command,
        };
        if command == Command::Next {
            install.control.released = log.wave;
        }
        install.control.generation += 1;
        if command == Command::Retry {
            add_retry(&mut install.control, only.as_ref(), log.followed);
        }
        if !(stays_held && reason.is_empty()) {
            install.control.reason = FreeText::from(*reason).cut(MAX_SEAT_MESSAGE);
        }
        let mut txn = Txn::new()
            .unchanged(record_key.clone(), record_entry.mod_revision)
            .unchanged(log_key.clone(), log_entry.mod_revision)
            .put(record_key, &install)?;
        if let Some((mut grounds, own)) = grounds {
            txn = grounds.unchanged(txn);
            // As long as it is unfinished, no other install of the prefix takes up its seats.
            if log.state.is_terminal() {
                if !self.catch_up(&mut grounds, &own).await? {
                    return Ok(None);
                }
                let active_key = keys::active_installs(&id.prefix);
                let (entry, installs) = grounds.active.unzip();
                let mut installs = installs.unwrap_or_default();
                installs.installs.insert(record, id.clone());
                log.state = InstallState::Pending;
                log.finished_at = None;
                log.updated_at = self.clock.now();
                txn = txn
                    .still(active_key.clone(), entry.as_ref())
                    .put(active_key, &installs)?
                    .put(log_key, &log)?;
            }
        }
        let action = match command {
            Command::Run => "install.resume",
            Command::Pause => "install.pause",
            Command::Cancel => "install.cancel",
            Command::Retry => "install.retry",
            Command::Next => "install.next",
        };
        let audited = Audited {
            action,
            object: &record.to_string(),
            before,
            after: json!({ "segmentId": id, "control": install.control }),
        };
        Ok(self.commit(life.guard(txn), audited).await?.map(|_| ()))
    }

    /// Two unfinished installs of one prefix may not share a seat. Returns the seats of this one.
    async fn refuse_overlap(
        &self,
        id: &SegmentId,
        record: RecordId,
        grounds: &Grounds,
    ) -> Result<BTreeSet<SeatId>, ServiceError> {
        let (install, uninstall) = self.install_seats(id, record).await?;
        let own = &install | &uninstall;
        let unfinished = grounds.active.iter().flat_map(|(_, active)| &active.installs);
        for (other, of) in unfinished.filter(|(other, _)| **other != record) {
            let (install, uninstall) = self.install_seats(of, *other).await?;
            if let Some(seat) = own.iter().find(|seat| install.contains(seat) || uninstall.contains(seat)) {
                let why = say!("seat-is-busy", other = *other, of = of, seat = seat);
                return Err(ServiceError::new(Code::InUse, why));
            }
        }
        Ok(own)
    }
}

/// A retry; one that nobody has followed yet is not lost with it.
fn add_retry(control: &mut Control, only: Option<&String>, followed: u32) {
    let waiting = control.retried > followed;
    let waits_for_all = waiting && control.retry_only.is_empty();
    if !waiting {
        control.retry_only.clear();
    }
    match only {
        Some(mask) if !waits_for_all && control.retry_only.len() < MOST_REASONS => {
            control.retry_only.insert(mask.clone());
        }
        _ => control.retry_only.clear(),
    }
    control.retried = control.generation;
}

/// What decides which commands an install takes.
fn steer<'a>(install: &InstallRecord, log: &'a InstallLog) -> Steer<'a> {
    Steer {
        state: log.state,
        in_force: install.control.command,
        is_followed: log.followed == install.control.generation,
        is_retried: install.control.is_retried(),
        counts: &log.counts,
        turn: log.turn(),
    }
}

/// Does the state allow the command? If not, the error says what it does allow.
fn allow(install: &InstallRecord, log: &InstallLog, command: Command) -> Result<(), ServiceError> {
    let ended = log.state.is_terminal();
    let steer = steer(install, log);
    let retryable = log.counts.iter().any(|(state, n)| *n > 0 && state.is_retryable());
    let refuse = |may: Word| {
        let (record, state) = (install.id, state(log.state));
        let why = match command {
            Command::Run => say!("control-refused-run", record = record, state = state, may = may),
            Command::Pause => say!("control-refused-pause", record = record, state = state, may = may),
            Command::Cancel => say!("control-refused-cancel", record = record, state = state, may = may),
            Command::Retry => say!("control-refused-retry", record = record, state = state, may = may),
            Command::Next => say!("control-refused-next", record = record, state = state, may = may),
        };
        Err(ServiceError::new(Code::Conflict, why))
    };
    match command {
        Command::Retry if !retryable => refuse(word!("control-none-failed")),
        Command::Retry if install.control.command == Command::Cancel && !ended => {
            refuse(word!("control-wait-for-end"))
        }
        Command::Retry => Ok(()),
        _ if ended => refuse(if retryable { word!("control-retry-it") } else { word!("control-done") }),
        _ if install.control.command == Command::Cancel => refuse(word!("control-is-cancelled")),
        Command::Next if log.state == InstallState::Scheduled => refuse(word!("control-too-early")),
        Command::Next if log.turn().is_none_or(|(wave, waves)| wave == waves) => {
            refuse(word!("control-no-wave"))
        }
        Command::Pause if !steer.may_pause() => refuse(word!("control-resume-it")),
        Command::Run if !steer.is_held() => refuse(word!("control-not-paused")),
        Command::Run | Command::Pause | Command::Cancel | Command::Next => Ok(()),
    }
}

/// A state as records have it, in words.
pub(super) fn state(state: InstallState) -> Word {
    match state {
        InstallState::Pending => word!("install-state-pending"),
        InstallState::Scheduled => word!("install-state-scheduled"),
        InstallState::Running => word!("install-state-running"),
        InstallState::Paused => word!("install-state-paused"),
        InstallState::WaitingGate => word!("install-state-waiting"),
        InstallState::Succeeded => word!("install-state-succeeded"),
        InstallState::Partial => word!("install-state-partial"),
        InstallState::Failed => word!("install-state-failed"),
        InstallState::Cancelled => word!("install-state-cancelled"),
        InstallState::TimedOut => word!("install-state-timed-out"),
    }
}

/// The states a retry takes up, for screens that say how many seats that would be.
pub fn retryable_seats(log: &InstallLog) -> usize {
    log.counts.iter().filter(|(state, _): &(&SeatState, &usize)| state.is_retryable()).map(|(_, n)| n).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_an_explanation_offers_is_allowed_and_all_of_it() {
        const COMMANDS: [Command; 5] =
            [Command::Run, Command::Pause, Command::Cancel, Command::Retry, Command::Next];
        const STATES: [InstallState; 7] = [
            InstallState::Pending,
            InstallState::Scheduled,
            InstallState::Running,
            InstallState::Paused,
            InstallState::WaitingGate,
            InstallState::Cancelled,
            InstallState::Failed,
        ];
        let in_force = [Command::Run, Command::Pause, Command::Cancel, Command::Retry];
        let seats = [SeatState::Queued, SeatState::Failed];
        for (state, in_force) in STATES.into_iter().flat_map(|state| in_force.map(|command| (state, command)))
        {
            for (seats, wave, followed, retried) in seats
                .into_iter()
                .flat_map(|seat| [(seat, 1, 0, 0), (seat, 1, 1, 0), (seat, 2, 1, 0), (seat, 1, 1, 1)])
            {
                let counts = BTreeMap::from([(seats, 1)]);
                let (mut install, mut log) = records(state, in_force, &counts);
                install.control.retried = retried;
                (log.wave, log.waves, log.followed) = (wave, 2, followed);
                let steer = steer(&install, &log);
                for command in COMMANDS {
                    let offered = steer.commands().any(|may| may == command);
                    let allowed = allow(&install, &log, command).is_ok();
                    assert_eq!(
                        offered, allowed,
                        "{command:?} of {state:?} under {in_force:?}, {seats:?}, wave {wave}"
                    );
                }
            }
        }
    }

    fn records(
        state: InstallState,
        command: Command,
        counts: &BTreeMap<SeatState, usize>,
    ) -> (InstallRecord, InstallLog) {
        let at = "2026-11-22T19:00:00Z";
        let id = RecordId::new(at.parse().unwrap());
        let record = json!({
            "id": id, "segmentId": "nav@1", "requestedBy": "ada", "requestedAt": at,
            "control": { "command": command, "generation": 1 },
        });
        let log = json!({
            "id": id, "segmentId": "nav@1", "state": state, "percent": 0, "counts": counts, "attempt": 1,
            "updatedAt": at,
        });
        (serde_json::from_value(record).unwrap(), serde_json::from_value(log).unwrap())
    }
}
