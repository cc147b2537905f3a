//! Shared storage in which others put links, pipes and files of their own: the real binary uploads, reads and sweeps
//! there, and nothing outside of it or by another's name is touched.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use segdeck::service::ListRequest;

use crate::common::archive;
use crate::common::site::{On, eventually};
use crate::host::{Host, files_below};
use crate::platform::Platform;

/// Files that are none of ours, by names of ours, not touched for hours.
fn victims(host: &Host) -> (PathBuf, Vec<PathBuf>) {
    let outside = host.path().join("outside");
    let names = [
        "victim.txt",
        "01JAB3DQ4Y5Z6V7W8X9Y0Z1A2B",
        "1.0/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2C.zip",
        "nav/1.0/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2D.zip",
    ];
    let files = names.map(|name| {
        let file = host.file(&format!("outside/{name}"), "theirs");
        set_back(&file);
        file
    });
    (outside, files.to_vec())
}

/// Makes a file look as if nobody had written to it for two hours.
fn set_back(path: &Path) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(7200)).unwrap();
}

async fn gone(path: &Path) {
    while path.symlink_metadata().is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until the trash has so many orphans.
async fn in_the_trash(host: &Host, entries: usize) {
    let onlooker = host.onlooker().await;
    eventually(&onlooker, "in the trash", || async {
        let trash = onlooker.list_trash(&ListRequest::default()).await.unwrap();
        (trash.total == entries).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sweep_leaves_what_links_lead_to() {
    sweep_beside(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sweep_takes_orphans_and_leaves_strangers() {
    sweep_beside(&["my file.zip", ".nfs0001", "a\u{1b}[31m"]).await;
}

/// Sweeps twice among links, and among strangers by these names.
async fn sweep_beside(names: &[&str]) {
    Host::test(On::Embedded, async |host| {
        let platform = Platform::start(host, &[]).await;
        host.configure("sweep_interval = \"1s\"\n", &platform.sections());
        let file = archive::segment(host.path(), "nav", "1.0", "zip", 20);
        host.json(&["segment", "upload", file.to_str().unwrap()]).await;
        let uploaded = host.stored_files();

        let (outside, victims) = victims(host);
        let segments = host.staging().with_file_name("segments");
        symlink(&outside, segments.join("evil")).unwrap();
        symlink(&outside, segments.join("nav/9.9")).unwrap();
        symlink(&outside, host.staging().join("evil")).unwrap();
        symlink(outside.join("victim.txt"), host.staging().join("01JAB3DQ4Y5Z6V7W8X9Y0Z1A2E")).unwrap();
        let mut strangers = Vec::new();
        for folder in [&host.staging(), &segments, &segments.join("nav"), &segments.join("nav/1.0")] {
            for name in names {
                let stranger = folder.join(name);
                std::fs::write(&stranger, "x").unwrap();
                set_back(&stranger);
                strangers.push(stranger);
            }
        }
        let orphan = segments.join("nav/1.0/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2F.zip");
        let staged = host.staging().join("01JAB3DQ4Y5Z6V7W8X9Y0Z1A2G");
        for old in [&orphan, &staged] {
            std::fs::write(old, "x").unwrap();
            set_back(old);
        }

        let mut controller = host.start("controller", &["controller"]);
        in_the_trash(host, 1).await;
        gone(&staged).await;
        for victim in &victims {
            assert!(victim.exists(), "{} is gone", victim.display());
        }
        controller.hears("what segdeck did not put there").await;
        assert!(!host.log.text().contains('\u{1b}'), "names are told so that they steer no terminal");
        // Once more, with all of them still there.
        let another = segments.join("nav/1.0/01JAB3DQ4Y5Z6V7W8X9Y0Z1A2H.zip");
        std::fs::write(&another, "x").unwrap();
        set_back(&another);
        in_the_trash(host, 2).await;
        assert_eq!(controller.terminate().await, 0);
        for kept in victims.iter().chain(&strangers).chain(&uploaded) {
            assert!(kept.exists(), "{} is gone", kept.display());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_lands_behind_no_link() {
    Host::test(On::Embedded, async |host| {
        host.configure("", "");
        let first = archive::segment(host.path(), "nav", "1.0", "zip", 20);
        host.json(&["segment", "upload", first.to_str().unwrap()]).await;
        let (outside, _) = victims(host);
        let before = files_below(&outside);
        let files = host.staging().with_file_name("");
        for (prefix, link) in
            [("seg07", "segments/seg07"), ("seg08", "segments/seg08/1.0"), ("seg09", "staging")]
        {
            let link_at = files.join(link);
            if link == "staging" {
                std::fs::remove_dir(&link_at).unwrap();
            }
            std::fs::create_dir_all(link_at.parent().unwrap()).unwrap();
            symlink(&outside, &link_at).unwrap();
            let file = archive::segment(host.path(), prefix, "1.0", "zip", 20);
            let upload = ["segment", "upload", file.to_str().unwrap(), "-o", "json"];
            host.run(&upload).await.refuses(5, "unavailable", &[link, "is a link", "storage.url"]);
            assert_eq!(files_below(&outside), before, "{link}");
            assert!(files_below(&host.staging()).is_empty() || link == "staging");
        }
        let listed = host.json(&["segment", "list"]).await;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
    })
    .await;
}
