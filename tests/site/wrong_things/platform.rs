//! Another platform at the endpoints: nothing is driven, and nothing goes because the other one does not have it.

use super::asked::ask;
use super::world::World;
use crate::common::site::{On, id};
use crate::host::Host;
use crate::platform::Platform;
use crate::sync_job::create_there;

const ADOPT: &str = "segdeck remote adopt sdp";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_platform() {
    Host::test(On::Etcd, async |host| {
        let world = World::begin(host).await;
        let other = Platform::start_in(host, "other", &[]).await;
        // Its list is not empty: an empty one is looked at twice by whoever syncs.
        host.configure("", &other.sections());
        create_there(host, &*host.onlooker().await, &id("strange@1.0")).await;
        host.configure("sweep_interval = \"1m\"", &world.platform.sections());
        let [sdp, store15s] = ["sdp", "store15s"].map(|of| format!("{of}.endpoint=http://{}", other.address));
        let mut row = ask(host, "another platform", &["--set", &sdp, "--set", &store15s]).await;
        for who in ["controller", "sync", "sweep", "upload"] {
            row.said(who, ADOPT);
        }
        // What was uploaded waits for the platform that it was meant for.
        world.is_untouched_beside(&["/map/"]).await;
        row.does("takes the upload, and drives nothing");
        world.ends_whole(row).await;
        other.stop().await;
    })
    .await;
}
