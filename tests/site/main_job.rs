//! The main job: on a real etcd with a controller process, on the embedded store without any.

use crate::common::site::On;
use crate::host::Host;
use crate::job::{Driven, SOME_FAIL, whole_job};
use crate::platform::Platform;

/// A real segment.
const LARGE: u64 = 200 << 20;
const SMALL: u64 = 1 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_etcd_with_a_controller() {
    Host::test(On::Etcd, async |host| {
        let platform = Platform::start(host, &SOME_FAIL).await;
        host.configure("", &platform.sections());
        let controller = host.start("controller", &["controller"]);
        whole_job(host, platform, Driven::BySomebody, LARGE).await;
        assert_eq!(controller.terminate().await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded_by_waiting_alone() {
    Host::test(On::Embedded, async |host| {
        let platform = Platform::start(host, &SOME_FAIL).await;
        host.configure("", &platform.sections());
        whole_job(host, platform, Driven::ByTheCommand, SMALL).await;
    })
    .await;
}
