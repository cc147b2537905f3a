//! A turn at writing: one SQLite transaction in which revisions are made.

use rusqlite::{Connection, Result};

use super::boot::Boot;
use super::rows::{self, State};
use super::schema::SEQUENCE_BITS;
use crate::store::{LeaseId, Revision};

/// Most changes of one revision.
pub(super) const MOST_CHANGES: i64 = 1 << SEQUENCE_BITS;

/// Bytes that a change costs beside its key and value, about.
const ROW_BYTES: i64 = 40;

/// An open transaction. Whatever ends it without [`Turn::finish`] undoes it.
pub(super) struct Turn<'c> {
    pub(super) connection: &'c Connection,
    pub(super) boot: &'c Boot,
    pub(super) state: State,
    begun: State,
    /// Changes of the revision that is being made.
    changes: i64,
}

impl<'c> Turn<'c> {
    /// Waits until no other process writes, and begins.
    pub(super) fn begin(connection: &'c Connection, boot: &'c Boot) -> Result<Self> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let state = rows::state(connection)?;
        Ok(Self { connection, boot, begun: state.clone(), state, changes: 0 })
    }

    /// The revision that the next changes belong to.
    pub(super) fn next_revision(&self) -> Revision {
        self.state.revision + 1
    }

    /// Writes a record.
    pub(super) fn put(&mut self, key: &str, value: &[u8], lease: LeaseId) -> Result<()> {
        let create_revision =
            rows::living(self.connection, key)?.map_or(self.next_revision(), |living| living.create_revision);
        self.write(key, create_revision, lease, value)
    }

    /// Deletes a record that is known to be there.
    pub(super) fn delete(&mut self, key: &str) -> Result<()> {
        self.write(key, 0, 0, b"")
    }

    fn write(&mut self, key: &str, create_revision: Revision, lease: LeaseId, value: &[u8]) -> Result<()> {
        let id = rows::first_after(self.state.revision) + self.changes;
        self.connection
            .prepare_cached(
                "INSERT INTO changes (id, key, create_revision, lease, value) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((id, key, create_revision, lease, value))?;
        self.changes += 1;
        let bytes = i64::try_from(key.len() + value.len()).unwrap_or(i64::MAX);
        self.state.marked_bytes = self.state.marked_bytes.saturating_add(bytes).saturating_add(ROW_BYTES);
        Ok(())
    }

    /// Ends a revision; the store's revision then. Without a change there is none.
    pub(super) fn end_revision(&mut self) -> Revision {
        if self.changes > 0 {
            self.state.revision += 1;
            self.changes = 0;
        }
        self.state.revision
    }

    /// Writes down where the store is now; what is left is the commit.
    pub(super) fn finish(self) -> Result<State> {
        if self.state != self.begun {
            let state = &self.state;
            self.connection
                .prepare_cached(
                    "UPDATE state SET revision = ?1, compacted = ?2, purged = ?3, mark = ?4, marked_bytes = ?5",
                )?
                .execute((state.revision, state.compacted, state.purged, state.mark, state.marked_bytes))?;
        }
        Ok(self.state)
    }
}
