//! How much of the past is kept, and how it is forgotten.
//!
//! History is kept in two generations. Whenever the present one is full, the one before is forgotten: its
//! revisions answer `Compacted` at once, and its rows are removed in small batches, so that no writer waits
//! for long. The file then stays at the size of the records and two generations; freed pages are used again.

use rusqlite::{Connection, Result};

use super::rows::{self, State};
use super::turn::Turn;
use crate::store::{Revision, StoreError};

/// Rows looked at in one batch of removing.
const BATCH: i64 = 500;

/// The size of a generation: whichever is reached first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation {
    /// So many revisions.
    pub revisions: Revision,
    /// So many bytes of keys and values.
    pub bytes: i64,
}

impl Default for Generation {
    /// Ten thousand revisions in two generations, or 128 MiB.
    fn default() -> Self {
        Self { revisions: 5_000, bytes: 64 * 1024 * 1024 }
    }
}

/// Forgets what lies before `revision`.
pub(super) fn compact(state: &mut State, revision: Revision) -> Result<(), StoreError> {
    if revision > state.revision {
        let reason = format!("revision {revision} is to come; the store is at {}", state.revision);
        return Err(StoreError::Invalid(reason));
    }
    state.compacted = state.compacted.max(revision);
    Ok(())
}

/// Forgets the generation before if the present one is full.
pub(super) fn turn_generation(state: &mut State, generation: Generation) {
    if state.revision - state.mark >= generation.revisions || state.marked_bytes >= generation.bytes {
        state.compacted = state.compacted.max(state.mark);
        state.mark = state.revision;
        state.marked_bytes = 0;
    }
}

/// Is there something forgotten that is not removed yet?
pub(super) fn is_purge_due(state: &State) -> bool {
    state.purged < first_kept(state)
}

/// Removes one batch of what is forgotten: each change before the compacted revision takes along the older
/// changes of its key, and itself if it is a deletion. Those of the compacted revision itself stay, since a
/// watch from there is still to see them.
pub(super) fn purge(turn: &mut Turn<'_>) -> Result<()> {
    let first_kept = first_kept(&turn.state);
    let batch: Vec<(i64, String, Revision)> = turn
        .connection
        .prepare_cached(
            "SELECT id, key, create_revision FROM changes NOT INDEXED
             WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3",
        )?
        .query_map((turn.state.purged, first_kept, BATCH), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_>>()?;
    for (id, key, create_revision) in &batch {
        let last_gone = if *create_revision == 0 { *id } else { *id - 1 };
        remove(turn.connection, key, last_gone)?;
    }
    turn.state.purged = match batch.last() {
        Some((id, ..)) => id + 1,
        None => first_kept,
    };
    Ok(())
}

fn remove(connection: &Connection, key: &str, last_gone: i64) -> Result<usize> {
    connection
        .prepare_cached("DELETE FROM changes INDEXED BY by_key WHERE key = ?1 AND id <= ?2")?
        .execute((key, last_gone))
}

fn first_kept(state: &State) -> i64 {
    rows::first_after(state.compacted.saturating_sub(1))
}
