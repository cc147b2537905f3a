//! What must go wrong clearly where it takes real servers and a real file system.

use crate::common::archive;
use crate::common::etcd::Etcd;
use crate::common::site::On;
use crate::console::Console;
use crate::host::Host;
use crate::platform::Platform;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password() {
    let etcd = Etcd::start();
    etcd.enable_auth("console", "right", "/segdeck");
    Host::test(On::Embedded, async |host| {
        let (right, wrong) = (host.file("right", "right\n"), host.file("wrong", "wrong\n"));
        let endpoint = format!("store.endpoints=http://{}", etcd.endpoint());
        let list = async |password: &str| {
            let password = format!("store.password_file={password}");
            let set = ["--set", "store.backend=etcd", "--set", &endpoint, "--set", "store.username=console"];
            host.run(&[&set[..], &["--set", &password, "segment", "list", "-o", "json"]].concat()).await
        };
        list(right.to_str().unwrap()).await.exits(0);
        let said = list(wrong.to_str().unwrap()).await.refuses(
            5,
            "unavailable",
            &[&etcd.endpoint(), "store.username", "store.password_file"],
        );
        assert!(!said.contains("wrong\n") && !said.contains("right"), "{said}");
        let nobody = ["--set", "store.backend=etcd", "--set", &endpoint, "segment", "list", "-o", "json"];
        host.run(&nobody).await.refuses(5, "unavailable", &[&etcd.endpoint()]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_while_uploading() {
    Host::test(On::Embedded, async |host| {
        host.configure("", "");
        let file = archive::segment(host.path(), "nav", "1.0", "zip", 20 << 20);
        let mut command = host.program("sh");
        // No file may grow beyond 4 MiB: what works without being root, and ends in the middle of the copy.
        let limited = "trap '' XFSZ; ulimit -f 8192; exec \"$@\"";
        let upload = ["segment", "upload", file.to_str().unwrap(), "-o", "json"];
        command.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_segdeck")]).args(upload);
        let storage = host.path().join(".local/share/segdeck/files");
        let names = [storage.to_str().unwrap(), "full", "make room"];
        host.output(command, &upload).await.refuses(5, "unavailable", &names);
        assert!(host.stored_files().is_empty(), "{:?}", host.stored_files());
        assert_eq!(host.json(&["segment", "list"]).await["total"], 0);
        // With room again the same upload works.
        host.run(&upload).await.exits(0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_is_away() {
    Host::test(On::Embedded, async |host| {
        let platform = Platform::start(host, &[]).await;
        host.configure("retry_interval = \"100ms\"\nretry_limit = 1", &platform.sections());
        let address = platform.address.clone();
        platform.stop().await;
        let sync = host.run(&["sync", "--remote", "sdp", "-o", "json"]).await;
        sync.refuses(5, "unavailable", &["sdp", &address]);
        let file = archive::segment(host.path(), "nav", "1.0", "zip", 1_000);
        let upload = ["segment", "upload", file.to_str().unwrap(), "--wait", "-o", "json"];
        let status = host.run(&upload).await.exits(1).json()["createStatus"].clone();
        assert_eq!((&status["state"], &status["retryCount"]), (&"failed".into(), &1.into()));
        let reason = status["reason"].as_str().unwrap();
        assert!(reason.contains("sdp") && reason.contains(&address), "{reason}");
        let install = ["install", "nav@1.0", "--none", "-o", "json"];
        host.run(&install).await.refuses(3, "conflict", &["nav@1.0"]);
        // What never came there goes without it.
        host.json(&["segment", "delete", "nav@1.0", "--wait", "--local-only", "--reason", "gone"]).await;
        host.run(&["trash", "empty", "nav@1.0", "--yes"]).await.exits(0);
        assert!(host.stored_files().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_whose_store_is_away() {
    let mut etcd = Etcd::start();
    // One that is killed before it served once has half a folder, and does not come back.
    etcd.ctl(&["endpoint", "health"]);
    Host::test(On::Embedded, async |host| {
        etcd.stop();
        let endpoint = etcd.endpoint();
        let store = format!("[store]\nbackend = \"etcd\"\nendpoints = [\"http://{endpoint}\"]\n");
        host.file(".config/segdeck/config.toml", &store);
        let mut console = Console::open(host);
        let says = |screen: &str, text: &str| screen.contains(text);
        console.until(|screen| says(screen, "does not answer") && says(screen, &endpoint)).await;
        console.until(|screen| says(screen, "segdeck doctor")).await;
        etcd.restart();
        console.until(|screen| says(screen, "LIVE") && !says(screen, "does not answer")).await;
        console.quit().await;
    })
    .await;
}
