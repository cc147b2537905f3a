//! A process that a setting points to the wrong store: it takes nothing away, says what is wrong, and what to do.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::common::archive;
use crate::common::site::On;
use crate::host::{Host, files_below};
use crate::platform::Platform;

/// Everything in shared storage was written two hours ago: old enough for a sweep.
pub(crate) fn age(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let then = SystemTime::now() - Duration::from_secs(7200);
    let mut files: Vec<_> = files_below(folder)
        .into_iter()
        .map(|path| {
            File::options().append(true).open(&path).unwrap().set_modified(then).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            (path, bytes)
        })
        .collect();
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typo_in_the_prefix_takes_nothing_away() {
    Host::test(On::Etcd, async |host| {
        nothing_is_taken(host, &["--set", "store.prefix=/segdek"]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_backend_takes_nothing_away() {
    Host::test(On::Etcd, async |host| {
        nothing_is_taken(host, &["--set", "store.backend=embedded"]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_embedded_store_takes_nothing_away() {
    Host::test(On::Embedded, async |host| {
        let other = format!("store.path={}", host.path().join("other.db").display());
        nothing_is_taken(host, &["--set", &other]).await;
    })
    .await;
}

async fn nothing_is_taken(host: &Host, wrong: &[&str]) {
    let platform = Platform::start(host, &[]).await;
    host.configure("sweep_interval = \"1m\"", &platform.sections());
    for version in ["1.0", "2.0", "3.0"] {
        let file = archive::segment(host.path(), "nav", version, "zip", 10_000);
        host.json(&["segment", "upload", file.to_str().unwrap(), "--wait"]).await;
    }
    let folder = host.path().join(".local/share/segdeck/files");
    let before = age(&folder);
    assert_eq!(
        before.len(),
        5,
        "three files, the one that says whose they are, and how far their records had come"
    );

    let wrongly = |arguments: &[&str]| -> Vec<String> {
        wrong.iter().chain(arguments).map(|part| (*part).to_owned()).collect()
    };
    let call = wrongly(&["controller"]);
    let call: Vec<&str> = call.iter().map(String::as_str).collect();
    let mut stranger = host.start("stranger", &call);
    stranger.hears("segdeck storage adopt").await;
    let call = wrongly(&["storage", "sweep", "--yes", "-o", "json"]);
    let call: Vec<&str> = call.iter().map(String::as_str).collect();
    host.run(&call).await.refuses(3, "conflict", &["segdeck storage adopt"]);
    let file = archive::segment(host.path(), "map", "1.0", "zip", 10_000);
    let call = wrongly(&["segment", "upload", file.to_str().unwrap(), "-o", "json"]);
    let call: Vec<&str> = call.iter().map(String::as_str).collect();
    host.run(&call).await.refuses(3, "conflict", &["segdeck storage adopt"]);
    assert_eq!(age(&folder), before, "no file came, went or changed");
    assert_eq!(stranger.terminate().await, 0);

    // The right one goes on as if nothing had been.
    host.run(&["segment", "verify", "-o", "json"]).await.exits(0);
    assert_eq!(host.json(&["segment", "list"]).await["total"], 3);
    platform.stop().await;
}
