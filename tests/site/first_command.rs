//! The first command of all on an empty store and an empty storage: it claims both while it asks and stands.

use crate::common::site::On;
use crate::host::Host;
use crate::platform::Platform;
use crate::sync_job::SYNC;

/// Hosts that begin one after the other: which change comes first is a matter of chance.
const HOSTS: usize = 8;

async fn is_a_sync(on: On) {
    for _ in 0..HOSTS {
        Host::test(on, async |host| {
            let platform = Platform::start(host, &[]).await;
            host.configure("", &platform.sections());
            host.run(&SYNC).await.exits(0);
            let shown = host.json(&["storage", "show"]).await;
            assert!(shown["site"].is_string() && shown["site"] == shown["owner"], "{shown}");
            platform.stop().await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_a_sync_embedded() {
    is_a_sync(On::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_a_sync_on_etcd() {
    is_a_sync(On::Etcd).await;
}
