//! One record that cannot be read stands in nobody else's way.

use segdeck::domain::RemoteKind;
use segdeck::store::{Key, Op, Txn};

use crate::common::site::{Driver, On, Site, eventually, published, seats, upload};

crate::on_both!(a_broken_record_is_told_and_left);

async fn a_broken_record_is_told_and_left(on: On) {
    let site = Site::new(on).await;
    let service = site.service().await;
    service.import_seats(&seats(2), None).await.unwrap();
    let mut txn = Txn::new();
    for key in ["segments/broken/1.0", "seats/broken"] {
        txn.ops.push(Op::Put(Key::from_stored(key), "no JSON".into(), None));
    }
    service.writes().unwrap().store.txn(txn).await.unwrap();
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;

    let listed = service.list_segments(&Default::default()).await.unwrap();
    assert_eq!((listed.total, listed.unreadable), (1, vec!["segments/broken/1.0".to_owned()]));
    assert_eq!(service.list_seats(&Default::default()).await.unwrap().total, 2);
    service.import_seats(&seats(3), None).await.unwrap();
    let request = service.request_sync(RemoteKind::Sdp, false).await.unwrap();
    let result = eventually(&service, "data sync", || async {
        service.sync_result(RemoteKind::Sdp, request.id).await.unwrap()
    })
    .await;
    assert!(result.error.is_none() && result.outcome.failed.is_empty(), "{result:?}");
    driver.stop().await;
}
