//! Data sync: what is new comes, what is gone goes, behind a guard.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use segdeck::domain::sync::SyncOutcome;
use segdeck::domain::{FreeText, OperationId, Prefix, RemoteKind, SegmentId, Version};
use segdeck::remote::{
    FileStream, NewSegment, Operation, RemoteError, RemotePage, RemoteSegment, Remotes, SegmentRepository,
};
use segdeck::service::Service;
use segdeck::store::keys;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::common::site::{Driver, On, Site, eventually, id, published, upload};

crate::on_both!(
    what_is_new_comes_and_what_is_gone_goes,
    a_landslide_is_held,
    an_odd_file_is_reported_and_left,
    a_bad_one_among_many_keeps_none_away,
    a_run_that_finds_the_same_writes_nothing,
    what_was_uploaded_under_another_name_comes_under_it
);

/// Creates a segment on the platform without us.
pub(crate) async fn create_there(
    service: &Service,
    site: &Site,
    remote: RemoteKind,
    of: &str,
    file_of: &str,
) -> String {
    let segment: SegmentId = id(of);
    let file: SegmentId = id(file_of);
    let path = site.archive(file.prefix.as_str(), file.version.as_str(), remote.format().as_str());
    put_there(service, remote, segment, std::fs::read(path).unwrap()).await
}

async fn put_there(service: &Service, remote: RemoteKind, segment: SegmentId, bytes: Vec<u8>) -> String {
    let operation = OperationId::derive(&["elsewhere", &segment.to_string()]);
    let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let header = NewSegment {
        id: segment,
        name: FreeText::from("made elsewhere"),
        kind: FreeText::default(),
        file_name: FreeText::from("elsewhere.zip"),
        file_size: bytes.len() as u64,
        sha256,
    };
    let stream: FileStream = futures::stream::iter([Ok(bytes.into())]).boxed();
    service.remotes.repository(remote).unwrap().create(&operation, &header, stream).await.unwrap().uid
}

pub(crate) async fn sync(service: &Service, remote: RemoteKind, confirm: bool) -> SyncOutcome {
    let request = service.request_sync(remote, confirm).await.unwrap();
    let result =
        eventually(service, "data sync", || async { service.sync_result(remote, request.id).await.unwrap() })
            .await;
    assert!(result.error.is_none(), "{result:?}");
    result.outcome
}

async fn what_is_new_comes_and_what_is_gone_goes(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let own = upload(&service, &site.archive("own", "1.0", "zip")).await;
    published(&service, &own).await;
    for remote in RemoteKind::ALL {
        let of = format!("there-{remote}@1.0");
        let uid = create_there(&service, &site, remote, &of, &of).await;
        let planned = service.sync_difference(remote).await.unwrap();
        assert_eq!(planned.added.len(), 1);
        let outcome = sync(&service, remote, false).await;
        assert_eq!(outcome.added, planned.added);
        let segment = service.segment(&id(&of)).await.unwrap();
        assert!(!segment.is_local);
        assert_eq!(segment.uid(), Some(uid.as_str()));
        assert!(service.storage.stat(&segment.storage_key).await.unwrap().is_some());

        let gone = OperationId::derive(&["gone", &of]);
        service.remotes.repository(remote).unwrap().delete(&gone, &uid).await.unwrap();
        // An emptied remote is held until confirmed; SDP still has our own.
        let outcome = sync(&service, remote, remote == RemoteKind::Store15s).await;
        assert_eq!(outcome.removed.len(), 1, "{outcome:?}");
        assert!(!service.exists(&id(&of)).await.unwrap());
    }
    assert!(service.exists(&own).await.unwrap());
    assert_eq!(site.stored_files(), 3, "what went lies in the trash");
    let quiet = sync(&service, RemoteKind::Sdp, false).await;
    assert_eq!(quiet, SyncOutcome::default());
    driver.stop().await;
}

async fn a_landslide_is_held(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let mut uids = Vec::new();
    for n in 0..6 {
        let of = format!("there@{n}.0");
        uids.push(create_there(&service, &site, RemoteKind::Sdp, &of, &of).await);
    }
    assert_eq!(sync(&service, RemoteKind::Sdp, false).await.added.len(), 6);
    let sdp = service.remotes.repository(RemoteKind::Sdp).unwrap();
    for uid in &uids[..5] {
        sdp.delete(&OperationId::derive(&["gone", uid]), uid).await.unwrap();
    }
    assert_eq!(service.sync_difference(RemoteKind::Sdp).await.unwrap().held.len(), 5);
    let held = sync(&service, RemoteKind::Sdp, false).await;
    assert_eq!((held.held.len(), held.removed.len()), (5, 0));
    assert!(service.exists(&id("there@0.0")).await.unwrap());
    let confirmed = sync(&service, RemoteKind::Sdp, true).await;
    assert_eq!((confirmed.held.len(), confirmed.removed.len()), (0, 5));
    assert!(!service.exists(&id("there@0.0")).await.unwrap());
    assert!(service.exists(&id("there@5.0")).await.unwrap());
    driver.stop().await;
}

async fn an_odd_file_is_reported_and_left(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    put_there(&service, RemoteKind::Sdp, id("odd@1.0"), b"no archive".to_vec()).await;
    let outcome = sync(&service, RemoteKind::Sdp, false).await;
    assert!(outcome.added.is_empty());
    assert!(outcome.failed[0].reason.as_ref().unwrap().raw().contains("archive"), "{outcome:?}");
    assert!(!service.exists(&id("odd@1.0")).await.unwrap());
    assert_eq!(site.stored_files(), 0);
    driver.stop().await;
}

