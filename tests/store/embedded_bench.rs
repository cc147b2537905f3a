//! The embedded store in a folder of its own.

use segdeck::store::embedded::EmbeddedStore;

use crate::conformance::{Bench, Room};

pub async fn fresh(_room: Room) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(&folder.path().join("store.db")).await.unwrap();
    Bench { store, keep: Box::new(folder) }
}
