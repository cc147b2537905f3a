//! Upload and publish.

use segdeck::domain::{CreateState, RemoteKind};
use segdeck::platform::{Action, Fault, FaultCall, Moment};
use segdeck::service::{Code, Expected, UploadProgress, UploadRequest};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use tonic::Code as Status;

use crate::common::archive;
use crate::common::site::{Driver, On, Platform, Site, eventually, published, upload};

crate::on_both!(
    each_suffix_goes_to_its_remote,
    a_refused_create_counts_survives_and_is_retried,
    two_uploads_of_one_id
);

async fn each_suffix_goes_to_its_remote(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    for (suffix, remote) in [("zip", RemoteKind::Sdp), ("mpk", RemoteKind::Store15s)] {
        let id = upload(&service, &site.archive(&format!("nav-{suffix}"), "1.0", suffix)).await;
        published(&service, &id).await;
        let segment = service.segment(&id).await.unwrap();
        assert_eq!(segment.remote, remote);
        assert!(segment.is_local);
        let there =
            service.remotes.repository(remote).unwrap().find(&id.prefix, &id.version).await.unwrap().unwrap();
        assert_eq!(Some(there.uid.as_str()), segment.uid());
        assert_eq!(there.sha256, segment.sha256);
    }
    driver.stop().await;
}

/// The platform refuses more often than the limit: counted, timed, kept over a restart of everything, failed;
/// and a retry begins anew.
async fn a_refused_create_counts_survives_and_is_retried(on: On) {
    let refuse = |times| Fault {
        call: FaultCall::Create,
        moment: Moment::Before,
        action: Action::Answer(Status::ResourceExhausted),
        times,
    };
    let mut site = Site::with_platform(on, |options| options.faults.add(refuse(3))).await;
    site.settings.controllers.retry_limit = 2;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let id = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let counted = eventually(&service, "one try counted", || async {
        let status = service.segment(&id).await.unwrap().create_status;
        (status.retry_count > 0).then_some(status)
    })
    .await;
    assert_eq!(counted.state, CreateState::Processing);
    assert!(counted.reason.is_some() && counted.next_retry_at.is_some());
    // Another process takes over in the middle, and goes on counting where the first one stopped.
    driver.stop().await;
    let before = service.segment(&id).await.unwrap().create_status.retry_count;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let failed = eventually(&service, "given up", || async {
        let status = service.segment(&id).await.unwrap().create_status;
        assert!(status.retry_count >= before);
        (status.state == CreateState::Failed).then_some(status)
    })
    .await;
    assert_eq!(failed.retry_count, 2);
    service.retry_create(&id, None).await.unwrap();
    published(&service, &id).await;
    let status = service.segment(&id).await.unwrap().create_status;
    assert_eq!((status.generation, status.retry_count), (1, 0));
    driver.stop().await;
}

async fn two_uploads_of_one_id(on: On) {
    let site = Site::new(on).await;
    let (one, two) = (site.service().await, site.service().await);
    let file = site.archive("nav", "1.0", "zip");
    let request = UploadRequest { file, ..UploadRequest::default() };
    let cancel = CancellationToken::new();
    let (a, b) = tokio::join!(one.upload(&request, |_| {}, &cancel), two.upload(&request, |_| {}, &cancel));
    let (won, lost) = match (a, b) {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        other => panic!("exactly one wins: {other:?}"),
    };
    assert_eq!(lost.code, Code::Exists);
    assert!(one.storage.stat(&won.storage_key).await.unwrap().is_some());
    assert_eq!(site.stored_files(), 1, "the loser's file is gone");
}

