//! Empty stores in a real etcd.

use std::sync::atomic::{AtomicU32, Ordering};

use segdeck::store::EtcdStore;

use crate::conformance::{Bench, Room};
use crate::etcd_server::{Etcd, shared};

pub async fn fresh(room: Room) -> Bench {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let root = format!("/suite-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    match room {
        Room::Shared => {
            Bench { store: EtcdStore::open(&shared().settings(&root)).unwrap(), keep: Box::new(()) }
        }
        Room::Alone => {
            let server = Etcd::start();
            Bench { store: EtcdStore::open(&server.settings(&root)).unwrap(), keep: Box::new(server) }
        }
    }
}
