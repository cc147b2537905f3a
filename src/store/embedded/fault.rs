//! SQLite's errors, told so that an operator knows what to do.

use rusqlite::{Error, ErrorCode};

use crate::domain::words::{Say, Word, say, word};
use crate::store::StoreError;

/// An error before anything was changed.
pub(super) fn fault(store: &str, doing: Word, error: &Error) -> StoreError {
    let store = store.to_owned();
    let unavailable = |reason: Say| StoreError::Unavailable { store: store.clone(), reason };
    let cannot = || say!("store-cannot", doing = doing, error = error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            unavailable(say!("store-kept-busy", doing = doing))
        }
        Some(ErrorCode::DiskFull) => {
            StoreError::NoSpace { store, reason: say!("store-disk-full", doing = doing) }
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            unavailable(say!("store-damaged", doing = doing, error = error.to_string()))
        }
        Some(ErrorCode::NotADatabase) => foreign(&store),
        Some(
            ErrorCode::PermissionDenied | ErrorCode::ReadOnly | ErrorCode::AuthorizationForStatementDenied,
        ) => StoreError::Denied { store, reason: cannot() },
        _ => unavailable(cannot()),
    }
}

/// An error of a commit. A full disk is told before the commit's last page is written; after other errors
/// that page may be on the disk.
pub(super) fn commit_fault(store: &str, error: &Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            fault(store, word!("doing-commit"), error)
        }
        _ => StoreError::Unknown { store: store.to_owned(), reason: Say::plain(&error.to_string()) },
    }
}

/// A file that somebody else wrote.
pub(super) fn foreign(store: &str) -> StoreError {
    StoreError::Misconfigured(format!("{store} is not a store of segdeck; set [store] path to another file"))
}
