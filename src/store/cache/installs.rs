//! An install as lists show it: what was asked for and what became of it, from two records that come in any
//! order.

use std::collections::BTreeMap;

use crate::domain::explain::{InstallFacts, OpenCall, Steer};
use crate::domain::install::Command;
use crate::domain::schedule::Schedule;
use crate::domain::{
    FreeText, InstallLog, InstallRecord, InstallState, RecordId, SeatState, SegmentId, Timestamp,
};
use crate::store::Revision;

/// An install record and the summary of its log. Without a log it is `pending`.
#[derive(Debug, Clone, PartialEq)]
pub struct InstallRow {
    /// The install record.
    pub id: RecordId,
    /// What is installed or uninstalled.
    pub segment_id: SegmentId,
    /// Where it stands.
    pub state: InstallState,
    /// Seats at an end over all seats, 0 to 100.
    pub percent: u8,
    /// How many seats are in each state.
    pub counts: BTreeMap<SeatState, usize>,
    /// The wave whose seats have their turn, from 1, of how many.
    pub turn: Option<(usize, usize)>,
    /// 1 for the first.
    pub attempt: u32,
    /// What the operator wants of it.
    pub command: Command,
    /// Rises with each command.
    pub generation: u32,
    /// So many waves have been let through.
    released: usize,
    /// When the gate before the next wave opens by itself.
    pub gate_opens_at: Option<Timestamp>,
    /// The latest one is a retry.
    pub is_retried: bool,
    /// The generation its log has followed.
    pub followed: u32,
    /// Who asked for it.
    pub requested_by: FreeText,
    /// When.
    pub requested_at: Timestamp,
    /// When it may begin, and how long it may take.
    pub schedule: Schedule,
    /// When this attempt began.
    pub started_at: Option<Timestamp>,
    /// From when it counts.
    pub begun_at: Option<Timestamp>,
    /// When the maintenance window opens that it waits for, or last waited for.
    pub opens_at: Option<Timestamp>,
    /// Last progress.
    pub updated_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Failed tries of the call under way.
    pub retry_count: u32,
    /// A call whose outcome is not recorded.
    pub call: Option<OpenCall>,
    /// A task of it runs.
    pub has_open_task: bool,
    /// Not before this moment.
    pub next_retry_at: Option<Timestamp>,
    /// Why it ended or what it waits for; else what the operator gave as reason of the command.
    pub reason: Option<FreeText>,
    /// Mod revision of the record; 0: not here.
    pub(super) record_revision: Revision,
    /// Mod revision of the log; 0: not here.
    pub(super) log_revision: Revision,
    /// The operator's reason.
    control_reason: FreeText,
}

impl InstallRow {
    /// Asked for, and not begun.
    pub fn new(id: RecordId, segment_id: SegmentId) -> Self {
        Self {
            id,
            segment_id,
            state: InstallState::Pending,
            percent: 0,
            counts: BTreeMap::new(),
            turn: None,
            attempt: 0,
            command: Command::Run,
            generation: 0,
            released: 0,
            gate_opens_at: None,
            is_retried: false,
            followed: 0,
            requested_by: FreeText::default(),
            requested_at: Timestamp::UNIX_EPOCH,
            schedule: Schedule::default(),
            started_at: None,
            begun_at: None,
            opens_at: None,
            updated_at: Timestamp::UNIX_EPOCH,
            finished_at: None,
            retry_count: 0,
            call: None,
            has_open_task: false,
            next_retry_at: None,
            reason: None,
            record_revision: 0,
            log_revision: 0,
            control_reason: FreeText::default(),
        }
    }

    pub(super) fn put_record(&mut self, record: InstallRecord, revision: Revision) {
        if revision < self.record_revision {
            return;
        }
        self.record_revision = revision;
        self.command = record.control.command;
        self.generation = record.control.generation;
        self.is_retried = record.control.is_retried();
        self.released = record.control.released;
        self.control_reason = record.control.reason;
        self.schedule = record.strategy.schedule;
        self.requested_by = record.requested_by;
        self.requested_at = record.requested_at;
        self.updated_at = self.updated_at.max(record.requested_at);
        if self.log_revision == 0 {
            self.reason = self.operator_reason();
        }
    }

    pub(super) fn put_log(&mut self, log: InstallLog, revision: Revision) {
        if revision < self.log_revision {
            return;
        }
        self.log_revision = revision;
        self.begun_at = log.begun_at();
        self.state = log.state;
        self.percent = log.percent;
        self.turn = log.turn();
        self.gate_opens_at = log.gate_opens_at;
        self.counts = log.counts;
        self.attempt = log.attempt;
        self.followed = log.followed;
        self.started_at = log.started_at;
        self.opens_at = log.opens_at;
        self.updated_at = log.updated_at;
        self.finished_at = log.finished_at;
        self.retry_count = log.retry_count;
        self.call =
            log.intent.map(|intent| OpenCall { operation: intent.operation_id, deadline: intent.deadline });
        self.has_open_task = log.tasks.iter().any(|task| !task.done);
        self.next_retry_at = log.next_retry_at;
        self.reason = log.reason.or_else(|| self.operator_reason());
    }

    fn operator_reason(&self) -> Option<FreeText> {
        (!self.control_reason.is_empty()).then(|| self.control_reason.clone())
    }

    /// What decides which commands it takes.
    pub fn steer(&self) -> Steer<'_> {
        Steer {
            state: self.state,
            in_force: self.command,
            is_followed: self.followed == self.generation,
            is_retried: self.is_retried,
            counts: &self.counts,
            turn: self.turn,
        }
    }

    /// What of it tells why it is not finished.
    pub fn facts(&self) -> InstallFacts<'_> {
        InstallFacts {
            id: self.id,
            state: self.state,
            command: self.command,
            is_followed: self.followed == self.generation,
            is_retried: self.is_retried,
            counts: &self.counts,
            turn: self.turn,
            is_released: self.turn.is_some_and(|(wave, _)| self.released >= wave),
            gate_opens_at: self.gate_opens_at,
            has_open_task: self.has_open_task,
            call: self.call.clone(),
            retry_count: self.retry_count,
            next_retry_at: self.next_retry_at,
            started_at: self.begun_at,
            opens_at: self.opens_at,
            schedule: &self.schedule,
            updated_at: self.updated_at,
        }
    }

    /// All its seats.
    pub fn seats(&self) -> usize {
        self.counts.values().sum()
    }

    /// Seats at their goal.
    pub fn good(&self) -> usize {
        self.count(SeatState::is_good)
    }

    /// Seats at an end that is not their goal.
    pub fn bad(&self) -> usize {
        self.count(|state| state.is_terminal() && !state.is_good())
    }

    /// Seats that an operator called off.
    pub fn cancelled(&self) -> usize {
        self.count(|state| state == SeatState::Cancelled)
    }

    /// Seats that a retry takes up.
    pub fn retryable(&self) -> usize {
        self.count(SeatState::is_retryable)
    }

    /// Seats at any end.
    pub fn ended(&self) -> usize {
        self.count(SeatState::is_terminal)
    }

    fn count(&self, wanted: impl Fn(SeatState) -> bool) -> usize {
        self.counts.iter().filter(|(state, _)| wanted(**state)).map(|(_, seats)| seats).sum()
    }
}
