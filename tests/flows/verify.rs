//! Files that change behind the records' back: found, shown, not published, and well again.

use std::path::PathBuf;
use std::sync::Mutex;

use segdeck::domain::segment::FileState;
use segdeck::domain::{CreateState, SegmentId};
use segdeck::service::{
    AuditQuery, Code, DeleteOptions, FileFound, ListRequest, Service, Verified, VerifyProgress, VerifyTotals,
};
use tokio_util::sync::CancellationToken;

use crate::common::site::{Driver, On, Site, eventually, id, published, upload};

crate::on_both!(
    what_became_of_a_file_is_noted_until_it_is_well,
    an_altered_or_missing_file_is_not_published,
    only_what_is_there_and_ours_is_judged,
    the_sweep_takes_no_altered_file_for_a_good_one
);

async fn verify(service: &Service, ids: &[SegmentId]) -> (Vec<Verified>, VerifyTotals) {
    let found = Mutex::new(Vec::new());
    let told = |progress| {
        if let VerifyProgress::Found(verified) = progress {
            found.lock().unwrap().push(verified);
        }
    };
    let totals = service.verify(ids, told, &CancellationToken::new()).await.unwrap();
    (found.into_inner().unwrap(), totals)
}

/// Where a segment's file lies.
async fn file_of(site: &Site, service: &Service, id: &SegmentId) -> PathBuf {
    site.dir.path().join("data/files").join(service.segment(id).await.unwrap().storage_key)
}

async fn filtered(service: &Service, filter: &str) -> Vec<SegmentId> {
    let request = ListRequest { filter: filter.to_owned(), ..ListRequest::default() };
    service.list_segments(&request).await.unwrap().items.into_iter().map(|segment| segment.id).collect()
}

async fn what_became_of_a_file_is_noted_until_it_is_well(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let (good, changed, gone) = (id("good@1"), id("changed@1"), id("gone@1"));
    for prefix in ["good", "changed", "gone"] {
        upload(&service, &site.archive(prefix, "1", "zip")).await;
    }
    let before = service.store.status().await.unwrap().revision;
    let (found, totals) = verify(&service, &[]).await;
    assert!(found.iter().all(|file| file.state == FileFound::Ok && file.found == file.sha256), "{found:?}");
    assert_eq!(totals, VerifyTotals { total: 3, ok: 3, ..VerifyTotals::default() });
    assert_eq!(service.store.status().await.unwrap().revision, before, "nothing changed, nothing written");

    let (changed_file, gone_file) =
        (file_of(&site, &service, &changed).await, file_of(&site, &service, &gone).await);
    let (as_it_was, kept) = (std::fs::read(&changed_file).unwrap(), site.dir.path().join("kept"));
    let mut other = as_it_was.clone();
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(&changed_file, &other).unwrap();
    std::fs::rename(&gone_file, &kept).unwrap();

    let (found, totals) = verify(&service, &[]).await;
    let states: Vec<_> = found.iter().map(|file| (file.id.clone(), file.state)).collect();
    assert_eq!(
        states,
        [
            (changed.clone(), FileFound::Altered),
            (gone.clone(), FileFound::Missing),
            (good.clone(), FileFound::Ok)
        ]
    );
    assert_eq!(totals, VerifyTotals { total: 3, ok: 1, missing: 1, altered: 1, unreadable: 0, repaired: 0 });
    assert!(found[0].found.is_some() && found[0].found != found[0].sha256);
    assert!(found[0].reason.as_ref().unwrap().to_string().contains("other bytes"), "{found:?}");
    assert_eq!(filtered(&service, "fileState:altered").await, std::slice::from_ref(&changed));
    assert_eq!(filtered(&service, "fileState:missing").await, std::slice::from_ref(&gone));
    let audit = service.list_audit(&AuditQuery::default(), &ListRequest::default()).await.unwrap().items;
    let noted = audit.iter().filter(|entry| entry.action == "segment.verify").count();
    assert_eq!(noted, 2);

    // A shorter one is altered as well, and what is known already is not written again.
    std::fs::write(&changed_file, &other[1..]).unwrap();
    let before = service.store.status().await.unwrap().revision;
    let (found, _) = verify(&service, std::slice::from_ref(&changed)).await;
    assert!(found[0].reason.as_ref().unwrap().to_string().contains("bytes instead of"), "{found:?}");
    assert_eq!(service.store.status().await.unwrap().revision, before);

    std::fs::write(&changed_file, &as_it_was).unwrap();
    std::fs::rename(&kept, &gone_file).unwrap();
    let (_, totals) = verify(&service, &[gone.clone(), changed.clone()]).await;
    assert_eq!(totals, VerifyTotals { total: 2, ok: 2, ..VerifyTotals::default() });
    for id in [&changed, &gone] {
        assert_eq!(service.segment(id).await.unwrap().file_state, None);
    }
}

