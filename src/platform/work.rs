//! The work on devices: each does one thing at a time, in the order in which tasks were taken.
//!
//! There is no timer. Whoever looks first brings everything up to date ([`Board::settle`]): jobs that have come
//! to their end are closed at the moment they ended, what is installed follows, and the next job of that device begins at
//! that very moment. So the outcome is the same whenever somebody looks, and 20,000 devices cost nothing in between.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::executor::{Executor, Job, Look};
use super::failure::Failure;
use super::fleet::Fleet;
use super::state::is_final;
use crate::domain::SeatOp;
use crate::proto::DeviceState;

/// How many jobs are closed from one query.
const BATCH: usize = 1000;

/// A job with its place.
pub(super) struct Work {
    pub(super) job: Job,
    pub(super) ticket: String,
    pub(super) state: i32,
    pub(super) percent: u8,
    pub(super) message: String,
    pub(super) changed_at: i64,
    prefix: String,
    version: String,
    segment_deleted: bool,
}

pub(super) const WORK: &str =
    "w.seq, w.device, t.op, t.uid, s.prefix, s.version, w.attempt, w.ticket, w.state,
    s.deleted_at IS NOT NULL, w.percent, w.message, w.changed_at
    FROM work w JOIN tasks t ON t.seq = w.task JOIN segments s ON s.uid = t.uid";

/// Reads the columns of [`WORK`].
pub(super) fn work(row: &Row<'_>) -> Result<Work, rusqlite::Error> {
    let device: String = row.get(1)?;
    let device = device.parse().map_err(|error: std::net::AddrParseError| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, error.into())
    })?;
    let op = match row.get::<_, String>(2)?.as_str() {
        "install" => SeatOp::Install,
        _ => SeatOp::Uninstall,
    };
    let (prefix, version): (String, String) = (row.get(4)?, row.get(5)?);
    let segment = format!("{prefix}@{version}");
    let job = Job { number: row.get(0)?, device, op, uid: row.get(3)?, segment, attempt: row.get(6)? };
    Ok(Work {
        job,
        ticket: row.get(7)?,
        state: row.get(8)?,
        prefix,
        version,
        segment_deleted: row.get(9)?,
        percent: row.get(10)?,
        message: row.get(11)?,
        changed_at: row.get(12)?,
    })
}

impl Work {
    /// It has begun and is not at its end.
    pub(super) fn is_running(&self) -> bool {
        self.state == DeviceState::Running as i32
    }
}

/// How a job is left.
pub(super) struct End<'a> {
    pub(super) state: DeviceState,
    pub(super) percent: u8,
    pub(super) message: &'a str,
    pub(super) at: i64,
}

/// Keeps the work going.
pub(super) struct Board {
    pub(super) executor: Arc<dyn Executor>,
    pub(super) fleet: Fleet,
    /// The executor's generation at the last look at who is online.
    seen: AtomicU64,
}

impl Board {
    pub(super) fn new(executor: Arc<dyn Executor>, fleet: Fleet) -> Self {
        Self { executor, fleet, seen: AtomicU64::new(0) }
    }

    /// The transaction of the last [`Board::settle`] came to nothing: look again who is online.
    pub(super) fn forget_seen(&self) {
        self.seen.store(0, Ordering::Relaxed);
    }

    /// Brings everything up to date.
    pub(super) fn settle(&self, tx: &Transaction<'_>, now: i64) -> Result<(), Failure> {
        let generation = self.executor.online_generation();
        if self.seen.swap(generation, Ordering::Relaxed) != generation {
            for device in idle_devices(tx)? {
                self.advance(tx, device, now)?;
            }
        }
        loop {
            let due = due(tx, now)?;
            for work in &due {
                match self.executor.look(&work.job, &work.ticket, now) {
                    // An executor that names a moment in the past must not hold the loop.
                    Look::Running { due_ms, .. } => {
                        let due_ms = due_ms.max(now + 1);
                        tx.prepare_cached("UPDATE work SET due_at = ? WHERE seq = ?")?
                            .execute([due_ms, work.job.number])?;
                    }
                    Look::Ended { at_ms, outcome } => {
                        let at = at_ms.min(now);
                        let end = match &outcome {
                            Ok(()) => End { state: DeviceState::Succeeded, percent: 100, message: "", at },
                            Err((percent, message)) => {
                                End { state: DeviceState::Failed, percent: *percent, message, at }
                            }
                        };
                        self.close(tx, work, &end)?;
                        self.advance(tx, work.job.device, at)?;
                    }
                }
            }
            if due.is_empty() {
                return Ok(());
            }
        }
    }

