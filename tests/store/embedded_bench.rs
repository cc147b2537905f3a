//! Empty embedded stores, each in a folder of its own.

use std::path::{Path, PathBuf};

use segdeck::store::SharedStore;
use segdeck::store::embedded::EmbeddedStore;

use crate::conformance::{Bench, Room};

pub async fn fresh(_room: Room) -> Bench {
    let folder = Folder::new();
    Bench { store: folder.open().await, keep: Box::new(folder) }
}

/// A folder for one store; removed in the end.
pub struct Folder {
    pub folder: tempfile::TempDir,
    pub file: PathBuf,
}

impl Folder {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store.db");
        Self { folder, file }
    }

    pub async fn open(&self) -> SharedStore {
        EmbeddedStore::open(&self.file).await.unwrap()
    }

    /// The path of the file beside the store's with this suffix.
    pub fn beside(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("store.db{suffix}"))
    }
}

/// The file as any other SQLite program sees it.
pub fn sql(file: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    connection
}
