//! Ctrl-Z on the leading controller: another one leads before it stops.

use rustix::process::{WaitId, WaitIdOptions, waitid};
use segdeck::service::Service;

use crate::common::site::{On, eventually};
use crate::host::Host;
use crate::platform::Platform;
use crate::running::Running;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_etcd() {
    Host::test(On::Etcd, it_steps_down_and_stands_again).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded() {
    Host::test(On::Embedded, it_steps_down_and_stands_again).await;
}

async fn it_steps_down_and_stands_again(host: &Host) {
    let platform = Platform::start(host, &["--seats", "1"]).await;
    host.configure("", &platform.sections());
    let onlooker = host.onlooker().await;
    // A lease that outlasts this test: only who gives it back is followed.
    let arguments = ["--set", "controllers.lease_ttl=10m", "controller"];
    let first = host.start_job("one", &arguments);
    leads(&onlooker, &first).await;
    let second = host.start_job("two", &arguments);

    first.suspend();
    leads(&onlooker, &second).await;
    let stopped = WaitId::Pid(first.id());
    let status = tokio::task::spawn_blocking(|| waitid(stopped, WaitIdOptions::STOPPED)).await.unwrap();
    assert!(status.unwrap().unwrap().stopped());

    first.resume();
    assert_eq!(second.terminate().await, 0);
    leads(&onlooker, &first).await;
    assert_eq!(first.terminate().await, 0);
    platform.stop().await;
}

async fn leads(onlooker: &Service, running: &Running) {
    eventually(onlooker, "it leads", || async {
        (onlooker.leader().await.unwrap()?.pid == running.pid()).then_some(())
    })
    .await;
}
