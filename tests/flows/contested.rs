//! Two operators upload one id at once; an operator cancels at any moment.

use std::path::PathBuf;
use std::sync::{Arc, Barrier, Mutex};

use segdeck::domain::Segment;
use segdeck::service::{Code, Service, ServiceError, UploadProgress, UploadRequest};
use segdeck::store::{Txn, keys};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::common::archive;
use crate::common::site::{On, Site, id};

crate::on_both!(one_of_two_wins_and_its_file_is_whole, a_cancel_at_any_moment_leaves_all_or_nothing);

/// Where the two wait for each other.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Meet {
    Nowhere,
    /// Both copies are checked: neither has looked yet whether the id is taken.
    Recording,
}

async fn one_of_two_wins_and_its_file_is_whole(on: On) {
    let site = Site::new(on).await;
    let services = [site.service().await, site.service().await];
    for round in 0..12_u32 {
        // The sizes let now one, now the other come first.
        let sizes = [10_000 + u64::from(round % 3) * 700_000, 710_000];
        let meet = if round % 2 == 0 { Meet::Recording } else { Meet::Nowhere };
        let name = format!("nav{round}");
        let barrier = Arc::new(Barrier::new(2));
        let mut uploads = Vec::new();
        for (at, service) in services.iter().enumerate() {
            let folder = site.dir.path().join(format!("operator-{at}"));
            std::fs::create_dir_all(&folder).unwrap();
            let file = archive::segment(&folder, &name, "1.0", "zip", sizes[at]);
            let (service, barrier) = (service.clone(), barrier.clone());
            uploads.push(tokio::spawn(async move { (attempt(service, &file, meet, barrier).await, file) }));
        }
        let mut won = Vec::new();
        for upload in uploads {
            match upload.await.unwrap() {
                (Ok(segment), file) => won.push((segment, file)),
                (Err(lost), _) => assert_eq!(lost.code, Code::Exists, "{lost}"),
            }
        }
        let [(segment, file)] = won.as_slice() else { panic!("exactly one wins: {won:?}") };
        let kept = services[0].segment(&id(&format!("{name}@1.0"))).await.unwrap();
        assert_eq!(kept, *segment);
        let stored = std::fs::read(site.dir.path().join("data/files").join(&kept.storage_key)).unwrap();
        assert!(stored == std::fs::read(file).unwrap(), "round {round}: the winner's file");
        let sha256: String = Sha256::digest(&stored).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(kept.sha256, sha256);
        assert_eq!(site.stored_files(), round as usize + 1, "round {round}: nothing else is left");
    }
}

async fn attempt(
    service: Arc<Service>,
    file: &std::path::Path,
    meet: Meet,
    barrier: Arc<Barrier>,
) -> Result<Segment, ServiceError> {
    let request = UploadRequest { file: file.to_owned(), ..UploadRequest::default() };
    let heard = |step| {
        if meet == Meet::Recording && step == UploadProgress::Recording {
            // Both block a thread of the runtime: what waits to run on it goes to another one first.
            tokio::task::block_in_place(|| barrier.wait());
        }
    };
    service.upload(&request, heard, &CancellationToken::new()).await
}

async fn a_cancel_at_any_moment_leaves_all_or_nothing(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let file: PathBuf = archive::segment(site.dir.path(), "nav", "1.0", "zip", 3_500_000);
    let request = UploadRequest { file, ..UploadRequest::default() };
    let mut seen = Vec::new();
    for moment in 0.. {
        let cancel = CancellationToken::new();
        let steps = Mutex::new(Vec::new());
        let heard = |step: UploadProgress| {
            let mut steps = steps.lock().unwrap();
            if steps.len() == moment {
                cancel.cancel();
            }
            steps.push(step);
        };
        let ended = service.upload(&request, heard, &cancel).await;
        match ended {
            Ok(segment) => {
                assert_eq!(site.stored_files(), 1, "cancelled too late at step {moment}: it is there, whole");
                take_away(&service, &segment).await;
            }
            Err(error) => {
                assert!(error.to_string().contains("cancelled"), "{error}");
                assert_eq!(site.stored_files(), 0, "cancelled at step {moment}");
                assert!(!service.exists(&id("nav@1.0")).await.unwrap());
            }
        }
        seen = steps.into_inner().unwrap();
        if !cancel.is_cancelled() {
            break; // more moments than there are steps
        }
    }
    let heard = |wanted: fn(&UploadProgress) -> bool| seen.iter().filter(|step| wanted(step)).count();
    assert!(heard(|step| matches!(step, UploadProgress::Copying { .. })) >= 4, "{seen:?}");
    assert!(heard(|step| matches!(step, UploadProgress::Checking { .. })) >= 1, "{seen:?}");
    assert_eq!(heard(|step| matches!(step, UploadProgress::Recording)), 1, "{seen:?}");
}

/// Record and file go, as if the segment had never been there.
async fn take_away(service: &Service, segment: &Segment) {
    let txn = Txn::new().delete(keys::segment(&segment.id)).delete(keys::manifest(&segment.id));
    service.writes().unwrap().store.txn(txn).await.unwrap();
    service.writes().unwrap().storage.delete(&segment.storage_key).await.unwrap();
}
