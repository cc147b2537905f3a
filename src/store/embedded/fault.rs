//! SQLite's errors, told so that an operator knows what to do.

use rusqlite::{Error, ErrorCode};

use crate::store::StoreError;

/// An error before anything was changed.
pub(super) fn fault(store: &str, doing: &str, error: &Error) -> StoreError {
    let store = store.to_owned();
    let unavailable = |reason: String| StoreError::Unavailable { store: store.clone(), reason };
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            unavailable(format!("another process kept it busy ({doing})"))
        }
        Some(ErrorCode::DiskFull) => unavailable(format!("the disk is full ({doing}); free some space")),
        Some(ErrorCode::DatabaseCorrupt) => unavailable(format!(
            "the file is damaged ({doing}: {error}); stop everything that uses it and put a copy back"
        )),
        Some(ErrorCode::NotADatabase) => foreign(&store),
        Some(
            ErrorCode::PermissionDenied | ErrorCode::ReadOnly | ErrorCode::AuthorizationForStatementDenied,
        ) => StoreError::Denied { store, reason: format!("cannot {doing}: {error}") },
        _ => unavailable(format!("cannot {doing}: {error}")),
    }
}

/// An error of a commit. A full disk is told before the commit's last page is written; after other errors
/// that page may be on the disk.
pub(super) fn commit_fault(store: &str, error: &Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            fault(store, "commit", error)
        }
        _ => StoreError::Unknown { store: store.to_owned(), reason: error.to_string() },
    }
}

/// A file that somebody else wrote.
pub(super) fn foreign(store: &str) -> StoreError {
    StoreError::Misconfigured(format!("{store} is not a store of segdeck; set [store] path to another file"))
}
