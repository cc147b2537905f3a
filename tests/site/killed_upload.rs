//! Uploads of the real binary: killed in the middle, and of files that are mostly nothing, in bounded memory.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::common::archive;
use crate::common::site::{On, eventually, id};
use crate::host::{Host, files_below};
use crate::platform::Platform;
use crate::running::Running;

/// Most memory of a process, in KiB: the bound that operators are promised.
const MOST: u64 = 64 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_upload_leaves_is_swept() {
    Host::test(On::Embedded, async |host| {
        // Controllers without a remote stand for nothing.
        let platform = Platform::start(host, &[]).await;
        host.configure("sweep_interval = \"1s\"\n", &platform.sections());
        let onlooker = host.onlooker().await;
        let file = archive::segment(host.path(), "nav", "1.0", "zip", 400 << 20);
        let staging = host.staging();
        let begun = |least| has_come(&staging, least);
        for at in [1, 50 << 20, 300 << 20] {
            let upload = host.start("upload", &["segment", "upload", file.to_str().unwrap()]);
            while !begun(at) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            upload.kill().await;
            let left = host.stored_files();
            assert!(left.len() == 1 && left[0].starts_with(&staging), "a staging file at most: {left:?}");
            assert!(!onlooker.exists(&id("nav@1.0")).await.unwrap());

            // Younger than an hour, it may belong to somebody: the sweep that takes the old one leaves it.
            let old = staging.join("01JAB3DQ4Y5Z6V7W8X9Y0Z1A2B");
            std::fs::write(&old, "x").unwrap();
            set_back(&old);
            let controller = host.start("controller", &["controller"]);
            gone(&old).await;
            assert_eq!(host.stored_files(), left);
            set_back(&left[0]);
            gone(&left[0]).await;
            assert_eq!(controller.terminate().await, 0);
            assert!(host.stored_files().is_empty());
        }
        // Nothing of it stands in the way.
        host.json(&["segment", "upload", file.to_str().unwrap()]).await;
        eventually(&onlooker, "uploaded", || async {
            onlooker.exists(&id("nav@1.0")).await.unwrap().then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_uploaded_is_told_when_the_rest_is_cancelled() {
    Host::test(On::Embedded, async |host| {
        host.configure("", "");
        let small = archive::segment(host.path(), "nav", "1.0", "zip", 20);
        let large = archive::segment(host.path(), "map", "1.0", "zip", 400 << 20);
        let files = [&small, &large].map(|file| file.to_str().unwrap());
        let mut upload = host.start("upload", &[&["segment", "upload"], &files[..]].concat());
        while !has_come(&host.staging(), 1 << 20) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        upload.interrupt();
        upload.hears("nav@1.0").await;
        upload.hears("nothing of it is left").await;
        assert!(files_below(&host.staging()).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_upload_needs_little_memory() {
    Host::test(On::Embedded, async |host| {
        host.configure("", "");
        let path = host.path().join("holes.zip");
        std::fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
        let mut upload = host.start("upload", &["segment", "upload", path.to_str().unwrap()]);
        let mut peak = 0;
        let (mut most_staged, staging) = (0, host.staging());
        while let Some(now) = high_water(&upload) {
            peak = peak.max(now);
            let staged = files_below(&staging);
            let sizes = staged.iter().filter_map(|file| file.metadata().ok()).map(|found| found.len());
            most_staged = most_staged.max(sizes.max().unwrap_or(0));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let refused = upload.says("segdeck: this is no archive").await;
        assert!(refused.is_some(), "all of it was read, and it is no archive");
        assert!(most_staged > 512 << 20, "{most_staged} bytes were seen in staging");
        assert!(peak > 0 && peak < MOST, "{peak} KiB");
        assert!(host.stored_files().is_empty());
    })
    .await;
}

/// Is there a file of so many bytes?
fn has_come(folder: &Path, least: u64) -> bool {
    files_below(folder).iter().any(|file| file.metadata().is_ok_and(|found| found.len() >= least))
}

/// The most memory a process has had so far, in KiB; `None` once it has ended.
fn high_water(process: &Running) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Makes a file look as if nobody had written to it for two hours.
fn set_back(path: &Path) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(7200)).unwrap();
}

async fn gone(path: &Path) {
    while path.exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