    /// Lets the next job of a device begin, unless one is under way or the device is offline.
    pub(super) fn advance(&self, tx: &Transaction<'_>, device: IpAddr, at: i64) -> Result<(), Failure> {
        loop {
            let sql = format!("SELECT {WORK} WHERE w.device = ? AND w.state < 4 ORDER BY w.seq LIMIT 1");
            let head = tx.prepare_cached(&sql)?.query_row([device.to_string()], work).optional()?;
            let Some(head) = head else { return Ok(()) };
            if head.is_running() {
                return Ok(());
            }
            if !self.executor.is_online(device) {
                return wait(tx, device, DeviceState::Queued, DeviceState::WaitingOnline, at);
            }
            if head.state == DeviceState::WaitingOnline as i32 {
                wait(tx, device, DeviceState::WaitingOnline, DeviceState::Queued, at)?;
            }
            let Some((state, message)) = without_work(tx, &head)? else {
                return self.begin(tx, head.job, at);
            };
            let percent = if state == DeviceState::Failed { 0 } else { 100 };
            self.close(tx, &head, &End { state, percent, message, at })?;
        }
    }

    fn begin(&self, tx: &Transaction<'_>, mut job: Job, at: i64) -> Result<(), Failure> {
        let before: u32 = tx
            .prepare_cached(
                "SELECT count(*) FROM work w JOIN tasks t ON t.seq = w.task
                 WHERE w.device = ? AND w.started_at IS NOT NULL AND t.uid = ? AND t.op = ?",
            )?
            .query_row(params![job.device.to_string(), job.uid, job.op.as_str()], |row| row.get(0))?;
        job.attempt = before + 1;
        let begun = self.executor.begin(&job, at);
        tx.prepare_cached(
            "UPDATE work SET state = ?, started_at = ?, changed_at = ?, attempt = ?, ticket = ?, due_at = ?
             WHERE seq = ?",
        )?
        .execute(params![
            DeviceState::Running as i32,
            at,
            at,
            job.attempt,
            begun.ticket,
            begun.due_ms,
            job.number
        ])?;
        Ok(())
    }

    /// Puts a job into a final state; what is installed follows in the same transaction.
    pub(super) fn close(&self, tx: &Transaction<'_>, work: &Work, end: &End<'_>) -> Result<(), Failure> {
        debug_assert!(is_final(end.state), "a job ends in a final state");
        tx.prepare_cached(
            "UPDATE work SET state = ?, percent = ?, message = ?, changed_at = ?, due_at = NULL WHERE seq = ?",
        )?
        .execute(params![end.state as i32, end.percent, end.message, end.at, work.job.number])?;
        if end.state != DeviceState::Succeeded {
            return Ok(());
        }
        let device = work.job.device.to_string();
        match work.job.op {
            SeatOp::Install => tx
                .prepare_cached(
                    "INSERT OR REPLACE INTO installed (device, prefix, uid, version, at) VALUES (?, ?, ?, ?, ?)",
                )?
                .execute(params![device, work.prefix, work.job.uid, work.version, end.at])?,
            SeatOp::Uninstall => tx
                .prepare_cached("DELETE FROM installed WHERE device = ? AND prefix = ? AND uid = ?")?
                .execute(params![device, work.prefix, work.job.uid])?,
        };
        Ok(())
    }
}

/// Running jobs that may be at their end.
fn due(tx: &Transaction<'_>, now: i64) -> Result<Vec<Work>, Failure> {
    let sql =
        format!("SELECT {WORK} WHERE w.due_at IS NOT NULL AND w.due_at <= ? ORDER BY w.due_at LIMIT {BATCH}");
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map([now], work)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Devices with work that has not begun.
fn idle_devices(tx: &Transaction<'_>) -> Result<Vec<IpAddr>, Failure> {
    let mut statement =
        tx.prepare_cached("SELECT DISTINCT device FROM work WHERE state < 4 AND state IN (1, 2)")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let devices: Vec<String> = rows.collect::<Result<_, _>>()?;
    Ok(devices.iter().filter_map(|device| device.parse().ok()).collect())
}

/// Moves all the work of a device that has not begun from one waiting state to the other.
fn wait(
    tx: &Transaction<'_>,
    device: IpAddr,
    from: DeviceState,
    to: DeviceState,
    at: i64,
) -> Result<(), Failure> {
    let message = if to == DeviceState::WaitingOnline { "the device is offline" } else { "" };
    tx.prepare_cached(
        "UPDATE work SET state = ?, message = ?, changed_at = ? WHERE device = ? AND state < 4 AND state = ?",
    )?
    .execute(params![to as i32, message, at, device.to_string(), from as i32])?;
    Ok(())
}

/// The end of a job for which there is nothing to do.
fn without_work(tx: &Transaction<'_>, work: &Work) -> Result<Option<(DeviceState, &'static str)>, Failure> {
    if work.job.op == SeatOp::Install && work.segment_deleted {
        return Ok(Some((DeviceState::Failed, "the segment was deleted before this device began")));
    }
    let has: bool = tx
        .prepare_cached("SELECT 1 FROM installed WHERE device = ? AND prefix = ? AND uid = ?")?
        .exists(params![work.job.device.to_string(), work.prefix, work.job.uid])?;
    Ok(match (work.job.op, has) {
        (SeatOp::Install, true) => Some((DeviceState::AlreadyInstalled, "")),
        (SeatOp::Uninstall, false) => Some((DeviceState::NotApplicable, "it is not installed")),
        _ => None,
    })
}