async fn an_altered_or_missing_file_is_not_published(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let (changed, gone) = (id("changed@1"), id("gone@1"));
    for prefix in ["changed", "gone"] {
        upload(&service, &site.archive(prefix, "1", "zip")).await;
    }
    let changed_file = file_of(&site, &service, &changed).await;
    let as_it_was = std::fs::read(&changed_file).unwrap();
    std::fs::write(&changed_file, b"something else").unwrap();
    std::fs::remove_file(file_of(&site, &service, &gone).await).unwrap();
    verify(&service, &[]).await;

    let driver = Driver::start(&service);
    for (id, word) in [(&changed, "altered"), (&gone, "missing")] {
        let status = eventually(&service, "refused", || async {
            let status = service.segment(id).await.unwrap().create_status;
            status.state.is_terminal().then_some(status)
        })
        .await;
        assert_eq!(status.state, CreateState::Failed);
        assert!(status.reason.as_ref().unwrap().raw().contains(word), "{:?}", status.reason);
        let there = service.remotes.repository(segdeck::domain::RemoteKind::Sdp).unwrap();
        assert!(there.find(&id.prefix, &id.version).await.unwrap().is_none());
    }
    std::fs::write(&changed_file, &as_it_was).unwrap();
    verify(&service, std::slice::from_ref(&changed)).await;
    service.retry_create(&changed, None).await.unwrap();
    eventually(&service, "published after all", || async {
        let status = service.segment(&changed).await.unwrap().create_status;
        (status.state == CreateState::Succeeded).then_some(())
    })
    .await;
    driver.stop().await;
}

async fn only_what_is_there_and_ours_is_judged(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let doomed = upload(&service, &site.archive("doomed", "1", "zip")).await;
    let refused = |error: segdeck::service::ServiceError| error.code;
    let never = CancellationToken::new();
    let unknown = service.verify(&[doomed.clone(), id("no@1")], |_| {}, &never).await;
    assert_eq!(unknown.map_err(refused), Err(Code::NotFound));

    // Nobody drives: it stays on its way out, and its file may go at any moment.
    service.delete(&doomed, &DeleteOptions::default()).await.unwrap();
    std::fs::remove_file(file_of(&site, &service, &doomed).await).unwrap();
    assert_eq!(verify(&service, &[]).await.1, VerifyTotals::default());
    let named = service.verify(std::slice::from_ref(&doomed), |_| {}, &never).await;
    assert_eq!(named.map_err(refused), Err(Code::Conflict));
    assert_eq!(service.segment(&doomed).await.unwrap().file_state, None);

    // In another shared storage every file would be missing.
    let mut settings = site.settings.clone();
    settings.storage.url = format!("file://{}", site.dir.path().join("elsewhere").display());
    let elsewhere = site.service_with(&settings).await;
    assert_eq!(elsewhere.verify(&[], |_| {}, &never).await.map_err(refused), Err(Code::Conflict));

    let cancelled = CancellationToken::new();
    cancelled.cancel();
    upload(&service, &site.archive("late", "1", "zip")).await;
    assert_eq!(service.verify(&[], |_| {}, &cancelled).await.map_err(refused), Err(Code::Failed));
    assert_eq!(service.segment(&id("late@1")).await.unwrap().file_state, None);
}

/// The sweep only looks whether files are there.
async fn the_sweep_takes_no_altered_file_for_a_good_one(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let (changed, gone) = (id("changed@1"), id("gone@1"));
    // Published first: a sweep leaves records alone that somebody works on.
    let driver = Driver::start(&service);
    for id in [&changed, &gone] {
        upload(&service, &site.archive(id.prefix.as_str(), "1", "zip")).await;
        published(&service, id).await;
        std::fs::write(file_of(&site, &service, id).await, b"other").unwrap();
    }
    driver.stop().await;
    verify(&service, &[]).await;
    std::fs::remove_file(file_of(&site, &service, &gone).await).unwrap();
    let driver = Driver::start(&service);
    eventually(&service, "the sweep found it missing", || async {
        (service.segment(&gone).await.unwrap().file_state == Some(FileState::Missing)).then_some(())
    })
    .await;
    // Both were looked at by the same sweep, in the order of their ids.
    assert_eq!(service.segment(&changed).await.unwrap().file_state, Some(FileState::Altered));
    driver.stop().await;
}
