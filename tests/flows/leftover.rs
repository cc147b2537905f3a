//! What seats have of a segment that is gone from its platform: how it goes, and how it comes to life again.

use std::time::Duration;

use segdeck::domain::leftover::Leftover;
use segdeck::domain::{InstallLog, InstallState, OperationId, RemoteKind, SegmentId, clock};
use segdeck::service::{Code, InstallOptions, Service, Wanted};
use segdeck::store::keys::{self, Named};
use segdeck::store::{self, Txn};
use tokio_util::sync::CancellationToken;

use crate::common::site::{Driver, On, Site, ended, eventually, id, keys_of, published, seat, seats, upload};
use crate::sync::{create_there, sync};

crate::on_both!(
    it_goes_with_a_seat_that_is_forgotten,
    it_goes_when_another_version_comes,
    it_comes_to_life_again,
    a_seat_is_adopted_to_it,
    the_leader_cleans_up
);

/// `nav@1.0` on these of three seats, and gone from its platform; `other@1.0` beside it.
async fn left_on(service: &Service, site: &Site, on: &[usize]) -> (SegmentId, String) {
    service.import_seats(&seats(3), None).await.unwrap();
    let other = upload(service, &site.archive("other", "1.0", "zip")).await;
    published(service, &other).await;
    let nav = upload(service, &site.archive("nav", "1.0", "zip")).await;
    published(service, &nav).await;
    change(service, &nav, on, &[]).await;
    let uid = service.segment(&nav).await.unwrap().uid().unwrap().to_owned();
    let sdp = service.remotes.repository(RemoteKind::Sdp).unwrap();
    sdp.delete(&OperationId::derive(&["gone", &uid]), &uid).await.unwrap();
    assert_eq!(sync(service, RemoteKind::Sdp, false).await.removed.len(), 1);
    assert!(!service.exists(&nav).await.unwrap());
    assert!(is_left(service, &nav).await);
    (nav, uid)
}

