//! Reading the log of changes: single records, pages, and what happened since.

use bytes::Bytes;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::schema::SEQUENCE_BITS;
use crate::store::{Entry, Key, LeaseId, ListQuery, Page, Revision, WatchBatch, WatchEvent};

/// A page ends early after so many bytes of values; there is more then.
const PAGE_BYTES: usize = 16 * 1024 * 1024;

/// A batch of a watch ends after the revision that brings it to so many events or bytes.
const BATCH_EVENTS: usize = 2_000;
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// The last revision.
    pub(super) revision: Revision,
    /// What lies before is forgotten.
    pub(super) compacted: Revision,
    /// Up to this change the forgotten is also removed.
    pub(super) purged: i64,
    /// Where the present generation of history began; see `history`.
    pub(super) mark: Revision,
    /// Bytes written since.
    pub(super) marked_bytes: i64,
}

/// Reads the state.
pub(super) fn state(connection: &Connection) -> Result<State> {
    connection.prepare_cached("SELECT revision, compacted, purged, mark, marked_bytes FROM state")?.query_row(
        [],
        |row| {
            Ok(State {
                revision: row.get(0)?,
                compacted: row.get(1)?,
                purged: row.get(2)?,
                mark: row.get(3)?,
                marked_bytes: row.get(4)?,
            })
        },
    )
}

/// The first change after a revision.
pub(super) fn first_after(revision: Revision) -> i64 {
    revision.saturating_add(1).saturating_mul(1 << SEQUENCE_BITS)
}

/// The revision of a change.
fn revision_of(id: i64) -> Revision {
    id >> SEQUENCE_BITS
}

/// A living record, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Living {
    /// Its last change.
    pub(super) id: i64,
    /// When it was created.
    pub(super) create_revision: Revision,
    /// What it was put under; 0: nothing.
    pub(super) lease: LeaseId,
}

impl Living {
    /// When it was last changed.
    pub(super) fn mod_revision(&self) -> Revision {
        revision_of(self.id)
    }
}

/// Does it lie under a lease that is there? One without its lease would never go.
const LEASED: &str = "lease <> 0 AND EXISTS (SELECT 1 FROM leases WHERE leases.id = lease)";

const LAST: &str = "FROM changes WHERE key = ?1 ORDER BY id DESC LIMIT 1";

/// A record as it is now, without its value.
pub(super) fn living(connection: &Connection, key: &str) -> Result<Option<Living>> {
    let last = connection
        .prepare_cached(&format!("SELECT id, create_revision, lease {LAST}"))?
        .query_row([key], |row| {
            Ok(Living { id: row.get(0)?, create_revision: row.get(1)?, lease: row.get(2)? })
        })
        .optional()?;
    Ok(last.filter(|last| last.create_revision != 0))
}

/// A record as it is now.
pub(super) fn entry(connection: &Connection, key: &Key) -> Result<Option<Entry>> {
    let last = connection
        .prepare_cached(&format!("SELECT id, create_revision, value, {LEASED} {LAST}"))?
        .query_row([key.as_str()], |row| read_entry(row, key.clone(), row.get(0)?, row.get(3)?))
        .optional()?;
    Ok(last.filter(|last| last.create_revision != 0))
}

/// The keys below a prefix now.
pub(super) fn keys_below(connection: &Connection, prefix: &str) -> Result<Vec<Key>> {
    let query = ListQuery { keys_only: true, limit: usize::MAX, ..ListQuery::prefix(prefix) };
    Ok(page(connection, &query, Revision::MAX)?.entries.into_iter().map(|entry| entry.key).collect())
}

/// The first records below a prefix now.
pub(super) fn first_below(connection: &Connection, prefix: &str, limit: usize) -> Result<Vec<Entry>> {
    let query = ListQuery { limit, ..ListQuery::prefix(prefix) };
    Ok(page(connection, &query, Revision::MAX)?.entries)
}

