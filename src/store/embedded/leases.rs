//! Leases: granted, renewed, ended, and what goes with them.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result};

use super::boot::Boot;
use super::rows;
use super::turn::Turn;
use crate::store::LeaseId;

/// Shortest time granted: the processes look for what has ended once a second.
const SHORTEST: Duration = Duration::from_secs(1);

/// Ended by its time, or by a new start of the machine.
const ENDED: &str = "boot <> ?1 OR ends_ms <= ?2";

/// Is there a lease that has ended and is still there?
pub(super) fn any_ended(connection: &Connection, boot: &Boot) -> Result<bool> {
    connection
        .prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM leases WHERE {ENDED})"))?
        .query_row((boot.id(), boot.now_ms()), |row| row.get(0))
}

/// Removes the leases that have ended, and what was put under them. Done before anything else in a turn, so
/// that no lease that is over is compared or renewed.
pub(super) fn expire(turn: &mut Turn<'_>) -> Result<()> {
    let ended: Vec<LeaseId> = turn
        .connection
        .prepare_cached(&format!("SELECT id FROM leases WHERE {ENDED}"))?
        .query_map((turn.boot.id(), turn.boot.now_ms()), |row| row.get(0))?
        .collect::<Result<_>>()?;
    ended.into_iter().try_for_each(|lease| revoke(turn, lease))
}

/// A new lease.
pub(super) fn grant(turn: &Turn<'_>, ttl: Duration) -> Result<(LeaseId, Duration)> {
    let ttl = ttl.max(SHORTEST);
    let ms = milliseconds(ttl);
    turn.connection
        .prepare_cached("INSERT INTO leases (boot, ttl_ms, ends_ms) VALUES (?1, ?2, ?3)")?
        .execute((turn.boot.id(), ms, turn.boot.now_ms().saturating_add(ms)))?;
    Ok((turn.connection.last_insert_rowid(), ttl))
}

/// Moves the end of a lease on; the time granted, zero if it is lost.
pub(super) fn renew(turn: &Turn<'_>, lease: LeaseId) -> Result<Duration> {
    let ttl: Option<i64> = turn
        .connection
        .prepare_cached("SELECT ttl_ms FROM leases WHERE id = ?1")?
        .query_row([lease], |row| row.get(0))
        .optional()?;
    let Some(ttl) = ttl else { return Ok(Duration::ZERO) };
    turn.connection
        .prepare_cached("UPDATE leases SET ends_ms = ?2 WHERE id = ?1")?
        .execute((lease, turn.boot.now_ms().saturating_add(ttl)))?;
    Ok(Duration::from_millis(ttl.unsigned_abs()))
}

/// Ends a lease; what was last put under it is deleted, in one revision.
pub(super) fn revoke(turn: &mut Turn<'_>, lease: LeaseId) -> Result<()> {
    let put: Vec<(String, i64)> = turn
        .connection
        .prepare_cached("SELECT key, id FROM changes WHERE lease = ?1 AND lease <> 0 ORDER BY key")?
        .query_map([lease], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_>>()?;
    for (key, id) in put {
        // Put again since, without the lease or under another, it stays.
        if rows::living(turn.connection, &key)?.is_some_and(|living| living.id == id && living.lease == lease)
        {
            turn.delete(&key)?;
        }
    }
    turn.connection.prepare_cached("DELETE FROM leases WHERE id = ?1")?.execute([lease])?;
    turn.end_revision();
    Ok(())
}

/// Can something be put under it?
pub(super) fn is_alive(turn: &Turn<'_>, lease: LeaseId) -> Result<bool> {
    turn.connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM leases WHERE id = ?1)")?
        .query_row([lease], |row| row.get(0))
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
