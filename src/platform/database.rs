//! The SQLite file behind the platform: its layout, and one transaction at a time.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tonic::Status;

use super::blocking::Blocking;
use super::failure::{Failure, PlatformError};
use super::identity;

/// Rises when the layout changes.
const FORMAT: i64 = 1;

/// Device states of `work` are those of the contract: 1 to 3 are open, 4 and above final.
const LAYOUT: &str = "
CREATE TABLE segments (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    repository TEXT NOT NULL,
    uid TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    version TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
);
CREATE UNIQUE INDEX segments_alive ON segments (repository, prefix, version) WHERE deleted_at IS NULL;
CREATE TABLE operations (
    scope TEXT NOT NULL,
    request_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (scope, request_id)
) WITHOUT ROWID;
CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    repeated INTEGER NOT NULL
);
CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    request_id TEXT NOT NULL,
    op TEXT NOT NULL,
    uid TEXT NOT NULL,
    devices INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    cancelled_at INTEGER
);
CREATE TABLE work (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    task INTEGER NOT NULL REFERENCES tasks (seq),
    device TEXT NOT NULL,
    state INTEGER NOT NULL,
    percent INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL,
    started_at INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0,
    ticket TEXT NOT NULL DEFAULT '',
    due_at INTEGER
);
CREATE INDEX work_of_task ON work (task, seq);
CREATE INDEX work_of_device ON work (device, seq);
CREATE INDEX work_queue ON work (device, seq) WHERE state < 4;
CREATE INDEX work_open ON work (task) WHERE state < 4;
CREATE INDEX work_due ON work (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE installed (
    device TEXT NOT NULL,
    prefix TEXT NOT NULL,
    uid TEXT NOT NULL,
    version TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (device, prefix)
) WITHOUT ROWID;
";

/// The platform's database. Calls run one after the other, off the async threads.
#[derive(Clone)]
pub(super) struct Database {
    /// Of the data in it.
    pub(super) identity: String,
    connection: Arc<Mutex<Connection>>,
    blocking: Blocking,
}

impl Database {
    pub(super) fn open(path: &Path, blocking: Blocking) -> Result<Self, PlatformError> {
        let wrap = |source| PlatformError::Database { path: path.to_owned(), source };
        let mut connection = Connection::open(path).map_err(wrap)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(wrap)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(wrap)?;
        // Without it SQLite looks at bound values while it weighs partial indexes, and so plans every statement
        // anew each time it runs: half of all the time.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(wrap)?;
        connection.set_prepared_statement_cache_capacity(64);
        let found: i64 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(wrap)?;
        match found {
            FORMAT => {}
            0 => {
                let transaction = connection.transaction().map_err(wrap)?;
                transaction.execute_batch(LAYOUT).map_err(wrap)?;
                transaction.pragma_update(None, "user_version", FORMAT).map_err(wrap)?;
                transaction.commit().map_err(wrap)?;
            }
            _ => return Err(PlatformError::Format { path: path.to_owned(), found, known: FORMAT }),
        }
        let identity = identity::of(&mut connection).map_err(wrap)?;
        Ok(Self { identity, connection: Arc::new(Mutex::new(connection)), blocking })
    }

    /// Opens it to look only, also while a platform runs on it.
    pub(super) fn open_read_only(path: &Path) -> Result<Connection, rusqlite::Error> {
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// Runs `work` in a transaction that is committed, and synced, if it succeeds.
    pub(super) fn transact<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// As [`Database::transact`], for async callers. It runs to its end even if the caller is dropped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Status> {
        let database = self.clone();
        self.blocking.run(move || database.transact(work)).await?.map_err(Status::from)
    }
}