async fn a_bad_one_among_many_keeps_none_away(on: On) {
    let site = Site::new(on).await;
    let other = site.service().await;
    // More than one transaction takes.
    let good: Vec<SegmentId> = (0..40).map(|n| id(&format!("good-{n:02}@1.0"))).collect();
    for of in good.iter().map(ToString::to_string) {
        create_there(&other, &site, RemoteKind::Sdp, &of, &of).await;
    }
    put_there(&other, RemoteKind::Sdp, id("odd@1.0"), b"no archive".to_vec()).await;
    let taken = create_there(&other, &site, RemoteKind::Sdp, "taken@1.0", "taken@1.0").await;

    let there = Arc::clone(other.remotes.repository(RemoteKind::Sdp).unwrap());
    let file = site.archive("taken", "1.0", "zip");
    let meanwhile = Some((taken, Arc::clone(&other), file));
    let mut service = Arc::unwrap_or_clone(site.service().await);
    let between = Between { there, lists: watch::Sender::new(0), meanwhile };
    service.remotes = Remotes::default().with_repository(RemoteKind::Sdp, Arc::new(between));
    let service = Arc::new(service);
    let driver = Driver::start(&service);
    let outcome = sync(&service, RemoteKind::Sdp, false).await;
    let mut added: Vec<SegmentId> = outcome.added.iter().map(|item| item.id.clone()).collect();
    added.sort();
    assert_eq!(added, good);
    let failed: Vec<&SegmentId> = outcome.failed.iter().map(|item| &item.id).collect();
    assert_eq!(failed, [&id("odd@1.0")]);
    let uploaded = service.segment(&id("taken@1.0")).await.unwrap();
    assert!(uploaded.is_local, "what came by another way stays as it is");
    driver.stop().await;
    for of in &good {
        let segment = service.segment(of).await.unwrap();
        assert!(service.storage.stat(&segment.storage_key).await.unwrap().is_some(), "{of}");
    }
    assert_eq!(site.stored_files(), good.len() + 1);
    let trail = service.store.list_all(keys::AUDIT).await.unwrap();
    let imports =
        trail.entries.iter().filter(|entry| entry.value.windows(11).any(|part| part == b"sync.import"));
    assert_eq!(imports.count(), good.len());
}

async fn what_was_uploaded_under_another_name_comes_under_it(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let uid = create_there(&service, &site, RemoteKind::Sdp, "given@2.0", "written@1.0").await;
    let outcome = sync(&service, RemoteKind::Sdp, false).await;
    assert_eq!(outcome.added.len(), 1, "{outcome:?}");
    assert_eq!(service.segment(&id("given@2.0")).await.unwrap().uid(), Some(uid.as_str()));
    assert!(!service.exists(&id("written@1.0")).await.unwrap());
    driver.stop().await;
}

async fn a_run_that_finds_the_same_writes_nothing(on: On) {
    let site = Site::new(on).await;
    let mut settings = site.settings.clone();
    settings.controllers.sync_interval = Duration::from_millis(20);
    let mut service = Arc::unwrap_or_clone(site.service_with(&settings).await);
    let there = Arc::clone(service.remotes.repository(RemoteKind::Sdp).unwrap());
    let lists = watch::Sender::new(0);
    let mut listed = lists.subscribe();
    let between = Between { there, lists, meanwhile: None };
    service.remotes = Remotes::default().with_repository(RemoteKind::Sdp, Arc::new(between));
    let service = Arc::new(service);
    put_there(&service, RemoteKind::Sdp, id("odd@1.0"), b"no archive".to_vec()).await;
    let driver = Driver::start(&service);
    // The second list is asked for once the first result is written.
    listed.wait_for(|lists| *lists >= 2).await.unwrap();
    let (_, first) = service.store.get(&keys::sync(RemoteKind::Sdp)).await.unwrap();
    listed.wait_for(|lists| *lists >= 5).await.unwrap();
    let (_, later) = service.store.get(&keys::sync(RemoteKind::Sdp)).await.unwrap();
    assert_eq!(first.unwrap().mod_revision, later.unwrap().mod_revision);

    create_there(&service, &site, RemoteKind::Sdp, "new@1.0", "new@1.0").await;
    let came = || async { service.exists(&id("new@1.0")).await.unwrap().then_some(()) };
    eventually(&service, "what is new still comes", came).await;
    driver.stop().await;
}

/// A remote whose lists are counted.
struct Between {
    there: Arc<dyn SegmentRepository>,
    lists: watch::Sender<usize>,
    /// The download of this uid takes so long that somebody uploads this file meanwhile.
    meanwhile: Option<(String, Arc<Service>, PathBuf)>,
}

#[async_trait]
impl SegmentRepository for Between {
    async fn create(
        &self,
        operation: &OperationId,
        segment: &NewSegment,
        file: FileStream,
    ) -> Result<RemoteSegment, RemoteError> {
        self.there.create(operation, segment, file).await
    }

    async fn find(&self, prefix: &Prefix, version: &Version) -> Result<Option<RemoteSegment>, RemoteError> {
        self.there.find(prefix, version).await
    }

    async fn list(&self, page_token: &str) -> Result<RemotePage, RemoteError> {
        self.lists.send_modify(|lists| *lists += 1);
        self.there.list(page_token).await
    }

    async fn download(&self, uid: &str, offset: u64) -> Result<FileStream, RemoteError> {
        if let Some((of, service, file)) = &self.meanwhile
            && of == uid
        {
            upload(service, file).await;
        }
        self.there.download(uid, offset).await
    }

    async fn delete(&self, operation: &OperationId, uid: &str) -> Result<(), RemoteError> {
        self.there.delete(operation, uid).await
    }

    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError> {
        self.there.find_operation(operation).await
    }
}
