//! The ledger: every effect that was asked for, and every start on a device. Tests read from it that nothing
//! happened twice.

use std::path::Path;

use rusqlite::{Transaction, params};

use super::database::Database;
use super::failure::{Failure, PlatformError};
use super::operations::Asked;
use crate::domain::Timestamp;

/// What kind of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerKind {
    /// `CreateSegment`; what: the segment id.
    Create,
    /// `DeleteSegment`; what: the uid.
    Delete,
    /// `BatchInstall`; what: the uid.
    BatchInstall,
    /// `BatchUninstall`; what: the uid.
    BatchUninstall,
    /// `CancelTask`; what: the task id.
    Cancel,
    /// An install began on a device; what: the device.
    InstallStarted,
    /// An uninstall began on a device; what: the device.
    UninstallStarted,
}

impl LedgerKind {
    const ALL: [Self; 7] = [
        Self::Create,
        Self::Delete,
        Self::BatchInstall,
        Self::BatchUninstall,
        Self::Cancel,
        Self::InstallStarted,
        Self::UninstallStarted,
    ];

    /// As in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::BatchInstall => "batchInstall",
            Self::BatchUninstall => "batchUninstall",
            Self::Cancel => "cancel",
            Self::InstallStarted => "installStarted",
            Self::UninstallStarted => "uninstallStarted",
        }
    }
}

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// When.
    pub at: Timestamp,
    /// The request id that asked; for starts, that of the task.
    pub request_id: String,
    /// What kind.
    pub kind: LedgerKind,
    /// On what; see [`LedgerKind`].
    pub what: String,
    /// For starts, the uid that is installed or uninstalled; else empty.
    pub uid: String,
    /// The answer was repeated from memory; nothing was done.
    pub repeated: bool,
}

/// Notes an effect, in its own transaction.
pub(super) fn note(tx: &Transaction<'_>, asked: &Asked, now: i64, repeated: bool) -> Result<(), Failure> {
    tx.prepare_cached("INSERT INTO ledger (at, request_id, kind, what, repeated) VALUES (?, ?, ?, ?, ?)")?
        .execute(params![now, asked.request_id, asked.kind.as_str(), asked.what, repeated])?;
    Ok(())
}

/// Reads the ledger of the platform whose data folder this is, in order of time; also while it runs.
///
/// # Errors
/// When the database cannot be read.
pub fn ledger(data: &Path) -> Result<Vec<LedgerEntry>, PlatformError> {
    let path = data.join(super::state::DATABASE);
    read(&path).map_err(|source| PlatformError::Database { path, source })
}

fn read(path: &Path) -> Result<Vec<LedgerEntry>, rusqlite::Error> {
    let connection = Database::open_read_only(path)?;
    let mut statement = connection.prepare(
        "SELECT at, request_id, kind, what, '' AS uid, repeated, seq FROM ledger
         UNION ALL
         SELECT w.started_at, t.request_id, t.op || 'Started', w.device, t.uid, 0, w.seq
         FROM work w JOIN tasks t ON t.seq = w.task WHERE w.started_at IS NOT NULL
         ORDER BY 1, 7",
    )?;
    let entries = statement.query_map([], |row| {
        let kind: String = row.get(2)?;
        let kind = LedgerKind::ALL.into_iter().find(|known| known.as_str() == kind).ok_or_else(|| {
            let why = format!("unknown ledger kind {kind:?}");
            rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, why.into())
        })?;
        Ok(LedgerEntry {
            at: Timestamp::from_millisecond(row.get(0)?).unwrap_or(Timestamp::UNIX_EPOCH),
            request_id: row.get(1)?,
            kind,
            what: row.get(3)?,
            uid: row.get(4)?,
            repeated: row.get(5)?,
        })
    })?;
    entries.collect()
}
