//! What is deleted lies in the trash; it is brought back whole, or emptied for good.

use std::time::Duration;

use segdeck::domain::{CreateState, RemoteKind, TrashContent};
use segdeck::service::{Code, DeleteOptions, InTrash, ListRequest, Service, TrashShown};
use segdeck::store::keys;

use crate::common::site::{Driver, On, Site, eventually, published, seat, seats, upload};

crate::on_both!(
    a_deleted_segment_comes_back_whole,
    a_live_binding_is_never_overwritten,
    an_id_that_is_taken_is_not_overwritten,
    what_is_emptied_is_gone,
    it_goes_by_itself_when_its_time_is_over,
    a_purge_leaves_nothing_to_bring_back,
);

async fn deleted(service: &Service, id: &segdeck::domain::SegmentId, options: &DeleteOptions) {
    service.delete(id, options).await.unwrap();
    eventually(service, "deleted", || async { (!service.exists(id).await.unwrap()).then_some(()) }).await;
}

async fn trash(service: &Service) -> Vec<TrashShown> {
    service.list_trash(&ListRequest::default()).await.unwrap().items
}

async fn a_deleted_segment_comes_back_whole(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(3), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    service.bind(&nav, &[seat(1), seat(3)].into(), None).await.unwrap();
    let before = service.segment(&nav).await.unwrap();
    let manifest = service.store.get(&keys::manifest(&nav)).await.unwrap().1.unwrap().value;
    deleted(&service, &nav, &DeleteOptions::default()).await;

    let [shown] = trash(&service).await.try_into().unwrap();
    assert_eq!((&shown.entry.segment_id, shown.entry.by.raw()), (&nav, "tester@test"));
    assert_eq!(shown.entry.uid.as_deref(), before.uid());
    assert!(shown.expires_at.is_some());
    assert_eq!(site.stored_files(), 1, "its file stays where it is");
    // A seat that is gone by then is not bound again.
    service.forget_seat(&seat(3), "scrapped", None).await.unwrap();

    let restored = service.restore(&InTrash::Segment(nav.clone())).await.unwrap();
    assert_eq!(restored.create_status.state, CreateState::Pending);
    published(&service, &nav).await;
    let after = service.segment(&nav).await.unwrap();
    assert_eq!((&after.sha256, &after.storage_key), (&before.sha256, &before.storage_key));
    assert_ne!(after.uid(), before.uid(), "the platform gives every segment an id of its own");
    assert_eq!(service.store.get(&keys::manifest(&nav)).await.unwrap().1.unwrap().value, manifest);
    assert_eq!(service.bound(&nav).await.unwrap().1, [seat(1)].into());
    assert_eq!(trash(&service).await, []);
    let object = service.storage.get_object(&TrashContent::key(shown.entry.id), u64::MAX).await.unwrap();
    assert_eq!(object, None, "nothing is left in the trash");
    let sdp = service.remotes.repository(RemoteKind::Sdp).unwrap();
    assert_eq!(sdp.list("").await.unwrap().segments.len(), 1);
    let again = service.restore(&InTrash::Segment(nav)).await.unwrap_err();
    assert_eq!(again.code, Code::NotFound);
    driver.stop().await;
}

async fn a_live_binding_is_never_overwritten(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    service.import_seats(&seats(3), None).await.unwrap();
    let old = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &old).await;
    service.bind(&old, &[seat(1)].into(), None).await.unwrap();
    deleted(&service, &old, &DeleteOptions::default()).await;
    let new = upload(&service, &site.archive("nav", "2.0", "zip")).await;
    service.bind(&new, &[seat(2)].into(), None).await.unwrap();
    service.restore(&InTrash::Segment(old.clone())).await.unwrap();
    assert_eq!(service.bound(&old).await.unwrap().1, [seat(2)].into());
    driver.stop().await;
}

async fn an_id_that_is_taken_is_not_overwritten(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    deleted(&service, &nav, &DeleteOptions::default()).await;
    upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let taken = service.restore(&InTrash::Segment(nav.clone())).await.unwrap_err();
    assert_eq!(taken.code, Code::Exists, "{taken}");
    // Two entries of one id are told apart by their own.
    deleted(&service, &nav, &DeleteOptions::default()).await;
    let several = service.restore(&InTrash::Segment(nav.clone())).await.unwrap_err();
    assert_eq!(several.code, Code::Conflict, "{several}");
    let [newer, older] = trash(&service).await.try_into().unwrap();
    assert!(newer.entry.at >= older.entry.at);
    service.restore(&InTrash::Entry(older.entry.id)).await.unwrap();
    published(&service, &nav).await;
    assert_eq!(service.segment(&nav).await.unwrap().storage_key, older.entry.storage_key);
    driver.stop().await;
}

async fn what_is_emptied_is_gone(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    for version in ["1.0", "2.0"] {
        let id = upload(&service, &site.archive("nav", version, "zip")).await;
        published(&service, &id).await;
        deleted(&service, &id, &DeleteOptions::default()).await;
    }
    let nothing = service.empty_trash(None, Some(Duration::from_secs(3600))).await.unwrap();
    assert_eq!(nothing, [], "they are younger");
    let one = InTrash::Segment("nav@1.0".parse().unwrap());
    assert_eq!(service.empty_trash(Some(&one), None).await.unwrap().len(), 1);
    eventually(&service, "one is gone", || async { (trash(&service).await.len() == 1).then_some(()) }).await;
    assert_eq!(service.empty_trash(None, None).await.unwrap().len(), 1);
    eventually(&service, "both are gone", || async { trash(&service).await.is_empty().then_some(()) }).await;
    assert_eq!(site.stored_files(), 0);
    assert!(service.storage.is_empty().await.unwrap(), "nor is anything left of what the trash knew");
    driver.stop().await;
}

async fn it_goes_by_itself_when_its_time_is_over(on: On) {
    let mut site = Site::new(on).await;
    site.settings.trash.keep = Duration::from_secs(3600);
    site.settings.controllers.sweep_interval = Duration::from_millis(100);
    let service = site.service().await;
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    deleted(&service, &nav, &DeleteOptions::default()).await;
    driver.stop().await;
    assert_eq!(trash(&service).await.len(), 1);
    // Two hours later.
    let later = segdeck::domain::Clock::from_fn(|| {
        segdeck::domain::clock::after(segdeck::domain::Clock::system().now(), Duration::from_secs(7200))
    });
    let service = std::sync::Arc::new(Service { clock: later, ..(*service).clone() });
    let driver = Driver::start(&service);
    eventually(&service, "gone", || async { trash(&service).await.is_empty().then_some(()) }).await;
    assert_eq!(site.stored_files(), 0);
    driver.stop().await;
}

async fn a_purge_leaves_nothing_to_bring_back(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    deleted(&service, &nav, &DeleteOptions { purge: true, ..DeleteOptions::default() }).await;
    assert_eq!(trash(&service).await, []);
    assert_eq!(site.stored_files(), 0);
    driver.stop().await;
}