async fn change(service: &Service, id: &SegmentId, add: &[usize], remove: &[usize]) {
    let of = |seats: &[usize]| seats.iter().map(|n| seat(*n)).collect();
    let wanted = Wanted::Change { add: of(add), remove: of(remove) };
    let view = service.install(id, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    assert_eq!(ended(service, view.record.id).await.log.state, InstallState::Succeeded);
}

async fn is_left(service: &Service, id: &SegmentId) -> bool {
    let left = service.store.get(&keys::leftover(id)).await.unwrap().1.is_some();
    let lists = service.store.list_all(&keys::installed_of(id)).await.unwrap().entries;
    assert!(left || lists.is_empty(), "a list without what names it: {lists:?}");
    left
}

async fn it_goes_with_a_seat_that_is_forgotten(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let (nav, _) = left_on(&service, &site, &[1, 2]).await;
    service.forget_seat(&seat(1), "scrapped", None).await.unwrap();
    assert!(is_left(&service, &nav).await, "another seat has it");
    service.forget_seat(&seat(2), "scrapped", None).await.unwrap();
    assert!(!is_left(&service, &nav).await);
    driver.stop().await;
}

async fn it_goes_when_another_version_comes(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let (nav, _) = left_on(&service, &site, &[1, 2]).await;
    let next = upload(&service, &site.archive("nav", "2.0", "zip")).await;
    published(&service, &next).await;
    let plan = service.plan(&next, &Wanted::Seats([seat(1)].into())).await.unwrap();
    assert_eq!((plan.replaced.len(), &plan.replaced[0].segment_id), (1, &nav));
    change(&service, &next, &[1], &[]).await;
    assert!(is_left(&service, &nav).await);
    change(&service, &next, &[2], &[]).await;
    assert!(!is_left(&service, &nav).await);
    assert_eq!(service.installed(&next).await.unwrap().len(), 2);
    driver.stop().await;
}

async fn it_comes_to_life_again(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let (nav, old) = left_on(&service, &site, &[1]).await;
    let refused = service.bind(&nav, &Default::default(), None).await.unwrap_err();
    assert_eq!(refused.code, Code::NotFound);
    let again = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    assert_eq!(again, nav);
    published(&service, &nav).await;
    assert!(service.store.get(&keys::leftover(&nav)).await.unwrap().1.is_none());
    let shown = service.show_segment(&nav).await.unwrap();
    assert_eq!(shown.installed_seats, [seat(1)].into());
    assert_ne!(shown.segment.uid(), Some(old.as_str()));

    // By data sync too.
    let sdp = service.remotes.repository(RemoteKind::Sdp).unwrap();
    let uid = shown.segment.uid().unwrap();
    sdp.delete(&OperationId::derive(&["gone", uid]), uid).await.unwrap();
    assert_eq!(sync(&service, RemoteKind::Sdp, false).await.removed.len(), 1);
    assert!(is_left(&service, &nav).await);
    create_there(&service, &site, RemoteKind::Sdp, "nav@1.0", "nav@1.0").await;
    assert_eq!(sync(&service, RemoteKind::Sdp, false).await.added.len(), 1);
    assert!(service.store.get(&keys::leftover(&nav)).await.unwrap().1.is_none());
    driver.stop().await;
}

async fn a_seat_is_adopted_to_it(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let (nav, _) = left_on(&service, &site, &[1, 2]).await;
    // Here nobody knows any more that the second seat has it; its platform does.
    let key = keys::installed(&nav, segdeck::domain::Shard::of(&seat(2)));
    let (_, entry) = service.store.get(&key).await.unwrap();
    let mut list: segdeck::domain::seat::SeatList = segdeck::store::decode(&entry.unwrap()).unwrap();
    list.seats.remove(&seat(2));
    service.writes().unwrap().store.txn(segdeck::store::Txn::new().put(key, &list).unwrap()).await.unwrap();
    let never = CancellationToken::new();
    let totals = service.verify_seats(&[seat(2)].into(), true, |_| {}, &never).await.unwrap();
    assert_eq!((totals.differs, totals.adopted), (1, 1));
    assert_eq!(service.installed(&nav).await.unwrap(), [seat(1), seat(2)].into());
    let shown = service.show_seat(&seat(2)).await.unwrap();
    assert_eq!((shown.installed, shown.removed.len()), ([id("nav@1.0")].into(), 1));
    driver.stop().await;
}

async fn the_leader_cleans_up(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    let driver = Driver::start(&service);
    let (nav, _) = left_on(&service, &site, &[1, 2]).await;
    let (_, left) = service.store.get(&keys::leftover(&nav)).await.unwrap();
    let left: Leftover = store::decode(&left.unwrap()).unwrap();
    change(&service, &nav, &[], &[1]).await;
    change(&service, &nav, &[], &[2]).await;
    driver.stop().await;

    // One that has a record, as a copy of it may come back by; one that no seat has; an install that is long over.
    let other = id("other@1.0");
    let (gone, empty) = (id("gone@1.0"), segdeck::domain::seat::SeatList::default());
    let shard = keys::installed(&gone, segdeck::domain::Shard::of(&seat(1)));
    let logs = service.store.list_all(&keys::install_logs_of(&nav)).await.unwrap().entries;
    let logs: Vec<_> = logs
        .into_iter()
        .filter_map(|entry| match keys::parse(&entry.key) {
            Named::InstallLog(_, record, None) => {
                Some((record, store::decode::<InstallLog>(&entry).unwrap()))
            }
            _ => None,
        })
        .collect();
    let [(old, log), (late, _)] = logs.as_slice() else { panic!("{logs:?}") };
    let finished_at = log.finished_at.map(|at| clock::before(at, Duration::from_secs(8 * 24 * 3600)));
    let long_over = InstallLog { finished_at, ..log.clone() };
    let txn = Txn::new()
        .put(keys::leftover(&other), &left)
        .and_then(|txn| txn.put(keys::leftover(&gone), &left))
        .and_then(|txn| txn.put(shard, &empty))
        .and_then(|txn| txn.put(keys::install_log(&nav, *old), &long_over));
    service.writes().unwrap().store.txn(txn.unwrap()).await.unwrap();

    let driver = Driver::start(&service);
    eventually(&service, "cleaned up", || async {
        let left = service.store.list_all(keys::LEFTOVERS).await.unwrap().entries;
        (left.is_empty() && service.show_install(*old).await.is_err()).then_some(())
    })
    .await;
    assert!(service.exists(&other).await.unwrap());
    assert!(service.show_install(*late).await.is_ok(), "it can still be looked up");
    let left = keys_of(&*service.store).await;
    assert!(
        !left.iter().any(|key| key.starts_with("installed/") || key.contains(&old.to_string())),
        "{left:?}"
    );
    driver.stop().await;
}
