//! Transfers over connections that break in the middle, to platforms that start anew in the middle.

use std::path::Path;

use segdeck::domain::segment::FileState;
use segdeck::domain::{CreateState, OperationId, RemoteKind, Segment, SegmentId};
use segdeck::remote::{NewSegment, grpc};
use segdeck::service::Service;
use sha2::{Digest as _, Sha256};

use crate::common::archive;
use crate::common::cutting::{Cutting, Way};
use crate::common::site::{Driver, On, Site, eventually, id, published, upload};

/// Bytes of a file; more than what is worth resuming, several times.
const SIZE: u64 = 40 << 20;

/// Bytes that a connection moves before it is cut.
const AFTER: u64 = 9 << 20;

/// Bytes that may be on their way when a connection is cut, and are then sent again.
const IN_FLIGHT: u64 = 4 << 20;

/// What happens while nobody is connected.
#[derive(Clone, Copy, PartialEq)]
enum Meanwhile {
    Nothing,
    /// The platform ends and starts again.
    Restart,
    /// What the platform has kept is changed.
    Damage,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publish_goes_on_where_it_was_cut() {
    publish(4, Meanwhile::Nothing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publish_goes_on_after_a_restart_of_the_platform() {
    publish(2, Meanwhile::Restart).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publish_begins_anew_when_what_was_kept_is_damaged() {
    publish(1, Meanwhile::Damage).await;
}

async fn publish(cuts: u64, meanwhile: Meanwhile) {
    let mut site = Site::new(On::Embedded).await;
    let mut line = Cutting::start(site.platform.address, Way::Up, AFTER, cuts).await;
    site.settings.sdp.endpoint = format!("http://{}", line.address);
    let service = site.service().await;
    let file = archive::segment(site.dir.path(), "nav", "1.0", "zip", SIZE);
    let nav = upload(&service, &file).await;
    let driver = Driver::start(&service);
    for _ in 0..cuts {
        line.cut().await;
        change(&mut site, meanwhile).await;
        line.go_on();
    }
    published(&service, &nav).await;
    let segment = service.segment(&nav).await.unwrap();
    assert_eq!(segment.sha256, sha256(&file));
    assert_eq!(segment.file_state, None);
    assert_eq!(there(&site, &segment).await, segment.sha256, "what the platform took");
    let sent = line.moved();
    match meanwhile {
        // Kept bytes are believed until all is there; then everything comes again.
        Meanwhile::Damage => assert!(sent > SIZE + AFTER, "{sent}"),
        _ => assert!(sent < SIZE + cuts * IN_FLIGHT, "{sent} of {SIZE} bytes were sent"),
    }
    assert_eq!(std::fs::read_dir(site.platform.data.join("partial")).unwrap().count(), 0);
    driver.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_goes_on_where_it_was_cut() {
    download(4, Meanwhile::Nothing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_goes_on_after_a_restart_of_the_platform() {
    download(2, Meanwhile::Restart).await;
}

async fn download(cuts: u64, meanwhile: Meanwhile) {
    let mut site = Site::new(On::Embedded).await;
    let file = archive::segment(site.dir.path(), "there", "1.0", "zip", SIZE);
    create_there(&site, "there@1.0", &file).await;
    let mut line = Cutting::start(site.platform.address, Way::Down, AFTER, cuts).await;
    site.settings.sdp.endpoint = format!("http://{}", line.address);
    let service = site.service().await;
    let driver = Driver::start(&service);
    let request = service.request_sync(RemoteKind::Sdp, false).await.unwrap();
    for _ in 0..cuts {
        line.cut().await;
        change(&mut site, meanwhile).await;
        line.go_on();
    }
    let result = eventually(&service, "data sync", || async {
        service.sync_result(RemoteKind::Sdp, request.id).await.unwrap()
    })
    .await;
    assert!(result.error.is_none() && result.outcome.failed.is_empty(), "{result:?}");
    let segment = service.segment(&id("there@1.0")).await.unwrap();
    assert_eq!(segment.sha256, sha256(&file));
    assert_eq!(sha256(&stored(&site, &segment)), segment.sha256);
    let came = line.moved();
    assert!(came < SIZE + cuts * IN_FLIGHT, "{came} of {SIZE} bytes came");
    assert_eq!(site.stored_files(), 1);
    driver.stop().await;
}

/// A file that changed in shared storage without anybody noticing is found out by its first publication, and is not
/// sent again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_altered_file_is_not_published_and_says_so() {
    let site = Site::new(On::Embedded).await;
    let service = site.service().await;
    let flipped = upload(&service, &site.archive("flipped", "1.0", "zip")).await;
    let shorter = upload(&service, &site.archive("shorter", "1.0", "zip")).await;
    for id in [&flipped, &shorter] {
        let path = stored(&site, &service.segment(id).await.unwrap());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[5_000] ^= 1;
        bytes.truncate(if *id == shorter { 9_000 } else { bytes.len() });
        std::fs::write(&path, bytes).unwrap();
    }
    let driver = Driver::start(&service);
    for id in [&flipped, &shorter] {
        let segment = ended(&service, id).await;
        let status = &segment.create_status;
        assert_eq!((status.state, status.retry_count), (CreateState::Failed, 0), "{status:?}");
        assert!(status.reason.as_ref().unwrap().raw().contains("altered"), "{status:?}");
        assert_eq!(segment.file_state, Some(FileState::Altered));
    }
    let sdp = service.remotes.repository(RemoteKind::Sdp).unwrap();
    assert!(sdp.list("").await.unwrap().segments.is_empty());
    driver.stop().await;
}

async fn change(site: &mut Site, meanwhile: Meanwhile) {
    match meanwhile {
        Meanwhile::Nothing => {}
        Meanwhile::Restart => site.platform.restart(|_| {}).await,
        Meanwhile::Damage => {
            // Stopped, so that nothing more is written behind the damage.
            site.platform.stop().await;
            let kept = std::fs::read_dir(site.platform.data.join("partial")).unwrap().next().unwrap();
            let path = kept.unwrap().path();
            let size = std::fs::metadata(&path).unwrap().len();
            assert!(size > AFTER - IN_FLIGHT, "{size} bytes are kept");
            std::fs::write(&path, vec![7; usize::try_from(size).unwrap()]).unwrap();
            let (address, data) = (site.platform.address, site.platform.data.clone());
            site.platform = crate::common::site::Platform::start_at(address, data, |_| {}).await;
        }
    }
}

async fn ended(service: &Service, id: &SegmentId) -> Segment {
    eventually(service, "published or failed", || async {
        let segment = service.segment(id).await.unwrap();
        segment.create_status.state.is_terminal().then_some(segment)
    })
    .await
}

fn stored(site: &Site, segment: &Segment) -> std::path::PathBuf {
    site.dir.path().join("data/files").join(&segment.storage_key)
}

fn sha256(path: &Path) -> String {
    Sha256::digest(std::fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The sha256 of the platform's own file.
async fn there(site: &Site, segment: &Segment) -> String {
    sha256(&site.platform.data.join("files").join(segment.uid().unwrap()))
}

async fn create_there(site: &Site, of: &str, file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let header = NewSegment {
        id: id(of),
        name: "made elsewhere".into(),
        kind: Default::default(),
        file_name: "elsewhere.zip".into(),
        file_size: bytes.len() as u64,
        sha256: sha256(file),
    };
    let chunk = futures::stream::iter([Ok(bytes.into())]);
    let remotes = grpc::connect(&site.settings).unwrap();
    let sdp = remotes.repository(RemoteKind::Sdp).unwrap();
    let file = futures::StreamExt::boxed(chunk);
    sdp.create(&OperationId::derive(&["elsewhere", of]), &header, file).await.unwrap();
}