/// The first record below a prefix that was created or changed after a revision, as it is now.
pub(super) fn newer(connection: &Connection, prefix: &str, revision: Revision) -> Result<Option<Entry>> {
    let mut changed = connection.prepare_cached(
        "SELECT DISTINCT key FROM changes INDEXED BY by_key
         WHERE key >= ?1 AND key < ?2 AND id >= ?3 ORDER BY key",
    )?;
    let mut keys = changed.query((prefix, end_of(prefix), first_after(revision)))?;
    while let Some(row) = keys.next()? {
        // It may be gone again.
        if let Some(found) = entry(connection, &Key::from_stored(row.get_ref(0)?.as_str()?))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// A page as of a revision. Walks the index, which holds the changes of each key in order, and looks up the
/// last one of each key alone.
pub(super) fn page(connection: &Connection, query: &ListQuery, revision: Revision) -> Result<Page> {
    let low = match &query.after {
        // The next string after one is itself and a NUL.
        Some(after) if after.as_str() >= query.prefix.as_str() => format!("{after}\0"),
        _ => query.prefix.clone(),
    };
    let mut index = connection.prepare_cached(
        "SELECT key, id FROM changes INDEXED BY by_key
         WHERE key >= ?1 AND key < ?2 AND id < ?3 ORDER BY key, id",
    )?;
    let mut changes = index.query((low, end_of(&query.prefix), first_after(revision)))?;
    let mut page = Filling::new(connection, query)?;
    let mut last: Option<(Key, i64)> = None;
    while let Some(row) = changes.next()? {
        let (key, id) = (row.get_ref(0)?.as_str()?, row.get(1)?);
        match &mut last {
            Some((same, last_id)) if same.as_str() == key => *last_id = id,
            _ => {
                if let Some((key, id)) = last.replace((Key::from_stored(key), id))
                    && page.take(key, id)?
                {
                    last = None;
                    break;
                }
            }
        }
    }
    if let Some((key, id)) = last {
        page.take(key, id)?;
    }
    Ok(Page { revision, entries: page.entries, more: page.more })
}

/// A page while it is filled.
struct Filling<'c> {
    lookup: rusqlite::CachedStatement<'c>,
    entries: Vec<Entry>,
    limit: usize,
    bytes: usize,
    more: bool,
}

impl<'c> Filling<'c> {
    fn new(connection: &'c Connection, query: &ListQuery) -> Result<Self> {
        let value = if query.keys_only { "x''" } else { "value" };
        let lookup = connection.prepare_cached(&format!(
            "SELECT id, create_revision, {value}, {LEASED} FROM changes WHERE id = ?1"
        ))?;
        Ok(Self { lookup, entries: Vec::new(), limit: query.limit.max(1), bytes: 0, more: false })
    }

    /// Takes the record with this last change, if it lives. Is the page over?
    fn take(&mut self, key: Key, id: i64) -> Result<bool> {
        let entry = self.lookup.query_row([id], |row| read_entry(row, key, id, row.get(3)?))?;
        if entry.create_revision == 0 {
            return Ok(false);
        }
        if self.entries.len() >= self.limit || self.bytes > PAGE_BYTES {
            self.more = true;
            return Ok(true);
        }
        self.bytes += entry.value.len();
        self.entries.push(entry);
        Ok(false)
    }
}

/// What happened below a prefix from one revision to another, both included, or to an earlier one if that is
/// enough for a batch.
pub(super) fn changes(
    connection: &Connection,
    prefix: &str,
    from: Revision,
    to: Revision,
) -> Result<WatchBatch> {
    let mut log = connection.prepare_cached(
        "SELECT id, create_revision, value, key, lease <> 0 FROM changes NOT INDEXED
         WHERE id >= ?1 AND id < ?2 AND key >= ?3 AND key < ?4 ORDER BY id",
    )?;
    let mut rows =
        log.query((first_after(from.saturating_sub(1)), first_after(to), prefix, end_of(prefix)))?;
    let mut batch = WatchBatch { revision: to, events: Vec::new() };
    let (mut bytes, mut last) = (0, from);
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        let revision = revision_of(id);
        if revision != last && (batch.events.len() >= BATCH_EVENTS || bytes >= BATCH_BYTES) {
            batch.revision = last;
            break;
        }
        last = revision;
        let entry = read_entry(row, Key::from_stored(row.get_ref(3)?.as_str()?), id, row.get(4)?)?;
        bytes += entry.value.len();
        batch.events.push(match entry.create_revision {
            0 => WatchEvent::Delete(entry.key, revision),
            _ => WatchEvent::Put(entry),
        });
    }
    Ok(batch)
}

/// Columns: the id, `create_revision`, `value`.
fn read_entry(row: &Row<'_>, key: Key, id: i64, leased: bool) -> Result<Entry> {
    Ok(Entry {
        key,
        value: Bytes::copy_from_slice(row.get_ref(2)?.as_blob()?),
        create_revision: row.get(1)?,
        mod_revision: revision_of(id),
        leased,
    })
}

/// The first string behind all that begin with `prefix`. UTF-8 sorts as its characters do, so it is the
/// prefix with its last character raised; where there is none, a blob, which SQLite sorts behind all text.
fn end_of(prefix: &str) -> Value {
    let mut rest = prefix.to_owned();
    while let Some(last) = rest.pop() {
        // A range of characters leaves out what is none.
        if let Some(next) = (last..=char::MAX).nth(1) {
            rest.push(next);
            return Value::Text(rest);
        }
    }
    Value::Blob(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_its_neighbour() {
        assert_eq!(end_of("a/"), Value::Text("a0".into()));
        assert_eq!(end_of("a\u{D7FF}"), Value::Text("a\u{E000}".into()));
        assert_eq!(end_of("a\u{10FFFF}"), Value::Text("b".into()));
        assert_eq!(end_of("\u{10FFFF}"), Value::Blob(Vec::new()));
        assert_eq!(end_of(""), Value::Blob(Vec::new()));
    }
}
