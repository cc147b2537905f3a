//! A mirror of the records copies the leader's too, but not the lease it lies under: nobody leads by it.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::common::archive;
use crate::common::etcd::Etcd;
use crate::host::Host;
use crate::platform::Platform;

/// `etcdctl make-mirror` of the records to another root of the same etcd.
struct Mirror(Child);

impl Mirror {
    fn start(server: &Etcd, from: &str, to: &str) -> Self {
        let mut command = Command::new("etcdctl");
        command.env("ETCDCTL_API", "3").arg("--endpoints").arg(server.endpoint());
        command.args(["make-mirror", "--prefix", from, "--dest-prefix", to]).arg(server.endpoint());
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_leads_by_it() {
    let server = Etcd::start();
    Host::test_on(&server, async |host| {
        let platform = Platform::start(host, &["--seats", "1"]).await;
        host.configure("", &platform.sections());
        let mut controller = host.start("original", &["controller"]);
        controller.hears("leading").await;
        // Whoever drives has settled everything before.
        host.json(&["sync"]).await;
        let names = |root: &str| {
            let listed = server.ctl(&["get", "--keys-only", "--prefix", root]);
            listed.lines().filter_map(|key| key.strip_prefix(root)).map(str::to_owned).collect::<Vec<_>>()
        };
        let mirror = Mirror::start(&server, "/site/", "/mirror/");
        let deadline = Instant::now() + Duration::from_secs(20);
        while names("/site/") != names("/mirror/") {
            assert!(Instant::now() < deadline, "the mirror does not copy all");
        }
        drop(mirror);
        let leader = host.json(&["controller", "status"]).await["leader"].clone();
        assert_eq!(controller.terminate().await, 0);

        let mirrored = ["--set", "store.prefix=/mirror"];
        let on_mirror = |arguments: &[&'static str]| [&mirrored[..], arguments].concat();
        let status = host.json(&on_mirror(&["controller", "status"])).await;
        assert_eq!((&status["leftOver"], &status["mayLead"]), (&leader, &json!(true)));
        assert_eq!(status.get("leader"), None);
        let told = host.run(&on_mirror(&["controller", "status"])).await.exits(0).out;
        assert!(told.contains("nobody leads") && told.contains("left over"), "{told}");
        let doctor = host.run(&on_mirror(&["doctor"])).await.out;
        assert!(doctor.contains("left over"), "{doctor}");

        // Who waits does not wait for it, but leads.
        let file = archive::segment(host.path(), "nav", "1.0", "zip", 1_000);
        let file = file.to_str().unwrap();
        let upload =
            ["--set", "store.prefix=/mirror", "segment", "upload", file, "--wait", "--timeout", "30s"];
        assert_eq!(host.json(&upload).await["createStatus"]["state"], "succeeded");
        let status = host.json(&on_mirror(&["controller", "status"])).await;
        assert_eq!((status.get("leftOver"), status.get("leader")), (None, None));
        platform.stop().await;
    })
    .await;
}

/// The record is put anew without its lease while somebody leads by it, as a mirror does that runs on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_whose_record_lost_its_lease_is_followed() {
    let server = Etcd::start();
    Host::test_on(&server, async |host| {
        let platform = Platform::start(host, &["--seats", "1"]).await;
        host.configure("", &platform.sections());
        let mut first = host.start("one", &["controller"]);
        first.hears("leading").await;
        let mut second = host.start("two", &["controller"]);
        second.hears("following").await;
        let record = server.ctl(&["get", "--print-value-only", "/site/leader"]);
        server.ctl(&["put", "/site/leader", record.trim()]);
        second.hears("leading").await;
        first.hears("no longer leads").await;
        assert_eq!(first.terminate().await, 0);
        assert_eq!(second.terminate().await, 0);
        platform.stop().await;
    })
    .await;
}
