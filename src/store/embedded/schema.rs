//! Opening the file: whose it is, the tables in it, and how SQLite shall treat it.

use std::cell::Cell;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Error, ErrorCode, OpenFlags};

use super::fault::{fault, foreign};
use super::place::Place;
use crate::domain::words::{Word, word};
use crate::store::StoreError;

/// "Sgdk" in the file's header: it is ours.
const APPLICATION: i64 = 0x5367_646B;

/// Of the tables below; a newer one is left alone.
const LAYOUT: i64 = 1;

/// One row of `changes` per changed key and revision. Its `id` is the revision, shifted by [`SEQUENCE_BITS`],
/// plus the place within the revision, so that the order of ids is the order of changes. A deletion has
/// `create_revision` 0. `state` has one row.
const TABLES: &str = "
    CREATE TABLE changes (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        create_revision INTEGER NOT NULL,
        lease INTEGER NOT NULL,
        value BLOB NOT NULL
    ) STRICT;
    CREATE INDEX by_key ON changes (key);
    CREATE INDEX by_lease ON changes (lease) WHERE lease <> 0;
    CREATE TABLE leases (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        boot TEXT NOT NULL,
        ttl_ms INTEGER NOT NULL,
        ends_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE state (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        revision INTEGER NOT NULL,
        compacted INTEGER NOT NULL,
        purged INTEGER NOT NULL,
        mark INTEGER NOT NULL,
        marked_bytes INTEGER NOT NULL
    ) STRICT;
    INSERT INTO state VALUES (1, 1, 0, 0, 1, 0);
";

/// Changes that one revision may hold, as a power of two.
pub(super) const SEQUENCE_BITS: u32 = 20;

/// Longest wait for another process's transaction; below the deadline of a call.
const BUSY: Duration = Duration::from_secs(3);

/// Between two looks whether it is over. SQLite's own waits grow to 100 ms, and a busy neighbour then wins
/// every time.
const BUSY_STEP: Duration = Duration::from_millis(2);

/// The connection that writes; creates the tables in an empty file.
pub(super) fn open_writer(place: &Place, most_pages: Option<u32>) -> Result<Connection, StoreError> {
    let name = place.name();
    let connection = open(place)?;
    let told = |doing: Word| {
        let name = name.clone();
        move |error: Error| fault(&name, doing, &error)
    };
    let empty = look_inside(&connection, &name)?;
    let mode = wal(&connection).map_err(told(word!("doing-switch-to-wal")))?;
    if mode != "wal" {
        let reason = format!("{name}: its file system cannot share memory; set [store] path to another disk");
        return Err(StoreError::Misconfigured(reason));
    }
    if empty {
        create(&connection, &name)?;
    }
    if let Some(pages) = most_pages {
        connection.pragma_update(None, "max_page_count", pages).map_err(told(word!("doing-limit")))?;
    }
    Ok(connection)
}

/// A connection that reads.
pub(super) fn open_reader(place: &Place) -> Result<Connection, StoreError> {
    let connection = open(place)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(|error| fault(&place.name(), word!("doing-open-it"), &error))?;
    Ok(connection)
}

fn open(place: &Place) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(&place.file, flags).and_then(|mut connection| {
        connection.busy_handler(Some(wait_a_little))?;
        connection.set_prepared_statement_cache_capacity(32);
        connection.execute_batch(
            "PRAGMA synchronous = FULL;
             PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -8192;
             PRAGMA journal_size_limit = 67108864;",
        )?;
        Ok(connection)
    });
    opened.map_err(|error| fault(&place.name(), word!("doing-open-it"), &error))
}

fn wait_a_little(tries: i32) -> bool {
    thread_local! {
        /// Since when this thread waits. Counting the tries would not do: on a busy machine each takes longer.
        static BEGUN: Cell<Option<Instant>> = const { Cell::new(None) };
    }
    if tries == 0 {
        BEGUN.set(Some(Instant::now()));
    }
    let go_on = BEGUN.get().is_some_and(|begun| begun.elapsed() < BUSY);
    if go_on {
        std::thread::sleep(BUSY_STEP);
    }
    go_on
}

/// [`is_empty`] at one moment: between two reads of their own another process may create the tables, and the
/// file would look like somebody else's.
fn look_inside(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    let moment =
        connection.unchecked_transaction().map_err(|error| fault(name, word!("doing-read-it"), &error))?;
    is_empty(&moment, name)
}

/// Is there nothing in the file yet? An error if it is not ours. Reads only: a file of somebody else stays
/// as it is. To be called within a transaction.
fn is_empty(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(|error| fault(name, word!("doing-read-it"), &error))
    };
    match number("PRAGMA application_id")? {
        APPLICATION => match number("PRAGMA user_version")? {
            layout if layout > LAYOUT => Err(StoreError::Misconfigured(format!(
                "{name} was written by a newer segdeck (layout {layout}, this one knows {LAYOUT}); update this one"
            ))),
            _ => Ok(false),
        },
        0 if number("SELECT count(*) FROM sqlite_schema")? == 0 => Ok(true),
        _ => Err(foreign(name)),
    }
}

/// Two processes that open an empty file at once find each other in the way here, and SQLite does not call
/// the busy handler for it.
fn wal(connection: &Connection) -> rusqlite::Result<String> {
    let begun = Instant::now();
    loop {
        let switched = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
        match switched {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < BUSY =>
            {
                std::thread::sleep(BUSY_STEP);
            }
            switched => return switched,
        }
    }
}

fn create(connection: &Connection, name: &str) -> Result<(), StoreError> {
    let told = |error: Error| fault(name, word!("doing-create-tables"), &error);
    connection.execute_batch("BEGIN IMMEDIATE").map_err(told)?;
    // Somebody may have been faster.
    let created = is_empty(connection, name).and_then(|empty| {
        if empty {
            connection.execute_batch(TABLES).map_err(told)?;
            connection.pragma_update(None, "application_id", APPLICATION).map_err(told)?;
            connection.pragma_update(None, "user_version", LAYOUT).map_err(told)?;
        }
        Ok(())
    });
    let ended = connection.execute_batch(if created.is_ok() { "COMMIT" } else { "ROLLBACK" });
    created.and(ended.map_err(told))
}
