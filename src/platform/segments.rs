//! The rows of segments.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row, Transaction, params};
use tonic::Status;

use super::failure::Failure;
use super::state::timestamp;
use crate::proto::{CreateSegmentHeader, Segment};

const COLUMNS: &str = "uid, prefix, version, name, type, file_name, file_size, sha256, created_at, seq";

fn segment(row: &Row<'_>) -> Result<Segment, rusqlite::Error> {
    Ok(Segment {
        uid: row.get(0)?,
        prefix: row.get(1)?,
        version: row.get(2)?,
        name: row.get(3)?,
        r#type: row.get(4)?,
        file_name: row.get(5)?,
        file_size: row.get::<_, i64>(6)?.try_into().unwrap_or_default(),
        sha256: row.get(7)?,
        created_at: Some(timestamp(row.get(8)?)),
    })
}

/// Adds one; refuses a second of the same prefix and version.
pub(super) fn insert(
    tx: &Transaction<'_>,
    scope: &str,
    uid: &str,
    header: &CreateSegmentHeader,
    now: i64,
) -> Result<(), Failure> {
    refuse_existing(tx, scope, &header.prefix, &header.version)?;
    tx.prepare_cached(
        "INSERT INTO segments (repository, uid, prefix, version, name, type, file_name, file_size, sha256, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        scope,
        uid,
        header.prefix,
        header.version,
        header.name,
        header.r#type,
        header.file_name,
        i64::try_from(header.file_size).unwrap_or(i64::MAX),
        header.sha256,
        now
    ])?;
    Ok(())
}

/// ALREADY_EXISTS if there is one.
pub(super) fn refuse_existing(
    tx: &Transaction<'_>,
    scope: &str,
    prefix: &str,
    version: &str,
) -> Result<(), Failure> {
    match find(tx, scope, prefix, version)? {
        None => Ok(()),
        Some(found) => {
            Err(Status::already_exists(format!("{scope} has {prefix}@{version} already, as {}", found.uid))
                .into())
        }
    }
}

/// By prefix and version.
pub(super) fn find(
    tx: &Transaction<'_>,
    scope: &str,
    prefix: &str,
    version: &str,
) -> Result<Option<Segment>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM segments WHERE repository = ? AND prefix = ? AND version = ? AND deleted_at IS NULL"
    );
    Ok(tx.prepare_cached(&sql)?.query_row(params![scope, prefix, version], segment).optional()?)
}

/// By uid.
pub(super) fn by_uid(tx: &Transaction<'_>, scope: &str, uid: &str) -> Result<Option<Segment>, Failure> {
    let sql =
        format!("SELECT {COLUMNS} FROM segments WHERE repository = ? AND uid = ? AND deleted_at IS NULL");
    Ok(tx.prepare_cached(&sql)?.query_row(params![scope, uid], segment).optional()?)
}

/// By uid, also if it was deleted since.
pub(super) fn ever(tx: &Transaction<'_>, scope: &str, uid: &str) -> Result<Option<Segment>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM segments WHERE repository = ? AND uid = ?");
    Ok(tx.prepare_cached(&sql)?.query_row(params![scope, uid], segment).optional()?)
}

/// Those after `after` in order of creation, with their place in it.
pub(super) fn page(
    tx: &Transaction<'_>,
    scope: &str,
    after: i64,
    size: u32,
) -> Result<Vec<(i64, Segment)>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM segments
         WHERE repository = ? AND seq > ? AND deleted_at IS NULL ORDER BY seq LIMIT ?"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map(params![scope, after, size], |row| Ok((row.get(9)?, segment(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Marks one as deleted; the row stays, since devices may still have it and its uid is never used again.
pub(super) fn delete(tx: &Transaction<'_>, scope: &str, uid: &str, now: i64) -> Result<(), Failure> {
    let changed = tx
        .prepare_cached(
            "UPDATE segments SET deleted_at = ? WHERE repository = ? AND uid = ? AND deleted_at IS NULL",
        )?
        .execute(params![now, scope, uid])?;
    match changed {
        0 => Err(Status::not_found(format!("{scope} has no segment {uid}")).into()),
        _ => Ok(()),
    }
}

/// The uids of all that are there.
pub(super) fn uids(tx: &Transaction<'_>) -> Result<HashSet<String>, Failure> {
    let mut statement = tx.prepare("SELECT uid FROM segments WHERE deleted_at IS NULL")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
