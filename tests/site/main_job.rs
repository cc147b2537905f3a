//! The main job: on a real etcd with a controller process, on the embedded store with a console beside, and
//! without anybody.

use crate::common::site::On;
use crate::console::{Console, line_with};
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded_beside_an_open_console() {
    Host::test(On::Embedded, async |host| {
        let platform = Platform::start(host, &SOME_FAIL).await;
        host.configure("", &platform.sections());
        let mut console = Console::open(host);
        console.until(|screen| screen.contains("LIVE") && screen.contains("you lead")).await;
        whole_job(host, platform, Driven::BySomebody, LARGE).await;
        // It drove all of it, and showed what the commands did.
        let leader = host.onlooker().await.leader().await.unwrap().unwrap();
        assert_eq!(leader.pid, console.pid());
        for parts in [&["nav-core@2.1.0", "ready"][..], &["nav-core@2.1.0", "100%"], &["elsewhere-a@1.0"]] {
            assert!(console.has_shown(|screen| line_with(screen, parts)), "{parts:?}");
        }
        console.until(|screen| screen.contains("LIVE") && screen.contains("Segments (0)")).await;
        console.quit().await;
    })
    .await;
}
