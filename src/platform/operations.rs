//! What the platform remembers of request ids: the answer of every effect that succeeded.

use rusqlite::{OptionalExtension, Transaction, params};
use tonic::Status;

use super::failure::Failure;
use super::ledger::{self, LedgerKind};

/// How long answers, finished tasks and the ledger are kept; the contract asks for 30 days.
pub(super) const REMEMBERED_MS: i64 = 90 * 86_400_000;

/// An effect that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The space its request id belongs to.
    pub(super) scope: &'static str,
    pub(super) request_id: String,
    pub(super) kind: LedgerKind,
    /// What a repeated call must agree in.
    pub(super) content: String,
    /// What it is about, for the ledger.
    pub(super) what: String,
}

/// The answer of an earlier call with this request id; noted in the ledger as a repetition.
pub(super) fn recall(tx: &Transaction<'_>, asked: &Asked, now: i64) -> Result<Option<String>, Failure> {
    let known: Option<(String, String, String)> = tx
        .prepare_cached("SELECT kind, content, answer FROM operations WHERE scope = ? AND request_id = ?")?
        .query_row(params![asked.scope, asked.request_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((kind, content, answer)) = known else { return Ok(None) };
    if kind != asked.kind.as_str() || content != asked.content {
        return Err(Status::invalid_argument(format!(
            "request id {:?} was used before for another {kind}",
            asked.request_id
        ))
        .into());
    }
    ledger::note(tx, asked, now, true)?;
    Ok(Some(answer))
}

/// Remembers an answer, in the transaction of its effect.
pub(super) fn remember(tx: &Transaction<'_>, asked: &Asked, answer: &str, now: i64) -> Result<(), Failure> {
    tx.prepare_cached(
        "INSERT INTO operations (scope, request_id, kind, content, answer, at) VALUES (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![asked.scope, asked.request_id, asked.kind.as_str(), asked.content, answer, now])?;
    ledger::note(tx, asked, now, false)
}

/// Kind and answer of a request id.
pub(super) fn find(
    tx: &Transaction<'_>,
    scope: &str,
    request_id: &str,
) -> Result<Option<(String, String)>, Failure> {
    Ok(tx
        .prepare_cached("SELECT kind, answer FROM operations WHERE scope = ? AND request_id = ?")?
        .query_row(params![scope, request_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Forgets what is older than [`REMEMBERED_MS`].
pub(super) fn forget_old(tx: &Transaction<'_>, now: i64) -> Result<(), Failure> {
    let before = now - REMEMBERED_MS;
    tx.execute("DELETE FROM operations WHERE at < ?", [before])?;
    tx.execute("DELETE FROM ledger WHERE at < ?", [before])?;
    tx.execute(
        "DELETE FROM work WHERE task IN (SELECT seq FROM tasks t WHERE created_at < ?1 AND NOT EXISTS
            (SELECT 1 FROM work w WHERE w.task = t.seq AND (w.state < 4 OR w.changed_at >= ?1)))",
        [before],
    )?;
    tx.execute(
        "DELETE FROM tasks WHERE created_at < ? AND seq NOT IN (SELECT DISTINCT task FROM work)",
        [before],
    )?;
    Ok(())
}
