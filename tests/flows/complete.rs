//! The md5 of a large file: left out by its upload, computed later by whoever leads, in nobody's way.

use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use sha2::Sha256;

use segdeck::domain::SegmentId;
use segdeck::domain::segment::FileState;
use segdeck::service::{DeleteOptions, Expected, Service, UploadRequest};
use segdeck::store::keys;
use tokio_util::sync::CancellationToken;

use crate::common::archive;
use crate::common::incomplete::{self, change, completed, is_open, resize};
use crate::common::site::{Driver, On, Site, eventually, id, published, upload};

crate::on_both!(
    a_large_file_gets_its_md5_after_it_is_published,
    a_delete_does_not_wait_for_the_md5,
    a_leader_that_steps_down_leaves_it_to_the_next,
    a_record_that_changes_meanwhile_keeps_its_change
);

/// Above what an upload hashes at once.
const LARGE: u64 = 65 << 20;

fn hex(digest: impl Digest) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn md5_of(file: &Path) -> String {
    hex(Md5::new_with_prefix(std::fs::read(file).unwrap()))
}

/// As [`incomplete::endless`], from the start. Returns the stored file too.
async fn endless(site: &Site, service: &Service, id: &SegmentId) -> (PathBuf, u64) {
    upload(service, &site.archive(id.prefix.as_str(), id.version.as_str(), "zip")).await;
    published(service, id).await;
    let stored = site.dir.path().join("data/files").join(service.segment(id).await.unwrap().storage_key);
    let size = incomplete::endless(service, id, &stored, std::process::id()).await;
    (stored, size)
}

/// Waits until nobody reads a file any more.
async fn closed(file: &Path) {
    while is_open(std::process::id(), file) {
        tokio::task::yield_now().await;
    }
}

async fn a_large_file_gets_its_md5_after_it_is_published(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let file = archive::segment(site.dir.path(), "nav", "1.0", "zip", LARGE);
    let (nav, md5) = (upload(&service, &file).await, md5_of(&file));
    let entry = service.store.get(&keys::segment(&nav)).await.unwrap().1.unwrap();
    let record: serde_json::Value = serde_json::from_slice(&entry.value).unwrap();
    assert!(record.get("md5").is_none(), "absent, never null: {record}");

    // Somebody who knows it need not wait.
    let known = archive::segment(site.dir.path(), "known", "1.0", "zip", LARGE + 1);
    let expected = Expected {
        sha256: hex(Sha256::new_with_prefix(std::fs::read(&known).unwrap())),
        md5: Some(md5_of(&known)),
    };
    let request = UploadRequest { file: known, expected: Some(expected.clone()), ..UploadRequest::default() };
    let uploaded = service.upload(&request, |_| {}, &CancellationToken::new()).await.unwrap();
    assert_eq!((Some(uploaded.sha256), uploaded.md5), (Some(expected.sha256), expected.md5));

    let driver = Driver::start(&service);
    let done = completed(&service, &nav).await;
    assert_eq!(done.md5, Some(md5));
    assert!(done.uid().is_some(), "published first");
    driver.stop().await;
}

async fn a_delete_does_not_wait_for_the_md5(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let nav = id("nav@1.0");
    let (stored, _) = endless(&site, &service, &nav).await;
    service.delete(&nav, &DeleteOptions { purge: true, ..DeleteOptions::default() }).await.unwrap();
    eventually(&service, "deleted", || async { (!service.exists(&nav).await.unwrap()).then_some(()) }).await;
    assert!(!stored.exists());
    closed(&stored).await;
    driver.stop().await;
}

async fn a_leader_that_steps_down_leaves_it_to_the_next(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let nav = id("nav@1.0");
    let (stored, size) = endless(&site, &service, &nav).await;
    driver.stop().await;
    closed(&stored).await;
    assert_eq!(service.segment(&nav).await.unwrap().md5, None);
    resize(&stored, size);
    let driver = Driver::start(&service);
    assert_eq!(completed(&service, &nav).await.md5, Some(md5_of(&stored)));
    driver.stop().await;
}

async fn a_record_that_changes_meanwhile_keeps_its_change(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let nav = id("nav@1.0");
    let (stored, size) = endless(&site, &service, &nav).await;
    change(&service, &nav, |segment| segment.name = "renamed".into()).await;
    // It ends where it has been read to, and is another file than was uploaded.
    resize(&stored, size);
    let altered = eventually(&service, "altered", || async {
        Some(service.segment(&nav).await.unwrap()).filter(|segment| segment.file_state.is_some())
    })
    .await;
    assert_eq!((altered.file_state, altered.md5), (Some(FileState::Altered), None), "no md5 of other bytes");
    assert_eq!(altered.name.raw(), "renamed");

    // Once it is known to be well, it has one.
    service.verify(std::slice::from_ref(&nav), |_| {}, &CancellationToken::new()).await.unwrap();
    let done = completed(&service, &nav).await;
    assert_eq!(done.md5, Some(md5_of(&stored)));
    assert_eq!((done.file_state, done.name.raw()), (None, "renamed"));
    driver.stop().await;
}
