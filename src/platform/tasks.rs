//! Tasks: taken, shown page by page, cancelled.

use std::net::IpAddr;

use rusqlite::{OptionalExtension, Transaction, params};
use tonic::Status;

use super::executor::Look;
use super::failure::Failure;
use super::operations::Asked;
use super::request;
use super::state::timestamp;
use super::work::{Board, End, WORK, Work, work};
use crate::domain::SeatOp;
use crate::proto::{DeviceResult, DeviceState, GetTaskResponse, TaskKind};

/// Takes a task; its id.
pub(super) fn take(
    tx: &Transaction<'_>,
    board: &Board,
    asked: &Asked,
    op: SeatOp,
    uid: &str,
    devices: &[IpAddr],
    now: i64,
) -> Result<String, Failure> {
    let id = format!("task-{}", ulid::Ulid::generate());
    let count = devices.len() as i64;
    tx.prepare_cached(
        "INSERT INTO tasks (id, request_id, op, uid, devices, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![id, asked.request_id, op.as_str(), uid, count, now])?;
    let task = tx.last_insert_rowid();
    for &device in devices {
        let (state, message) = match board.fleet.knows(device) {
            true => (DeviceState::Queued, ""),
            false => (DeviceState::Failed, "the platform knows no such device"),
        };
        tx.prepare_cached(
            "INSERT INTO work (task, device, state, message, changed_at) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![task, device.to_string(), state as i32, message, now])?;
        if state == DeviceState::Queued {
            board.advance(tx, device, now)?;
        }
    }
    Ok(id)
}

/// A task's own row.
struct Task {
    seq: i64,
    op: String,
    uid: String,
    devices: u32,
    created_at: i64,
    cancelled: bool,
}

fn find(tx: &Transaction<'_>, id: &str) -> Result<Task, Failure> {
    tx.prepare_cached(
        "SELECT seq, op, uid, devices, created_at, cancelled_at IS NOT NULL FROM tasks WHERE id = ?",
    )?
    .query_row([id], |row| {
        Ok(Task {
            seq: row.get(0)?,
            op: row.get(1)?,
            uid: row.get(2)?,
            devices: row.get(3)?,
            created_at: row.get(4)?,
            cancelled: row.get(5)?,
        })
    })
    .optional()?
    .ok_or_else(|| Status::not_found(format!("there is no task {id}")).into())
}

/// A page of a task; the board is settled.
pub(super) fn page(
    tx: &Transaction<'_>,
    board: &Board,
    id: &str,
    size: u32,
    token: &str,
    now: i64,
) -> Result<GetTaskResponse, Failure> {
    let task = find(tx, id)?;
    let name = format!("T{}", task.seq);
    let after = request::page_token(&name, token)?;
    let open = tx.prepare_cached("SELECT 1 FROM work WHERE task = ? AND state < 4")?.exists([task.seq])?;
    let sql = format!("SELECT {WORK} WHERE w.task = ? AND w.seq > ? ORDER BY w.seq LIMIT ?");
    let mut statement = tx.prepare_cached(&sql)?;
    // One more than asked says whether there is another page.
    let rows = statement.query_map(params![task.seq, after, i64::from(size) + 1], work)?;
    let mut page: Vec<Work> = rows.collect::<Result<_, _>>()?;
    let more = page.len() > size as usize;
    page.truncate(size as usize);
    let next_page_token = match (more, page.last()) {
        (true, Some(last)) => format!("{name}.{}", last.job.number),
        _ => String::new(),
    };
    Ok(GetTaskResponse {
        task_id: id.to_owned(),
        kind: if task.op == "install" { TaskKind::Install } else { TaskKind::Uninstall } as i32,
        uid: task.uid,
        created_at: Some(timestamp(task.created_at)),
        cancelled: task.cancelled,
        done: !open,
        device_count: task.devices,
        devices: page.into_iter().map(|work| result(board, work, now)).collect(),
        next_page_token,
    })
}

/// A device of a page; how far a running one is, its executor knows.
fn result(board: &Board, work: Work, now: i64) -> DeviceResult {
    let (percent, since) = match work.is_running().then(|| board.executor.look(&work.job, &work.ticket, now))
    {
        Some(Look::Running { percent, since_ms, .. }) => (percent, since_ms),
        _ => (work.percent, work.changed_at),
    };
    DeviceResult {
        device: work.job.device.to_string(),
        state: work.state,
        percent: percent.into(),
        message: work.message,
        updated_at: Some(timestamp(since)),
    }
}

/// Ends a task; the board is settled.
pub(super) fn cancel(tx: &Transaction<'_>, board: &Board, id: &str, now: i64) -> Result<(), Failure> {
    let task = find(tx, id)?;
    tx.prepare_cached("UPDATE tasks SET cancelled_at = ? WHERE seq = ? AND cancelled_at IS NULL")?
        .execute([now, task.seq])?;
    let sql = format!("SELECT {WORK} WHERE w.task = ? AND w.state < 4 ORDER BY w.seq");
    let open: Vec<_> = {
        let mut statement = tx.prepare_cached(&sql)?;
        let rows = statement.query_map([task.seq], work)?;
        rows.collect::<Result<_, _>>()?
    };
    for work in &open {
        let look = match work.is_running() {
            true => Some(board.executor.look(&work.job, &work.ticket, now)),
            false => None,
        };
        let percent = match look {
            None => 0,
            Some(Look::Running { percent, .. }) if board.executor.stop(&work.job, &work.ticket) => percent,
            // It cannot be stopped, or has just ended: it runs to its end and says how it was.
            Some(_) => continue,
        };
        let message = match work.is_running() {
            true => "stopped while it ran",
            false => "cancelled before it began",
        };
        board.close(tx, work, &End { state: DeviceState::Cancelled, percent, message, at: now })?;
        board.advance(tx, work.job.device, now)?;
    }
    Ok(())
}

/// The segment was deleted: devices that would still install it fail now instead of when their turn comes.
pub(super) fn segment_deleted(
    tx: &Transaction<'_>,
    board: &Board,
    uid: &str,
    now: i64,
) -> Result<(), Failure> {
    let sql =
        format!("SELECT {WORK} WHERE t.uid = ? AND t.op = 'install' AND w.state IN (1, 2) AND w.state < 4");
    let waiting: Vec<_> = {
        let mut statement = tx.prepare_cached(&sql)?;
        let rows = statement.query_map([uid], work)?;
        rows.collect::<Result<_, _>>()?
    };
    let message = "the segment was deleted before this device began";
    for work in &waiting {
        board.close(tx, work, &End { state: DeviceState::Failed, percent: 0, message, at: now })?;
    }
    Ok(())
}