#[tokio::test]
async fn bad_files_are_refused_and_leave_nothing() {
    let site = Site::new(On::Embedded).await;
    let service = site.service().await;
    let dir = site.dir.path();
    std::fs::write(dir.join("text.zip"), "no archive at all").unwrap();
    std::fs::write(dir.join("segment.rar"), "x").unwrap();
    let no_manifest = archive::with_manifest(dir, "empty.zip", None, 10);
    let no_version = archive::with_manifest(dir, "half.zip", Some("prefix = \"nav\"\n"), 10);
    let cases = [
        (dir.join("text.zip"), Code::Invalid, "zip"),
        (dir.join("segment.rar"), Code::Invalid, ".mpk"),
        (no_manifest, Code::Invalid, "segment.toml"),
        (no_version, Code::Invalid, "--version"),
        (dir.join("absent.zip"), Code::NotFound, "absent.zip"),
    ];
    for (file, code, word) in cases {
        let request = UploadRequest { file: file.clone(), ..UploadRequest::default() };
        let error = service.upload(&request, |_| {}, &CancellationToken::new()).await.unwrap_err();
        assert_eq!(error.code, code, "{file:?}: {error}");
        assert!(error.to_string().contains(word), "{file:?}: {error}");
    }
    let file = site.archive("nav", "1.0", "zip");
    let expected = Some(Expected { sha256: "0".repeat(64), md5: None });
    let request = UploadRequest { file: file.clone(), expected, ..UploadRequest::default() };
    let error = service.upload(&request, |_| {}, &CancellationToken::new()).await.unwrap_err();
    assert!(error.code == Code::Invalid && error.to_string().contains("another content"), "{error}");
    let no_archive = UploadRequest { file: dir.join("text.zip"), ..request.clone() };
    let error = service.upload(&no_archive, |_| {}, &CancellationToken::new()).await.unwrap_err();
    assert!(error.to_string().contains("another content"), "said before what is wrong with it: {error}");
    assert_eq!(site.stored_files(), 0);
    assert!(service.list_segments(&Default::default()).await.unwrap().items.is_empty());
    let digest = Sha256::digest(std::fs::read(&file).unwrap());
    let sha256 = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    let request = UploadRequest { expected: Some(Expected { sha256, md5: None }), ..request };
    service.upload(&request, |_| {}, &CancellationToken::new()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_makes_no_second_segment() {
    let lost = Fault {
        call: FaultCall::Create,
        moment: Moment::After,
        action: Action::Answer(Status::Unavailable),
        times: 2,
    };
    let site = Site::with_platform(On::Embedded, |options| options.faults.add(lost)).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let id = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &id).await;
    let page = service.remotes.repository(RemoteKind::Sdp).unwrap().list("").await.unwrap();
    assert_eq!(page.segments.len(), 1);
    driver.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_away_platform_counts_and_comes_back() {
    let mut site = Site::new(On::Embedded).await;
    site.settings.controllers.retry_limit = 50;
    let service = site.service().await;
    let address = site.platform.address;
    let data = site.platform.data.clone();
    site.platform.stop().await;
    let driver = Driver::start(&service);
    let id = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    eventually(&service, "counted while away", || async {
        let status = service.segment(&id).await.unwrap().create_status;
        (status.retry_count > 0 && status.reason.is_some()).then_some(())
    })
    .await;
    site.platform = Platform::start_at(address, data, |_| {}).await;
    published(&service, &id).await;
    driver.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delete_after_a_retry_finds_what_a_lost_answer_made() {
    let fault = |call, moment| Fault { call, moment, action: Action::Answer(Status::Unavailable), times: 1 };
    let change = |options: &mut segdeck::platform::PlatformOptions| {
        options.faults.add(fault(FaultCall::Create, Moment::After));
        options.faults.add(fault(FaultCall::FindOperation, Moment::Before));
    };
    let mut site = Site::with_platform(On::Embedded, change).await;
    site.settings.controllers.retry_limit = 0;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let id = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    eventually(&service, "failed", || async {
        let status = service.segment(&id).await.unwrap().create_status;
        (status.state == CreateState::Failed).then_some(())
    })
    .await;
    driver.stop().await;

    service.retry_create(&id, None).await.unwrap();
    service.delete(&id, &Default::default()).await.unwrap();
    let driver = Driver::start(&service);
    eventually(&service, "deleted", || async { (!service.exists(&id).await.unwrap()).then_some(()) }).await;
    let page = service.remotes.repository(RemoteKind::Sdp).unwrap().list("").await.unwrap();
    assert!(page.segments.is_empty(), "it would come back by data sync");
    driver.stop().await;
}

/// The check of a staged file can be ended as its copy can.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_in_the_check_leaves_nothing() {
    let site = Site::new(On::Embedded).await;
    let service = site.service().await;
    let request = UploadRequest { file: site.archive("nav", "1.0", "zip"), ..UploadRequest::default() };
    let size = std::fs::metadata(&request.file).unwrap().len();
    let cancel = CancellationToken::new();
    let heard = |progress| match progress {
        UploadProgress::Checking { total, .. } => {
            assert_eq!(total, size);
            assert_eq!(site.stored_files(), 1, "the copy that is checked");
            cancel.cancel();
        }
        UploadProgress::Recording => panic!("nobody wants a record any more"),
        UploadProgress::Copying { .. } => {}
    };
    let ended = service.upload(&request, heard, &cancel).await;
    assert!(cancel.is_cancelled());
    assert_eq!(
        ended.map(|segment| segment.id).map_err(|error| error.to_string()),
        Err("cancelled".to_owned())
    );
    assert_eq!(site.stored_files(), 0);
    assert!(!service.exists(&"nav@1.0".parse().unwrap()).await.unwrap());
    // The same file is taken afterwards.
    upload(&service, &request.file).await;
}

/// What a segment requires need not be there, but is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_requirements_are_told_apart() {
    let site = Site::new(On::Embedded).await;
    let service = site.service().await;
    let missing = async |requirement: &str| {
        let mut missing = service.missing_requirements(&[requirement.into()]).await.unwrap();
        assert!(missing.len() <= 1);
        missing.pop().map(|missing| {
            assert_eq!(missing.requirement.raw(), requirement);
            missing.reason.to_string()
        })
    };
    assert_eq!(missing("geo >=1.4").await.as_deref(), Some("there is no segment geo"));
    for version in ["1.2", "1.10"] {
        upload(&service, &site.archive("geo", version, "zip")).await;
    }
    assert_eq!(missing("geo >=1.4").await.as_deref(), Some("not published yet: geo@1.10"));
    assert_eq!(missing("geo >=2").await.as_deref(), Some("there is only geo@1.10, geo@1.2"));
    let driver = Driver::start(&service);
    published(&service, &"geo@1.10".parse().unwrap()).await;
    driver.stop().await;
    for met in ["geo", "geo >=1.4", "geo <2"] {
        assert_eq!(missing(met).await, None, "{met}");
    }
    assert!(missing("geo base").await.unwrap().contains("PREFIX >=VERSION"));
    service.delete(&"geo@1.10".parse().unwrap(), &Default::default()).await.unwrap();
    assert_eq!(missing("geo >=1.4").await.as_deref(), Some("there is only geo@1.2"));
    let both = service.missing_requirements(&["a".into(), "b >=1".into()]).await.unwrap();
    let named: Vec<_> = both.iter().map(|missing| missing.requirement.raw()).collect();
    assert_eq!(named, ["a", "b >=1"]);
}
